"""A fleet too large for one file: an index, and a page a laboratory and a framework."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest

from auditor.errors import AuditorError
from auditor.model.findings import Verdict
from auditor.model.frameworks import load_frameworks
from auditor.model.run import Bucket, Run
from auditor.report import as_html
from auditor.report.as_html import write
from auditor.report.formats import Document, Material
from auditor.report.html import pages
from auditor.report.html.pages import Laboratory, divide, page_name
from auditor.report.judged import judge
from auditor.report.view import anchor
from tests.report.fleet import fleet
from tests.report.fleet_texts import texts
from tests.report.page import Page
from tests.report.runs import check, finding, host, run, sidecars
from tests.report.test_hostile import HOSTILE, hostile_run

NAME = "rapport d’été.html"


def material(of: Run, language: str = "fr", name: str | None = NAME) -> Material:
    return Material(of, texts(of), load_frameworks(), language, name=name)


def document(of: Material) -> Document:
    made = write(of)
    assert isinstance(made, Document)
    return made


@pytest.fixture(scope="module")
def many() -> Run:
    return fleet(120)


@pytest.fixture(scope="module")
def report(many: Run) -> Document:
    return document(material(many))


@pytest.fixture(scope="module")
def parsed(report: Document) -> dict[str, Page]:
    """Every file of the report by its path beside the index."""
    files = {f"{report.folder}/{name}": data for name, data in report.pages.items()}
    files[NAME] = report.data
    return {path: Page(data.decode()) for path, data in files.items()}


@pytest.fixture
def folder_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_html, "MOST_HOSTS", 0)


@pytest.mark.parametrize(("hosts", "budget"), [(28, 1_500_000), (100, 5_000_000)])
def test_one_file_of_120_checks_stays_under_its_budget(hosts: int, budget: int) -> None:
    made = write(material(fleet(hosts, 120)))
    assert isinstance(made, bytes)
    assert len(made) < budget


def test_1000_hosts_take_6_kb_each_and_no_file_is_too_large() -> None:
    made = document(material(fleet(1000, 120), name="report.html"))
    sizes = [len(made.data), *map(len, made.pages.values())]
    assert sum(sizes) <= 1000 * 6_000
    assert max(sizes) < 5_000_000


def test_100_hosts_are_one_file_and_101_are_not() -> None:
    one, several = write(material(fleet(100))), write(material(fleet(101)))
    assert (bytes, Document) == (type(one), type(several))


def test_a_small_fleet_with_much_to_say_is_divided_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(as_html, "MOST_BYTES", 10_000)
    assert isinstance(write(material(fleet(5))), Document)


def test_standard_output_has_no_room_for_pages(many: Run) -> None:
    with pytest.raises(AuditorError, match=r"-f html:FILE\.html in place of"):
        write(material(many, name=None))


def test_every_link_of_every_file_leads_to_an_element_that_is_there(
    parsed: dict[str, Page],
) -> None:
    ids = {path: set(page.values("id")) for path, page in parsed.items()}
    lost = []
    for path, page in parsed.items():
        for link in page.values("href"):
            there, fragment = urldefrag(link)
            target = str(_joined(path, unquote(there)) if there else path)
            # `#c=ACC-001` sets a filter
            known = not fragment or "=" in fragment or fragment in ids[target]
            if target not in ids or not known:
                lost.append((path, link))
    assert [] == lost


def _joined(path: str, link: str) -> Path:
    """A relative link, taken from a file's path; `..` resolved without a disk."""
    parts: list[str] = list(Path(path).parent.parts)
    for part in Path(link).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def test_ids_are_unique_in_every_file(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        ids = page.values("id")
        assert sorted(set(ids)) == sorted(ids)


def test_every_file_is_closed_and_has_a_policy(parsed: dict[str, Page]) -> None:
    for page in parsed.values():
        assert [] == page.unclosed
        assert page.policy.startswith("default-src 'none'; style-src 'sha256-")


def test_every_host_has_a_sheet_on_one_page_and_a_line_on_the_index(
    parsed: dict[str, Page], many: Run
) -> None:
    expected = sorted(anchor("h", one.name) for one in many.hosts)
    index = [i for i in parsed[NAME].values("id") if i.startswith("h-")]
    on_pages = [
        i
        for path, page in parsed.items()
        for i in page.values("id")
        if path != NAME and i.startswith("h-")
    ]
    assert (expected, expected) == (sorted(index), sorted(on_pages))


def test_every_open_check_of_a_host_has_its_permalink_on_a_page(
    parsed: dict[str, Page], many: Run
) -> None:
    expected = {
        anchor("f", host, check)
        for (check, host), bucket in judge(many).buckets.items()
        if bucket in (Bucket.FAIL, Bucket.WARN)
    }
    found = {
        i
        for path, page in parsed.items()
        for i in page.values("id")
        if path != NAME and i.startswith("f-")
    }
    assert expected == found


def test_what_a_check_says_stands_once(parsed: dict[str, Page]) -> None:
    why = "Quiconque atteint le port liste et copie"
    assert why in parsed[NAME].text
    assert [] == [p for p, page in parsed.items() if p != NAME and why in page.text]


def test_evidence_stands_on_pages_only(parsed: dict[str, Page]) -> None:
    line = "anonymous_enable=YES"
    assert line not in parsed[NAME].text
    assert any(line in page.text for page in parsed.values())


def test_the_rows_of_laboratories_add_up_to_the_fleet(
    parsed: dict[str, Page],
) -> None:
    assert " 30 serveurs" in parsed[NAME].text.replace("\n", " ")
    labs = [p for p in parsed if "/lab-site-" in p]
    assert 4 == len(labs)


def test_pages_lead_back_to_the_index(parsed: dict[str, Page]) -> None:
    back = "../../rapport%20d%E2%80%99%C3%A9t%C3%A9.html"
    for path, page in parsed.items():
        if path != NAME:
            assert any(link.startswith(back) for link in page.values("href"))


def test_the_same_run_gives_the_same_files() -> None:
    first, second = document(material(fleet(101))), document(material(fleet(101)))
    assert first == second


def test_another_run_has_its_pages_in_another_folder() -> None:
    first, second = document(material(fleet(101))), document(material(fleet(102)))
    assert first.folder != second.folder
    assert set(first.pages) == set(second.pages)


@pytest.mark.usefixtures("folder_always")
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_adds_no_element_to_any_file(text: str) -> None:
    def shapes(words: str) -> list[list[tuple[str, list[str]]]]:
        of = hostile_run(words)
        made = document(Material(of, sidecars(of), load_frameworks(), "en", name="r"))
        files = [made.data, *made.pages.values()]
        return [
            [(tag, sorted(attributes)) for tag, attributes in Page(f.decode()).elements]
            for f in files
        ]

    assert shapes("harmless") == shapes(text)


@pytest.mark.usefixtures("folder_always")
def test_hosts_of_no_laboratory_have_a_page_too() -> None:
    of = run([check("ACC-001")], [host("a")], [finding("ACC-001", "a", Verdict.FAIL)])
    made = document(Material(of, sidecars(of), {}, "en", name="r.html"))
    assert ["hosts.html"] == list(made.pages)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("site-35", "lab-site-35.html"),
        ("", "hosts.html"),
        ("..", "lab-...html"),
    ],
)
def test_a_page_is_named_after_its_laboratory(group: str, expected: str) -> None:
    assert expected == page_name(group)


