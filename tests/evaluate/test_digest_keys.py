"""Keyed digests are compared within one run's key only."""

from __future__ import annotations

from auditor.facts.shadow import PasswordDigests
from auditor.loading import load_checks
from auditor.model.check import Fleet
from auditor.model.host import Host
from auditor.model.manifests import Owners
from auditor.model.sources import parse_body
from tests.cases import profile

BODY = "ok\tfile\t/etc/shadow\t-\n 1\t2\\x09labo\\x091001\\x09" + "a" * 32 + "\n"


def accused(*keys: str) -> list[str | None]:
    """The hosts that are accused when each has the same digest under these keys."""
    names = [f"h{n}" for n in range(len(keys))]
    fact = PasswordDigests.parse(parse_body("PasswordDigests", BODY))
    digests = Fleet(dict.fromkeys(names, fact), {}, dict(zip(names, keys, strict=True)))
    hosts = Fleet({name: Host(name=name, address=name) for name in names}, {}, {})
    check = next(c for c in load_checks() if c.name == "same_password_field")
    found = check.function(digests, hosts, Owners(), profile())
    return [finding.on for finding in found]


def test_equal_digests_under_one_key_are_one_field() -> None:
    assert accused("k1", "k1") == ["h0", "h1"]


def test_equal_digests_under_different_keys_are_never_compared() -> None:
    assert accused("k1", "k2") == []
