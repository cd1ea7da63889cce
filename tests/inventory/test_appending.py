"""One more entry in a manifest, the rest byte for byte as it was."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from auditor.inventory.appending import appended
from auditor.inventory.manifests import read_manifest
from auditor.model.manifests import Waiver
from tests.inventory.test_manifests import WAIVER
from tests.inventory.writing import problems_of

TABLE: dict[str, Any] = {
    "check": "ENC-002",
    "hosts": ["lis-*"],
    "subjects": ["swap:/dev/sda2"],
    "reason": "no reboot before March",
    "owner": "G. Exemple",
    "accepted_by": "F. Exemple",
    "accepted_on": date(2026, 10, 1),
    "until": date(2027, 3, 31),
    "values": {"path": "/dev/sda2"},
}
BEFORE = [
    b"",
    b"# accepted by the board\n",
    b"# no newline at the end",
    WAIVER.encode(),
    (WAIVER + 'values = { offered = ["x"] } # why\n\n\n').encode(),
    WAIVER.replace("\n", "\r\n").encode(),
    b"\xef\xbb\xbf" + WAIVER.encode(),
]


@pytest.mark.parametrize("before", BEFORE)
def test_an_entry_is_appended_and_the_rest_stays(tmp_path: Path, before: bytes) -> None:
    file = tmp_path / "waivers.toml"
    file.write_bytes(before)
    after = appended(file, "waiver", TABLE)
    file.write_bytes(after)
    *_, last = read_manifest(tmp_path, "waiver", Waiver).entries

    assert after.startswith(before)
    assert ("ENC-002", ("swap:/dev/sda2",), date(2027, 3, 31)) == (
        last.check,
        last.subjects,
        last.until,
    )
    assert {"path": "/dev/sda2"} == last.values
    assert (b"\r\n" in before) == (after.count(b"\r\n") == after.count(b"\n"))


def test_the_first_entry_makes_the_file(tmp_path: Path) -> None:
    assert appended(tmp_path / "waivers.toml", "waiver", TABLE).startswith(
        b'[[waiver]]\ncheck = "ENC-002"\n'
    )


def refused(folder: Path, before: str, **changed: object) -> list[str]:
    file = folder / "waivers.toml"
    file.write_text(before)
    table = {k: v for k, v in (TABLE | changed).items() if v is not None}
    problems = problems_of(folder, lambda: appended(file, "waiver", table))
    assert before == file.read_text()
    return problems


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"until": date(2027, 10, 2)},
            "--until: a waiver lasts 12 months at most: 2027-10-01",
        ),
        ({"until": date(2026, 9, 1)}, "--until: 2026-09-01 lies before accepted_on"),
        ({"check": "enc"}, "--check: 'enc' is no id of a check such as ACC-001"),
        ({"owner": " "}, "--owner: this is empty: write a text or leave the key out"),
        ({"subjects": []}, "--subjects: an empty list covers nothing"),
        ({"reason": None}, "--reason: this key is missing"),
        ({"reason": "a\\x41"}, "waivers.toml: waiver: this text can't be written"),
    ],
)
def test_what_would_be_a_mistake_is_refused_by_its_option(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    [problem] = refused(tmp_path, WAIVER, **changed)

    assert said in problem


def test_a_file_with_a_mistake_is_mended_first(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, WAIVER + "x = 1\n")

    assert problem.startswith("waivers.toml:10: waiver.x: unknown key")


def test_nothing_is_added_to_a_draft(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "draft = true\n")

    assert problem == (
        "waivers.toml: take 'draft = true' out first: what is added would count as "
        "missing"
    )


def test_what_no_table_can_follow_is_left_to_its_author(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, "waiver = []\n")

    assert problem == (
        "waivers.toml: no [[waiver]] can follow what stands there: write it by hand"
    )
