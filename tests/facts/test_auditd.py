"""Audit rules: what a rule watches, and which files it is read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.facts.auditd import AuditRules
from auditor.model.sources import parse_body
from tests.facts.running import body, every_shell, shown


@every_shell()
def test_comments_of_rules_stay_on_the_host(shell: str, tmp_path: Path) -> None:
    file = tmp_path / "labo.rules"
    file.write_text("# S3CRET\n\n  # S3CRET\n-w /etc/passwd -p wa -k id\n")
    found = shown(body(shell, f"source_file {file} uncommented"), file)
    assert found == ["4 -w /etc/passwd -p wa -k id"]


def live(*rules: str) -> AuditRules:
    lines = "".join(f" {n}\t{rule}\n" for n, rule in enumerate(rules, start=1))
    return AuditRules.parse(
        parse_body("AuditRules", f"ok\tcommand\tauditctl -l\t0\n{lines}")
    )


@pytest.mark.parametrize(
    "rule",
    [
        "-w /srv/labo/ -p rwa -k data",
        "-a always,exit -F dir=/srv/labo -F perm=rwa -F key=data",
        "-a always,exit -F arch=b64 -S open -F path=/srv/labo/dossiers",
    ],
)
def test_a_folder_is_watched_by_itself_or_from_above(rule: str) -> None:
    found = live(rule).live
    assert [one.watches("/srv/labo/dossiers") for one in found] == [True]


def test_a_folder_of_a_longer_name_is_not_watched() -> None:
    assert live("-w /srv/lab -p wa").live[0].watches("/srv/labo") is False


def test_no_rules_is_no_rule() -> None:
    assert live("No rules").live == ()


@pytest.mark.parametrize(
    ("rule", "never"),
    [("-a never,task", True), ("-a never,exit -F arch=b64 -S adjtimex", False)],
)
def test_only_a_rule_without_a_condition_stops_everything(
    rule: str, never: bool
) -> None:
    assert live(rule).live[0].never is never
