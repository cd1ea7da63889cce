"""`--redact`, `--brand`, `--templates` as a user types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from auditor.model.findings import Verdict
from auditor.model.run import encode_run
from tests.cli.running import Done, auditor
from tests.report.runs import check, evidence, finding, host, run, value

TEMPLATE = '{% extends "auditor/report.html.j2" %}\n'
DUE = "and links need 4.5:1 (WCAG 2.2, 1.4.3)"
COLOUR = "a colour such as #0b5394 is due"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    found = finding(
        "ACC-001",
        "lis-35",
        Verdict.FAIL,
        values={"account": value("account", "alice")},
        evidence=(evidence("/home/alice/x", "AllowUsers alice"),),
    )
    one = run([check("ACC-001")], [host("lis-35", roles=("lis",))], [found])
    (tmp_path / "run.json").write_bytes(encode_run(one))
    return tmp_path


def report(*words: str) -> Done:
    """Render the stored run; formats go to files here."""
    return auditor("report", "run.json", "--lang", "en", *words)


def html(*words: str) -> str:
    """The page of a report that succeeds."""
    done = report("-f", "html:r.html", *words)
    assert done.returncode == 0, done.stderr
    return Path("r.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("level", "gone"),
    [
        ("R1", ["alice"]),
        ("R2", ["alice", "10.35.0.4", "/home", "lis-35"]),
        ("R3", ["alice", "10.35.0.4", "/home", r"lis\b", "ACC-001", "Groupe"]),
    ],
)
def test_formats_and_summary_are_redacted(level: str, gone: list[str]) -> None:
    done = report("--redact", level, "-f", "json:r.json", "-f", "html:r.html")
    assert done.returncode == 0
    told = Path("r.json").read_text() + Path("r.html").read_text() + done.stdout
    told = re.sub(r"<(style|script)>.*?</\1>", "", told, flags=re.DOTALL)
    assert [word for word in gone if re.search(rf"(?<!\w){word}", told)] == []
    assert done.stdout.startswith(f"Level {level}: ")


def test_what_was_stored_stays_as_it_was() -> None:
    before = Path("run.json").read_bytes()
    report("--redact", "R3")
    assert before == Path("run.json").read_bytes()


def test_pseudonyms_are_the_same_at_the_next_report() -> None:
    names = []
    for name in ("a", "b"):
        report("--redact", "R3", "-f", f"json:{name}.json")
        names.append(json.loads(Path(f"{name}.json").read_text())["hosts"][0]["name"])
    assert names[0] == names[1]
    assert re.fullmatch(r"H-[A-Z2-7]{6}", names[0])


def test_the_key_may_lie_elsewhere(home: Path) -> None:
    report("--redact", "R3", "--redact-key", "mine.key")
    assert Path("mine.key").stat().st_mode & 0o777 == 0o600
    assert list((home / "data").rglob("*")) == []


def test_without_redaction_there_is_no_key(home: Path) -> None:
    report()
    assert list((home / "data").rglob("*")) == []


def test_a_key_that_others_may_read_is_refused() -> None:
    report("--redact", "R1", "--redact-key", "mine.key")
    Path("mine.key").chmod(0o644)
    done = report("--redact", "R1", "--redact-key", "mine.key")
    assert (done.returncode, done.stdout) == (2, "")
    assert "mine.key: it is open to others (0644): chmod 600 mine.key" in done.stderr


def brand(text: str) -> str:
    """A brand file, with a logo beside it."""
    Path("logo.png").write_bytes(PNG)
    Path("brand.toml").write_text(text, "utf-8")
    return "brand.toml"


def test_a_brand_stands_in_header_and_footer() -> None:
    page = html(
        "--brand",
        brand(
            'name = "Cabinet <Exemple>"\nlogo = "logo.png"\n'
            '[light]\naccent = "#7A1FA2"\n[dark]\naccent = "#ffd54f"\n'
        ),
    )
    assert page.count("Cabinet &lt;Exemple&gt;") == 2
    assert 'src="data:image/png;base64,iVBORw0K' in page
    assert ":root { --link: #7a1fa2 }" in page
    assert "(prefers-color-scheme: dark) { :root { --link: #ffd54f } }" in page


def test_every_mistake_of_a_brand_comes_at_once() -> None:
    Path("logo.svg").write_text("<svg/>")
    text = (
        'name = "X"\nlogo = "logo.svg"\ncolour = "red"\n'
        '[light]\naccent = "#ffcc00"\n[dark]\naccent = "red"\n'
    )
    done = report("--brand", brand(text))
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"auditor: brand.toml:{line}"
        for line in (
            "2: logo: logo.svg: neither PNG nor JPEG: export the logo as PNG",
            "3: colour: unknown key; the keys here are name, logo, light, dark",
            f"5: light.accent: #ffcc00 on #f4f6f8 has a contrast of 1.39:1, {DUE}",
            f"7: dark.accent: {COLOUR}, not the text 'red'",
        )
    ]


def test_a_logo_that_is_not_there_is_named() -> None:
    done = report("--brand", brand('name = "X"\nlogo = "no.png"\n'))
    assert "brand.toml:2: logo: no.png: no such file" in done.stderr


def own(text: str, name: str = "report.html.j2") -> str:
    """A folder of own templates."""
    Path("own").mkdir(exist_ok=True)
    Path("own", name).write_text(text, "utf-8")
    return "own"


def test_a_block_is_overridden_and_the_rest_stays() -> None:
    text = TEMPLATE + "{% block footer %}<p>By {{ run.auditor }}</p>{% endblock %}"
    page = html("--templates", own(text))
    assert "<p>By A. Exemple, Cabinet Exemple</p>" in page
    assert "Mapped to a text does not mean" not in page
    assert 'id="findings"' in page
    assert "Level R0" in page


def test_a_block_of_a_part_is_overridden() -> None:
    own(TEMPLATE)
    part = '{% extends "auditor/part_summary.html.j2" %}\n'
    text = part + "{% block decisions %}<p>{{ super()|length > 9 }}</p>{% endblock %}"
    page = html("--templates", own(text, "part_summary.html.j2"))
    assert "<p>True</p>" in page
    assert 'id="decisions-title"' not in page


def test_own_styles_are_allowed_by_their_digest() -> None:
    own(TEMPLATE)
    page = html("--templates", own("h1 { color: green }", "report.css"))
    assert "h1 { color: green }" in page


def test_what_a_target_wrote_stays_escaped_in_own_templates() -> None:
    own(TEMPLATE + "{% block findings %}{{ '<b>' ~ run.client }}{% endblock %}")
    assert "&lt;b&gt;Groupe" in html("--templates", "own")


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("{% block sumary %}{% endblock %}", ":2: no block 'sumary' there; did you"),
        ("{% block footer %}", ":2: Unexpected end of template"),
        ("{% block footer %}{{ run.cliemt }}{% endblock %}", ":2: "),
        ("{% block footer %}{{ 1 / 0 }}{% endblock %}", ":2: ZeroDivisionError: "),
        ("{% block footer %}{{ run.client|safe }}{% endblock %}", ":2: No filter"),
        (
            "{% block footer %}{% autoescape 0 %}x{% endautoescape %}{% endblock %}",
            ":2: 'autoescape' would let",
        ),
        ("{% block footer %}{{ ''.__class__ }}{% endblock %}", ":2: access to attr"),
        ("{% block footer %}{% include 'x' %}{% endblock %}", ":2: "),
        ("{% block footer %}<script>1</script>{% endblock %}", "<script>: a report"),
        ("{% block footer %}<style>b{}</style>{% endblock %}", "<style>: styles of"),
        ("{% block footer %}<b style='x'>{% endblock %}", "style=: the report's"),
        ("{% block footer %}<b onclick='x'>{% endblock %}", "onclick=: the report's"),
        ("{% block footer %}<img src='//x/y'>{% endblock %}", "src='//x/y': the"),
        ("{% block footer %}<link href='y'>{% endblock %}", "<link>: the report's"),
        ("{% block footer %}<a href='javascript:x'>{% endblock %}", "href='javascr"),
        ("{% block head %}<meta http-equiv=refresh>{% endblock %}", "<meta>: the"),
    ],
)
def test_a_mistake_in_a_template_is_named(block: str, told: str) -> None:
    done = report("-f", "html:r.html", "--templates", own(TEMPLATE + block))
    assert done.returncode == 2
    assert done.stderr.startswith("auditor: own/report.html.j2")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("r.html").exists()


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("\n@import 'x.css';", "own/report.css:2: '@import': a report loads nothing"),
        ("b { background: url(http://x) }", "a report loads nothing"),
        ("</style><script>", "'<' may not stand in a style"),
    ],
)
def test_a_style_that_loads_or_ends_is_refused(style: str, told: str) -> None:
    own(TEMPLATE)
    done = report("-f", "html:r.html", "--templates", own(style, "report.css"))
    assert (done.returncode, told in done.stderr) == (2, True)


def test_a_folder_without_a_report_is_refused() -> None:
    Path("own").mkdir()
    done = report("--templates", "own")
    assert "own: no report.html.j2" in done.stderr


def test_a_template_that_overrides_all_is_refused() -> None:
    done = report("--templates", own("<html></html>"))
    assert 'own/report.html.j2:1: begin with {% extends "auditor/' in done.stderr


def test_mistakes_of_options_come_before_anything_connects() -> None:
    done = auditor("run", "-i", "no.toml", "--brand", "no-brand.toml")
    assert "no-brand.toml: no such file" in done.stderr
