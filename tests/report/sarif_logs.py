"""What a SARIF log must keep to and neither its schema nor its validator minds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditor.report.as_sarif_full import write
from tests.report.seven import material, seven

Json = dict[str, Any]

#: A placeholder or an embedded link that is not escaped (3.11.5, 3.11.6).
ACTIVE = re.compile(r"(?<!\{)(?:\{\{)*\{(?!\{)|(?<!\\)(?:\\\\)*[\[\]]")


def log_of_seven() -> bytes:
    """The full log of a run with all seven buckets."""
    return write(material(seven()))


def results_of(log: Json) -> list[Json]:
    """The results of the only run."""
    found: list[Json] = log["runs"][0]["results"]
    return found


def contradictions(log: Json) -> list[str]:
    """What a log says against itself; empty for one that readers understand alike."""
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    return [
        *_about_results(run, [rule["id"] for rule in driver["rules"]]),
        *_undeclared_bases(log, run["originalUriBaseIds"]),
        *_dangling(run),
        *_repeated("rule", [rule["id"] for rule in driver["rules"]]),
        *_repeated("taxonomy", [one["name"] for one in run["taxonomies"]]),
        *_repeated(
            "taxon",
            [(one["name"], t["id"]) for one in run["taxonomies"] for t in one["taxa"]],
        ),
        *_repeated(
            "fingerprint",
            [one["partialFingerprints"]["auditorFinding/v1"] for one in run["results"]],
        ),
    ]


def _about_results(run: Json, rules: list[str]) -> Iterator[str]:
    for result in run["results"]:
        if (result["kind"] == "fail") == (result["level"] == "none"):
            yield f"kind {result['kind']} of level {result['level']}"
        if result["ruleId"] not in rules:
            yield f"ruleId {result['ruleId']} of no rule"
        elif rules[result["ruleIndex"]] != result["ruleId"]:
            yield f"ruleIndex {result['ruleIndex']} of another rule"
        if not all("physicalLocation" in one for one in result["locations"]):
            yield "a location that code scanning refuses"


def _undeclared_bases(value: Any, declared: Json) -> Iterator[str]:
    below = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict) and value.get("uriBaseId", "") not in {"", *declared}:
        yield f"uriBaseId {value['uriBaseId']} is not declared"
    if isinstance(value, dict | list):
        for one in below:
            yield from _undeclared_bases(one, declared)


def _dangling(run: Json) -> Iterator[str]:
    """Relationships of rules to taxa that lead somewhere else."""
    for rule in run["tool"]["driver"]["rules"]:
        for target in (one["target"] for one in rule["relationships"]):
            component = run["taxonomies"][target["toolComponent"]["index"]]
            taxon = component["taxa"][target["index"]]
            there = (component["name"], taxon["id"])
            if there != (target["toolComponent"]["name"], target["id"]):
                yield f"{rule['id']}: {target['id']} leads to {there}"


def _repeated(kind: str, found: list[Any]) -> Iterator[str]:
    for one in sorted(set(found)):
        if found.count(one) > 1:
            yield f"{kind} {one} repeated"


def texts_of(value: Any) -> Iterator[str]:
    """The text of every message and message string of a log."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and not value.keys() - {"text"}:
            yield value["text"]
        for key, below in value.items():
            if key != "snippet":
                yield from texts_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from texts_of(below)


def strings_of(value: Any) -> Iterator[str]:
    """Every string of a log, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for below in value.values():
            yield from strings_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from strings_of(below)
