from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from auditor.report import as_html
from auditor.report.formats import Document, Material
from auditor.report.html.own_templates import environment
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts

DOCS = Path(__file__).parents[2] / "docs/hand-over.md"
ROW = re.compile(r"^\| `(\w+\.html\.j2)` \| (.+) \|$", re.MULTILINE)


def blocks_of(name: str) -> list[str]:
    """The blocks of a shipped template, in its order."""
    loader = environment().loader
    assert loader is not None
    tree = environment().parse(loader.get_source(environment(), name)[0])
    return [block.name for block in tree.find_all(nodes.Block)]


def test_the_docs_name_every_block_of_the_report_and_its_parts() -> None:
    told = {
        name: re.findall(r"`(\w+)`", row) for name, row in ROW.findall(DOCS.read_text())
    }
    assert len(told) == 3
    assert {name: sorted(blocks) for name, blocks in told.items()} == {
        name: sorted(blocks_of(name)) for name in told
    }


def test_pages_of_a_large_fleet_have_the_own_blocks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(as_html, "MOST_HOSTS", 0)
    own = '{% extends "auditor/report.html.j2" %}\n{% block footer %}Mine{% endblock %}'
    (tmp_path / "report.html.j2").write_text(own)
    run = fleet(3)
    made = as_html.write(
        Material(run, texts(run), {}, "en", templates=tmp_path, name="r.html")
    )
    assert isinstance(made, Document)
    assert all(b"\nMine" in page for page in (made.data, *made.pages.values()))
