from __future__ import annotations

import io

from rich.console import Console

from auditor.model.findings import Reason, Verdict
from auditor.model.run import Run
from auditor.model.snapshot import HostState
from auditor.report.terminal import print_summary
from tests.report.fleet import fleet
from tests.report.runs import finding, host, run, sidecars
from tests.report.small import CHECKS, fails


def printed(one: Run, language: str = "en") -> str:
    """What a pipe gets."""
    stream = io.StringIO()
    print_summary(one, sidecars(one), language, Console(file=stream, width=100))
    return stream.getvalue()


def test_it_opens_with_the_title_sentence() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert "One host lets anyone in without a password." == printed(one).split("\n")[0]


def test_it_counts_each_bucket_and_the_coverage() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert "1 fails · 6 pass · coverage 100%" == printed(one).split("\n")[1]


def test_it_names_a_host_that_was_not_seen_with_the_reason() -> None:
    lost = host(
        "a",
        state=HostState.REFUSED,
        reason=Reason.LOGIN_REFUSED,
        detail="publickey",
    )
    unread = [
        finding(c.id, "a", Verdict.UNKNOWN, "host:", reason=Reason.LOGIN_REFUSED)
        for c in CHECKS
    ]
    text = printed(run(CHECKS, [lost], unread))
    assert "login refused: a (7 checks) publickey" in text


def test_it_lists_open_findings_gravest_first() -> None:
    text = printed(run(CHECKS, [host("a")], fails("EOL-003@a", "ACC-001@a")))
    assert text.index("Critical  ACC-001") < text.index("High      EOL-003")


def test_it_counts_the_findings_that_it_does_not_list() -> None:
    assert "and 29 more" in printed(fleet(28))


def test_a_pipe_gets_no_escape_sequence() -> None:
    assert "\x1b" not in printed(fleet(28))


def test_it_speaks_french() -> None:
    one = run(CHECKS, [host("a")], fails("ACC-001@a"))
    assert (
        "Un serveur laisse entrer n’importe qui sans mot de passe."
        == (printed(one, "fr").split("\n")[0])
    )