def test_names_are_told_apart_where_file_systems_would_not() -> None:
    groups = ["rennes", "Rennes", "RENNES", "é", "_e9", "a/b", "a_2fb", "x" * 300]
    groups += ["x" * 301, "hosts", "x.2", "x~2"]
    names = [page_name(group, number) for group in groups for number in (1, 2)]
    folded = {name.casefold() for name in names}
    assert len(names) == len(folded)
    assert [] == [name for name in names if len(name) > 140 or set(name) & set("/\\ ")]


def sized(hosts: tuple[str, ...]) -> bytes:
    """A page of a byte a host."""
    return b"." * len(hosts)


def test_a_laboratory_of_many_hosts_has_several_pages() -> None:
    lab = Laboratory("x", "X", tuple(map(str, range(600))))
    found = list(divide(lab, sized))
    assert [("lab-x.html", 250), ("lab-x~2.html", 250), ("lab-x~3.html", 100)] == [
        (page.name, len(page.hosts)) for page in found
    ]


def test_a_page_that_grows_too_large_is_halved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "BYTES_ON_PAGE", 3)
    found = list(divide(Laboratory("x", "X", tuple("abcdefg")), sized))
    assert [("a", "b", "c"), ("d", "e"), ("f", "g")] == [page.hosts for page in found]
