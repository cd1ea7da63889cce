"""How exports(5) is read."""

from __future__ import annotations

import pytest

from auditor.facts.exports import Export, Exports
from auditor.model.sources import parse_body


def exports(*lines: str) -> tuple[Export, ...]:
    rows = "".join(f" {n}\t{line}\n" for n, line in enumerate(lines, 1))
    text = f"ok\tfile\t/etc/exports\t0\n{rows}"
    return Exports.parse(parse_body("Exports", text)).exports


def test_a_blank_before_the_bracket_gives_the_options_to_the_world() -> None:
    found = exports("/data 192.0.2.10 (rw)")
    assert [(e.client, e.options) for e in found] == [
        ("192.0.2.10", ()),
        ("*", ("rw",)),
    ]


def test_a_folder_without_client_is_for_the_world() -> None:
    assert [(e.path, e.client) for e in exports("/data")] == [("/data", "*")]


def test_options_behind_a_dash_are_those_of_the_clients_that_follow() -> None:
    found = exports("/data a(ro) -rw,no_root_squash b c(root_squash)")
    squash = [e.is_on("root_squash", default=True) for e in found]
    assert squash == [True, False, True]


def test_the_second_mention_of_a_client_does_not_count_twice() -> None:
    found = exports("/data a(rw)", "/data a(ro)")
    assert [e.options for e in found] == [("rw",)]


def test_a_path_may_be_quoted_or_hold_octal_numbers() -> None:
    found = exports('"/a b" x(ro)', "/c\\x5c040d x(ro)")
    assert [e.path for e in found] == ["/a b", "/c d"]


@pytest.mark.parametrize(
    ("client", "public"),
    [
        ("*", True),
        ("0.0.0.0/0", True),
        ("::/0", True),
        ("8.8.0.0/16", True),
        ("10.0.0.0/255.0.0.0", False),
        ("100.64.0.0/10", False),
        ("8.8.8.8", False),
        ("poste12", False),
        ("@labo", False),
    ],
)
def test_the_world_and_public_networks_are_public(client: str, public: bool) -> None:
    assert exports(f"/data {client}(ro)")[0].public is public


def test_only_kerberos_counts_when_every_way_asks_for_a_ticket() -> None:
    found = exports("/data a(sec=krb5:krb5p) b(sec=sys:krb5) gss/krb5p(rw)")
    assert [e.kerberos for e in found] == [True, False, True]
