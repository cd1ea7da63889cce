"""Signatures of runs by `ssh-keygen -Y` (OpenSSH, PROTOCOL.sshsig).

The key is the auditor's own, a file without a passphrase or the public half of one that
the agent holds; who may sign stands in an allowed-signers file (ssh-keygen(1)).
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from auditor.errors import StoreError
from auditor.system_credentials import given

#: What the signatures are for: one made for anything else is no signature of a run.
NAMESPACE = "auditor-run"

#: What the name of a file gets with its signature.
SIGNATURE = ".sig"

_LIMIT = 30
_COLUMNS = 70  # of the base64 between the lines of the armour
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_KEY = re.compile(r"(SHA256:[A-Za-z0-9+/]{43})")


class Signature(Struct, frozen=True):
    """A signature that fits its file: by which key, and whose key that is.

    `signer` is the principal that the allowed signers give for the key; None when they
    don't, so that the signature says nothing of who made it.
    """

    key: str
    signer: str | None


def key_of(sign_key: Path) -> str:
    """The fingerprint of the key, `SHA256:…`; raises StoreError if it can't sign.

    It signs a file of its own first: a run is not lost at its end for want of a key.
    """
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe"
        probe.write_bytes(b"")
        sign(probe, sign_key)
        found = _read(probe, _signature_of(probe))
    assert found is not None, "a signature that was made just now fits"
    return found


def sign(file: Path, sign_key: Path) -> None:
    """Write the signature beside the file, `FILE.sig`; raises StoreError."""
    done = _keygen("-q", "-Y", "sign", "-f", given(sign_key), "-n", NAMESPACE, file)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "backslashreplace").strip()
        raise StoreError(
            f"[store] sign_key {sign_key}: can't sign: {said or 'no reason given'};"
            " a key with a passphrase is loaded into the agent (ssh-add), and its .pub"
            " named instead"
        )


def check(file: Path, signers: Path | None, at: datetime) -> Signature | None:
    """The signature beside the file; None when there is none that fits it.

    `at` is when it says it was made: a key counts that was valid then.
    """
    signature = _signature_of(file)
    if not signature.is_file() or not _canonical(signature.read_bytes()):
        return None
    key = _read(file, signature)
    if key is None:
        return None
    return Signature(key, _signer(file, signature, signers, at) if signers else None)


def _read(file: Path, signature: Path) -> str | None:
    """The key of a signature that fits the file, whoever's it is."""
    arguments = ("-Y", "check-novalidate", "-n", NAMESPACE, "-s", signature)
    done = _keygen(*arguments, given=file)
    found = _KEY.search(done.stdout.decode("utf-8", "replace"))
    return found[1] if done.returncode == 0 and found else None


def _signer(file: Path, signature: Path, signers: Path, at: datetime) -> str | None:
    when = f"verify-time={at.astimezone(UTC):%Y%m%d%H%M%SZ}"
    asked = ("-Y", "find-principals", "-s", signature, "-f", signers, "-O", when)
    names = _keygen(*asked).stdout.decode("utf-8", "replace").split()
    for name in names:
        verify = ("-Y", "verify", "-f", signers, "-I", name, "-n", NAMESPACE)
        done = _keygen(*verify, "-s", signature, "-O", when, given=file)
        if done.returncode == 0:
            return name
    return None


def _signature_of(file: Path) -> Path:
    return file.with_name(file.name + SIGNATURE)


def _canonical(data: bytes) -> bool:
    """Whether the armour is as ssh-keygen writes it.

    Decoding base64 forgives blanks and left-over bits; a changed file is a changed one.
    """
    lines = data.decode("ascii", "replace").split("\n")
    try:
        blob = base64.b64decode("".join(lines[1:-2]), validate=True)
    except ValueError:
        return False
    text = base64.b64encode(blob).decode("ascii")
    body = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
    return lines == [_BEGIN, *body, _END, ""]


def _keygen(
    *arguments: str | Path, given: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run ssh-keygen so that it can't ask anything; raises StoreError without it."""
    kept = ("PATH", "HOME", "SSH_AUTH_SOCK")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    command = ["ssh-keygen", *map(str, arguments)]
    with (given or Path(os.devnull)).open("rb") as stdin:
        try:
            return subprocess.run(
                command,
                stdin=stdin,
                capture_output=True,
                check=False,
                timeout=_LIMIT,
                env={**environment, "LC_ALL": "C", "SSH_ASKPASS_REQUIRE": "never"},
                start_new_session=True,  # no terminal to ask on
            )
        except FileNotFoundError as error:
            message = "ssh-keygen: not installed; apt-get install openssh-client"
            raise StoreError(message) from error
        except subprocess.TimeoutExpired as error:
            raise StoreError(f"ssh-keygen: no answer within {_LIMIT} s") from error
