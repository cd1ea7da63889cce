from __future__ import annotations

import base64
import io
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import msgspec
import pytest
from msgspec import structs
from rich.console import Console

from auditor.model.findings import Reason, Verdict
from auditor.model.run import (
    FindingRecord,
    HostInfo,
    Level,
    Run,
    WaivedRecord,
    decode_run,
    encode_run,
)
from auditor.report import as_html
from auditor.report.as_html import css_string
from auditor.report.formats import FORMATS, Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from auditor.report.handover.renaming import REMOVED
from auditor.report.schema import run_schema
from auditor.report.terminal import print_summary
from tests.report.canaries import Canaries, marks_in, material, recorded
from tests.report.files import file, files
from tests.report.levels import KEY, LEVELS, at, one_finding
from tests.report.page import Page
from tests.report.runs import check, finding, host, run, sidecars, value
from tests.report.small import CHECKS, WAIVED, fails
from tests.report.test_as_pdf import text_of

#: The PDF is laid out for minutes when it holds all of the recorded hosts.
QUICK = [name for name in FORMATS if name != "pdf"]


@cache
def canaries() -> Canaries:
    return Canaries(recorded())


@cache
def handed(level: Level) -> Material:
    """The recorded run, full of marks, at a level."""
    return redact(material(canaries().run), level, Pseudonyms(KEY))


def marks(one: Any) -> set[str]:
    return marks_in(msgspec.json.encode(one))


def removed(level: Level) -> set[str]:
    return marks(canaries().run) - marks(handed(level).run)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_removes_is_in_no_format(level: Level, name: str) -> None:
    assert removed(level) & marks_in(files(name, handed(level))) == set()


def one_host(run: Run) -> Run:
    """Of the marked run, the host that has the most wrong, and a few checks."""
    checks, hosts = (
        run.checks[:6],
        [h for h in run.hosts if h.name.startswith("lis-35")],
    )
    kept = {(check.id, host.name) for check in checks for host in hosts}
    found = [one for one in run.findings if (one.check, one.host) in kept]
    return structs.replace(
        run, checks=checks, hosts=tuple(hosts), findings=tuple(found)
    )


@pytest.mark.parametrize("level", [Level.R0, *LEVELS])
def test_a_pdf_tells_its_level_and_what_that_holds(
    level: Level, tmp_path: Path
) -> None:
    whole = one_host(canaries().run)
    short = structs.replace(material(whole, "en"), frameworks={})
    given = redact(short, level, Pseudonyms(KEY))
    (tmp_path / "r.pdf").write_bytes(file("pdf", given))
    told = text_of(tmp_path / "r.pdf")
    assert f"Level {level}: " in told
    assert (marks(whole) - marks(given.run)) & marks_in(told.encode()) == set()
    assert (len(marks_in(told.encode())) > 20) == (level <= Level.R1)


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_removes_is_on_no_page_of_a_large_fleet(
    level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_html, "MOST_HOSTS", 0)
    large = structs.replace(handed(level), name="report.html")
    written = files("html", large)
    assert len(written) > 1
    assert removed(level) & marks_in(written) == set()
    assert all(level.value.encode() in data for data in written.values())


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_removes_is_not_in_the_summary(level: Level) -> None:
    stream = io.StringIO()
    given = handed(level)
    console = Console(file=stream, width=500)
    print_summary(given, console)
    assert removed(level) & marks_in(stream.getvalue().encode()) == set()


@pytest.mark.parametrize("name", ["html", "json"])
def test_the_search_finds_what_is_there(name: str) -> None:
    found = marks_in(files(name, material(canaries().run)))
    assert len(found) > 100


@pytest.mark.parametrize(
    "encoded",
    [
        "kx00001z",
        "kx00001&#122;",
        quote("é kx00001z"),
        "%6bx00001z",
        r"\u006bx00001z",
        css_string("-kx00001z"),
        base64.b64encode(b"a host: kx00001z").decode(),
        base64.b64encode(b"host: kx00001z").decode(),
        base64.urlsafe_b64encode(b"the host: kx00001z?").decode(),
        b"host kx00001z".hex(),
    ],
)
def test_the_search_reads_encodings(encoded: str) -> None:
    assert marks_in(f"<p>{encoded}</p>".encode()) == {"kx00001z"}


def test_the_search_reads_names_of_files() -> None:
    assert marks_in({"site-kx00001z.html": b""}) == {"kx00001z"}


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("level", LEVELS)
def test_every_format_names_the_level(level: Level, name: str) -> None:
    assert level.value.encode() in file(name, handed(level))


def test_technicians_keep_hosts_and_lose_every_name_of_a_person() -> None:
    kept = marks(handed(Level.R1).run)
    names = [
        shown.value
        for one in canaries().run.findings
        for shown in one.values.values()
        if shown.kind in ("account", "person")
    ]
    assert marks([one.name for one in canaries().run.hosts]) <= kept
    assert marks(names) & kept == set()
    assert marks(names) != set()


def test_those_who_decide_keep_laboratories_and_roles_alone() -> None:
    one = canaries().run
    titles = {name: one.groups[name] for name in one.groups}
    groups = [(host.group, host.roles) for host in one.hosts]
    known = marks([titles, groups, one.run.client, one.run.auditor])
    assert marks(handed(Level.R2).run) == known


def test_third_parties_get_nothing_that_came_from_a_host_or_a_client() -> None:
    assert marks(handed(Level.R3).run) == set()


