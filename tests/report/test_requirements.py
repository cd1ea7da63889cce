"""A framework in the report: the state of what is mapped to each requirement."""

from __future__ import annotations

import pytest
from msgspec import structs

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, FindingRecord
from auditor.report.html.requirements import FrameworkState, Standing, framework_states
from auditor.report.view import View
from tests.report.page import page
from tests.report.runs import check, finding, host, run
from tests.report.small import WAIVED, of, unread

CHECKS = [
    check("ACC-001", requirements=("gdpr:Art. 32", "gdpr:Art. 25(1)")),
    check("ENC-001", requirements=("gdpr:Art. 32", "cnil-guide-2024:Fiche 21")),
]
HOSTS = [host("a"), host("b")]


def view(*found: FindingRecord, language: str = "en") -> View:
    """Both checks pass on both hosts unless a finding says otherwise."""
    return of(run(CHECKS, HOSTS, found), language)


def state(of_view: View, framework: str) -> FrameworkState:
    return next(one for one in framework_states(of_view) if one.id == framework)


def standing(of_view: View, name: str) -> Standing:
    """A requirement of the GDPR."""
    found = state(of_view, "gdpr").standings
    return next(one for one in found if one.name == f"GDPR {name}")


def said(verdict: Verdict, name: str = "ACC-001", on: str = "a") -> FindingRecord:
    return finding(name, on, verdict)


def test_a_requirement_has_the_gravest_state_of_its_checks_on_any_host() -> None:
    assert Bucket.FAIL is standing(view(said(Verdict.FAIL)), "Art. 32").bucket


def test_a_check_bears_on_the_requirements_that_it_names_only() -> None:
    failing = view(said(Verdict.FAIL, "ENC-001"))
    assert Bucket.PASS is standing(failing, "Art. 25(1)").bucket


def test_a_requirement_that_no_check_names_is_not_covered() -> None:
    uncovered = standing(view(), "Art. 33(3)")
    assert (None, (), ()) == (uncovered.bucket, uncovered.counts, uncovered.mapped)


def test_what_was_not_evaluated_outweighs_what_passes() -> None:
    partly = standing(view(unread("ACC-001", "a", Reason.DENIED)), "Art. 25(1)")
    assert (Bucket.UNKNOWN, True) == (partly.bucket, partly.partly)


def test_nothing_evaluated_is_not_partly_evaluated() -> None:
    both = [unread("ACC-001", name, Reason.DENIED) for name in ("a", "b")]
    assert not standing(view(*both), "Art. 25(1)").partly


@pytest.mark.parametrize("verdict", [Verdict.ATTESTED, Verdict.WARN])
def test_a_declaration_or_a_warning_outweighs_a_pass(verdict: Verdict) -> None:
    expected = Bucket(verdict.value.lower())
    assert expected is standing(view(said(verdict)), "Art. 25(1)").bucket


def test_an_accepted_gap_is_an_accepted_risk_not_a_pass() -> None:
    accepted = structs.replace(said(Verdict.FAIL), waived=WAIVED)
    assert Bucket.WAIVED is standing(view(accepted), "Art. 25(1)").bucket


def test_not_applicable_everywhere_is_not_applicable() -> None:
    gone = [said(Verdict.NA, on=name) for name in ("a", "b")]
    assert Bucket.NA is standing(view(*gone), "Art. 25(1)").bucket


def test_counts_add_up_to_checks_times_hosts() -> None:
    found = standing(view(said(Verdict.FAIL)), "Art. 32")
    assert ((Bucket.FAIL, 1), (Bucket.PASS, 3)) == found.counts


def test_the_checks_behind_it_are_named_by_what_they_came_to() -> None:
    found = standing(view(said(Verdict.FAIL)), "Art. 32").mapped
    expected = [(Bucket.FAIL, ("ACC-001",)), (Bucket.PASS, ("ENC-001",))]
    assert expected == [(one.bucket, one.checks) for one in found]


def test_the_tally_counts_every_requirement_once() -> None:
    gdpr = state(view(said(Verdict.FAIL)), "gdpr")
    assert len(gdpr.standings) == sum(count for _, count in gdpr.tally)
    assert [(Bucket.FAIL, 2), (None, len(gdpr.standings) - 2)] == gdpr.tally


def test_a_framework_listed_in_part_says_that_there_is_more() -> None:
    assert "The text holds others" in state(view(), "iso27001-2022").listed


def test_a_framework_listed_whole_says_so() -> None:
    guide = state(view(language="fr"), "cnil-guide-2024")
    assert ("Les 25 fiches sont toutes énumérées.", 25) == (
        guide.listed,
        len(guide.standings),
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_report_has_every_framework_with_its_claim(language: str) -> None:
    shown = page(run(CHECKS, HOSTS), language).text
    missing = [
        framework.id
        for framework in load_frameworks().values()
        if framework.claim[language] not in shown
    ]
    assert [] == missing


def test_a_check_behind_a_requirement_leads_to_its_finding() -> None:
    shown = page(run(CHECKS, HOSTS, [said(Verdict.FAIL)]))
    frameworks = shown.html[shown.html.index('id="frameworks"') :]
    assert '<a href="#f-ACC-001" translate="no">ACC-001</a>' in frameworks
    assert '<a href="#c-ENC-001" translate="no">ENC-001</a>' in frameworks


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_word_of_the_section_claims_that_anything_is_complied_with(
    language: str,
) -> None:
    html = page(run(CHECKS, HOSTS), language).html
    start = html.index('<section class="frameworks screen"')
    section = html[start : html.index("</section>", start)].lower()
    for word in ("compliant", "complies", "conformité", "est conforme"):
        assert word not in section
