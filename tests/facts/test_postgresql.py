"""Which rule of pg_hba.conf decides, and for whom."""

from __future__ import annotations

import pytest

from auditor.facts.postgresql import Cluster, PostgresqlConfig
from auditor.model.sources import parse_body


def cluster(*rules: str, settings: tuple[str, ...] = ()) -> Cluster:
    def rows(lines: tuple[str, ...]) -> str:
        tabbed = (line.replace(" ", "\t") for line in lines)
        return "".join(f" {n}\t{line}\n" for n, line in enumerate(tabbed, 1))

    text = (
        "ok\tvalue\tcluster\t-\n"
        f"ok\tfile\t/e/postgresql.conf\t0\n{rows(settings)}"
        f"ok\tfile\t/e/conf.d/a.conf\t0\n 1\tport\t5433\n"
        "ok\tfile\t/d/postgresql.auto.conf\t0\n 1\tssl\toff\n"
        f"ok\tfile\t/e/pg_hba.conf\t0\n{rows(rules)}"
    )
    return PostgresqlConfig.parse(parse_body("PostgresqlConfig", text)).clusters[0]


@pytest.mark.parametrize(
    ("first", "second", "covered"),
    [
        ("host all all 0.0.0.0/0 reject", "host a b 10.0.0.0/8 trust", True),
        ("host all all all reject", "hostssl a b ::/0 trust", True),
        ("hostssl all all all reject", "host a b ::/0 trust", False),
        ("local all all reject", "host a b ::/0 trust", False),
        ("host all all 10.0.0.0 255.0.0.0 reject", "host a b 10.1.0.0/16 trust", True),
        ("host all all 10.1.0.0/16 reject", "host a b 10.0.0.0/8 trust", False),
        ("host all all 0.0.0.0/0 reject", "host a b ::/0 trust", False),
        ("host all all all reject", "host replication b all trust", False),
        ("host a,b all all reject", "host a b all trust", True),
        ("host a all all reject", "host a,c b all trust", False),
        ('host "all" all all reject', "host a b all trust", False),
        ("host all b,c all reject", "host a b all trust", True),
        ("host all c all reject", "host a b all trust", False),
        ("host all all samenet reject", "host a b samenet trust", True),
    ],
)
def test_a_rule_behind_a_broader_one_never_decides(
    first: str, second: str, covered: bool
) -> None:
    assert (len(cluster(first, second).effective) == 1) is covered


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1/32", True),
        ("127.0.0.0 255.0.0.0", True),
        ("::1/128", True),
        ("localhost", True),
        ("samehost", False),
        ("all", False),
        ("0.0.0.0/0", False),
    ],
)
def test_only_addresses_of_this_host_are_loopback(address: str, loopback: bool) -> None:
    rule = cluster(f"host all all {address} trust").rules[0]
    assert (rule.loopback, rule.method) == (loopback, "trust")


def test_what_comes_without_tls_may_be_refused_by_an_earlier_rule() -> None:
    earlier, rule = cluster(
        "hostnossl all all all reject", "host all all 10.0.0.0/8 md5"
    ).rules
    assert rule.clear_refused_by(earlier)


def test_settings_come_from_includes_in_their_place_and_alter_system_last() -> None:
    found = cluster(settings=("port 1", "include_dir conf.d", "ssl on"))
    assert (found.port, found.is_on("ssl")) == (5433, False)
