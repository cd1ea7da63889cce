"""Runs as OSCAL assessment results, and what to look up in them."""

from __future__ import annotations

import json
from typing import Any

from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, Run
from auditor.report.as_oscal import write
from auditor.report.formats import Material
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.seven import CHECK_IN, material

Json = Any


def oscal(of: Run, language: str = "en", **messages: str) -> Json:
    return json.loads(write(material(of, language, **messages)))


def large(language: str) -> Json:
    of = fleet(28)
    return json.loads(write(Material(of, texts(of), load_frameworks(), language)))


def result(document: Json) -> Json:
    return document["assessment-results"]["results"][0]


def props(part: Json) -> dict[str, str]:
    return {prop["name"]: prop["value"] for prop in part["props"]}


def of_bucket(document: Json, kind: str, bucket: Bucket) -> Json:
    """The only observation, risk or finding on `lis-35` in a bucket."""
    (found,) = (
        part
        for part in result(document)[kind]
        if props(part)["check"] == CHECK_IN[bucket]
        and _host(document, part) == "lis-35"
    )
    return found


def _host(document: Json, part: Json) -> str:
    """An observation names its host as its subject, the others in a property."""
    if "subjects" not in part:
        return props(part)["host"]
    items = result(document)["local-definitions"]["inventory-items"]
    names = {item["uuid"]: props(item)["asset-id"] for item in items}
    return names[part["subjects"][0]["subject-uuid"]]
