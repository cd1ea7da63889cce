"""Proving who we are: one key, one password, each sent once, never another."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from pathlib import Path

import paramiko

from auditor.collect.budget import Budget
from auditor.collect.shown import shown
from auditor.collect.transports.wire import Wire
from auditor.collect.trouble import HostTroubleError
from auditor.collect.visiting import Ask
from auditor.model.findings import Reason
from auditor.model.host import Host
from auditor.model.snapshot import HostState

#: Seconds that a person may take for an answer.
_THINKING = 120.0
_KEY_CLASSES: tuple[type[paramiko.PKey], ...] = (
    paramiko.Ed25519Key,
    paramiko.ECDSAKey,
    paramiko.RSAKey,
)


def refused(detail: str) -> HostTroubleError:
    """The login did not succeed."""
    return HostTroubleError(HostState.REFUSED, Reason.LOGIN_REFUSED, detail)


class KeyRing:
    """The private keys of a run, each parsed once: RSA-4096 costs 20 ms."""

    def __init__(self) -> None:
        self._keys: dict[Path, paramiko.PKey] = {}
        self._lock = threading.Lock()

    def key(self, path: Path, passphrase: str | None) -> paramiko.PKey:
        """The key, with the certificate beside it; raises HostTroubleError."""
        with self._lock:
            if path not in self._keys:
                self._keys[path] = _load(path, passphrase)
            return self._keys[path]


def _load(path: Path, passphrase: str | None) -> paramiko.PKey:
    problem = "no private key that is understood here"
    for kind in _KEY_CLASSES:
        try:
            key = kind.from_private_key_file(str(path), passphrase)
        except paramiko.PasswordRequiredException:
            raise refused(f"{path}: the key has a passphrase, none is given") from None
        except OSError as error:
            raise refused(f"{path}: {error.strerror}") from None
        except (paramiko.SSHException, ValueError) as error:
            # A wrong passphrase and another kind of key look much the same here.
            problem = str(error) if passphrase is None else "wrong passphrase?"
            continue
        certificate = path.with_name(path.name + "-cert.pub")
        if certificate.exists():
            key.load_certificate(str(certificate))
        return key
    raise refused(f"{path}: {problem}")


def agent_key(public: Path) -> paramiko.AgentKey:
    """The one key of the running agent that the file names; no other is offered."""
    try:
        blob = base64.b64decode(public.read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError) as error:
        raise refused(f"{public}: no public key: {error}") from None
    try:
        keys = paramiko.Agent().get_keys()
    except (OSError, paramiko.SSHException) as error:
        raise refused(f"the agent does not answer: {error}") from None
    for key in keys:
        if key.blob == blob:
            return key
    raise refused(f"the agent has no such key: {public}")


class OneLogin:
    """paramiko's `auth_strategy`: at most one attempt with each thing we have.

    `key` is asked for once the host has proven who it is, so that a key that can't be
    read hides neither an unreachable host nor a strange one. SSHClient's own way
    offers a password after a key was refused, and every key of an agent: failed
    attempts in the server's log, and a password that leaves.
    """

    def __init__(
        self,
        host: Host,
        key: Callable[[], paramiko.PKey | None],
        password: str | None,
        ask: Ask | None,
    ) -> None:
        self._host = host
        self._key = key
        self._password = password
        self._ask = ask if host.interactive else None

    def authenticate(self, transport: Wire) -> None:
        """Log in; raises HostTroubleError or what paramiko raises."""
        key = self._key()
        if key is not None:
            more = transport.auth_publickey(self._host.user or "", key)
            if more:
                self._by_password(transport, more)
            return
        if self._password is None and self._ask is None:
            raise refused("neither a key nor a password is given")
        try:
            # Asks which methods there are: a password sent by one that is not there
            # would count, and be logged, as a failed attempt.
            more = transport.auth_none(self._host.user or "")
        except paramiko.BadAuthenticationType as error:
            more = error.allowed_types
        if more:
            self._by_password(transport, more)

    def _by_password(self, transport: Wire, methods: list[str]) -> None:
        """The password alone, or after a key's partial success."""
        if "password" in methods and self._password is not None:
            more = transport.auth_password(
                self._host.user or "", self._password, fallback=False
            )
        else:
            more = self._interactive(transport, methods)
        if more:
            raise refused(f"the server wants still more: {shown(', '.join(more))}")

    def _interactive(self, transport: Wire, methods: list[str]) -> list[str]:
        able = self._password is not None or self._ask is not None
        if "keyboard-interactive" not in methods or not able:
            wants = shown(", ".join(methods)) or "nothing that we know"
            raise refused(f"the server wants {wants}, which is not given")
        answers = _Answers(self._host.name, self._password, self._ask, transport.budget)
        try:
            return transport.auth_interactive(self._host.user or "", answers)
        except paramiko.SSHException:
            if answers.problem:
                raise refused(answers.problem) from None
            raise


class _Answers:
    """Answers the server's questions: the password once, the rest by a person."""

    def __init__(
        self, host: str, password: str | None, ask: Ask | None, budget: Budget
    ) -> None:
        self._host = host
        self._budget = budget
        self._password = password
        self._ask = ask
        self.problem = ""

    def __call__(
        self, title: str, instructions: str, prompts: list[tuple[str, bool]]
    ) -> list[str]:
        said = [text for text in (title, instructions) if text]
        return [self._answer(said, prompt, echo) for prompt, echo in prompts]

    def _answer(self, said: list[str], prompt: str, echo: bool) -> str:
        if self._password is not None and not echo:
            password, self._password = self._password, None
            return password
        if self._ask is None:
            self.problem = f"the server also asks: {shown(prompt)}"
            # In the transport's thread, where it ends the connection.
            raise paramiko.AuthenticationException(self.problem)
        self._budget.stage(_THINKING)
        return self._ask(self._host, shown(" ".join([*said, prompt])), echo)
