from __future__ import annotations

from itertools import pairwise

import pytest

from auditor.model.findings import Reason, Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Run
from auditor.model.snapshot import HostState
from auditor.report.as_html import css_string, render_html
from auditor.report.formats import FORMATS, Material
from auditor.report.text.labels import LOCALES
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.page import Page, page, sha256
from tests.report.runs import check, evidence, finding, host, run, sidecars

LANGUAGES = sorted(LOCALES)


@pytest.fixture(scope="module")
def large() -> Run:
    return fleet(28)


@pytest.fixture(scope="module", params=LANGUAGES)
def report(request: pytest.FixtureRequest, large: Run) -> Page:
    made = Material(large, texts(large), load_frameworks(), request.param)
    return Page(render_html(made))


def test_it_is_in_the_language_asked_for(report: Page) -> None:
    words = {"en": "Security audit", "fr": "Audit de sécurité"}
    assert words[report.all("html")[0]["lang"]] in report.text


def test_every_element_is_closed(report: Page) -> None:
    assert [] == report.unclosed


def test_it_asks_for_nothing_outside_itself(report: Page) -> None:
    links = report.values("href") + report.values("src")
    assert [] == [link for link in links if not link.startswith("#")]


def test_no_element_could_load_or_send_anything(report: Page) -> None:
    loading = {"link", "img", "iframe", "object", "embed", "base", "form", "audio"}
    assert set() == loading & {tag for tag, _ in report.elements}


def test_the_style_fetches_nothing(report: Page) -> None:
    fetching = [word for word in ("@import", "url(") if word in report.raw["style"]]
    assert ["url("] == fetching
    assert report.raw["style"].count("url(") == report.raw["style"].count("url(#")


def test_every_link_has_its_target(report: Page) -> None:
    targets = set(report.values("id"))
    links = {link[1:] for link in report.values("href")}
    assert set() == links - targets


def test_ids_are_unique(report: Page) -> None:
    ids = report.values("id")
    assert sorted(set(ids)) == sorted(ids)


def test_no_element_has_a_style_or_a_handler_of_its_own(report: Page) -> None:
    attributes = {key for _, found in report.elements for key in found}
    assert [] == [a for a in attributes if a == "style" or a.startswith("on")]


def test_the_policy_allows_exactly_the_style_and_script_there(report: Page) -> None:
    expected = (
        f"default-src 'none'; style-src {sha256(report.raw['style'])};"
        f" script-src {sha256(report.raw['script'])};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert expected == report.policy


def test_style_and_script_have_unix_line_ends(report: Page) -> None:
    assert "\r" not in report.raw["style"] + report.raw["script"]


def test_the_script_is_small(report: Page) -> None:
    assert len(report.raw["script"].encode()) < 12_000


def test_headings_skip_no_level(report: Page) -> None:
    levels = [int(t[1]) for t, _ in report.elements if t in {f"h{n}" for n in range(7)}]
    jumps = [b for a, b in pairwise(levels) if b > a + 1]
    assert (1, []) == (levels.count(1), jumps)


def test_there_is_one_of_each_landmark(report: Page) -> None:
    tags = [tag for tag, _ in report.elements]
    assert [1, 1, 1, 1] == [tags.count(t) for t in ("header", "nav", "main", "footer")]


def test_without_script_all_is_unfolded(report: Page) -> None:
    assert [] == [d for d in report.all("details") if "open" not in d]


def test_evidence_is_marked_as_no_human_language(report: Page) -> None:
    marked = [("en", "no")] * len(report.all("pre"))
    assert marked == [(p["lang"], p["translate"]) for p in report.all("pre")]


def test_the_same_run_gives_the_same_bytes() -> None:
    first, second = fleet(5), fleet(5)
    assert page(first).html == page(second).html


def test_the_formats_are_the_modules_beside() -> None:
    assert {"html", "json"} <= set(FORMATS)


def test_a_format_that_no_module_has_is_an_error() -> None:
    with pytest.raises(KeyError):
        FORMATS["docx"]


def test_a_run_without_texts_still_has_a_report() -> None:
    bare = run(
        [check("X-ACME-001", family="billing")],
        [host("a")],
        [finding("X-ACME-001", "a", Verdict.FAIL, message="odd")],
    )
    shown = Page(render_html(Material(bare, {}, {}, "en")))
    assert "X-ACME-001 is wrong" in shown.text


def test_a_third_partys_family_is_a_column_under_its_own_name() -> None:
    assert "billing" in page(run([check("X-1", family="billing")], [host("a")])).text


def test_a_report_without_the_case_leaves_its_questions_out() -> None:
    one = run([check("ACC-001")], [host("a")])
    assert 'id="questions"' not in render_html(Material(one, sidecars(one), {}, "en"))


def test_an_unreachable_host_is_named_with_its_reason_and_detail() -> None:
    lost = host(
        "lis-35",
        state=HostState.UNREACHABLE,
        reason=Reason.UNREACHABLE,
        detail="timed out after 10 s",
    )
    unread = finding(
        "ACC-001", "lis-35", Verdict.UNKNOWN, "host:", reason=Reason.UNREACHABLE
    )
    text = page(run([check("ACC-001")], [lost], [unread])).text
    said = " ".join(text.split())
    assert "Host unreachable: lis-35 (1 check) all causes, host by host" in said
    assert "host unreachable 1 check lis-35every checktimed out after 10 s" in said


def test_evidence_names_source_line_and_text() -> None:
    open_ = finding(
        "ACC-001",
        "a",
        Verdict.FAIL,
        evidence=(evidence("/etc/vsftpd.conf", "anonymous_enable=YES", 12),),
    )
    text = page(run([check("ACC-001")], [host("a")], [open_])).text
    assert "/etc/vsftpd.conf:12  anonymous_enable=YES" in text


def test_many_findings_of_one_host_are_counted_beyond_the_first_twenty() -> None:
    many = [
        finding("A-1", "a", Verdict.FAIL, f"file:/srv/{n}", more=7 if n == 24 else None)
        for n in range(25)
    ]
    text = page(run([check("A-1")], [host("a")], many)).text
    assert "12 more findings on this host, in the audit’s data file" in text


def test_text_for_a_css_string_cannot_end_it() -> None:
    assert r"a\22 \3c \2f style\3e \a b" == css_string('a"</style>\nb')
