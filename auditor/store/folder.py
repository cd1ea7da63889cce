"""Run folders: made whole under `.new-…`, then renamed, so that none is half.

`DIR/<instant>-<6 hex>/` holds `run.json`, `inputs/` (inventory without secret
references, manifests, profile, as read), `snapshots/HOST.json`, one for every chosen
host, with `.age` where the store has recipients, and `manifest.json` (manifest.py).
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from auditor import __version__
from auditor.errors import AuditorError, SnapshotError, StoreError
from auditor.model.changes import Changes, decode_changes, encode_changes
from auditor.model.host import Store
from auditor.model.run import Run, decode_run, encode_run
from auditor.model.snapshot import Snapshot, decode_snapshot, encode_snapshot
from auditor.store.atomic import sync_folder, write_atomic, write_new
from auditor.store.chain import HEAD, read_chain
from auditor.store.lock import locked
from auditor.store.manifest import MANIFEST, RunManifest, encode, parts_of
from auditor.store.signing import key_of, sign

if TYPE_CHECKING:
    from auditor.store.sealing import Seal

#: What changed since the run before; absent where there was none to compare with.
CHANGES = "changes.json"

#: What the name of an encrypted file ends with.
SEALED = ".age"

#: Decrypts the content of the named file; raises AuditorError.
Opener = Callable[[bytes, str], bytes]


class Snapshots:
    """A folder of snapshots being filled, each encrypted where there are recipients."""

    def __init__(self, folder: Path, recipients: Sequence[str] = ()) -> None:
        """Fill a folder, made 0700; raises StoreError, AuditorError for a recipient."""
        self._folder = folder
        self._seal = _seal(recipients) if recipients else None
        with _reported(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, snapshot: Snapshot) -> Path:
        """Keep a host's snapshot; raises StoreError. Gives its file."""
        name, data = f"{snapshot.host}.json", encode_snapshot(snapshot)
        if self._seal is not None:
            name, data = name + SEALED, self._seal.sealed(data)
        file = self._folder / name
        with _reported(file):
            write_atomic(file, data)
        return file

    def read(
        self, order: list[str], only: Collection[str] | None = None
    ) -> Iterator[Snapshot]:
        """What was added, as `read_snapshots` gives it."""
        opened = self._seal.opened if self._seal else None
        return read_snapshots(self._folder, order, opened, only)


class RunFolder:
    """A run folder being made, with the store to itself; leaving it removes it.

    Not once it is finished. Whatever can be missing at the end (a key that signs, a
    recipient's key, the right to write) is asked for at the beginning.
    """

    def __init__(self, store: Store) -> None:
        """Begin below the store's folder, made 0700; raises AuditorError."""
        self.store = store
        self._signer = key_of(store.sign_key) if store.sign_key else None
        self._open = ExitStack()
        with _reported(store.dir), ExitStack() as held:
            store.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            held.enter_context(locked(store.dir))
            sweep(store.dir)
            self.path = Path(tempfile.mkdtemp(dir=store.dir, prefix=".new-"))
            held.callback(shutil.rmtree, self.path, ignore_errors=True)
            self.snapshots = Snapshots(self.path / "snapshots", store.recipients)
            self._open = held.pop_all()

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def finish(
        self,
        run: Run,
        inputs: Mapping[str, bytes],
        again: str | None = None,
        changes: Changes | None = None,
    ) -> Path:
        """Write the rest and give the folder its name; raises StoreError.

        `again` is the run whose snapshots were judged once more, `changes` what is
        otherwise than in the run before.
        """
        final = _free(self.store.dir / run.run.id)
        with _reported(final):
            (self.path / "inputs").mkdir()
            for name, data in inputs.items():
                write_new(self.path / "inputs" / name, data)
            write_new(self.path / "run.json", encode_run(run))
            if changes is not None:
                named = replace(changes, run=final.name)
                write_new(self.path / CHANGES, encode_changes(named))
            manifest = self._vouch(run, final.name, again)
            for made in (self.path / "inputs", self.path / "snapshots", self.path):
                sync_folder(made)
            self.path.rename(final)
            sync_folder(self.store.dir)
            # The run is kept by now; a head that is one behind is no harm.
            write_atomic(self.store.dir / HEAD, manifest)
        return final

    def _vouch(self, run: Run, name: str, again: str | None) -> bytes:
        """Write and sign the manifest of what lies there now."""
        before = read_chain(self.store.dir).last
        manifest = encode(
            RunManifest(
                run=name,
                number=before.manifest.number + 1 if before else 1,
                previous=before.before if before else None,
                made=datetime.now(UTC),
                tool=__version__,
                auditor=run.run.auditor,
                signer=self._signer,
                again=again,
                parts=parts_of(self.path),
            )
        )
        file = self.path / MANIFEST
        write_new(file, manifest)
        if self.store.sign_key is not None:
            sign(file, self.store.sign_key)
        return manifest


def sweep(folder: Path, age: float = 0) -> None:
    """Remove what a killed run left there, `age` seconds old or older.

    Without a lock on the folder somebody may still be writing what is young.
    """
    for left in folder.glob(".new-*"):
        with suppress(FileNotFoundError):  # another run has just finished with it
            if time.time() - left.stat().st_mtime < age:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def read_snapshots(
    folder: Path,
    order: list[str],
    opened: Opener | None = None,
    only: Collection[str] | None = None,
) -> Iterator[Snapshot]:
    """The snapshots of a folder one by one: hosts in `order`, then others by name.

    Of all hosts, unless they are named by `only`: no other file is opened then.
    """
    files = {
        file.name.removesuffix(SEALED).removesuffix(".json"): file
        for file in sorted([*folder.glob("*.json"), *folder.glob(f"*.json{SEALED}")])
    }
    for name in [
        *(n for n in order if n in files),
        *(n for n in files if n not in order),
    ]:
        if only is not None and name not in only:
            continue
        yield read_snapshot(files[name], opened)


def read_snapshot(file: Path, opened: Opener | None = None) -> Snapshot:
    """Read one snapshot; raises SnapshotError, AuditorError for one that stays shut."""
    data = _bytes(file)
    if file.name.endswith(SEALED):
        if opened is None:
            raise AuditorError(f"{file}: encrypted; --identity FILE names a key for it")
        data = opened(data, str(file))
    return decode_snapshot(data, str(file))


def read_run(path: Path) -> Run:
    """Read the run of a folder, or its `run.json`; raises SnapshotError."""
    file = path / "run.json" if path.is_dir() else path
    return decode_run(_bytes(file), str(file))


def read_changes(folder: Path) -> Changes | None:
    """What a stored run keeps of its changes, None when none; raises SnapshotError."""
    file = folder / CHANGES
    return decode_changes(_bytes(file), str(file)) if file.is_file() else None


def opener_of(identities: Sequence[Path]) -> Opener | None:
    """What opens encrypted snapshots with these keys; None without any."""
    if not identities:
        return None
    from auditor.store.sealing import Identities

    return Identities(identities).opened


def _seal(recipients: Sequence[str]) -> Seal:
    from auditor.store.sealing import Seal

    return Seal(recipients)


def _free(wanted: Path) -> Path:
    """The folder, or the next one of its name that is not there yet."""
    others = (wanted.with_name(f"{wanted.name}-{n}") for n in range(2, 10_000))
    return next(path for path in (wanted, *others) if not path.exists())


@contextmanager
def _reported(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{place}: {error.strerror}") from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file}: {error.strerror}") from error
