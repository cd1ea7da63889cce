"""No job erases the data of a migration by itself, or the job fails."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.facts.declared import declared
from auditor.facts.file_tree import Entry, FileTree
from auditor.facts.migrations import erasure, left_of, of_nothing, subject_of
from auditor.facts.schedule import CronJob, Crontabs, EraseJobs, Unit
from auditor.model.check import Audit, check
from auditor.model.findings import (
    FAIL,
    PASS,
    WARN,
    Evidence,
    Finding,
    Subject,
    Value,
)
from auditor.model.host import Host
from auditor.model.manifests import Manifests, Migration
from auditor.model.profile import Profile
from auditor.model.sources import Source, ValueKind


class Case(Struct, frozen=True):
    """One migration with files left here, and all that could erase them."""

    migration: Migration
    left: tuple[Entry, ...]
    rests: tuple[Source, ...]
    late: bool
    crontabs: Crontabs
    jobs: EraseJobs
    paths: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        """The migration."""
        return subject_of(self.migration)

    @property
    def files(self) -> tuple[Evidence, ...]:
        """The first few that are left."""
        return tuple(Evidence(entry.read) for entry in self.left[:3])

    @property
    def count(self) -> Value:
        """How many are left."""
        return Value(ValueKind.COUNT, len(self.left))

    @property
    def name(self) -> str:
        """The erase job of the instruction; empty when it names none."""
        return self.migration.erase_job or ""

    @property
    def job(self) -> Value:
        """The same, as a value."""
        return Value(ValueKind.SERVICE, self.name)

    @property
    def said(self) -> Evidence:
        """Where the instruction names it."""
        place, kind = self.migration.place, ValueKind.SERVICE
        return Evidence(declared(place, self.name, key="erase_job", kind=kind))


@check
def erase_job_missing(
    tree: FileTree,
    crontabs: Crontabs,
    jobs: EraseJobs,
    host: Host,
    manifests: Manifests,
    profile: Profile,
    audit: Audit,
) -> Iterator[Finding]:
    """One finding a migration that had its source, target or a copy here."""
    nothing = of_nothing(manifests)
    if nothing is not None:
        yield nothing
    for migration in manifests.migrations.entries:
        paths = migration.paths_on(host.name)
        left = left_of(migration, tree, host.name, profile)
        late = migration.erase_overdue_on(audit.date)
        case = Case(migration, left, tree.over(paths), late, crontabs, jobs, paths)
        yield judged(case)


def judged(case: Case) -> Finding:
    """Nothing left needs no job; else a unit of systemd, a job of cron, or none."""
    if not case.left:
        record = erasure(case.migration)
        shown = () if record is None else (record,)
        others = (Crontabs, EraseJobs)
        message = "nothing_left"
        return PASS(case.subject, message, *shown, rests_on=case.rests, without=others)
    if case.name.endswith((".timer", ".service")):
        unit = case.jobs.units.get(case.name)
        if unit is not None and is_there(unit):
            return of_unit(case, unit)
    elif case.name:
        named = case.crontabs.naming(case.name)
        if named is not None:
            return of_cron(case, named, "by_cron")
    return without_job(case)


def is_there(unit: Unit) -> bool:
    """Whether systemd found the unit's file and may start it."""
    state = unit.get("LoadState")
    return state is not None and state.value not in ("not-found", "masked")


def without_job(case: Case) -> Finding:
    """The job of the instruction was not found: does another one erase?"""
    other = case.crontabs.erasing(case.paths)
    if other is not None:
        return of_cron(case, other, "other_job" if case.name else "by_cron")
    unit = case.jobs.units.get(case.name)
    state = unit.get("LoadState") if unit is not None else None
    shown = () if state is None else (Evidence(state),)
    also = (*case.jobs.about(case.name), *case.crontabs.sources)
    if not case.name:
        also = case.crontabs.sources
        return FAIL(case.subject, "no_job", *case.files, also=also, count=case.count)
    proof = (*case.files, case.said, *shown)
    return FAIL(
        case.subject, "missing", *proof, also=also, count=case.count, job=case.job
    )


def of_cron(case: Case, job: CronJob, message: str) -> Finding:
    """A job of cron erases there; how its last run ended, cron does not keep."""
    proof = Evidence(job.read)
    if message == "other_job":
        shown = (case.said, proof)
        also = case.jobs.about(case.name)
        return WARN(case.subject, message, *shown, also=also, job=case.job)
    if case.late:
        return left_over(case, proof)
    rests = (*case.rests, job.read.source)
    without = (EraseJobs,)
    return PASS(case.subject, message, proof, rests_on=rests, without=without)


def left_over(case: Case, *proof: Evidence) -> Finding:
    """The job runs, yet the erase date has passed and files are there."""
    shown = (*case.files, *proof)
    return WARN(case.subject, "left_files", *shown, count=case.count, job=case.job)


def of_unit(case: Case, unit: Unit) -> Finding:
    """A unit that systemd knows: active, run, and how its last run ended."""
    active = unit.get("ActiveState")
    timer = case.name.endswith(".timer")
    if timer and active is not None and active.value != "active":
        proof = (*case.files, Evidence(active))
        message = "not_active"
        return FAIL(case.subject, message, *proof, count=case.count, job=case.job)
    started = unit.get("Unit")
    name = started.value if started is not None else case.name
    service = case.jobs.units.get(name, unit)
    told = (*case.jobs.about(case.name), *case.jobs.about(name))
    result = service.get("Result")
    if result is not None and result.value != "success":
        proof = (*case.files, Evidence(result), case.said)
        return FAIL(case.subject, "failed", *proof, count=case.count, job=case.job)
    shown = [Evidence(read) for read in (active, result) if read is not None]
    if service.instant("ExecMainExitTimestamp") is None:
        proof = (*shown, case.said)
        return WARN(case.subject, "never_ran", *proof, also=told, job=case.job)
    if case.late:
        return left_over(case, *shown)
    rests = (*case.rests, *told)
    return PASS(
        case.subject, "ran", *shown, rests_on=rests, without=(Crontabs,), job=case.job
    )
