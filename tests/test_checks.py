"""Every recorded case of every check says what was written by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.loading import load_checks
from auditor.model.check import Check
from tests.cases import case_folders, expected, kind_of, name_of, read_case, said


@pytest.mark.parametrize("folder", case_folders(), ids=name_of)
def test_the_check_says_what_was_written_by_hand(folder: Path) -> None:
    case = read_case(folder)
    assert said(case, case.rows()) == expected(case)


@pytest.mark.parametrize("check", load_checks(), ids=lambda check: check.name)
def test_every_check_has_a_bad_a_good_and_a_decoy_case(check: Check) -> None:
    folders = [f for f in case_folders() if f.parent.name == check.name]
    assert {"bad", "good", "decoy"} <= {kind_of(folder) for folder in folders}
