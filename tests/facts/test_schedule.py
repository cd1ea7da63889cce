"""Units of systemd that instructions name, and jobs of cron by their name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.facts.schedule import Crontabs, EraseJobs
from auditor.model.host import Host
from auditor.model.manifests import Manifest, Manifests, Migration
from auditor.model.sources import Status, parse_body
from tests.cases import AT, profile

SHOWN = (
    "ok\tcommand\tsystemctl show a.timer\t0\n"
    " 1\tUnit=b.service\n"
    " 2\tLastTriggerUSec=Wed 2026-11-25 03:00:01 UTC\n"
    " 3\tNextElapseUSecRealtime=n/a\n"
)
TABLE = (
    "ok\tfile\t/etc/crontab\t0\n"
    " 4\t0 3 * * *\troot\t/usr/local/bin/purge-labo\t_\n"
    "ok\tfile\t/etc/cron.daily/effacement\t0\n"
    " 2\t-\t-\tfind\t/srv/x\t-delete\n"
)


def migration(job: str | None) -> Migration:
    return Migration(id="m", signed_by="x", signed_on=AT.date(), erase_job=job)


def test_times_are_read_as_systemd_writes_them() -> None:
    unit = EraseJobs.parse(parse_body("EraseJobs", SHOWN)).units["a.timer"]
    assert unit.instant("LastTriggerUSec") == datetime(
        2026, 11, 25, 3, 0, 1, tzinfo=UTC
    )
    assert unit.instant("NextElapseUSecRealtime") is None
    assert unit.instant("ExecMainExitTimestamp") is None


def test_a_host_without_systemd_tells_of_no_unit() -> None:
    jobs = EraseJobs.parse(parse_body("EraseJobs", "absent\tcommand\tsystemctl\t-\n"))
    assert jobs.units == {}
    assert [source.status for source in jobs.about("a.timer")] == [Status.ABSENT]


def test_only_units_of_systemd_are_asked_for() -> None:
    jobs = ("a.timer", "purge.sh", None, "b.service", "a.timer")
    entries = tuple(migration(job) for job in jobs)
    manifests = Manifests(migrations=Manifest("migrations.toml", entries))
    host = Host(name="here", address="127.0.0.1")
    assert EraseJobs.parameters(host, manifests, profile()) == ("a.timer", "b.service")


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("purge-labo", "/etc/crontab"),
        ("/usr/local/bin/purge-labo", "/etc/crontab"),
        ("effacement", "/etc/cron.daily/effacement"),
    ],
)
def test_a_job_is_found_by_its_program_or_its_script(name: str, source: str) -> None:
    job = Crontabs.parse(parse_body("Crontabs", TABLE)).naming(name)
    assert job is not None
    assert job.read.source.name == source


def test_a_job_that_no_table_names_is_none() -> None:
    assert Crontabs.parse(parse_body("Crontabs", TABLE)).naming("purge") is None
