"""A test that can't run is skipped at home and an error in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
pytest_plugins = ["pytester"]

SKIPS = 'import pytest\ndef test_of_the_lab(): pytest.skip("no lab")\n'


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A suite under this project's conftest, with one test that skips."""
    pytester.makeconftest((PROJECT / "tests/conftest.py").read_text())
    pytester.makepyfile(SKIPS)
    pytester.syspathinsert(str(PROJECT))
    return pytester


def test_at_home_a_skip_is_a_skip(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)

    suite.runpytest().assert_outcomes(skipped=1)


def test_in_ci_a_skip_is_an_error_that_says_why(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    ended = suite.runpytest()

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["*no lab (in CI a skip is an error)*"])


def test_in_ci_an_expected_failure_stays_one(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    suite.makepyfile(
        "import pytest\n@pytest.mark.xfail\ndef test_of_it(): assert False"
    )

    suite.runpytest().assert_outcomes(xfailed=1)
