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
    ShownRecord,
    WaivedRecord,
    decode_run,
    encode_run,
)
from auditor.model.sources import ValueKind
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
from tests.report.page import Page
from tests.report.runs import check, evidence, finding, host, run, sidecars, value
from tests.report.small import CHECKS, WAIVED, fails
from tests.report.test_as_pdf import text_of

KEY = b"k" * 32
LEVELS = [Level.R1, Level.R2, Level.R3]

#: The PDF is laid out for minutes when it holds all of the recorded hosts.
QUICK = [name for name in FORMATS if name != "pdf"]


def at(level: Level, one: Run, key: bytes = KEY) -> Run:
    """A run as it is handed over."""
    given = Material(one, sidecars(one), {}, "en")
    return redact(given, level, Pseudonyms(key, frozenset({"labo"}))).run


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


def test_each_address_of_several_is_replaced_elsewhere() -> None:
    one = one_finding(
        values={"person": value("person", "eve@x.example, bob@x.example")},
        evidence=(evidence("/etc/x", "to=bob@x.example"),),
    )
    found = at(Level.R1, one).findings[0]
    assert found.evidence[0].text.startswith("to=P-")


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


def one_finding(**changed: Any) -> Run:
    """A run of one finding."""
    found = finding("ACC-001", "a", Verdict.FAIL, **changed)
    return run([check("ACC-001")], [host("a", roles=("lis",))], [found])


def test_a_class_and_letters_stand_for_an_account() -> None:
    accounts = {"accounts": value("account", "alice, labo, root")}
    told = at(Level.R1, one_finding(values=accounts)).findings[0].values["accounts"]
    alice, labo, root = str(told.value).split(", ")
    assert (alice[:2], labo[:2], root) == ("A-", "G-", "root")
    assert len(alice) == len("A-") + 6


def test_an_account_is_replaced_wherever_it_stands_as_a_word() -> None:
    proof = evidence("/home/alice/.ssh/alice.pub", "AllowUsers alice alicia")
    one = one_finding(
        subject="directory:/srv/alice",
        values={"account": value("account", "alice")},
        evidence=(proof,),
    )
    found = at(Level.R1, one).findings[0]
    alice = found.values["account"].value
    assert found.subject.name == f"/srv/{alice}"
    assert found.evidence[0].source == f"/home/{alice}/.ssh/{alice}.pub"
    assert found.evidence[0].text == f"AllowUsers {alice} alicia"


def test_a_function_s_name_is_left_in_folders_and_names_of_machines() -> None:
    one = one_finding(
        subject="directory:/srv/labo/labo-35.example/home/labo/in.labo",
        values={"account": value("account", "labo")},
        evidence=(evidence("/etc/x", "AllowUsers labo, @labo"),),
    )
    found = at(Level.R1, one).findings[0]
    labo = found.values["account"].value
    assert found.subject.name == f"/srv/labo/labo-35.example/home/{labo}/in.labo"
    assert found.evidence[0].text == f"AllowUsers {labo}, @{labo}"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("AllowUsers", "alice@10.0.0.0/8 root"),
        ("valid users", "@wheel, alice:ro"),
        ("sudoers", "alice ALL=(ALL:ALL) NOPASSWD: ALL"),
        ("doas", "permit alice as root"),
        ("rule", "host lis alice 10.0.0.0/8 trust"),
        ("password of alice", "empty"),
        ("user alice", "on"),
    ],
)
def test_an_account_that_only_a_setting_names_is_replaced(key: str, text: str) -> None:
    shown = ShownRecord(key=key, kind=ValueKind.SETTING, value=text)
    proof = msgspec.structs.replace(evidence("/home/alice/x", ""), values=(shown,))
    found = at(Level.R1, one_finding(evidence=(proof,))).findings[0].evidence[0]
    assert "alice" not in found.text + found.source
    assert found.text == f"{key}={text}".replace("alice", found.source.split("/")[2])


@pytest.mark.parametrize(
    "folder", ["/home", "/var/mail", "/var/spool/cron", "/var/spool/cron/crontabs"]
)
def test_an_account_that_only_a_folder_names_is_replaced(folder: str) -> None:
    proof = evidence(f"{folder}/alice/x.csv", "mode=0644")
    one = one_finding(subject=f"directory:{folder}/alice", evidence=(proof,))
    found = at(Level.R1, one).findings[0]
    assert found.subject.name.startswith(f"{folder}/A-")
    assert found.evidence[0].source == f"{found.subject.name}/x.csv"


def test_a_subject_of_an_undeclared_kind_gets_a_pseudonym() -> None:
    found = at(Level.R1, one_finding(subject="badge:4711")).findings[0]
    assert found.subject.name.startswith("S-")


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


def test_the_folder_of_the_audit_team_is_nobody_elses_business() -> None:
    proof = evidence("/home/auditor/client/owners.toml", "owner=x")
    found = at(Level.R1, one_finding(evidence=(proof,))).findings[0]
    assert found.evidence[0].source == "owners.toml"


def test_pseudonyms_are_stable_by_key() -> None:
    names = [
        at(Level.R3, one_finding(), k).hosts[0].name for k in (KEY, KEY, b"l" * 32)
    ]
    assert names[0] == names[1] != names[2]


def test_a_host_has_the_same_letters_at_both_levels_that_hide_it() -> None:
    board, third = (at(level, one_finding()).hosts[0].name for level in LEVELS[1:])
    assert board.replace("lis-", "H-") == third


def test_names_that_meet_get_more_letters() -> None:
    names = Pseudonyms(KEY)
    first = names.of("H", "a")
    names._taken[first] = ("", "another")
    names._given.clear()
    assert names.of("H", "a").startswith(first)
    assert len(names.of("H", "a")) == len(first) + 1


def test_a_key_is_in_no_repr() -> None:
    assert "kkk" not in repr(Pseudonyms(KEY))


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
