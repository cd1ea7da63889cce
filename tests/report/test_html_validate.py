"""The report by html-validate: ids, nesting and attributes, which axe does not see."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.report.browser import NODE, PACKAGES, lacking

#: Rules of `html-validate:recommended` that are about taste, not about HTML.
RULES = {
    "extends": ["html-validate:recommended", "html-validate:document"],
    "rules": {
        # of the template's whitespace and of titles made for a tab and a bookmark
        "no-trailing-whitespace": "off",
        "long-title": "off",
        # the form without a script has no submit, and ids are stable, not pretty
        "valid-id": ["error", {"relaxed": True}],
    },
}


def complaints(*files: Path, where: Path) -> list[str]:
    """`file:line rule: message` of everything that it finds."""
    if why := lacking("html-validate"):
        pytest.skip(why)
    config = where / "htmlvalidate.json"
    config.write_text(json.dumps({"root": True, **RULES}), "utf-8")
    program = PACKAGES / "html-validate/bin/html-validate.mjs"
    command = [str(NODE), str(program), "--config", str(config), "--formatter", "json"]
    answer = where / "answer.json"
    # into a file: of a pipe it waits for no more than the first 64 KiB to be read
    with answer.open("wb") as out:
        ended = subprocess.run([*command, *map(str, files)], stdout=out, check=False)
    assert ended.returncode in (0, 1)
    return [
        f"{Path(result['filePath']).name}:{one['line']} {one['ruleId']}"
        f" {one['message']}"
        for result in json.loads(answer.read_bytes())
        for one in result["messages"]
    ]


def test_every_report_is_valid(reports: Path, tmp_path: Path) -> None:
    files = sorted(reports.glob("*.html"))
    assert len(files) == 4
    assert [] == complaints(*files, where=tmp_path)


BROKEN = {
    "the same id twice": ("<p id=a>a</p><p id=a>b</p>", "no-dup-id"),
    "a block inside a paragraph": ("<p>a<div>b</div></p>", "close-order"),
    "a style attribute": ("<p style='color:red'>a</p>", "no-inline-style"),
    "an image without words": ("<img src='data:,'>", "wcag/h37"),
}


@pytest.mark.parametrize(("markup", "rule"), BROKEN.values(), ids=BROKEN)
def test_it_refuses(tmp_path: Path, markup: str, rule: str) -> None:
    file = tmp_path / "broken.html"
    head = '<!DOCTYPE html><html lang="en"><head><title>t</title></head>'
    file.write_text(f"{head}<body>{markup}</body></html>", "utf-8")
    assert rule in " ".join(complaints(file, where=tmp_path))
