"""`DIR/index.sqlite`: the runs of a store in figures, and how long findings are open.

Everything in it comes from the run folders, in the order of their chain; whoever opens
it brings it up to date, and makes it anew where it does not fit: another version, runs
erased or put in, a damaged file. It is worked on in memory and replaces its file as a
whole: no kill leaves half of one, and a store that can't be written has one too.
"""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path
from typing import Final

from msgspec import Struct

from auditor.errors import SnapshotError
from auditor.history.episodes import Episode, Known, Placed, follow
from auditor.history.lines import RunLine, Visit, line_of, visits_of
from auditor.history.states import Identity, lay_out
from auditor.model.changes import Changes, decode_changes
from auditor.model.run import Level, decode_run
from auditor.store.atomic import write_atomic
from auditor.store.chain import Link, read_chain
from auditor.store.folder import CHANGES
from auditor.store.manifest import digest_of
from auditor.store.rows import insert, select, table_of

INDEX = "index.sqlite"

#: Raised when a fold of the same runs gives other rows.
VERSION: Final = 1


class Mark(Struct, frozen=True, kw_only=True):
    """A link of the chain that the index was made of; `why` it was left out, if so."""

    number: int
    run: str
    sha256: str
    erased: bool
    why: str | None = None

    @property
    def link(self) -> tuple[int, str, str, bool]:
        """What has to be as it was."""
        return self.number, self.run, self.sha256, self.erased


_TABLES: Final[dict[str, type[Struct]]] = {
    "marks": Mark,
    "runs": RunLine,
    "visits": Visit,
    "episodes": Episode,
}
_SCHEMA: Final = ";\n".join(table_of(name, kind) for name, kind in _TABLES.items())
_MADE_BY: Final = zlib.crc32(f"{VERSION}{_SCHEMA}".encode()) >> 1

#: Where the header has SQLite's `user_version`: https://www.sqlite.org/fileformat2.html
_SUM: Final = slice(60, 64)


class Index:
    """The history of a store, to be asked; `notes` are for the user."""

    def __init__(self, connection: sqlite3.Connection, notes: tuple[str, ...]) -> None:
        self._connection = connection
        self._marks = select(connection, "marks", Mark)
        self.notes = notes

    def runs(self, client: str | None = None) -> tuple[RunLine, ...]:
        """The runs in their order, of one client or of all."""
        where = "WHERE ?1 IS NULL OR client = ?1 ORDER BY rowid"
        return select(self._connection, "runs", RunLine, where, (client,))

    def cut(self, client: str) -> int | None:
        """The number of a client's first run where runs before it were erased.

        What that run found may have been open for longer.
        """
        erased = [mark.number for mark in self._marks if mark.erased]
        first = next((line.number for line in self.runs(client)), None)
        before = first is not None and any(number < first for number in erased)
        return first if before else None

    def visits(self, client: str, host: str) -> tuple[Visit, ...]:
        """A host's rows in the order of runs."""
        where = "WHERE client = ? AND host = ? ORDER BY rowid"
        return select(self._connection, "visits", Visit, where, (client, host))

    def episodes(
        self,
        client: str,
        *,
        open_: bool | None = None,
        host: str | None = None,
        check: str | None = None,
    ) -> tuple[Episode, ...]:
        """A client's episodes by their first run; all, or only open or closed ones."""
        where = (
            "WHERE client = ?1 AND (?2 IS NULL OR host = ?2)"
            ' AND (?3 IS NULL OR "check" = ?3)'
            " AND (?4 IS NULL OR (closed_number IS NULL) = ?4)"
            ' ORDER BY first_number, "check", host, kind, subject'
        )
        values = (client, host, check, open_)
        return select(self._connection, "episodes", Episode, where, values)

    def at(self, client: str, number: int) -> tuple[Episode, ...]:
        """The episodes that were open after the run of that number."""
        where = (
            "WHERE client = ?1 AND first_number <= ?2"
            " AND (closed_number IS NULL OR closed_number > ?2)"
        )
        return select(self._connection, "episodes", Episode, where, (client, number))


