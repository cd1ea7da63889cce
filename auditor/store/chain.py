"""The runs of a store in their order, and whether one is missing among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from auditor.errors import SnapshotError
from auditor.store.manifest import (
    ERASED,
    MANIFEST,
    Before,
    RunManifest,
    decode_manifest,
    digest_of,
)

#: A copy of the last run's manifest beside the runs: shows when that run is removed.
HEAD = "head.json"


class Link(Struct, frozen=True):
    """A run in its chain; `sha256` is the digest of its manifest."""

    folder: Path
    manifest: RunManifest
    sha256: str

    @property
    def erased(self) -> bool:
        """Whether its parts were erased, by a rule and on record."""
        return (self.folder / ERASED).is_file()

    @property
    def before(self) -> Before:
        """As the next run names it."""
        return Before(self.manifest.run, self.sha256)


class Chain(Struct, frozen=True):
    """The runs of a store by number, what its head says, and what can't be read."""

    links: tuple[Link, ...]
    head: Link | None
    unread: tuple[str, ...]

    @property
    def last(self) -> Link | None:
        """The run that the next one follows, also where its folder is gone.

        The head may be one behind: a kill between a run and its head leaves it so.
        """
        found = [*self.links, *filter(None, [self.head])]
        return max(found, key=lambda link: link.manifest.number, default=None)


def read_chain(store: Path) -> Chain:
    """Look at every run of a store; one that can't be read hides no other."""
    unread: list[str] = []

    def read(file: Path) -> Iterator[Link]:
        try:
            yield _link(file)
        except SnapshotError as error:
            unread.append(str(error))

    files = sorted(store.glob(f"[!.]*/{MANIFEST}"))
    found = [link for file in files for link in read(file)]
    found.sort(key=lambda link: link.manifest.number)
    head = next(read(store / HEAD), None) if (store / HEAD).exists() else None
    return Chain(tuple(found), head, tuple(unread))


def alerts_of(store: Path, run: str) -> Path:
    """Where it is recorded who was told what after a run (auditor/alerting/)."""
    return store / "alerts" / f"{run}.json"


def gaps(chain: Chain) -> Iterator[str]:
    """What is wrong with the chain: runs missing, put in, or not those that were."""
    yield from chain.unread
    counted = Counter(link.manifest.number for link in chain.links)
    for number, times in counted.items():
        if times > 1:
            yield f"{times} runs have the number {number}"
    known = {link.manifest.number: link for link in chain.links}
    for link in chain.links:
        yield from _gap(link, known.get(link.manifest.number - 1))
    if chain.head is not None:
        yield from _gap_of_head(chain.head, known)
    elif chain.links:
        yield f"{HEAD}: missing, so the last run may be"


def _gap(link: Link, before: Link | None) -> Iterator[str]:
    said, name = link.manifest.previous, link.folder.name
    if said is None:
        if link.manifest.number != 1:
            yield f"{name}: names no run before, but has number {link.manifest.number}"
    elif before is None:
        yield f"{said.run}: missing, though {name} follows it"
    elif said != before.before:
        yield f"{before.folder.name}: not as it was when {name} followed it"


def _gap_of_head(newest: Link, known: dict[int, Link]) -> Iterator[str]:
    number, name = newest.manifest.number, newest.manifest.run
    found = known.get(number)
    if found is None:
        yield f"{name}: missing, though it was the last run ({HEAD})"
    elif found.sha256 != newest.sha256:
        yield f"{name}: its manifest is not the one in {HEAD}"
    elif max(known) > number + 1:
        # One behind is what a kill leaves; the next run puts it right.
        yield f"{HEAD}: older than the last run, {known[max(known)].manifest.run}"


def _link(file: Path) -> Link:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file}: {error.strerror}") from error
    return Link(file.parent, decode_manifest(data, str(file)), digest_of(data))
