"""`-f pdf`: what the report prints, on A4, as a tagged file (ISO 14289-1, PDF/UA-1).

WeasyPrint writes it, the optional extra `pdf`: its page headers, bookmarks and tags
are what a browser's printing lacks. Host sheets and the catalogue stay in the HTML
report. That the file conforms is not claimed: no validator we can run decides it.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from auditor.report.as_html import render_html
from auditor.report.formats import Material, need
from auditor.report.html.printable import prepare

if TYPE_CHECKING:
    import pikepdf

#: Pages above which laying out takes minutes and much memory: 300 take 2 min, 1.2 GiB.
MANY_PAGES = 100

#: Characters of text that a page holds, as measured on the lab's report.
PAGE_HOLDS = 3_400

#: ISO 32000-1, table 165: a link's annotation is printed.
_PRINT = 4

_LOGGER = logging.getLogger(__name__)


def write(material: Material) -> bytes:
    """The report as a PDF file; the same input gives the same bytes.

    Raises AuditorError where the extra `pdf` or Pango is not installed.
    """
    need("pdf")
    from weasyprint import HTML, URLFetcher

    page = HTML(
        string=render_html(material), url_fetcher=URLFetcher(allowed_protocols=["data"])
    )
    prepare(page.etree_element, _style())
    _warn_of_many(page.etree_element)
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    return _mended(made)


@cache
def _style() -> str:
    return resources.files("auditor.templates").joinpath("pdf.css").read_text("utf-8")


def _warn_of_many(tree: Element) -> None:
    body = tree.find("body")
    assert body is not None
    pages = len(" ".join("".join(body.itertext()).split())) // PAGE_HOLDS
    if pages > MANY_PAGES:
        _LOGGER.warning("pdf: about %d pages, which takes minutes", pages)


def _mended(data: bytes) -> bytes:
    """The scope of header cells, and the print flag of links, that UA-1 asks for."""
    import pikepdf

    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        for one in pdf.objects:
            if not isinstance(one, pikepdf.Dictionary):
                continue
            if one.get("/S") == "/TH":
                _scope(one)
            elif one.get("/Subtype") == "/Link":
                one["/F"] = _PRINT
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _scope(cell: pikepdf.Dictionary) -> None:
    from pikepdf import Dictionary, Name

    above = cell.get("/P", Dictionary()).get("/P", Dictionary())
    scope = Name.Column if above.get("/S") == "/THead" else Name.Row
    attributes = cell.get("/A", Dictionary())
    attributes["/O"] = Name.Table
    attributes["/Scope"] = scope
    cell["/A"] = attributes
