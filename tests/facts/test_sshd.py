"""What sshd tells of its settings, for one account from one address."""

from __future__ import annotations

import pytest

from auditor.facts.sshd import SshdSettings, Variant
from auditor.model.sources import parse_body

COMMAND = "/usr/sbin/sshd -T -f {file} -C user={user},host=h,addr={address}"


def answer(*lines: str, user: str = "root", address: str = "198.51.100.7") -> str:
    name = COMMAND.format(file="/etc/ssh/sshd_config", user=user, address=address)
    rows = "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
    return f"ok\tcommand\t{name}\t0\n{rows}"


def settings(*answers: str) -> SshdSettings:
    return SshdSettings.parse(parse_body("SshdSettings", "".join(answers)))


def variant(*lines: str) -> Variant:
    return settings(answer(*lines)).instances[0].variants[0]


def test_settings_of_the_server_are_those_of_the_first_answer() -> None:
    first = answer("usepam yes", "passwordauthentication no")
    second = answer("passwordauthentication yes", user="labo", address="10.0.0.1")
    labo = settings(first, second).instances[0].variants[1]
    assert labo.is_on("usepam") is True
    assert labo.inner is True


def test_an_account_that_no_answer_names_has_those_of_anybody() -> None:
    answers = [answer(f"port {n}", user=u) for n, u in enumerate(("root", "nobody"))]
    (instance,) = settings(*answers).instances
    assert [v.user for v in instance.of("root")] == ["root"]
    assert [v.user for v in instance.of("w1")] == ["nobody"]


@pytest.mark.parametrize(
    ("lines", "by"),
    [
        (["passwordauthentication yes"], "passwordauthentication"),
        (
            [
                "passwordauthentication no",
                "usepam yes",
                "kbdinteractiveauthentication yes",
            ],
            "kbdinteractiveauthentication",
        ),
        (
            [
                "passwordauthentication no",
                "usepam yes",
                "challengeresponseauthentication yes",
            ],
            "challengeresponseauthentication",
        ),
        (
            [
                "passwordauthentication no",
                "usepam no",
                "kbdinteractiveauthentication yes",
            ],
            None,
        ),
    ],
)
def test_a_password_comes_in_by(lines: list[str], by: str | None) -> None:
    read = variant(*lines).password
    assert (None if read is None else read.shows[0].key) == by


@pytest.mark.parametrize(
    ("methods", "alone"),
    [
        ("any", True),
        ("password", True),
        ("publickey,password publickey,keyboard-interactive", False),
        ("publickey keyboard-interactive:pam", True),
        ("keyboard-interactive,password", True),
        ("publickey", False),
    ],
)
def test_a_password_is_enough(methods: str, alone: bool) -> None:
    assert variant(f"authenticationmethods {methods}").password_alone is alone


@pytest.mark.parametrize(
    ("lines", "admitted"),
    [
        ([], True),
        (["allowusers labo"], True),
        (["allowusers lab*@10.0.0.1"], True),
        (["allowusers autre"], False),
        (["allowusers *", "denyusers labo"], False),
        (["denyusers labo@192.0.2.1"], True),
        (["denygroups tech"], False),
        (["allowgroups tech"], True),
        (["allowgroups wheel"], False),
        (["allowgroups wheel", "allowgroups tech"], True),
    ],
)
def test_lists_of_users_and_groups(lines: list[str], admitted: bool) -> None:
    found = variant("usepam yes", *lines).admits("labo", {"labo", "tech"})
    assert found is admitted


def test_an_answer_without_lines_gives_no_variant() -> None:
    name = COMMAND.format(file="/etc/ssh/b", user="root", address="198.51.100.7")
    (instance,) = settings(f"failed\tcommand\t{name}\t255\n").instances
    assert (instance.config, instance.variants) == ("/etc/ssh/b", ())
