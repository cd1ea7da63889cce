"""`-f html`: a report that loads nothing and reads without script.

One file, or for a large fleet an index with a page a laboratory and a framework beside.

The content security policy allows exactly the style and the script that the file
holds, by their SHA-256 (CSP Level 3), so that no text from a target can bring its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup
from msgspec import Struct

from auditor.errors import AuditorError
from auditor.model.run import Bucket
from auditor.report.brand import Brand
from auditor.report.formats import Document, Material
from auditor.report.html.annex import catalogue, sheets
from auditor.report.html.index import framework_page, lab_lines
from auditor.report.html.matrix import LabRow, lab_matrix, matrix
from auditor.report.html.own_templates import REPORT, own_style, render
from auditor.report.html.pages import (
    MOST_BYTES,
    MOST_HOSTS,
    Links,
    digest,
    divide,
    laboratories,
    only,
    places,
    ways,
)
from auditor.report.html.path import data_path
from auditor.report.html.requirements import FrameworkState, framework_states
from auditor.report.judged import Pair
from auditor.report.sections.accepted import accepted, declared
from auditor.report.sections.blocks import HostRow, Step, rank, steps
from auditor.report.sections.decisions import decisions
from auditor.report.sections.questions import questions
from auditor.report.sections.summary import summary
from auditor.report.sections.trend import since
from auditor.report.sections.unseen import causes, read_in_part
from auditor.report.sections.watched import watched
from auditor.report.view import View, anchor, view_of


class Look(Struct, frozen=True):
    """What whoever hands a report over adds to ours: brand, folder of templates."""

    brand: Brand | None
    templates: Path | None


def write(material: Material) -> bytes | Document:
    """The report in UTF-8; raises AuditorError for a large one without a file name."""
    look = _look(material)
    view = view_of(material)
    if len(view.judged.hosts) <= MOST_HOSTS:
        data = _render(look, view, REPORT, _whole(view)).encode("utf-8")
        if len(data) <= MOST_BYTES:
            return data
    if material.name is None:
        raise AuditorError(
            f"html: {len(view.judged.hosts)} hosts need an index and pages beside it:"
            " write -f html:FILE.html in place of -f html:-"
        )
    return _folder(look, view, material.name)


def render_html(material: Material) -> str:
    """The report in one file; the same input gives the same text.

    Requirements of frameworks that the material has not are left out, and without
    `cnil-san-2022-009` so are its seven questions. Raises ConfigurationError for a
    mistake in own templates.
    """
    view = view_of(material)
    return _render(_look(material), view, REPORT, _whole(view))


def _look(material: Material) -> Look:
    return Look(material.brand, material.templates)


def _render(look: Look, view: View, template: str, parts: Mapping[str, object]) -> str:
    style = _asset("report.css") + _page_margins(view)
    style += (look.brand.style if look.brand else "") + own_style(look.templates)
    # a framework's page has nothing to fold, filter or copy
    script = "" if parts["kind"] == "framework" else _asset("report.js")
    values = {
        "view": view,
        "t": view.labels,
        "run": view.run.run,
        "judged": view.judged,
        "anchor": anchor,
        "brand": look.brand,
        "style": Markup(style),  # ours, and what is put into it is escaped as CSS
        "script": Markup(script),
        "policy": policy(style, script),
        **parts,
    }
    return render(look.templates, values, template)


def _whole(view: View) -> dict[str, object]:
    """What the template is filled with when all is in one file."""
    return {
        "kind": "whole",
        "to": Links(),
        "matrix": matrix(view),
        **_summary(view, steps(view)),
        **_hosts(view),
        "frameworks": framework_states(view),
        "sheets": sheets(view),
    }


def _summary(view: View, work: Sequence[Step]) -> dict[str, object]:
    """What is said of the fleet as a whole."""
    return {
        "summary": summary(view),
        "since": since(view),
        "questions": questions(view),
        "decisions": decisions(view),
        "path": data_path(view),
        "steps": work,
        "open_checks": _open_checks(work),
        "soon": sum(risk.ends_soon for risk in accepted(view)),
        "catalogue": catalogue(view),
        "programs": _programs(view),
    }


def _open_checks(work: Sequence[Step]) -> set[str]:
    return {block.check.id for step in work for block in step.blocks}


def _hosts(view: View) -> dict[str, object]:
    """What is said host by host."""
    return {
        "causes": causes(view),
        "read_in_part": read_in_part(view),
        "accepted": accepted(view),
        "declared": declared(view),
        "watched": watched(view),
    }


def _folder(look: Look, view: View, name: str) -> Document:
    """The index of that file name, and the pages that it leads to."""
    to = Links(index=f"../../{quote(name)}")
    work = steps(view)
    rows = {
        (block.check.id, row.host.name): row
        for step in work
        for block in step.blocks
        for row in block.rows
    }
    fleet = lab_matrix(view)
    found = [
        page
        for lab, row in zip(laboratories(view), fleet.rows, strict=True)
        for page in divide(lab, partial(_lab_page, look, view, row, to, rows))
    ]
    states = framework_states(view)
    files = {page.name: page.data for page in found}
    for state in states:
        files[framework_page(state)] = _framework_page(look, view, to, state, work)
    folder = f"{name}.pages/{digest(files)}"
    index = {
        "kind": "index",
        "to": Links(pages=ways(found, folder)),
        "folder": quote(folder),
        "matrix": fleet,
        "labs": lab_lines(view, found),
        "places": partial(places, view),
        "framework_page": framework_page,
        "frameworks": states,
        **_summary(view, work),
    }
    html = _render(look, view, REPORT, index)
    return Document(html.encode("utf-8"), folder, files)


def _lab_page(
    look: Look,
    view: View,
    lab: LabRow,
    to: Links,
    rows: Mapping[Pair, HostRow],
    hosts: tuple[str, ...],
) -> bytes:
    part = only(view, hosts)
    filled = {
        "kind": "lab",
        "to": to,
        "lab": lab,
        "matrix": matrix(part),
        "sheets": sheets(part),
        "rows": rows,
        "open_checks": _open_on(part),
        **_hosts(part),
    }
    return _render(look, part, "page_lab.html.j2", filled).encode("utf-8")


def _open_on(view: View) -> list[str]:
    """The checks that are open on the hosts of a page, worst first."""
    judged = view.judged
    open_ = {c: judged.hosts_with(c, Bucket.FAIL, Bucket.WARN) for c in judged.checks}
    return sorted(
        (check for check, hosts in open_.items() if hosts),
        key=lambda check: rank(view, check, open_[check]),
    )


def _framework_page(
    look: Look, view: View, to: Links, state: FrameworkState, work: Sequence[Step]
) -> bytes:
    filled = {
        "kind": "framework",
        "to": to,
        "framework": state,
        "open_checks": _open_checks(work),
    }
    return _render(look, view, "page_framework.html.j2", filled).encode("utf-8")


def policy(style: str, script: str) -> str:
    """The content security policy for a page with this style and script."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_sha256(style)}'",
            f"script-src '{_sha256(script)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _sha256(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _asset(name: str) -> str:
    return resources.files("auditor.templates").joinpath(name).read_text("utf-8")


def _programs(view: View) -> list[tuple[str, int]]:
    """Digest of a program that hosts ran, and how many did; the most common first."""
    digests = (host.program_sha256 for host in view.judged.hosts.values())
    return Counter(digest for digest in digests if digest).most_common()


def _page_margins(view: View) -> str:
    """What stands on every printed page: client, date, level, page of pages."""
    labels, run = view.labels, view.run.run
    left = f"{labels('title')} · {run.client} · {labels.day(run.started)}"
    return (
        "@page { "
        f'@top-left {{ content: "{css_string(left)}" }} '
        f'@top-right {{ content: "{css_string(labels(f"level.short.{run.level}"))}" }} '
        "}\n"
    )


def css_string(text: str) -> str:
    """Text inside a CSS string: all but letters and digits by number (CSS Syntax 3)."""
    return "".join(
        char if char.isascii() and char.isalnum() else f"\\{ord(char):x} "
        for char in text
    )
