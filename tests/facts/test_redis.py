"""Whom Redis asks for a password (tried on 7.0.15)."""

from __future__ import annotations

import pytest

from auditor.facts.redis import RedisConfig, RedisInstance
from tests.facts.bodies import body_of


def instance(*lines: str, acl: list[str] | None = None) -> RedisInstance:
    texts = {"/etc/redis/redis.conf": list(lines), "includes": []}
    if acl is not None:
        texts["/u"] = acl
    return RedisConfig.parse(body_of("RedisConfig", texts)).instances[0]


@pytest.mark.parametrize(
    ("lines", "opened"),
    [
        ([], True),
        (["requirepass\tempty"], True),
        (["requirepass\tlong"], False),
        (["requirepass\tlong", "requirepass\tempty"], True),
        (["user\tdefault\ton\tnopass", "requirepass\tlong"], True),
        (["user\tdefault\ton\tnopass\t>_"], False),
        (["user\tdefault\ton\t>_\tnopass"], True),
        (["user\tdefault\toff\tnopass"], False),
        (["user\tdefault\ton"], False),
        (["requirepass\tlong", "user\tbob\ton\t>_"], False),
    ],
)
def test_a_user_line_makes_requirepass_void(lines: list[str], opened: bool) -> None:
    assert (instance(*lines).default_open is not None) is opened


def test_an_acl_file_that_does_not_declare_default_leaves_it_open() -> None:
    found = instance("requirepass\tlong", "aclfile\t/u", acl=["user\tbob\ton\t>_"])
    assert found.default_open is not None


def test_an_acl_file_that_declares_default_decides() -> None:
    found = instance("aclfile\t/u", acl=["user\tdefault\ton\t#_"])
    assert found.default_open is None


def test_another_user_may_be_open() -> None:
    found = instance("requirepass\tlong", "user\tsonde\ton\tnopass")
    assert (found.default_open, found.user_open is not None) == (None, True)


def test_port_0_is_none() -> None:
    assert instance("port\t0", "tls-port\t6380").ports == (6380,)
