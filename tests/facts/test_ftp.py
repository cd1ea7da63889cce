"""How vsftpd reads its files (parseconf.c, tried on 3.0.3-13)."""

from __future__ import annotations

import pytest

from auditor.facts.ftp import VsftpdConfig, VsftpdInstance, is_on
from tests.facts.bodies import body_of


def instance(*lines: str) -> VsftpdInstance:
    body = body_of("VsftpdConfig", {"/etc/vsftpd.conf": list(lines)})
    return VsftpdConfig.parse(body).instances[0]


def test_the_last_line_wins() -> None:
    found = instance("anonymous_enable=YES", " anonymous_enable=no")
    assert found.settings["anonymous_enable"].line == 2


def test_without_a_line_the_built_in_default_is_read_nowhere() -> None:
    found = instance("listen=YES").effective("anonymous_enable", "YES")
    assert (found.value, found.line) == ("YES", None)


@pytest.mark.parametrize("word", ["YES", "yes", "True", "1"])
def test_these_words_switch_on(word: str) -> None:
    assert is_on(instance(f"ssl_enable={word}").settings["ssl_enable"])


@pytest.mark.parametrize(
    "line",
    [
        "anonymous_enable = NO",
        "anonymous_enable=NO ",
        "anonymous_enable=NO\\x0d",
        "anonymous_enable",
        "Anonymous_Enable=NO",
        "anonymous-enable=NO",
        "anonymous_enable=maybe",
    ],
)
def test_lines_with_which_the_daemon_does_not_start_are_broken(line: str) -> None:
    broken = instance("listen=YES", line).broken
    assert broken is not None
    assert broken.line == 2


@pytest.mark.parametrize("line", ["anon_root=/srv/a b", "ftpd_banner = _"])
def test_texts_and_undeclared_keys_are_not_broken(line: str) -> None:
    assert instance(line).broken is None


@pytest.mark.parametrize(
    ("lines", "admitted", "listed"),
    [
        ([], True, False),
        (["anonymous_enable=NO"], False, False),
        (["userlist_enable=YES"], True, False),
        (["userlist_enable=YES", "userlist_deny=NO"], False, False),
        (["userlist_enable=YES", "userlist_deny=NO", "local_enable=YES"], True, True),
        (["userlist_deny=NO", "local_enable=YES"], True, False),
    ],
)
def test_a_list_of_those_who_may_enter_leaves_anonymous_users_out(
    lines: list[str], admitted: bool, listed: bool
) -> None:
    found = instance(*lines)
    assert (found.anonymous.value, found.listed is not None) == (admitted, listed)
