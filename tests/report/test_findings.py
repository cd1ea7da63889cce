"""The blocks of findings, the fleet's matrix and the annex."""

from __future__ import annotations

import pytest

from auditor.model.check import Texts
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.run import Bucket
from auditor.model.snapshot import HostState
from auditor.report.html.annex import sheets
from auditor.report.html.matrix import matrix
from auditor.report.sections.accepted import accepted, declared
from auditor.report.sections.blocks import steps
from auditor.report.text.sentences import Part, Speaker, plain
from tests.report.runs import check, finding, host, run, sidecar, value
from tests.report.small import CHECKS, WAIVED, fails, of, unread, view


def said(message: str, language: str = "en", **values: object) -> tuple[Part, ...]:
    """The sentence of a FAIL with that message."""
    one = finding("ACC-001", "a", Verdict.FAIL, message="fail", values=values)
    texts = {"ACC-001": sidecar(check("ACC-001"), fail=message)}
    return Speaker(view(language=language).labels, texts).sentence(one)


def test_findings_stand_in_the_order_of_work() -> None:
    found = fails("EOL-003@a", "LOG-003@a", "IDN-012@a", "ACC-001@b")
    assert [
        ("reachable", "ACC-001"),
        ("one_account", "IDN-012"),
        ("unnoticed", "LOG-003"),
        ("hygiene", "EOL-003"),
    ] == [(step.key, step.blocks[0].check.id) for step in steps(view(*found))]


def test_one_check_on_many_hosts_is_one_block() -> None:
    blocks = steps(view(*fails("ACC-001@a", "ACC-001@b")))[0].blocks
    assert [["a", "b"]] == [[row.host.name for row in block.rows] for block in blocks]


def test_a_warn_comes_after_a_fail_however_grave_its_check_is() -> None:
    warn = finding("ACC-001", "a", Verdict.WARN)
    blocks = steps(view(warn, *fails("PHI-007@a")))[0].blocks
    assert ["PHI-007", "ACC-001"] == [block.check.id for block in blocks]


def test_an_accepted_finding_is_no_open_one() -> None:
    assert [] == steps(view(finding("ENC-001", "a", Verdict.FAIL, waived=WAIVED)))


def test_a_block_says_which_command_checks_again() -> None:
    block = steps(view(*fails("ACC-001@a", "ACC-001@b")))[0].blocks[0]
    assert "auditor run -i inventory.toml --limit a,b --check ACC-001" == block.command


def test_a_fix_for_any_system_is_for_the_others_beside_fixes_of_their_own() -> None:
    called = view(language="en").speaker.system
    assert "All systems" == called("any", ["any"])
    assert "Other systems" == called("any", ["debian", "any"])
    assert "Debian, Ubuntu" == called("debian", ["debian", "any"])


def test_a_block_names_the_hosts_on_which_its_check_was_not_evaluated() -> None:
    unknown = unread("ACC-001", "b", Reason.DENIED)
    assert ("b",) == steps(view(*fails("ACC-001@a"), unknown))[0].blocks[0].unseen


def test_a_source_not_read_stands_beside_the_gap() -> None:
    unknown = unread("ACC-001", "a", Reason.DENIED, detail="/etc/vsftpd.conf")
    row = steps(view(*fails("ACC-001@a"), unknown))[0].blocks[0].rows[0]
    assert [
        (
            Part("reading refused"),
            Part(": "),
            Part("/etc/vsftpd.conf", code=True),
        )
    ] == list(row.partial)


def test_a_message_is_filled_and_its_values_are_marked_as_code() -> None:
    assert (
        Part("The account "),
        Part("ftp", code=True),
        Part(" gets in."),
    ) == said("The account {account} gets in.", account=value("account", "ftp"))


def test_counts_are_written_as_the_language_writes_them() -> None:
    parts = said("{count} numéros", "fr", count=value("count", 12480))
    assert (Part("12\u202f480"), Part(" numéros")) == parts


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 0, "0 files are open."),
        ("en", 1, "1 file is open."),
        ("en", 2, "2 files are open."),
        ("fr", 0, "0 file is open."),
        ("fr", 1, "1 file is open."),
        ("fr", 2, "2 files are open."),
        ("en", "10–99", "10–99 files are open."),
    ],
)
def test_words_agree_with_a_number(language: str, count: int | str, words: str) -> None:
    """French counts none as one: Unicode CLDR, language plural rules."""
    message = "{count} {count:file is|files are} open."
    assert words == plain(said(message, language, count=value("count", count)))


def test_a_port_is_no_quantity() -> None:
    assert (Part("Port "), Part("11112", code=True)) == said(
        "Port {port}", port=value("port", 11112)
    )


def test_dates_are_written_as_the_language_writes_them() -> None:
    parts = said("le {time}", "fr", time=value("time", "2026-09-15"))
    assert (Part("le "), Part("15\u00a0septembre 2026")) == parts


def test_backticks_of_a_text_are_code_and_may_hold_values() -> None:
    parts = said("Set `mode={mode}` now.", mode=value("mode", "0640"))
    assert (Part("Set "), Part("mode=0640", code=True), Part(" now.")) == parts


def test_a_value_that_looks_like_a_field_is_not_filled_again() -> None:
    account, path = value("account", "{path}"), value("path", "/x")
    assert (Part("{path}", code=True),) == said("{account}", account=account, path=path)


def test_a_field_without_a_value_stays_visible() -> None:
    assert (Part("Port "), Part("{port}", code=True)) == said("Port {port}")


def test_french_texts_get_their_no_break_spaces() -> None:
    assert (Part("Ouvert\u00a0: «\u00a0ftp\u00a0»\u202f!"),) == said(
        "Ouvert : « ftp » !", "fr"
    )


