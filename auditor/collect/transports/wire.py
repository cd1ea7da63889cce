"""paramiko's transport, hardened: what a hostile server may do to it ends here."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable
from typing import Any

import paramiko
from paramiko.common import cMSG_CHANNEL_REQUEST, cMSG_DISCONNECT
from paramiko.message import Message
from paramiko.packet import Packetizer

from auditor.collect.budget import Budget, Metered
from auditor.collect.shown import shown
from auditor.model.host import fingerprint_of
from auditor.model.snapshot import Handshake, HostKeySeen, Offered

# Its messages hold text of the server, and by default they reach stderr.
_LOGGER = logging.getLogger("paramiko")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_LOGGER.setLevel(logging.CRITICAL + 1)

#: What paramiko can verify; its own list is not public.
HOST_KEY_ALGORITHMS: frozenset[str] = frozenset(
    paramiko.Transport._preferred_keys  # type: ignore[attr-defined]
)
#: Seconds for the server to close after we said goodbye.
_GOODBYE = 2.0
_BY_APPLICATION = 11  # SSH_DISCONNECT_BY_APPLICATION, RFC 4253 11.1
#: paramiko computes finite-field groups in Python, holding all other threads up:
#: group14 costs a quarter of group16, group exchange more than half of it.
_SLOWEST_LAST = (
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
)


class _Packets(Packetizer):
    """Without paramiko's handshake timer.

    It is a thread of its own for each connection, and one that failed keeps the
    interpreter from ending; the budget has that deadline already.
    """

    def start_handshake(self, timeout: float) -> None:
        """Start nothing."""


class Wire(paramiko.Transport):
    """A transport on a metered socket that remembers what the server showed.

    It overrides four methods that paramiko keeps for itself, which is why the lock
    file pins the version; the tests on hostile servers tell when they change.
    """

    remote_cipher: str
    remote_mac: str
    _cipher_info: dict[str, dict[str, Any]]

    def __init__(
        self,
        sock: Metered,
        key_types: Iterable[str],
        patience: float,
        **options: Any,
    ) -> None:
        super().__init__(sock, packetizer_class=_Packets, **options)  # type: ignore[arg-type]
        self.metered = sock
        self.said_goodbye = ""
        self._patience = patience
        # The budget ends every stage; paramiko's own limits come after it.
        self.banner_timeout = self.auth_timeout = 3600
        self._offered: Offered | None = None
        self._kex = ""
        self._mac = ""
        self.use_compression(False)
        security = self.get_security_options()
        fast = tuple(name for name in security.kex if name not in _SLOWEST_LAST)
        security.kex = fast + _SLOWEST_LAST
        # Pinned types first, so that the server shows the key that we know; the
        # others stay, so that a changed key is seen and named.
        known = security.key_types
        asked = _algorithms(key_types)
        wanted = tuple(name for name in known if name in asked)
        security.key_types = wanted + tuple(n for n in known if n not in wanted)

    def _check_banner(self) -> None:
        super()._check_banner()  # type: ignore[misc]
        self.budget.stage(self._patience)

    def _parse_kex_init(self, m: Message) -> None:
        first = self._offered is None
        super()._parse_kex_init(m)  # type: ignore[misc]
        if first:
            offered = self._offered.kex if self._offered else ()
            self._kex = next((n for n in self.preferred_kex if n in offered), "")
            aead = self._cipher_info[self.remote_cipher].get("is_aead", False)
            self._mac = "" if aead else self.remote_mac

    def _really_parse_kex_init(
        self, m: Message, ignore_first_byte: bool = False
    ) -> dict[str, Any]:
        parsed: dict[str, Any] = super()._really_parse_kex_init(  # type: ignore[misc]
            m, ignore_first_byte
        )
        if self._offered is None:
            self._offered = Offered(
                kex=_names(parsed["kex_algo_list"]),
                cipher=_names(parsed["server_encrypt_algo_list"]),
                mac=_names(parsed["server_mac_algo_list"]),
                host_key=_names(parsed["server_key_algo_list"]),
            )
        return parsed

    def _parse_disconnect(self, m: Message) -> None:
        position = m.packet.tell()
        m.get_int()
        self.said_goodbye = shown(m.get_binary())
        m.packet.seek(position)
        super()._parse_disconnect(m)  # type: ignore[misc]

    def execute(self, channel: paramiko.Channel, command: str) -> None:
        """Ask for a command (RFC 4254 6.5) without waiting for the answer.

        paramiko's own `exec_command` waits for it, without a limit and for a round
        trip; here a refusal shows as a closed channel.
        """
        message = Message()
        message.add_byte(cMSG_CHANNEL_REQUEST)
        message.add_int(channel.remote_chanid)
        message.add_string("exec")
        message.add_boolean(True)
        message.add_string(command)
        self._send_user_message(message)  # type: ignore[attr-defined]

    def leave(self) -> None:
        """Say goodbye and let the server close, so that its log shows no fault."""
        self.budget.end = time.monotonic() + _GOODBYE
        message = Message()
        message.add_byte(cMSG_DISCONNECT)
        message.add_int(_BY_APPLICATION)
        message.add_string("audit done")
        message.add_string("")
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            self._send_user_message(message)  # type: ignore[attr-defined]

    @property
    def budget(self) -> Budget:
        """What the connection may still cost."""
        return self.metered.budget

    def handshake(self) -> Handshake:
        """What the server showed so far, also when nothing was agreed."""
        seen = None
        if self.host_key is not None:
            name = self.host_key.get_name()
            seen = HostKeySeen(
                type=name, sha256=fingerprint_of(self.host_key.get_base64())
            )
        return Handshake(
            server=shown(self.remote_version),
            host_key=seen,
            kex=self._kex,
            cipher=self.remote_cipher,
            mac=self._mac,
            offered=self._offered or Offered(),
        )


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """At most 200 names of a server's list, each harmless."""
    return tuple(shown(name, 80) for name in list(names)[:200] if name)


def _algorithms(key_types: Iterable[str]) -> list[str]:
    """The signature algorithms of key types: RSA keys sign with SHA-2 (RFC 8332)."""
    found: list[str] = []
    for name in key_types:
        found += ["rsa-sha2-512", "rsa-sha2-256"] if name == "ssh-rsa" else [name]
    return list(dict.fromkeys(found))
