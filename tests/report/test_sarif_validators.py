"""The schema first, then Microsoft's tool, which stops without a word at a wrong enum.

The schema knows keys, types and enums; the tool URIs, regions, and what code scanning
asks for. What both miss is `contradictions` of sarif_logs.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec import structs

from auditor.model.findings import Verdict
from auditor.model.run import Run
from auditor.report import as_sarif, as_sarif_full
from auditor.report.formats import Material
from tests.report.fleet import fleet
from tests.report.multitool import needed, schema, validated
from tests.report.runs import check, finding, host, run
from tests.report.sarif_logs import Json, log_of_seven
from tests.report.seven import material, seven
from tests.report.test_hostile import HOSTILE, hostile_run


@pytest.fixture(autouse=True)
def _validator() -> None:
    needed()


def refused(log: Any) -> list[str]:
    """What the schema says against a log."""
    validator = jsonschema.validators.validator_for(schema())
    return [error.message for error in validator(schema()).iter_errors(log)]


def errors_of(log: bytes, folder: Path) -> set[str]:
    """The rules of the tool that a log breaks; it always has notes to a good one."""
    said = validated(log, folder)
    assert any(level == "note" for level, _, _ in said), "the tool read nothing"
    return {rule for level, rule, _ in said if level == "error"}


@pytest.mark.parametrize(
    ("write", "one", "language"),
    [
        (as_sarif_full.write, seven(), "en"),
        (as_sarif_full.write, seven(), "fr"),
        (as_sarif.write, fleet(12), "en"),
    ],
    ids=["full-en", "full-fr", "open-fleet"],
)
def test_a_log_is_accepted(
    write: Callable[[Material], bytes], one: Run, language: str, tmp_path: Path
) -> None:
    log = write(material(one, language))
    assert [] == refused(json.loads(log))
    assert set() == errors_of(log, tmp_path)


@pytest.mark.parametrize("write", [as_sarif.write, as_sarif_full.write])
def test_a_log_that_is_compared_with_an_earlier_one_is_accepted(
    write: Callable[[Material], bytes], tmp_path: Path
) -> None:
    hosts = [host(name) for name in "abcd"]
    one, two, three, four = (finding("ACC-001", name, Verdict.FAIL) for name in "abcd")
    closed = finding("ACC-001", "d", Verdict.PASS, "host:")
    heavier = structs.replace(two, message="heavier")
    before = run([check("ACC-001")], hosts, [one, two, four], id="before")
    after = run([check("ACC-001")], hosts, [one, heavier, three, closed])
    log = write(structs.replace(material(after), earlier=(before,)))
    said = {result["baselineState"] for result in json.loads(log)["runs"][0]["results"]}
    absent = {"absent"} if write is as_sarif_full.write else set()
    assert {"unchanged", "updated", "new"} | absent == said
    assert [] == refused(json.loads(log))
    assert set() == errors_of(log, tmp_path)


def test_a_log_of_hostile_text_is_accepted(tmp_path: Path) -> None:
    one = hostile_run(" ".join(HOSTILE.values()))
    log = as_sarif_full.write(material(one, fail="{account} gets in."))
    assert [] == refused(json.loads(log))
    assert set() == errors_of(log, tmp_path)


def test_a_log_of_hosts_with_odd_names_is_accepted(tmp_path: Path) -> None:
    names = ["a_b", "a.", "a..b", "a~b", "a b", "é", "1.2", "a/../b", "%41", "a" * 63]
    odd = run([check("ACC-001")], [host(name) for name in names])
    assert set() == errors_of(as_sarif.write(material(odd)), tmp_path)


def _kind(result: Json) -> None:
    result["kind"] = "unknown"


def _key(result: Json) -> None:
    result["bucket"] = "fail"


def _message(result: Json) -> None:
    del result["message"]


def _fingerprint(result: Json) -> None:
    result["partialFingerprints"]["auditorFinding/v1"] = 1


@pytest.mark.parametrize("spoil", [_kind, _key, _message, _fingerprint])
def test_the_schema_refuses(spoil: Callable[[Json], None]) -> None:
    log = json.loads(log_of_seven())
    spoil(log["runs"][0]["results"][0])
    assert [] != refused(log)


def _uri(place: Json) -> None:
    place["artifactLocation"]["uri"] = "etc/a b%"


def _absolute(place: Json) -> None:
    place["artifactLocation"]["uri"] = "/etc/vsftpd.conf"


def _end_before_start(place: Json) -> None:
    place["region"]["endLine"] = 1


def _no_artifact(place: Json) -> None:
    del place["artifactLocation"]


@pytest.mark.parametrize("spoil", [_uri, _absolute, _end_before_start, _no_artifact])
def test_the_tool_refuses(spoil: Callable[[Json], None], tmp_path: Path) -> None:
    log = json.loads(log_of_seven())
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    spoil(place)
    assert set() != errors_of(json.dumps(log).encode(), tmp_path)


def test_the_tool_reads_nothing_of_a_kind_that_it_does_not_know(tmp_path: Path) -> None:
    log = json.loads(log_of_seven())
    _kind(log["runs"][0]["results"][0])
    assert [] == validated(json.dumps(log).encode(), tmp_path)