def test_french_thousands_are_kept_together() -> None:
    assert (Part("491\u202f840 personnes, art. 32 2026"),) == said(
        "491 840 personnes, art. 32 2026", "fr"
    )


def test_english_texts_are_left_as_written() -> None:
    assert (Part("Open : « ftp » !"),) == said("Open : « ftp » !")


def test_what_the_engine_says_for_a_fleet_check_is_in_words() -> None:
    one = finding(
        "ACC-001",
        "a",
        Verdict.PASS,
        message="among",
        values={"given": value("count", 3), "hosts": value("count", 4)},
    )
    assert "Nothing of the kind among the 3 hosts compared, of 4." == "".join(
        part.text for part in view().speaker.sentence(one)
    )


def test_a_cell_takes_the_gravest_of_its_checks() -> None:
    warn = finding("LOG-009", "a", Verdict.WARN)
    row = matrix(view(warn, *fails("LOG-003@a"))).groups[0].rows[0]
    alerting = row.cells[3]
    assert (Bucket.FAIL, "1/2", "a, Alerting: 1 fails and 1 needs attention") == (
        alerting.bucket,
        alerting.text,
        alerting.name,
    )


def test_a_cell_with_nothing_evaluated_counts_nothing_as_passed() -> None:
    row = matrix(view(unread("ENC-001", "a", Reason.DENIED))).groups[0].rows
    cell = next(one for one in row if one.host.name == "a").cells[2]
    assert (Bucket.UNKNOWN, "–/1") == (cell.bucket, cell.text)


def test_the_worst_host_of_a_laboratory_comes_first() -> None:
    assert ["b", "a"] == [
        row.host.name for row in matrix(view(*fails("ENC-001@b"))).groups[0].rows
    ]


def test_a_host_that_was_not_seen_keeps_its_row_at_the_end() -> None:
    lost = host("a", state=HostState.UNREACHABLE, reason=Reason.UNREACHABLE)
    rows = matrix(of(run(CHECKS, [lost, host("b")]))).groups[0].rows
    assert [("b", False), ("a", True)] == [(r.host.name, not r.cells) for r in rows]


def test_a_state_that_says_its_reason_says_it_once() -> None:
    untrusted = host("a", state=HostState.UNTRUSTED, reason=Reason.HOST_KEY)
    refused = host("b", state=HostState.REFUSED, reason=Reason.SUDO_REFUSED)
    rows = matrix(of(run(CHECKS, [untrusted, refused]))).groups[0].rows
    assert {
        "a": "identity not confirmed (SSH key)",
        "b": "access refused: administrator rights refused",
    } == {row.host.name: row.state for row in rows}


def test_laboratories_are_groups_under_their_titles() -> None:
    hosts = [host("a", group="site-35"), host("b", group="site-29"), host("c")]
    one = run(CHECKS, hosts, groups={"site-35": "Laboratoire de Rennes"})
    assert ["Laboratoire de Rennes", "site-29", ""] == [
        group.title for group in matrix(of(one)).groups
    ]


def test_beyond_twelve_families_the_rest_share_a_column() -> None:
    checks = [check(f"X-{n}", family=f"family{n:02}") for n in range(15)]
    columns = matrix(of(run(checks, [host("a")]))).columns
    assert (12, "Others") == (len(columns), columns[-1])


def test_a_sheet_has_every_check_once() -> None:
    found = [unread("ENC-001", "a", Reason.DENIED), *fails("ACC-001@a")]
    sheet = sheets(view(*found))[0]
    lines = [line for part in sheet.parts for line in part.lines]
    listed = [check for line in lines for check in line.checks]
    assert sorted(one.id for one in CHECKS) == sorted(listed)


def test_checks_of_which_the_same_is_said_share_a_line() -> None:
    found = [unread(c, "a", Reason.DENIED, detail="/x") for c in ("ENC-001", "LOG-003")]
    parts = {part.bucket: part for part in sheets(view(*found))[0].parts}
    unknown = parts[Bucket.UNKNOWN]
    assert (2, [("LOG-003", "ENC-001")]) == (
        unknown.count,
        [line.checks for line in unknown.lines],
    )


def test_not_applicable_shows_its_proof() -> None:
    absent = finding("ACC-001", "a", Verdict.NA, message="pass")
    part = next(p for p in sheets(view(absent))[0].parts if p.bucket is Bucket.NA)
    assert [(("ACC-001",), (Part("It is closed."),))] == [
        (line.checks, line.said) for line in part.lines
    ]


def test_an_accepted_risk_is_listed_with_the_verdict_under_it() -> None:
    risk = accepted(view(finding("ENC-001", "a", Verdict.FAIL, waived=WAIVED)))[0]
    assert (Verdict.FAIL, "F", True) == (
        risk.finding.verdict,
        risk.waiver.accepted_by,
        risk.ends_soon,
    )


def test_the_same_declaration_for_many_hosts_stands_once() -> None:
    attested = [finding("LOG-009", name, Verdict.ATTESTED, "host:") for name in "ab"]
    assert [("LOG-009", ("a", "b"))] == [
        (one.check, one.hosts) for one in declared(view(*attested))
    ]


def test_a_check_without_texts_still_has_a_title() -> None:
    speaker = Speaker(view(language="fr").labels, {})
    assert "ACC-001 ne va pas" == speaker.title(check("ACC-001"))


def test_the_severity_of_a_block_is_that_of_its_findings() -> None:
    lighter = finding("ACC-001", "a", Verdict.FAIL, severity=Severity.MEDIUM)
    assert Severity.MEDIUM == steps(view(lighter))[0].blocks[0].severity


def test_texts_of_one_language_are_those_of_the_report() -> None:
    assert isinstance(view(language="fr").speaker.texts("ACC-001"), Texts)
