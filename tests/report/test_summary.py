"""What the first page says of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from auditor.model.findings import Reason, Verdict
from auditor.model.run import FindingRecord
from auditor.model.snapshot import HostState
from auditor.report.sections.summary import Breach, summary
from auditor.report.sections.unseen import causes, read_in_part
from auditor.report.story import Logs
from tests.report.fleet import fleet
from tests.report.page import page
from tests.report.runs import STARTED, finding, host, run
from tests.report.small import CHECKS, HOSTS, WAIVED, fails, of, unread, view

UNNOTICED = (
    "One host hands patient data to anyone who connects, and nobody would be told."
)


@pytest.mark.parametrize(
    ("failing", "sentence"),
    [
        (
            ["ACC-001@a", "PHI-007@a", "LOG-003@a"],
            UNNOTICED,
        ),
        (
            ["ACC-001@a", "PHI-007@a", "LOG-003@b"],
            "One host hands patient data to anyone who connects.",
        ),
        (
            ["ACC-001@a", "PHI-007@b"],
            "One host lets anyone in without a password.",
        ),
        (
            ["ACC-001@a", "ACC-001@b"],
            "2 hosts let anyone in without a password.",
        ),
        (["PHI-007@a"], "One critical gap was found."),
        (
            ["IDN-012@a", "ENC-001@a"],
            (
                "On one host, accounts or passwords are shared:"
                " who did what cannot be established."
            ),
        ),
        (["EOL-003@a"], "One gap was found; it is not critical."),
        ([], "No gap found among the 14 checks evaluated."),
    ],
)
def test_the_gravest_sentence_that_holds_is_the_title(
    failing: list[str], sentence: str
) -> None:
    assert sentence == summary(view(*fails(*failing))).verdict


def test_what_the_title_says_is_not_said_again() -> None:
    found = fails("ACC-001@a", "PHI-007@a", "LOG-003@a", "ENC-001@b")
    assert ("One host keeps personal data unencrypted.",) == summary(view(*found)).more


def test_a_check_that_was_not_evaluated_is_not_counted_as_without_a_gap() -> None:
    found = unread("ACC-001", "a", Reason.DENIED)
    assert "No gap found among the 13 checks evaluated." == summary(view(found)).verdict


def test_a_run_in_which_nothing_was_evaluated_says_so() -> None:
    found = [unread(c.id, h.name, Reason.UNREACHABLE) for c in CHECKS for h in HOSTS]
    said = summary(view(*found)).verdict
    assert "Nothing could be evaluated: this audit says nothing about these hosts." == (
        said
    )


def test_an_accepted_gap_is_not_passed_over() -> None:
    found = finding("ENC-001", "a", Verdict.FAIL, waived=WAIVED)
    said = summary(view(found)).verdict
    assert "No gap other than 1 accepted risk among the 14 checks evaluated." == said


def test_the_lede_counts_gaps_and_pairs() -> None:
    first = summary(view(*fails("ACC-001@a", "EOL-003@a", "EOL-003@b")))
    assert (
        "3 gaps, 1 of them critical",
        ". Scope of the audit: 14 checks (2 hosts × 7 checks).",
    ) == (first.gaps, first.found)


def test_the_seven_buckets_add_up_to_checks_times_hosts() -> None:
    large = of(fleet(28))
    segments = summary(large).segments
    assert (7, 28 * 44) == (len(segments), sum(one.count for one in segments))


def test_the_buckets_are_the_runs_totals() -> None:
    large = fleet(28)
    counted = {one.bucket: one.count for one in summary(of(large)).segments}
    assert counted == {bucket: large.run.totals.of(bucket) for bucket in counted}


def test_the_bar_is_full() -> None:
    segments = summary(of(fleet(28))).segments
    last = segments[-1]
    assert 1000 == round(last.x + last.width)


def test_a_host_read_in_part_is_counted_apart() -> None:
    partial = host("b", state=HostState.PARTIAL, reason=Reason.SUDO_REFUSED)
    first = summary(of(run(CHECKS, [host("a"), partial])))
    assert (1, 1) == (first.audited, first.partial)


def breach(*found: FindingRecord) -> Breach | None:
    return summary(view(*found)).breach


def test_no_exposure_opens_no_breach_box() -> None:
    assert breach(*fails("ENC-001@a", "IDN-012@a")) is None


def test_an_exposure_opens_the_breach_box() -> None:
    box = breach(*fails("ACC-001@a"))
    assert box is not None
    assert (1, ["a"]) == (box.level, [one.host for one in box.exposed])


def traced(*found: FindingRecord) -> Breach:
    """The box when a check reads the logs of access: LOG-003 stands in for one."""
    seen = view(*found)
    story = structs.replace(seen.story, sets=seen.story.sets | {"traces": ("LOG-003",)})
    box = summary(structs.replace(seen, story=story)).breach
    assert box is not None
    return box


def test_logs_that_no_check_reads_leave_the_box_at_level_1() -> None:
    box = breach(*fails("ACC-001@a"))
    assert box is not None
    assert (1, Logs.UNREAD) == (box.level, box.logs)


def test_logs_that_cannot_be_read_leave_the_box_at_level_1() -> None:
    denied = unread("LOG-003", "a", Reason.DENIED)
    box = traced(*fails("ACC-001@a"), denied)
    assert (1, Logs.UNREADABLE) == (box.level, box.logs)


def test_logs_without_a_trace_make_level_2() -> None:
    box = traced(*fails("ACC-001@a"))
    assert (2, Logs.NO_TRACE) == (box.level, box.logs)


def test_a_trace_makes_level_3() -> None:
    box = traced(*fails("ACC-001@a", "LOG-003@a"))
    assert (3, Logs.TRACE) == (box.level, box.logs)


def test_a_trace_on_a_host_without_exposure_opens_no_box() -> None:
    box = traced(*fails("ACC-001@a", "LOG-003@b"))
    assert (2, ["a"]) == (box.level, [one.host for one in box.exposed])


def test_one_exposed_host_whose_logs_are_not_readable_keeps_level_1() -> None:
    denied = unread("LOG-003", "a", Reason.DENIED)
    box = traced(*fails("ACC-001@a", "ACC-001@b"), denied)
    assert (1, True) == (box.level, box.mixed)


def test_the_host_with_a_trace_is_named_first() -> None:
    box = traced(*fails("ACC-001@a", "PHI-007@a", "ACC-001@b", "LOG-003@b"))
    assert [("b", Logs.TRACE), ("a", Logs.NO_TRACE)] == [
        (one.host, one.logs) for one in box.exposed
    ]


def test_the_box_stands_below_the_score_without_a_trace() -> None:
    below = page(run(CHECKS, HOSTS, fails("ACC-001@a"))).html
    assert below.index('class="figures"') < below.index('class="breach"')


def test_an_exposure_seen_in_an_earlier_audit_was_first_observed_then() -> None:
    earlier = STARTED - timedelta(days=90)
    hosts = [host("a", started=earlier), host("b", started=earlier)]
    before = run(CHECKS, hosts, fails("ACC-001@a"), started=earlier)
    box = summary(of(run(CHECKS, HOSTS, fails("ACC-001@a")), "en", before)).breach
    assert box is not None
    assert earlier == box.first


def test_the_utc_day_is_given_where_it_is_not_the_local_one() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    one = run(CHECKS, [host("a", started=late)], fails("ACC-001@a"))
    noon = summary(view(*fails("ACC-001@a"))).breach
    night = summary(of(one)).breach
    assert noon is not None
    assert night is not None
    assert ("09:00", "25\u00a0November 2026 at 23:30") == (noon.utc, night.utc)


ARTICLE_33 = {
    "en": "This finding may reveal a personal-data breach. The controller assesses it"
    " and, if it is one, notifies the CNIL within 72 hours of becoming aware (GDPR"
    " Art. 33) unless a risk is unlikely; a processor tells the controller without"
    " undue delay (33.2); every breach is recorded (33.5); high risk: the persons are"
    " told (34).",
    "fr": "Ce constat peut révéler une violation de données à caractère personnel. Le"
    " responsable de traitement l’apprécie ; le cas échéant, il la notifie à la CNIL"
    " dans les 72 heures après en avoir pris connaissance (RGPD, art. 33), sauf risque"
    " improbable ; le sous-traitant l’en avertit dans les meilleurs délais (art. 33.2)."
    " Toute violation est documentée (art. 33.5) ; si le risque est élevé, les"
    " personnes sont informées (art. 34).",
}


@pytest.mark.parametrize("language", sorted(ARTICLE_33))
def test_the_box_words_article_33_as_it_was_settled(language: str) -> None:
    text = page(run(CHECKS, HOSTS, fails("ACC-001@a")), language).text
    assert ARTICLE_33[language] in " ".join(text.split())


def test_an_accepted_risk_does_not_close_the_breach_box() -> None:
    assert breach(finding("PHI-007", "a", Verdict.FAIL, waived=WAIVED)) is not None


def test_72_hours_run_from_the_first_observation() -> None:
    box = breach(*fails("ACC-001@a"))
    assert box is not None
    assert (STARTED, 72 * 3600) == (box.first, (box.until - box.first).total_seconds())


def test_hosts_beyond_the_third_are_counted_in_the_breach_box() -> None:
    hosts = [host(name) for name in "abcde"]
    found = [finding("ACC-001", one.name, Verdict.FAIL) for one in hosts]
    box = summary(of(run(CHECKS, hosts, found))).breach
    assert box is not None
    assert (3, 2) == (len(box.exposed), box.others)


def test_causes_of_whole_hosts_come_first() -> None:
    denied = [unread(c.id, "a", Reason.DENIED) for c in CHECKS[:3]]
    lost = unread("ACC-001", "b", Reason.UNREACHABLE)
    assert [(Reason.UNREACHABLE, 1), (Reason.DENIED, 3)] == [
        (cause.reason, cause.pairs) for cause in causes(view(*denied, lost))
    ]


def test_hosts_with_the_same_checks_and_detail_share_a_line() -> None:
    same = [unread("LOG-009", name, Reason.ATTESTATION_MISSING) for name in "ab"]
    rows = causes(view(*same))[0].rows
    assert [(("a", "b"), ("LOG-009",))] == [(row.hosts, row.checks) for row in rows]


def test_a_gap_that_stands_beside_an_unread_source_is_listed_apart() -> None:
    unknown = unread("ACC-001", "a", Reason.DENIED)
    seen = view(*fails("ACC-001@a"), unknown)
    assert ([unknown], []) == (read_in_part(seen), causes(seen))
