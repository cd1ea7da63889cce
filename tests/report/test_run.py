from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from auditor.errors import SnapshotError
from auditor.model.findings import Reason, Verdict
from auditor.model.run import Bucket, bucket_of, decode_run, encode_run
from auditor.report.schema import run_schema
from tests.report.fleet import fleet
from tests.report.runs import check, finding, host, run
from tests.report.runs import evidence as line_of

SCHEMA = Path(__file__).parents[2] / "auditor/report/run.schema.json"


def test_a_run_survives_its_file() -> None:
    written = fleet(3)
    assert written == decode_run(encode_run(written), "run.json")


def test_an_unknown_field_of_a_later_version_is_skipped() -> None:
    data = json.loads(encode_run(fleet(1)))
    data["findings"][0]["later"] = 1
    assert fleet(1) == decode_run(json.dumps(data).encode(), "run.json")


def test_another_schema_is_named() -> None:
    with pytest.raises(SnapshotError, match=r"^r.json: schema 'auditor-run/2', exp"):
        decode_run(b'{"schema": "auditor-run/2", "run": {}}', "r.json")


def test_a_file_that_is_no_run_is_named() -> None:
    with pytest.raises(SnapshotError, match=r"^r.json: not a run file"):
        decode_run(b"[]", "r.json")


def test_a_verdict_outside_the_closed_list_is_refused() -> None:
    data = encode_run(fleet(1)).replace(b'"verdict":"FAIL"', b'"verdict":"BAD"')
    with pytest.raises(SnapshotError, match="verdict"):
        decode_run(data, "r.json")


def test_the_shipped_schema_is_that_of_the_structs() -> None:
    assert run_schema() == SCHEMA.read_bytes()


def test_a_run_meets_the_shipped_schema() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert [] == list(validator.iter_errors(json.loads(encode_run(fleet(3)))))


def test_the_schema_refuses_a_reason_outside_the_closed_list() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    data = json.loads(encode_run(fleet(8)))
    data["hosts"][7]["reason"] = "tired"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


@pytest.mark.parametrize(
    ("verdicts", "bucket"),
    [
        ("FAIL UNKNOWN WARN PASS", Bucket.FAIL),
        ("UNKNOWN WARN ATTESTED", Bucket.UNKNOWN),
        ("WARN ATTESTED PASS", Bucket.WARN),
        ("ATTESTED PASS NA", Bucket.ATTESTED),
        ("PASS NA", Bucket.PASS),
        ("NA", Bucket.NA),
        ("", Bucket.UNKNOWN),
    ],
)
def test_the_gravest_finding_decides(verdicts: str, bucket: Bucket) -> None:
    found = [finding("ACC-001", "a", Verdict(name)) for name in verdicts.split()]
    assert bucket == bucket_of(found)


def test_an_accepted_fail_weighs_less_than_a_warn_and_more_than_a_pass() -> None:
    waived = fleet(28).findings
    accepted = next(one for one in waived if one.waived)
    warn = finding("SSH-004", "web-35", Verdict.WARN)
    passed = finding("SSH-004", "web-35", Verdict.PASS)
    assert [Bucket.WARN, Bucket.WAIVED] == [
        bucket_of([accepted, warn]),
        bucket_of([accepted, passed]),
    ]


def test_totals_name_every_bucket() -> None:
    one = run([check("ACC-001")], [host("a"), host("b")])
    assert [0, 0, 2, 0, 0, 0, 0] == [one.run.totals.of(bucket) for bucket in Bucket]


def test_evidence_without_a_line_is_null() -> None:
    found = finding("A", "a", Verdict.FAIL, evidence=(line_of("/etc/x", "y", None),))
    data = json.loads(encode_run(run([check("A")], [host("a")], [found])))
    assert data["findings"][0]["evidence"][0]["line"] is None


def test_an_unknown_carries_its_reason() -> None:
    found = finding("A", "a", Verdict.UNKNOWN, reason=Reason.DENIED)
    data = json.loads(encode_run(run([check("A")], [host("a")], [found])))
    assert "denied" == data["findings"][0]["reason"]