def test_the_figures_stay_at_every_level() -> None:
    figures = [at(level, recorded()).run.totals for level in LEVELS]
    assert figures == [recorded().run.totals] * 3


@pytest.mark.parametrize("level", LEVELS)
def test_a_redacted_run_is_a_run_file(level: Level) -> None:
    data = encode_run(handed(level).run)
    jsonschema.validate(json.loads(data), json.loads(run_schema()))
    assert decode_run(data, "run.json").run.level is level


@pytest.mark.parametrize("level", [Level.R2, Level.R3])
def test_no_command_is_left_beyond_technicians(level: Level) -> None:
    texts = [one for s in handed(level).sidecars.values() for one in s.texts.values()]
    assert {(len(t.fix), t.undo, t.verify) for t in texts} <= {(0, "", "")}
    page = file("html", handed(level))
    assert b"auditor run" not in page
    assert b"auditor run" in file("html", handed(Level.R1))


class Later(HostInfo, frozen=True, kw_only=True):
    """A host of tomorrow, with a field that nobody declared."""

    serial: str = ""


def test_a_field_that_nobody_declared_is_removed() -> None:
    later = Later(**msgspec.structs.asdict(host("a")), serial="SN-123")
    one = msgspec.structs.replace(run([check("ACC-001")], []), hosts=(later,))
    found = [at(level, one).hosts[0] for level in LEVELS]
    assert [getattr(one, "serial", None) for one in found] == [REMOVED] * 3
    assert found[0].address == "10.35.0.4"


def test_a_field_that_can_not_be_emptied_stops_the_report() -> None:
    class Counted(HostInfo, frozen=True, kw_only=True):
        disks: int

    later = Counted(**msgspec.structs.asdict(host("a")), disks=3)
    one = msgspec.structs.replace(run([check("ACC-001")], []), hosts=(later,))
    with pytest.raises(TypeError, match=r"^Counted.disks has no empty value"):
        at(Level.R1, one)


def test_a_kind_that_nobody_declared_is_removed() -> None:
    serial = msgspec.structs.replace(value("word", "SN-123"), kind="serial")
    found = finding("ACC-001", "a", Verdict.FAIL, values={"serial": serial})
    one = run([check("ACC-001")], [host("a")], [found])
    assert at(Level.R1, one).findings[0].values["serial"].value == REMOVED


def test_free_text_is_dropped() -> None:
    waived = WaivedRecord(
        reason="Dr Nom is on leave",
        owner="G. Nom",
        accepted_by="F. Nom",
        accepted_on=WAIVED.accepted_on,
        until=WAIVED.until,
    )
    unread = finding(
        "ACC-002", "a", Verdict.UNKNOWN, reason=Reason.DENIED, detail="alice: refused"
    )
    failing = finding("ACC-001", "a", Verdict.FAIL, waived=waived)
    one = run(
        [check("ACC-001"), check("ACC-002")],
        [host("a", detail="alice is not in the sudoers file")],
        [failing, unread],
    )
    told = encode_run(at(Level.R1, one)).decode()
    assert "alice" not in told
    assert "Nom" not in told


def test_third_parties_can_not_tell_a_check_by_its_place() -> None:
    ids = [f"ACC-{n:03}" for n in range(1, 9)]
    one = run([check(name) for name in ids], [host("a")])
    shown = [c.id for c in at(Level.R3, one).checks]
    renamed = [at(Level.R3, run([check(n)], [host("a")])).checks[0].id for n in ids]
    assert shown == sorted(renamed) != renamed


def test_third_parties_see_no_family_of_others() -> None:
    one = run([check("XYZ-001", family="client_xyz")], [host("a")])
    shown = at(Level.R3, one).checks[0]
    assert (shown.family, "xyz" in str(shown)) == ("others", False)


def test_what_was_removed_does_not_come_back() -> None:
    given = Material(at(Level.R2, one_finding()), {}, {}, "en")
    assert redact(given, Level.R1, Pseudonyms(KEY)) is given


def test_third_parties_get_no_decision_and_no_order_of_work() -> None:
    page = file("html", handed(Level.R3)).decode()
    assert 'href="#decisions"' not in page
    assert 'id="decisions"' not in page
    assert page.count('class="step"') == 1


@pytest.mark.parametrize("level", LEVELS)
def test_every_link_of_a_redacted_page_has_its_target(level: Level) -> None:
    page = Page(file("html", handed(level)).decode())
    links = {link[1:] for link in page.values("href") if link.startswith("#")}
    assert links - set(page.values("id")) == set()


def compared(level: Level, *found: FindingRecord) -> Material:
    """A run of the hosts a and b at a level, since one of a and of a host that left."""
    now = run(CHECKS, [host("a"), host("b")])
    then = run(CHECKS, [host("a"), host("gone-35")], found)
    given = Material(now, sidecars(now), {}, "en", earlier=(then,))
    return redact(given, level, Pseudonyms(KEY))


@pytest.mark.parametrize("level", [Level.R2, Level.R3])
def test_names_that_only_an_earlier_run_has_are_removed_too(level: Level) -> None:
    found = fails("ACC-001@gone-35")
    assert b"gone-35" not in file("html", compared(level, *found))
    assert b"gone-35" in file("html", compared(Level.R1, *found))


@pytest.mark.parametrize("level", LEVELS)
def test_what_was_fixed_is_told_at_every_level(level: Level) -> None:
    assert b"1 gap fixed" in file("html", compared(level, *fails("ACC-001@a")))
