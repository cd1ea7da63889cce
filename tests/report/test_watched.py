"""Waivers and attestations to look at, in every form of the report."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from msgspec import structs
from rich.console import Console

from auditor.model.findings import Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.manifests import EntryState
from auditor.model.run import AttestationInfo, Level, Run, WaiverInfo
from auditor.report import as_markdown
from auditor.report.formats import FORMATS, Material
from auditor.report.handover.pseudonyms import Pseudonyms
from auditor.report.handover.redaction import redact
from auditor.report.handover.renaming import REMOVED
from auditor.report.html.pages import only
from auditor.report.sections.watched import counted, watched
from auditor.report.terminal import print_summary
from tests.report.files import file
from tests.report.levels import KEY, LEVELS
from tests.report.page import Page
from tests.report.runs import evidence, finding, run, sidecars
from tests.report.small import CHECKS, HOSTS, WAIVED, of


def waiver(**changed: Any) -> WaiverInfo:
    values: dict[str, Any] = {
        "check": "ACC-001",
        "hosts": ("a",),
        "subjects": ("vsftpd",),
        "reason": "old analyser",
        "owner": "G",
        "accepted_by": "F. Exemple",
        "accepted_on": date(2026, 10, 1),
        "until": date(2027, 9, 30),
        "state": EntryState.VALID,
        "matched": 1,
    }
    return WaiverInfo(**(values | changed))


def attestation(**changed: Any) -> AttestationInfo:
    values: dict[str, Any] = {
        "subject": "alert-path-test",
        "hosts": ("a", "b"),
        "signed_by": "E. Exemple",
        "signed_on": date(2026, 1, 1),
        "valid_until": date(2027, 9, 30),
        "state": EntryState.VALID,
        "matched": 1,
    }
    return AttestationInfo(**(values | changed))


def with_entries(*entries: WaiverInfo | AttestationInfo) -> Run:
    return structs.replace(
        run(CHECKS, HOSTS),
        waivers=tuple(e for e in entries if isinstance(e, WaiverInfo)),
        attestations=tuple(e for e in entries if isinstance(e, AttestationInfo)),
    )


ENDING = {"until": date(2026, 12, 5), "state": EntryState.ENDING}
EXPIRED = {"until": date(2026, 11, 1), "state": EntryState.EXPIRED}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (waiver(), []),
        (waiver(**ENDING), ["Ends in 10 days."]),
        (waiver(**ENDING | {"until": date(2026, 11, 25)}), ["Ends today."]),
        (waiver(**EXPIRED), ["Expired: 1 finding counts again."]),
        (waiver(**EXPIRED, matched=0), []),
        (
            waiver(matched=0, unused=True),
            [
                (
                    "Names no finding, although its check was evaluated on all of its "
                    "hosts: can it be taken out?"
                )
            ],
        ),
        (attestation(), []),
        (attestation(contradicted=2), ["2 findings show the contrary."]),
        (attestation(state=EntryState.EXPIRED), ["Expired: it no longer counts."]),
        (
            attestation(fault="a.pdf: gone"),
            [
                (
                    "Its document is missing or is not the one that was signed: it "
                    "does not count."
                )
            ],
        ),
    ],
)
def test_an_entry_is_named_with_the_reason(
    entry: WaiverInfo | AttestationInfo, said: list[str]
) -> None:
    assert said == [one.said for one in watched(of(with_entries(entry)))]


def test_the_gravest_reason_comes_first() -> None:
    found = of(with_entries(waiver(**ENDING), attestation(contradicted=1)))

    assert ["contradicted", "ending"] == [one.why for one in watched(found)]


def test_what_was_renewed_is_not_named() -> None:
    longer = waiver(subjects=("vsftpd", "proftpd"), hosts=("a", "b"))
    late = attestation(valid_until=date(2026, 11, 1), state=EntryState.EXPIRED)
    found = of(with_entries(waiver(**EXPIRED), longer, late, attestation()))

    assert [] == watched(found)


def test_another_waiver_of_fewer_hosts_renews_nothing() -> None:
    found = of(with_entries(waiver(**EXPIRED, hosts=("a", "b")), waiver()))

    assert ["expired"] == [one.why for one in watched(found)]


def test_a_laboratory_is_told_of_its_own_hosts_only() -> None:
    found = of(with_entries(waiver(**ENDING), attestation(contradicted=1)))

    assert [("b",)] == [one.hosts for one in watched(only(found, ("b",)))]


def test_they_are_counted_by_reason() -> None:
    entries = (waiver(**ENDING), waiver(**ENDING), attestation(fault="gone"))

    assert ["1 without the signed document", "2 end within 30 days"] == (
        counted(of(with_entries(*entries)))
    )


def material(given: Run, language: str = "en") -> Material:
    return Material(given, sidecars(given), load_frameworks(), language)


def terminal(given: Run, language: str = "en") -> str:
    stream = io.StringIO()
    print_summary(material(given, language), Console(file=stream, width=500))
    return stream.getvalue()


def test_the_terminal_says_it_in_one_line() -> None:
    said = "Accepted risks and declarations to look at: 1 ends within 30 days"

    assert said in terminal(with_entries(waiver(**ENDING))).splitlines()
    assert "to look at" not in terminal(with_entries(waiver()))


def test_the_terminal_says_it_in_french() -> None:
    said = "Dérogations et déclarations à revoir\u00a0: 1 prend fin sous 30 jours"

    assert said in terminal(with_entries(waiver(**ENDING)), "fr").splitlines()


def test_markdown_lists_them() -> None:
    told = as_markdown.write(material(with_entries(waiver(**ENDING)))).decode()

    assert (
        "## Accepted risks and declarations to look at\n\n"
        r"- **ACC\-001 – ACC\-001 is wrong**: Ends in 10 days\. a · "
        "Until 5\u00a0December 2026 · F\\. Exemple"
    ) in told


def test_the_html_report_lists_them_with_what_is_accepted() -> None:
    page = Page(file("html", material(with_entries(waiver(**ENDING)))).decode())

    assert "Ends in 10 days." in page.text


GAP = finding(
    "ACC-001",
    "a",
    Verdict.FAIL,
    waived=WAIVED,
    evidence=(evidence("/etc/vsftpd.conf", "anonymous_enable=YES"),),
)


#: These tell of no finding what proves it; the PDF is printed from the HTML report.
WITHOUT_EVIDENCE = {"markdown", "openmetrics", "pdf"}


@pytest.mark.parametrize("name", sorted(set(FORMATS) - WITHOUT_EVIDENCE))
def test_an_accepted_risk_still_shows_its_evidence(name: str) -> None:
    told = file(name, material(run(CHECKS, HOSTS, [GAP]))).decode()

    assert "anonymous_enable=YES" in told
    assert "etc/vsftpd.conf" in told  # SARIF names files relative to the root


def test_the_summaries_still_count_an_accepted_risk() -> None:
    given = run(CHECKS, HOSTS, [GAP])

    assert "1 accepted risk" in terminal(given)
    assert "1 accepted risk" in as_markdown.write(material(given)).decode()


@pytest.mark.parametrize("level", LEVELS)
def test_who_accepted_what_leaves_the_team_by_no_level(level: Level) -> None:
    given = with_entries(
        waiver(subjects=("account:a.exemple",), hosts=("b", "a")),
        attestation(fault="attestations.toml:3: /home/e.exemple/a.pdf: gone"),
    )
    kept = redact(material(given), level, Pseudonyms(KEY)).run
    [accepted], [attested] = kept.waivers, kept.attestations
    people = (accepted.accepted_by, accepted.owner, attested.signed_by)

    assert ((), REMOVED) == (accepted.subjects, accepted.reason)
    assert {"F. Exemple", "G", "E. Exemple"}.isdisjoint(people)
    assert (level is Level.R1) == (accepted.hosts == ("a", "b"))
    assert (level is Level.R1) == ("gone" in (attested.fault or ""))
    assert ["document"] == [one.why for one in watched(of(kept))]
