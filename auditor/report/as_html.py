"""`-f html`: one self-contained file that loads nothing and reads without script.

The content security policy allows exactly the style and the script that the file
holds, by their SHA-256 (CSP Level 3), so that no text from a target can bring its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from markupsafe import Markup

from auditor.model.check import Sidecar
from auditor.model.frameworks import Framework
from auditor.model.run import Run
from auditor.report.annex import accepted, catalogue, declared, sheets
from auditor.report.blocks import steps
from auditor.report.brand import Brand
from auditor.report.decisions import decisions
from auditor.report.formats import Material
from auditor.report.matrix import matrix
from auditor.report.own_templates import own_style, render
from auditor.report.path import data_path
from auditor.report.questions import questions
from auditor.report.summary import summary
from auditor.report.unseen import causes, read_in_part
from auditor.report.view import View, anchor, view_of


def write(material: Material) -> bytes:
    """The report as a UTF-8 file."""
    html = render_html(
        material.run,
        material.sidecars,
        material.frameworks,
        material.language,
        material.brand,
        material.templates,
    )
    return html.encode("utf-8")


def render_html(
    run: Run,
    sidecars: Mapping[str, Sidecar],
    frameworks: Mapping[str, Framework],
    language: str,
    brand: Brand | None = None,
    templates: Path | None = None,
) -> str:
    """The report of a run, in `en` or `fr`; the same input gives the same text.

    `frameworks` are those that the report speaks of: requirements of others are left
    out, and without `cnil-san-2022-009` so are its seven questions. `templates` is a
    folder of own ones; raises ConfigurationError for a mistake in them.
    """
    view = view_of(run, sidecars, frameworks, language)
    style = _asset("report.css") + _page_margins(view)
    style += (brand.style if brand else "") + own_style(templates)
    script = _asset("report.js")
    values = {
        **_parts(view),
        "brand": brand,
        "style": Markup(style),  # ours, and what is put into it is escaped as CSS
        "script": Markup(script),
        "policy": policy(style, script),
    }
    return render(templates, values)


def _parts(view: View) -> dict[str, object]:
    """What the template is filled with."""
    work = steps(view)
    risks = accepted(view)
    return {
        "view": view,
        "t": view.labels,
        "run": view.run.run,
        "judged": view.judged,
        "anchor": anchor,
        "summary": summary(view),
        "questions": questions(view),
        "decisions": decisions(view),
        "path": data_path(view),
        "matrix": matrix(view),
        "steps": work,
        "open_checks": {block.check.id for step in work for block in step.blocks},
        "sheets": sheets(view),
        "causes": causes(view),
        "read_in_part": read_in_part(view),
        "accepted": risks,
        "soon": sum(risk.ends_soon for risk in risks),
        "declared": declared(view),
        "catalogue": catalogue(view),
        "programs": _programs(view),
    }


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
