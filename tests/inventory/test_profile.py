"""Profiles: the shipped one, additions of others, a client's own values."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.inventory.profile import profile_as_toml, read_profile
from auditor.model.profile import EndOfLife
from tests.inventory.writing import problems_of

ROW = (
    '[[eol]]\nos = "debian"\nversion = "12"\nend = 2030-01-01\nkind = "bought"\n'
    'source = "contract"\nchecked_on = 2026-11-01\n'
)


def own(folder: Path, text: str, name: str = "own") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def wrong(folder: Path, text: str) -> list[str]:
    return problems_of(folder, lambda: read_profile(own(folder, text)))


def test_the_shipped_profile_has_what_the_searches_need() -> None:
    profile = read_profile("default")

    assert "default" == profile.name
    assert "/srv" in profile.data_roots
    assert {"dump_globs", "secret_globs", "migration_globs"} == set(profile.patterns)
    assert len(set(profile.file_patterns)) == len(profile.file_patterns)
    assert {"*.sql", "id_rsa", "*reprise*"} <= set(profile.file_patterns)


def test_every_limit_of_the_shipped_profile_ends_with_its_unit() -> None:
    units = {name.rpartition("_")[2] for name in read_profile("default").limits}

    assert units <= {
        *("days", "months", "hours", "seconds"),
        *("bytes", "bits", "count", "share"),
    }


def test_every_row_of_the_shipped_profile_says_where_its_date_was_read() -> None:
    rows = read_profile("default").eol

    assert all(row.source and row.checked_on >= date(2026, 11, 1) for row in rows)
    assert {("debian", "10"), ("debian", "11")} == {
        (row.os, row.version) for row in rows if row.verified
    }


@pytest.mark.parametrize(
    ("os", "version", "expected"),
    [
        ("debian", "11", date(2026, 8, 31)),
        ("alpine", "3.20.3", date(2026, 4, 1)),
        ("rhel", "8.10", date(2029, 5, 31)),
        ("ubuntu", "22.04", date(2027, 4, 1)),
    ],
)
def test_a_system_is_found_by_its_version_or_the_release_of_it(
    os: str, version: str, expected: date
) -> None:
    row = read_profile("default").end_of_life(os, version)

    assert row is not None
    assert expected == row.end


def test_a_system_that_nobody_wrote_down_is_not_found() -> None:
    assert read_profile("default").end_of_life("debian", "1.1") is None


def test_a_file_of_ones_own_changes_single_values(tmp_path: Path) -> None:
    text = '[limits]\neol_warn_days = 90\n[sets]\nlab_ports = ["1/tcp"]\n'
    usual, profile = read_profile("default"), read_profile(own(tmp_path, text))

    assert "own" == profile.name
    assert {"eol_warn_days": 90} == dict(profile.limits.items() - usual.limits.items())
    assert {"lab_ports": ("1/tcp",)} == dict(profile.sets.items() - usual.sets.items())
    assert profile.sha256 != usual.sha256


def test_a_row_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    profile = read_profile(own(tmp_path, ROW))
    expected = EndOfLife(
        "debian", "12", date(2030, 1, 1), "bought", "contract", date(2026, 11, 1)
    )

    assert expected == profile.end_of_life("debian", "12")
    assert len(read_profile("default").eol) == len(profile.eol)


def test_patterns_of_ones_own_are_searched_too(tmp_path: Path) -> None:
    profile = read_profile(own(tmp_path, '[patterns]\nours = ["*.lims"]\n'))

    assert {*read_profile("default").file_patterns, "*.lims"} == set(
        profile.file_patterns
    )


def test_a_file_may_give_a_source_with_its_limit(tmp_path: Path) -> None:
    text = 'name = "Exemple"\n[limits]\nlog_max_days = { value = 0.5, source = "s" }\n'
    profile = read_profile(own(tmp_path, text))

    assert ("Exemple", 0.5) == (profile.name, profile.limits["log_max_days"])


MISTAKES = {
    "an unknown limit": (
        "[limits]\neol_warn_day = 3\n",
        (
            "own.toml:2: limits.eol_warn_day: no check knows this name; did you mean "
            "'eol_warn_days'?"
        ),
    ),
    "an unknown set": (
        '[sets]\nweak_cypher = ["x"]\n',
        (
            "own.toml:2: sets.weak_cypher: no check knows this name; did you mean "
            "'weak_ciphers'?"
        ),
    ),
    "true as a limit": (
        "[limits]\neol_warn_days = true\n",
        "own.toml:2: limits.eol_warn_days: a number is due, not true",
    ),
    "a limit below nothing": (
        "[limits]\neol_warn_days = -1\n",
        "own.toml:2: limits.eol_warn_days: the number -1 is below 0",
    ),
    "a limit without its value": (
        '[limits]\neol_warn_days = { source = "s" }\n',
        "own.toml:2: limits.eol_warn_days: a limit has the keys value and source",
    ),
    "a text where a set is due": (
        '[sets]\nlab_ports = "1/tcp"\n',
        "own.toml:2: sets.lab_ports: a list is due, not the text '1/tcp'",
    ),
    "an unknown table": (
        "[limit]\n",
        "own.toml:1: limit: unknown key; did you mean 'limits'?",
    ),
    "a row without its source": (
        ROW.replace('source = "contract"\n', ""),
        "own.toml:1: eol.source: this key is missing",
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert [expected] == wrong(tmp_path, text)


def test_all_mistakes_come_out_in_one_go(tmp_path: Path) -> None:
    text = "[limits]\nx = 1\neol_warn_days = true\n[sets]\ny = []\nlab_ports = 1\n"

    assert [2, 3, 5, 6] == [
        int(problem.split(":")[1]) for problem in wrong(tmp_path, text)
    ]


def test_checks_of_others_add_names_that_a_client_may_change(tmp_path: Path) -> None:
    others = own(tmp_path, "[limits]\nx_vendor_days = 1\n", "others")
    mine = own(tmp_path, "[limits]\nx_vendor_days = 2\n")

    assert 1 == read_profile("default", additions=[others]).limits["x_vendor_days"]
    assert 2 == read_profile(mine, additions=[others]).limits["x_vendor_days"]


def test_checks_of_others_change_no_value(tmp_path: Path) -> None:
    others = own(tmp_path, "[limits]\neol_warn_days = 1\n", "others")

    assert [
        (
            "others.toml:2: limits.eol_warn_days: checks of others may add names, not "
            "change this one"
        )
    ] == problems_of(tmp_path, lambda: read_profile("default", additions=[others]))


def test_a_profile_kept_with_a_run_reads_back_to_the_same(tmp_path: Path) -> None:
    profile = read_profile(own(tmp_path, 'name = "x"\n[limits]\nlog_max_days = 1\n'))
    kept = own(tmp_path, profile_as_toml(profile), "kept")

    assert profile == read_profile(kept)


def test_a_profile_kept_with_an_older_run_may_hold_names_that_are_gone(
    tmp_path: Path,
) -> None:
    kept = own(tmp_path, "[limits]\ngone_days = 1\n")

    assert 1 == read_profile(kept, known_only=False).limits["gone_days"]
