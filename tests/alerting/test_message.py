"""The text of an alert, and that nothing of a target gets into it."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.alerting.due import Step, due, with_ends
from auditor.alerting.message import Message, message_of, trial, words
from auditor.alerting.record import Memory, Record, encode_record
from auditor.model.changes import Cause, Kind
from auditor.model.findings import Reason, Severity, Verdict
from auditor.model.host import Alerts
from auditor.model.manifests import Manifest, Manifests
from auditor.model.run import SubjectRecord
from auditor.report.text.labels import flat
from tests.alerting.stories import CHECKS, HOSTS, change, day, lost, out, over
from tests.alerting.test_due import SAID, WAIVER
from tests.report.runs import check, evidence, finding, host, value

TEMPLATES = Path(__file__).parents[2] / "templates"
MANIFESTS = Manifests(
    waivers=Manifest("w", (WAIVER,)),
    attestations=Manifest("a", (replace(SAID, valid_until=date(2026, 11, 1)),)),
)


def texts(language: str) -> dict[str, str]:
    file = TEMPLATES / f"alerts.{language}.toml"
    return dict(flat(tomllib.loads(file.read_text("utf-8")), ""))


def everything(name: str = "vsftpd", said: str = "") -> tuple[Step, Memory]:
    """A run after which all kinds of things are due; a target says `name`, `said`."""
    gone = replace(out("lis-36"), detail=said)
    first = day(1, hosts=[HOSTS[0], gone])
    subject = SubjectRecord(kind="account", name=name)
    second = day(
        2,
        change(Kind.NEW, subject=subject),
        change(Kind.NEW, host="lis-36", causes=(Cause.WAIVER, Cause.DATE)),
        change(Kind.WORSE, name, check="LOG-003", severity=Severity.HIGH),
        change(Kind.FIXED, "proftpd" + name),
        lost=[lost("ENC-001", "lis-35")],
        checks=[*CHECKS, check("ENC-001")],
        missing=["archive-22"],
        hosts=[HOSTS[0], gone],
        findings=[
            finding(
                "ACC-001",
                "lis-35",
                Verdict.FAIL,
                f"account:{name}",
                values={"account": value("account", said)},
                evidence=(evidence(said, said),),
                detail=said,
                group=said,
            ),
            finding(
                "ENC-001",
                "lis-35",
                Verdict.UNKNOWN,
                "host:",
                reason=Reason.DENIED,
                detail=said,
            ),
        ],
    )
    memory = over(first, second)
    return second, with_ends(memory, MANIFESTS, second.run, Alerts())


def told(step: Step, memory: Memory, language: str = "en") -> Message:
    items = due(memory, step.run, Alerts(), "me", step.run.run.started)
    return message_of(items, step.run, words(language, "Europe/Paris"))


ENGLISH = """\
Audit of 27 November 2026 at 10:00, run 2026-11-27T090000Z-000002

Failing checks
ACC-001, critical: ACC-001 is wrong
  - lis-35: 1 new, since this run
  - lis-36: 1 new, since this run; cause: waiver, passing of time
LOG-003, high: LOG-003 is wrong
  - lis-35: 1 worse, since this run

Hosts that could not be audited
  - lis-36: unreachable, 2 runs in a row, for 1 day

No longer evaluated
  - lis-35: ENC-001 (reading refused), since this run

Hosts of the last audit that are missing from this one
  - archive-22

Waivers and attestations that end
  - Attestation, test of the alert path: ended on 1 November 2026 (lis-35)
  - Waiver of ACC-001, ACC-001 is wrong: ends on 20 December 2026 (lis-35 and lis-36)

What was found, with its evidence, is in the report of this run; an alert holds none \
of it.
"""


def test_a_message_names_checks_hosts_counts_and_ages() -> None:
    assert (
        ENGLISH.splitlines()
        == told(*everything()).body.replace("\u00a0", " ").splitlines()
    )


def test_the_subject_says_whose_audit_and_how_much() -> None:
    expected = (
        "Audit of Groupe de laboratoires Exemple: 3 checks fail, 1 host not audited,"
        " 1 check no longer evaluated, 1 host missing, 2 ends near or past"
    )
    assert expected == told(*everything()).subject


def test_french_is_written_as_french() -> None:
    found = told(*everything(), "fr")

    assert found.subject.startswith("Audit Groupe de laboratoires Exemple\u00a0: ")
    assert "  - lis-36\u00a0: 1 nouveau, depuis cet audit" in found.body
    assert "(lis-35 et lis-36)" in found.body


def test_several_subjects_of_one_check_on_one_host_are_a_number() -> None:
    second = day(2, change(Kind.NEW, "a"), change(Kind.NEW, "b"))

    assert "  - lis-35: 2 new, since this run" in (
        told(second, over(day(1), second)).body.splitlines()
    )


def test_a_long_part_is_cut_after_what_is_gravest() -> None:
    grave = change(Kind.NEW, host="lis-35")
    names = [f"host-{number}" for number in range(60)]
    others = [
        change(Kind.NEW, check="LOG-003", severity=Severity.HIGH, host=name)
        for name in names
    ]
    hosts = [HOSTS[0], *map(host, names)]
    second = day(2, *others, grave, hosts=hosts)
    lines = told(second, over(day(1, hosts=hosts), second)).body.splitlines()

    assert ["ACC-001, critical: ACC-001 is wrong"] == lines[3:4]
    assert "… and 13 more lines in the report" in lines


def test_a_test_message_is_marked() -> None:
    found = trial("Exemple", words("fr"))

    assert "[TEST] Audit Exemple\u00a0: message d’essai" == found.subject


def test_an_alert_about_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="nothing"):
        message_of((), day(1).run, words("en"))


@given(name=st.text(min_size=1), said=st.text())
def test_nothing_that_a_target_says_changes_a_message(name: str, said: str) -> None:
    """P13: names, values, evidence and details leave no trace."""
    hostile = told(*everything(f"CANARY{name}", f"CANARY{said}"))

    assert told(*everything()) == hostile


@given(name=st.text(min_size=1), said=st.text())
def test_nothing_that_a_target_says_is_kept_with_the_alerts(
    name: str, said: str
) -> None:
    step, memory = everything(f"CANARY{name}", f"CANARY{said}")
    kept = Record(
        run=step.run.run.id,
        made=step.run.run.started,
        due=tuple(memory.open),
        addresses=1,
        sent=(),
        memory=memory,
    )

    assert b"CANARY" not in encode_record(kept)


def test_both_languages_have_the_same_texts_with_the_same_fields() -> None:
    english, french = texts("en"), texts("fr")
    fields = {
        key: [set(words_of(text[key])) for text in (english, french)] for key in english
    }

    assert english.keys() == french.keys()
    assert [] == [key for key, (one, other) in fields.items() if one != other]


def words_of(text: str) -> list[str]:
    return [part.partition("}")[0] for part in text.split("{")[1:]]


def test_french_texts_have_their_spaces_and_apostrophes() -> None:
    wrong = {" :", " ;", " !", " ?", "'"}

    assert [] == [t for t in texts("fr").values() if any(w in t for w in wrong)]
