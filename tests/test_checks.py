"""Every recorded case of every check, and what no mutation of it may do."""

from __future__ import annotations

import pytest

from auditor.loading import load_checks
from auditor.model.check import Check
from tests.cases import Case, all_cases, expected, said

CASES = list(all_cases())


def name_of(case: Case) -> str:
    return f"{case.check.name}-{case.folder.name}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_check_says_what_was_written_by_hand(case: Case) -> None:
    assert said(case, case.rows()) == expected(case)


@pytest.mark.parametrize("check", load_checks(), ids=lambda check: check.name)
def test_every_check_has_a_bad_a_good_and_a_decoy_case(check: Check) -> None:
    kinds = {case.kind for case in CASES if case.check is check}
    assert {"bad", "good", "decoy"} <= kinds
