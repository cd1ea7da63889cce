from __future__ import annotations

import io

import pytest
from rich.console import Console

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.model.snapshot import HostState
from auditor.report.formats import Material
from auditor.report.terminal import print_summary
from auditor.report.text.labels import LOCALES
from tests.report.fleet import fleet
from tests.report.runs import finding, host, run, sidecars
from tests.report.small import CHECKS, fails


def printed(one: Run, language: str = "en", *earlier: Run, width: int = 100) -> str:
    """What a pipe gets."""
    stream = io.StringIO()
    texts = sidecars(one)
    material = Material(one, texts, load_frameworks(), language, earlier)
    print_summary(material, Console(file=stream, width=width))
    return stream.getvalue()


def test_it_opens_with_the_title_sentence() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert "One host lets anyone in without a password." == printed(one).split("\n")[0]


def test_the_score_stands_with_what_caps_it_beside_the_coverage() -> None:
    one = run(CHECKS, [host("a"), host("b")], fails("ACC-001@a"))
    assert (
        "Score 49 / 100 (capped by a critical gap); worst host a: 49 · coverage 100%"
        == printed(one).split("\n")[1]
    )


def test_it_counts_each_bucket() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert "1 fails · 6 pass" == printed(one).split("\n")[2]


def test_it_names_a_possible_breach_with_its_hosts() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert (
        "Possible personal-data breach: exposure; access logs not read\na: It is open."
    ) in printed(one)


def test_it_answers_each_question_in_a_line() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert "5  No " in printed(one)


def test_it_lists_decisions_with_who_and_when() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    who = "IT management · immediately"
    said = f"1  Close what lets anyone in on a, and keep its logs · {who}"
    assert said in printed(one)


def test_it_follows_the_order_of_the_first_page() -> None:
    before = fleet(27)
    text = printed(fleet(28), "en", before)
    words = [
        "Score",
        "Possible personal-data breach",
        "host unreachable",
        "The seven questions",
        "decisions to take",
        "Since ",
        "Hosts ",
        "Open findings",
    ]
    places = [text.index(word) for word in words]
    assert sorted(places) == places


def test_it_says_what_became_of_the_last_audits_gaps() -> None:
    before = run(CHECKS, [host("a")], fails("ACC-001@a", "PHI-007@a"))
    now = run(CHECKS, [host("a")], fails("PHI-007@a"))
    assert (
        "Since 25\u00a0November 2026: 1 gap fixed · 0 new gaps · 1 still open\n"
        "Score: 49 then, 49 now."
    ) in printed(now, "en", before)


def test_without_an_earlier_audit_it_says_nothing_of_one() -> None:
    assert "Since" not in printed(run(CHECKS, [host("a")]))


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_french_line_begins_or_ends_at_a_no_break_space(width: int) -> None:
    lines = [
        line.strip(" ") for line in printed(fleet(28), "fr", width=width).split("\n")
    ]
    torn = [line for line in lines if line != line.strip() or line[:1] in set(":;!?»%")]
    assert [] == torn


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_lines_keep_to_the_width(language: str) -> None:
    lines = printed(fleet(28), language, width=80).split("\n")
    tables = [line for line in lines if len(line) > 80]
    assert [] == tables


def test_it_names_a_host_that_was_not_seen_with_the_reason() -> None:
    lost = host(
        "a",
        state=HostState.REFUSED,
        reason=Reason.LOGIN_REFUSED,
        detail="publickey",
    )
    unread = [
        finding(c.id, "a", Verdict.UNKNOWN, "host:", reason=Reason.LOGIN_REFUSED)
        for c in CHECKS
    ]
    text = printed(run(CHECKS, [lost], unread))
    assert "login refused: a (7 checks) publickey" in text


def test_it_lists_open_findings_gravest_first() -> None:
    text = printed(run(CHECKS, [host("a")], fails("EOL-003@a", "ACC-001@a")))
    assert text.index("Critical  ACC-001") < text.index("High      EOL-003")


def test_it_counts_the_findings_that_it_does_not_list() -> None:
    assert "and 29 more" in printed(fleet(28))


def test_a_pipe_gets_no_escape_sequence() -> None:
    assert "\x1b" not in printed(fleet(28))


def test_it_speaks_french() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert (
        "Un serveur laisse entrer n’importe qui sans mot de passe."
        == (printed(one, "fr").split("\n")[0])
    )