def open_index(store: Path, *, anew: bool = False) -> Index:
    """The index of a store, brought up to date; `anew` takes nothing from the old one.

    Only its file may fail to be written, or be damaged, and a run to be read: the notes
    name those. Raises SnapshotError for a store that is no folder.
    """
    if not store.is_dir():
        raise SnapshotError(f"{store}: no such folder of runs")
    chain = read_chain(store)
    notes = [*chain.unread]
    file = store / INDEX
    connection = None if anew else _loaded(file, notes)
    known = select(connection, "marks", Mark) if connection else ()
    links = [_mark(link).link for link in chain.links]
    if connection is None or [mark.link for mark in known] != links[: len(known)]:
        connection, known = _empty(), ()
    added = chain.links[len(known) :]
    if added or not file.is_file():
        _extend(connection, added)
        _write(file, connection, notes)
    marks = select(connection, "marks", Mark)
    notes += [f"{mark.run}: left out: {mark.why}" for mark in marks if mark.why]
    return Index(connection, tuple(notes))


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(f"{_SCHEMA}; PRAGMA application_id = {_MADE_BY}")
    return connection


def _loaded(file: Path, notes: list[str]) -> sqlite3.Connection | None:
    """The index as its file has it; None when there is none to rely on."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        notes.append(f"{file}: {error.strerror}; made anew")
        return None
    if not data.startswith(b"SQLite format 3\0") or _sum(data) != data[_SUM]:
        notes.append(f"{file}: damaged; made anew")
        return None
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    (made_by,) = connection.execute("PRAGMA application_id").fetchone()
    return connection if made_by == _MADE_BY else None


def _write(file: Path, connection: sqlite3.Connection, notes: list[str]) -> None:
    connection.commit()
    data = bytearray(connection.serialize())
    data[_SUM] = _sum(data)
    try:
        write_atomic(file, bytes(data))
    except OSError as error:
        notes.append(f"{file}: not written: {error.strerror}")


def _sum(data: bytes | bytearray) -> bytes:
    """A checksum of all the file but itself: SQLite has none, and reads what it can."""
    rest = zlib.crc32(data[_SUM.stop :], zlib.crc32(data[: _SUM.start]))
    return rest.to_bytes(4, "big")


def _extend(connection: sqlite3.Connection, links: tuple[Link, ...]) -> None:
    """Add the runs of these links, which follow those that are there."""
    known = _known(connection)
    for link in links:
        mark, placed = _read(link)
        insert(connection, "marks", [mark])
        if placed is None:
            continue
        client = placed.run.run.client
        followed = follow(known.get(client, Known()), placed)
        known[client] = followed.known
        insert(connection, "episodes", followed.closed)
        insert(connection, "runs", [line_of(placed, link.sha256)])
        insert(connection, "visits", visits_of(placed))
    connection.execute("DELETE FROM episodes WHERE closed_number IS NULL")
    for one in known.values():
        insert(connection, "episodes", one.open.values())


def _known(connection: sqlite3.Connection) -> dict[str, Known]:
    found: dict[str, tuple[dict[Identity, Episode], set[Identity]]] = {}
    for episode in select(connection, "episodes", Episode):
        open_, ended = found.setdefault(episode.client, ({}, set()))
        if episode.closed_number is None:
            open_[episode.identity] = episode
        else:
            ended.add(episode.identity)
    return {c: Known(open_, frozenset(ended)) for c, (open_, ended) in found.items()}


def _read(link: Link) -> tuple[Mark, Placed | None]:
    """A link's mark, and its run; none when it was erased or judged old snapshots."""
    if link.erased or link.manifest.again is not None:
        return _mark(link), None
    try:
        run = decode_run(_part(link, "run.json"), f"{link.folder}/run.json")
        changes = _changes(link)
    except SnapshotError as error:
        return _mark(link, str(error)), None
    if run.run.level is not Level.R0:
        return _mark(link, f"handed over at {run.run.level}"), None
    seen = lay_out(run)
    return _mark(link), Placed(link.manifest.number, link.folder.name, seen, changes)


def _changes(link: Link) -> Changes | None:
    if CHANGES not in link.manifest.parts:
        return None
    return decode_changes(_part(link, CHANGES), f"{link.folder}/{CHANGES}")


def _part(link: Link, name: str) -> bytes:
    """A part of a run as it was stored; raises SnapshotError for any other."""
    file = link.folder / name
    try:
        data = file.read_bytes()
    except OSError as error:
        raise SnapshotError(f"{file}: {error.strerror}") from error
    part = link.manifest.parts.get(name)
    if part is None or part.sha256 != digest_of(data):
        raise SnapshotError(f"{file}: altered")
    return data


def _mark(link: Link, why: str | None = None) -> Mark:
    return Mark(
        number=link.manifest.number,
        run=link.folder.name,
        sha256=link.sha256,
        erased=link.erased,
        why=why,
    )
