"""What changed from one run to another, and why: `changes.json` of a run folder.

Pure data, `auditor-changes/1`, read and written by msgspec. A change is of one identity
(check, host, subject). How causes are told apart: auditor/history/.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

import msgspec

from auditor.errors import SnapshotError
from auditor.model.findings import Reason, Severity
from auditor.model.run import SubjectRecord
from auditor.model.snapshot import Instant

SCHEMA: Final = "auditor-changes/1"


class State(StrEnum):
    """What an identity was in a run.

    `open` is an unwaived FAIL, `warn` an unwaived WARN; `unread` says that nothing was
    said of it because something was not read; `gone` that it was judged and is no
    finding any more (PASS, NA, or the subject is no longer there); `out` that its host
    or check was not in the run.
    """

    OPEN = "open"
    WARN = "warn"
    WAIVED = "waived"
    ATTESTED = "attested"
    UNREAD = "unread"
    GONE = "gone"
    OUT = "out"


#: What somebody has to act on.
OPEN: Final = frozenset({State.OPEN, State.WARN})


class Kind(StrEnum):
    """What a change is for whoever has to act.

    `unseen`: it was open and its source was not read now, so that it stays open;
    `left`: its host or check is no longer in scope, which says nothing of it.
    """

    NEW = "new"
    FIXED = "fixed"
    WORSE = "worse"
    BETTER = "better"
    UNSEEN = "unseen"
    LEFT = "left"


class Cause(StrEnum):
    """Why something changed; only `host` is the host's own doing.

    `privilege` and `sight`: a source was read on one side only, for want of rights or
    for another reason. `rule`: the check's code or texts; `tool`: what parses and
    judges; `declared`: inventory, profile or manifests; `date`: nothing but the day
    (with `waiver` or `attestation` where one of these ended). `untold`: rules, tool or
    declarations changed, and no snapshot can be judged again to tell that from the
    host.
    """

    SCOPE = "scope"
    WAIVER = "waiver"
    ATTESTATION = "attestation"
    PRIVILEGE = "privilege"
    SIGHT = "sight"
    RULE = "rule"
    TOOL = "tool"
    DECLARED = "declared"
    DATE = "date"
    HOST = "host"
    UNTOLD = "untold"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One identity in two runs; `severity` is that of the graver side."""

    check: str
    host: str
    subject: SubjectRecord
    kind: Kind
    before: State
    after: State
    severity: Severity
    causes: tuple[Cause, ...]

    @property
    def worse(self) -> bool:
        """Whether it is a regression; what comes up as an accepted risk is none."""
        if self.kind is Kind.NEW:
            return self.after in OPEN
        if self.kind is Kind.UNSEEN:
            return self.before in OPEN
        return self.kind is Kind.WORSE


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What was open when last read and was not read since: it stays open."""

    check: str
    host: str
    subject: SubjectRecord
    state: State
    severity: Severity


class LostSight(msgspec.Struct, frozen=True, kw_only=True):
    """A check that was evaluated on a host, and was not this time: a regression."""

    check: str
    host: str
    reason: Reason | None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """From the run `since` to the run `run`.

    `missing` are hosts that were in the run before and are in this one no more;
    `carried` is what the next comparison has to know of, though this run is silent.
    """

    schema: Literal["auditor-changes/1"] = SCHEMA
    since: str
    since_started: Instant
    run: str
    changes: tuple[Change, ...] = ()
    lost: tuple[LostSight, ...] = ()
    missing: tuple[str, ...] = ()
    carried: tuple[Carried, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether anything is worse than it was: the exit code of `diff`."""
        worse = any(change.worse for change in self.changes)
        return bool(self.lost or self.missing or worse)


def encode_changes(changes: Changes) -> bytes:
    """The changes as the JSON of a file, one line."""
    return msgspec.json.encode(changes) + b"\n"


def decode_changes(data: bytes, name: str) -> Changes:
    """Read a file of changes; raises SnapshotError naming `name`."""
    try:
        return msgspec.json.decode(data, type=Changes)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SnapshotError(f"{name}: no file of changes: {error}") from error
