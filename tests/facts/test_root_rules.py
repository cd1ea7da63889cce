"""Who becomes root by sudo or doas, as the programs themselves decide it."""

from __future__ import annotations

import pytest

from auditor.facts.root_rules import Identity
from auditor.facts.sudoers import Sudoers
from auditor.facts.sudoers_grammar import GrammarError
from auditor.model.sources import Status, parse_body

W1 = Identity(
    "w1", 1001, frozenset({"w1", "tech", "domain users"}), frozenset({1001, 1777})
)


def sudoers(*lines: str, included: str = "") -> Sudoers:
    """The fact of a host called srv with these lines, and one in sudoers.d."""
    text = "ok\tvalue\thostname\t-\n 1\tsrv\nok\tvalue\tsudo\t-\n 1\t/usr/bin/sudo\n"
    text += "ok\tfile\t/etc/sudoers\t0\n"
    text += "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
    if included:
        text += f"ok\tfile\t/etc/sudoers.d/a\t0\n 1\t{included}\n"
    return Sudoers.parse(parse_body("Sudoers", text))


def free(*lines: str, included: str = "") -> bool | None:
    """Whether root is free for w1; None when it can't become root."""
    grant = sudoers(*lines, included=included).sudo.grant(W1)
    return None if grant is None else not grant.password


@pytest.mark.parametrize(
    "line",
    [
        "w1 ALL=(ALL:ALL) NOPASSWD: ALL",
        "w1 ALL = NOPASSWD:ALL",
        "%tech ALL=(root) NOPASSWD: ALL",
        "%#1777 ALL=(root) NOPASSWD: ALL",
        r"%domain\x5c users ALL=(root) NOPASSWD: ALL",
        '"%domain users" ALL=(root) NOPASSWD: ALL',
        "#1001 ALL=(#0) NOPASSWD: ALL",
        "ALL srv=(ALL) NOPASSWD: ALL",
        "w0, w1 srv.example,autre = (ALL) NOPASSWD: ALL",
        "w1 ALL=(ALL) NOPASSWD: SETENV: ALL, !/bin/sh",
        "w1 autre=/bin/ls : srv=(ALL) NOPASSWD: ALL",
        "w1 ALL=(ALL) NOPASSWD: sha256:abc /bin/ls, ALL",
    ],
)
def test_these_need_no_password(line: str) -> None:
    assert free(line) is True


@pytest.mark.parametrize(
    "line",
    [
        "w1 ALL=(ALL) ALL",
        "w1 ALL=(ALL) NOPASSWD: /bin/ls, PASSWD: ALL",
        "%tech ALL=(ALL:ALL) ALL",
    ],
)
def test_these_ask_for_one(line: str) -> None:
    assert free(line) is False


@pytest.mark.parametrize(
    "line",
    [
        "w2 ALL=(ALL) NOPASSWD: ALL",
        "w1 autre=(ALL) NOPASSWD: ALL",
        "w1 ALL=(w2) NOPASSWD: ALL",
        "w1 ALL=(ALL, !root) NOPASSWD: ALL",
        "w1 ALL=(:tech) NOPASSWD: ALL",
        "ALL, !w1 ALL=(ALL) NOPASSWD: ALL",
        "w1 ALL=(ALL) NOPASSWD: /usr/bin/id",
        "w1 ALL=(ALL) NOPASSWD: !ALL",
    ],
)
def test_these_make_nobody_root(line: str) -> None:
    assert free(line) is None


def test_the_last_rule_wins() -> None:
    rules = ("w1 ALL=(ALL) NOPASSWD: ALL", "%tech ALL=(ALL) PASSWD: ALL")
    assert (free(*rules), free(*reversed(rules))) == (False, True)


def test_an_included_file_is_read_where_it_is_included() -> None:
    rules = ("@includedir /etc/sudoers.d", "w1 ALL=(ALL) PASSWD: ALL")
    included = "w1 ALL=(ALL) NOPASSWD: ALL"
    assert free(*rules, included=included) is False
    assert free(*reversed(rules), included=included) is True


def test_aliases_are_resolved_also_within_each_other() -> None:
    rules = (
        "User_Alias A = w0, B : B = w1",
        "Runas_Alias R = root",
        "Host_Alias H = srv",
        "Cmnd_Alias C = ALL",
        "A H=(R) NOPASSWD: C",
    )
    assert free(*rules) is True


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("Defaults !authenticate", True),
        ("Defaults:w1 !authenticate", True),
        ("Defaults:%tech env_reset, !authenticate", True),
        ("Defaults@srv !authenticate", True),
        ("Defaults exempt_group=tech", True),
        ("Defaults:w2 !authenticate", False),
        ("Defaults@autre !authenticate", False),
        ('Defaults badpass_message="x"', False),
    ],
)
def test_defaults_may_take_the_password_away(default: str, expected: bool) -> None:
    assert free(default, "w1 ALL=(ALL) ALL") is expected


def test_a_tag_stands_above_defaults() -> None:
    assert free("Defaults !authenticate", "w1 ALL=(ALL) PASSWD: ALL") is False


def test_a_rule_for_a_name_that_did_not_travel_is_a_failed_source() -> None:
    found = sudoers('"_" ALL=(ALL) NOPASSWD: ALL')
    failed = [s.name for s in found.sources if s.status is Status.FAILED]
    assert failed == ["/etc/sudoers line 1"]


def test_a_line_that_sudo_would_refuse_is_a_failed_source() -> None:
    found = sudoers("w1 w2 w3 ALL=ALL", "w1 ALL=(ALL) ALL")
    failed = [s.name for s in found.sources if s.status is Status.FAILED]
    assert failed == ["/etc/sudoers line 1"]


def test_an_alias_that_names_itself_ends() -> None:
    assert free("User_Alias A = A", "A ALL=(ALL) NOPASSWD: ALL") is None


def test_doas_takes_the_last_rule_that_fits() -> None:
    text = "ok\tfile\t/etc/doas.conf\t0\n 1\tpermit nopass :tech\n 2\tdeny w1\n"
    found = Sudoers.parse(parse_body("Sudoers", text))
    other = Identity("w2", 1002, frozenset({"tech"}))
    assert found.doas.grant(W1) is None
    assert found.doas.grant(other) is not None


def test_aliases_that_double_at_each_step_are_given_up() -> None:
    """The laughing billion: 2 ** 18 commands from nineteen lines."""
    doubling = [f"Cmnd_Alias A{n} = A{n - 1}, A{n - 1}" for n in range(1, 19)]
    lines = ["Cmnd_Alias A0 = /bin/true", *doubling, "w1 ALL = A18"]
    with pytest.raises(GrammarError, match="more than"):
        free(*lines)


def test_more_rules_than_any_host_has_are_a_failed_source() -> None:
    many = [f"user{n} ALL = ALL" for n in range(1100)]
    assert sudoers(*many).status is Status.FAILED
