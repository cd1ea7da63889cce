"""The PDF: tagged, in its language, on A4, and as inert as the page it comes from."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from weasyprint import HTML, URLFetcher

from auditor.cli.request import outputs
from auditor.errors import AuditorError
from auditor.model.findings import Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.report import as_pdf, formats
from auditor.report.as_html import render_html
from auditor.report.formats import Material
from auditor.report.html.printable import SVG, prepare
from auditor.report.text.labels import LOCALES
from tests.report.lab import render_lab
from tests.report.runs import STARTED, check, finding, host, run, sidecars
from tests.report.test_hostile import HOSTILE, hostile_run

LANGUAGES = sorted(LOCALES)
#: A4 in points.
A4 = (595, 842)


def size(page: pikepdf.Page) -> tuple[int, int]:
    """Width and height in points, rounded."""
    left, bottom, right, top = (float(side) for side in page.mediabox)
    return round(right - left), round(top - bottom)


def elements(pdf: pikepdf.Pdf, key: str, value: str) -> Iterator[Any]:
    """Every dictionary of the file where a key has a name."""
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get(key) == pikepdf.Name(value):
            yield one


def faults(data: bytes, language: str) -> list[str]:
    """What a reader by ear, or a printer of A4, would miss."""
    with pikepdf.open(BytesIO(data)) as pdf:
        root, nothing = pdf.Root, pikepdf.Dictionary()
        with pdf.open_outline() as outline:
            bookmarks = len(outline.root)
        found = {
            "not marked": not root.get("/MarkInfo", nothing).get("/Marked"),
            "no tags": "/StructTreeRoot" not in root,
            "no language": str(root.get("/Lang", "")) != language,
            "no title shown": not root.get("/ViewerPreferences", nothing).get(
                "/DisplayDocTitle"
            ),
            "no bookmarks": not bookmarks,
            "not A4": not {size(page) for page in pdf.pages} <= {A4, A4[::-1]},
            "no PDF/UA mark": pdf.open_metadata().get("pdfuaid:part") != "1",
            "a header cell without scope": any(
                "/Scope" not in cell.get("/A", nothing)
                for cell in elements(pdf, "/S", "/TH")
            ),
            "a link that is not printed": any(
                link.get("/F") != 4 for link in elements(pdf, "/Subtype", "/Link")
            ),
            "a figure without words": any(
                not str(figure.get("/Alt", ""))
                for figure in elements(pdf, "/S", "/Figure")
            ),
            "broken inside": bool(pdf.check_pdf_syntax()),
        }
    return [name for name, wrong in found.items() if wrong]


def text_of(file: Path, *pages: int) -> str:
    """The words of a file as poppler reads them, of one page or of all."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here: apt-get install poppler-utils")
    chosen = [part for n in pages for part in ("-f", str(n), "-l", str(n))]
    command = ["pdftotext", "-layout", *chosen, str(file), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def rendered(one: Run, language: str = "en", *earlier: Run, **messages: str) -> bytes:
    """The PDF of a run, with small texts and all frameworks."""
    texts = sidecars(one, **messages)
    return as_pdf.write(Material(one, texts, load_frameworks(), language, earlier))


def figures(data: bytes) -> list[str]:
    """What is read out in place of each picture."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return [str(one["/Alt"]) for one in elements(pdf, "/S", "/Figure")]


@pytest.fixture(scope="module")
def small() -> Run:
    open_ = finding("ACC-001", "a", Verdict.FAIL)
    return run([check("ACC-001"), check("ACC-002")], [host("a")], [open_])


@pytest.fixture(scope="module")
def pdfs(lab_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with lab-{en,fr}.pdf."""
    folder = tmp_path_factory.mktemp("pdf")
    render_lab(lab_run, folder, "pdf")
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_labs_report_has_all_that_a_reader_needs(pdfs: Path, language: str) -> None:
    assert [] == faults((pdfs / f"lab-{language}.pdf").read_bytes(), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_decision_summary_takes_two_pages(pdfs: Path, language: str) -> None:
    with pikepdf.open(pdfs / f"lab-{language}.pdf") as pdf:
        sizes = [size(page) for page in pdf.pages]
    # the matrix, on its side, comes next
    assert [A4, A4, A4[::-1]] == sizes[:3]


@pytest.mark.parametrize(
    ("language", "title", "level"),
    [("en", "Security audit", "Level R0"), ("fr", "Audit de sécurité", "Niveau R0")],
)
def test_every_page_names_audit_level_and_number(
    pdfs: Path, language: str, title: str, level: str
) -> None:
    file = pdfs / f"lab-{language}.pdf"
    with pikepdf.open(file) as pdf:
        count = len(pdf.pages)
    for number in range(1, count + 1):
        page = text_of(file, number)
        assert f"{number} / {count}" in page
        first = page.strip().splitlines()[0]
        assert (True, True) == (title in first, level in first)


#: The line of a finding that names it: `ACC-001 · 2 hosts`.
NAMED = re.compile(r"[A-Z]{3}-\d{3} · ")


def test_no_page_ends_with_the_name_of_a_finding(pdfs: Path) -> None:
    file = pdfs / "lab-en.pdf"
    with pikepdf.open(file) as pdf:
        count = len(pdf.pages)
    bodies = [text_of(file, n).strip().splitlines()[:-1] for n in range(1, count + 1)]
    last = [next((line for line in body[::-1] if line.strip()), "") for body in bodies]
    assert any(NAMED.search(line) for body in bodies for line in body)
    assert [] == [line for line in last if NAMED.search(line)]


def test_host_sheets_stay_in_the_html_report(pdfs: Path) -> None:
    text = text_of(pdfs / "lab-en.pdf")
    assert ("Findings" in text, "Every host" in text) == (True, False)


def test_an_untagged_file_is_refused() -> None:
    untagged = HTML(string="<html><title>t</title><h1>t</h1>").write_pdf()
    assert {"not marked", "no tags", "no language", "no PDF/UA mark"} <= set(
        faults(untagged, "en")
    )


def test_what_weasyprint_leaves_out_is_seen() -> None:
    page = (
        "<html lang=en><title>t</title><style>@page { size: A4 }</style><h1 id=a>t</h1>"
        "<p><a href='#a'>up</a><table><tr><th>h<tr><td>d</table>"
    )
    tagged = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    assert ["a header cell without scope", "a link that is not printed"] == faults(
        tagged, "en"
    )


def test_a_cut_file_is_refused(small: Run) -> None:
    with pytest.raises(pikepdf.PdfError):
        pikepdf.open(BytesIO(rendered(small)[:400]))


def test_the_same_run_gives_the_same_bytes(small: Run) -> None:
    assert rendered(small) == rendered(small)


def test_a_cell_of_the_matrix_is_read_out_in_words(small: Run) -> None:
    assert "a, Access: 1 fails and 1 passes" in figures(rendered(small))


@pytest.fixture(scope="module")
def compared(small: Run) -> bytes:
    """The report of a run whose only gap is new since three months before."""
    before = run(small.checks, small.hosts, [], started=STARTED - timedelta(days=90))
    return rendered(small, "en", before)


def test_what_changed_is_printed(compared: bytes, tmp_path: Path) -> None:
    file = tmp_path / "compared.pdf"
    file.write_bytes(compared)
    text = " ".join(text_of(file).split())
    told = ["1 new gap", "What changed since the last audit", "ACC-001 Passes Fails a"]
    assert told == [words for words in told if words in text]


def test_the_score_over_time_is_read_out(compared: bytes) -> None:
    assert any("100" in words and "49" in words for words in figures(compared))


def test_the_comparison_is_tagged_as_the_rest(compared: bytes) -> None:
    assert [] == faults(compared, "en")


def test_every_drawing_is_a_picture_of_its_own(small: Run) -> None:
    html = render_html(Material(small, sidecars(small), load_frameworks(), "en"))
    page = HTML(string=html).etree_element
    prepare(page, "")
    style = page.findtext("head/style") or ""
    drawings = re.findall(r"base64,([\w+/=]+)", style)
    roots = [ET.fromstring(base64.b64decode(one)) for one in drawings]
    assert {SVG + "svg"} == {root.tag for root in roots}


def test_many_pages_are_said_beforehand(
    small: Run, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(as_pdf, "MANY_PAGES", 0)
    rendered(small)
    assert caplog.messages[0].startswith("pdf: about ")


def test_without_its_extra_the_error_names_extra_and_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    with pytest.raises(
        AuditorError, match=r"extra 'pdf'.*pip install 'auditor\[pdf\]'"
    ):
        outputs(["pdf:report.pdf"], ["html", "pdf"])


def test_without_pango_the_error_comes_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def missing(_: str) -> None:
        print("WeasyPrint could not import some external libraries")
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(formats, "import_module", missing)
    with pytest.raises(AuditorError, match=r"Pango.*apt-get install libpango"):
        outputs(["pdf:report.pdf"], ["html", "pdf"])
    assert "" == capsys.readouterr().out


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that WeasyPrint asks its fetcher for."""
    asked: list[str] = []
    fetch = URLFetcher.fetch

    def remember(self: URLFetcher, url: str, headers: Any = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(URLFetcher, "fetch", remember)
    return asked


STRINGS = HOSTILE | {
    "remote image": "<img src='http://192.0.2.1/x.png'>",
    "remote style": "</style><link rel=stylesheet href='http://192.0.2.1/x.css'>",
    "style address": "url(http://192.0.2.1/x)",
    "local file": "<img src='file:///etc/passwd'><object data='file:///etc/passwd'>",
    "attachment": "<a rel=attachment href='file:///etc/passwd'>x</a>",
    "formula": '=HYPERLINK("http://192.0.2.1/","x")',
}
ACTIVE = ("/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR", "/EmbeddedFile")


@pytest.mark.parametrize("text", STRINGS.values(), ids=STRINGS)
def test_hostile_text_asks_for_nothing_and_starts_nothing(
    fetched: list[str], text: str
) -> None:
    data = rendered(hostile_run(text), fail="{account} and {person} get in.")
    with pikepdf.open(BytesIO(data)) as pdf:
        names = {
            str(value)
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary)
            for key, value in one.items()
            if key in ("/S", "/Type", "/Subtype")
        }
        assert "/OpenAction" not in pdf.Root
    assert set() == names & set(ACTIVE)
    assert [] == [url for url in fetched if not url.startswith("data:")]


def test_hostile_text_is_printed_as_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "hostile.pdf"
    text = "<script>alert(1)</script>"
    file.write_bytes(rendered(hostile_run(text), fail="{account} gets in."))
    assert text in text_of(file)


def test_a_word_without_end_is_printed_up_to_where_it_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(rendered(hostile_run("A" * 100_000), fail="{account}"))
    assert "… (+99800)" in text_of(file).replace("\n", "")


def test_a_fetch_would_be_seen(fetched: list[str]) -> None:
    """The page that WeasyPrint would fetch for, were it not escaped."""
    nothing = URLFetcher(allowed_protocols=["data"])
    HTML(string=STRINGS["remote image"], url_fetcher=nothing).write_pdf()
    assert ["http://192.0.2.1/x.png"] == fetched
