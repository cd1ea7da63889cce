"""Reports to look at, and a browser to look with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.model.frameworks import load_frameworks
from auditor.report.as_html import render_html
from auditor.report.formats import Material
from auditor.report.text.labels import LOCALES
from tests.report.browser import PROGRAM, Browser, BrowserError, lacking
from tests.report.fleet import before, fleet
from tests.report.fleet_texts import texts
from tests.report.lab import judge_lab, render_lab


@pytest.fixture(scope="session")
def lab_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the lab's recorded hosts."""
    return judge_lab(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="session")
def reports(lab_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with {lab,fleet}-{en,fr}.html: 9 recorded hosts, 28 invented ones.

    The fleet's are compared with two earlier audits.
    """
    folder = tmp_path_factory.mktemp("reports")
    render_lab(lab_run, folder)
    run = fleet(28)
    earlier = (before(before(run)), before(run, 31))
    for language in LOCALES:
        html = render_html(
            Material(run, texts(run), load_frameworks(), language, earlier)
        )
        (folder / f"fleet-{language}.html").write_text(html, "utf-8")
    return folder


@pytest.fixture(scope="session")
def browser(reports: Path) -> Iterator[Browser]:
    """A browser that is known to start and to read files of `reports`."""
    if why := lacking("playwright-core", "axe-core"):
        pytest.skip(why)
    with Browser() as one:
        try:
            one.open(reports / "fleet-fr.html")
        except BrowserError as ended:
            pytest.skip(str(ended))
        if one.ask("document.querySelectorAll('main').length") != 1:
            pytest.skip(f"{PROGRAM} may not read files of {reports}")
        yield one
