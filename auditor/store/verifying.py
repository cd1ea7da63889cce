"""Whether a stored run is what was stored: `auditor verify`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from auditor.errors import SnapshotError
from auditor.store.chain import Chain, gaps, read_chain
from auditor.store.manifest import (
    ERASED,
    MANIFEST,
    NO_PARTS,
    Erasure,
    RunManifest,
    decode_erasure,
    decode_manifest,
    digest_of,
    part_of,
)
from auditor.store.signing import SIGNATURE, Signature, check


class State(StrEnum):
    """What can be said of a run, worst first."""

    ALTERED = "altered"
    UNSIGNED = "unsigned"
    SIGNER_UNKNOWN = "signer unknown"
    ERASED = "erased"
    WHOLE = "whole"


class Verified(Struct, frozen=True):
    """What was found of one run; `faults` say which part is wrong and how."""

    folder: Path
    state: State
    faults: tuple[str, ...] = ()
    signature: Signature | None = None
    sha256: str = ""
    erasure: Erasure | None = None


def verify_run(folder: Path, signers: Path | None = None) -> Verified:
    """Check every part, the manifest and its signature; never raises for what is wrong.

    `signers` is an allowed-signers file (ssh-keygen(1)); without one a signature only
    shows which key made it, which anybody could have put there.
    """
    file = folder / MANIFEST
    try:
        data = file.read_bytes()
        manifest = decode_manifest(data, str(file))
        erasure = _erasure(folder)
    except OSError as error:
        missing = f"{MANIFEST}: {error.strerror}"
        return Verified(folder, State.ALTERED, (missing,))
    except SnapshotError as error:
        return Verified(folder, State.ALTERED, (str(error),))
    faults = [*_faults(folder, manifest, digest_of(data), erasure)]
    signed, wrong = _signature(folder, manifest, signers)
    if erasure is not None and manifest.signer is not None:
        wrong += _signature_of_erasure(folder, erasure, signers)
    faults += wrong
    state = State.ALTERED if faults else _state(manifest, signed, erasure)
    return Verified(folder, state, tuple(faults), signed, digest_of(data), erasure)


def verify_store(
    store: Path, signers: Path | None = None, head: str | None = None
) -> tuple[tuple[Verified, ...], tuple[str, ...]]:
    """Every run of a store in its order, and what `verify_chain` says of them."""
    links = read_chain(store).links
    found = tuple(verify_run(link.folder, signers) for link in links)
    return found, verify_chain(store, head)


def verify_chain(store: Path, head: str | None = None) -> tuple[str, ...]:
    """What is wrong with the chain of a store's runs; their parts are not read.

    `head` is the digest of the last manifest that is known from elsewhere: it shows
    that runs were taken from the end, their head with them.
    """
    return tuple(_of_chain(read_chain(store), head))


def _of_chain(chain: Chain, head: str | None) -> Iterator[str]:
    yield from gaps(chain)
    if head is not None and head not in {link.sha256 for link in chain.links}:
        yield f"no run has the manifest {head}: runs were taken from the end"


def _state(
    manifest: RunManifest, signed: Signature | None, erasure: Erasure | None
) -> State:
    if manifest.signer is None:
        return State.UNSIGNED
    if signed is None or signed.signer is None:
        return State.SIGNER_UNKNOWN
    return State.WHOLE if erasure is None else State.ERASED


def _faults(
    folder: Path, manifest: RunManifest, sha256: str, erasure: Erasure | None
) -> Iterator[str]:
    if manifest.run != folder.name:
        yield f"{MANIFEST}: of the run {manifest.run}, but the folder is {folder.name}"
    if erasure is not None and erasure.manifest_sha256 != sha256:
        yield f"{ERASED}: of another manifest"
    for name, part in manifest.parts.items():
        file = folder / name
        if not file.is_file() or file.is_symlink():
            if erasure is None:
                yield f"{name}: missing"
        elif part_of(file) != part:
            yield f"{name}: altered"
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if not file.is_dir() and name not in manifest.parts and name not in NO_PARTS:
            yield f"{name}: not in the manifest"


def _signature(
    folder: Path, manifest: RunManifest, signers: Path | None
) -> tuple[Signature | None, list[str]]:
    """The signature of the manifest, and what is wrong with it."""
    file = folder / MANIFEST
    if manifest.signer is None:
        added = (folder / (MANIFEST + SIGNATURE)).exists()
        return None, [f"{MANIFEST}{SIGNATURE}: of a run that nobody signed"] * added
    found = check(file, signers, manifest.made)
    if found is None:
        return None, [f"{file.name}{SIGNATURE}: missing, or does not fit {file.name}"]
    if found.key != manifest.signer:
        return found, [f"{file.name}{SIGNATURE}: by another key, {found.key}"]
    if signers is not None and found.signer is None:
        return found, [f"{file.name}{SIGNATURE}: by {found.key}, not among the signers"]
    return found, []


def _signature_of_erasure(
    folder: Path, erasure: Erasure, signers: Path | None
) -> list[str]:
    found = check(folder / ERASED, signers, erasure.erased)
    if found is None:
        return [f"{ERASED}{SIGNATURE}: missing, or does not fit {ERASED}"]
    if signers is not None and found.signer is None:
        return [f"{ERASED}{SIGNATURE}: by {found.key}, not among the signers"]
    return []


def _erasure(folder: Path) -> Erasure | None:
    file = folder / ERASED
    return decode_erasure(file.read_bytes(), str(file)) if file.is_file() else None
