"""Which files an include's pattern means."""

from __future__ import annotations

import pytest

from auditor.facts.globbing import matching

PATHS = ["/e/b.conf", "/e/a.conf", "/e/.c.conf", "/e/d/x.conf", "/e/a.txt"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("/e/*.conf", ["/e/a.conf", "/e/b.conf"]),
        ("/e/?.conf", ["/e/a.conf", "/e/b.conf"]),
        ("/e/.*.conf", ["/e/.c.conf"]),
        ("/e/*/x.conf", ["/e/d/x.conf"]),
        ("/e/a.txt", ["/e/a.txt"]),
        ("/e/none", []),
    ],
)
def test_a_star_crosses_no_slash_and_takes_no_hidden_file(
    pattern: str, found: list[str]
) -> None:
    assert matching(pattern, PATHS) == found
