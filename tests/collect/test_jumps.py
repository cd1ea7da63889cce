"""Jump hosts: one connection each, chains, and the same address behind two of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.collect.fleet import collect_hosts
from auditor.collect.hostkeys import HostKey, fetch_host_keys
from auditor.model.host import Host, Pins
from tests.collect.programs import hello
from tests.collect.servers import Doors, fake_server
from tests.collect.sshd import Sshd, free_port, sshd
from tests.collect.visits import given, means, outcome, visit

pytestmark = pytest.mark.sshd
PRIVILEGED = ("audited", None) if os.getuid() == 0 else ("partial", "sudo_refused")


@pytest.fixture
def hop(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "hop", "MaxSessions 1") as running:
        yield running


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Sshd]:
    with sshd(tmp_path / "far", "MaxStartups 100") as running:
        yield running


def test_a_host_behind_a_jump_host(hop: Sshd, far: Sshd) -> None:
    jump = hop.host("bastion")
    host = far.host("lis", jump="bastion")
    pins = {"bastion": hop.pins, "lis": far.pins}
    assert outcome(visit(host, jump, pins=pins)) == PRIVILEGED
    assert hop.count("Accepted publickey") == 1


def test_a_chain_of_two_jump_hosts(hop: Sshd, far: Sshd, tmp_path: Path) -> None:
    with sshd(tmp_path / "middle") as middle:
        first = hop.host("first")
        second = middle.host("second", jump="first")
        host = far.host("lis", jump="second")
        pins = {"first": hop.pins, "second": middle.pins, "lis": far.pins}
        assert outcome(visit(host, first, second, pins=pins)) == PRIVILEGED
        assert middle.count("Accepted publickey") == 1


def test_many_hosts_share_one_connection_to_their_jump_host(
    hop: Sshd, far: Sshd
) -> None:
    jump = hop.host("bastion")
    hosts = [far.host(f"lis-{n}", jump="bastion") for n in range(12)]
    pins = {"bastion": hop.pins} | {host.name: far.pins for host in hosts}
    found = collect_hosts(hosts, lambda _: hello(), means(jump, *hosts, pins=pins))
    assert {outcome(snapshot) for snapshot in found} == {PRIVILEGED}
    assert hop.count("Connection from") == 1
    assert far.count("Accepted publickey") == 12


def test_the_same_address_behind_two_jump_hosts(far: Sshd, tmp_path: Path) -> None:
    private = ("192.168.1.10", 22)
    with (
        sshd(tmp_path / "other") as other,
        fake_server(Doors(forward={private: (far.address, far.port)})) as rennes,
        fake_server(Doors(forward={private: (other.address, other.port)})) as brest,
    ):
        jumps = [
            rennes.host("bastion-35", password=given("right")),
            brest.host("bastion-29", password=given("right")),
        ]
        entry = replace(far.host(), address=private[0], port=private[1])
        hosts = [
            replace(entry, name="lis-35", jump="bastion-35"),
            replace(entry, name="lis-29", jump="bastion-29", key=other.key),
        ]
        pins = {
            "bastion-35": rennes.pins,
            "bastion-29": brest.pins,
            "lis-35": far.pins,
            "lis-29": other.pins,
        }
        known = means(*jumps, *hosts, pins=pins)
        found = collect_hosts(hosts, lambda _: hello(), known)
        assert {s.host: outcome(s) for s in found} == {
            "lis-35": PRIVILEGED,
            "lis-29": PRIVILEGED,
        }
        swapped = means(
            *jumps, *hosts, pins=pins | {"lis-35": other.pins, "lis-29": far.pins}
        )
        found = collect_hosts(hosts, lambda _: hello(), swapped)
        assert {outcome(s) for s in found} == {("untrusted", "host_key")}


def test_an_unpinned_jump_host_is_not_logged_in_to(hop: Sshd, far: Sshd) -> None:
    host = far.host("lis", jump="bastion")
    snapshot = visit(host, hop.host("bastion"), pins={"lis": far.pins})
    assert outcome(snapshot) == ("untrusted", "host_key")
    assert snapshot.detail is not None
    assert snapshot.detail.startswith("jump host bastion: no host key is pinned")
    assert hop.count("user") == 0


def test_a_jump_host_that_forbids_forwarding_is_blamed(
    far: Sshd, tmp_path: Path
) -> None:
    with sshd(tmp_path / "strict", "AllowTcpForwarding no") as strict:
        host = far.host("lis", jump="bastion")
        pins = {"bastion": strict.pins, "lis": far.pins}
        snapshot = visit(host, strict.host("bastion"), pins=pins)
        assert outcome(snapshot) == ("unreachable", "unreachable")
        assert snapshot.detail == (
            f"jump host bastion: it forbids forwarding to {far.address} port {far.port}"
        )


def test_what_a_jump_host_can_t_reach_is_said_with_its_name(hop: Sshd) -> None:
    host = Host("lis", "127.0.0.1", free_port(), "audit", jump="bastion")
    snapshot = visit(host, hop.host("bastion"), pins={"bastion": hop.pins})
    assert outcome(snapshot) == ("unreachable", "unreachable")
    assert snapshot.detail == (
        f"jump host bastion: it can't reach 127.0.0.1 port {host.port}: Connect failed"
    )


def test_a_dead_jump_host_is_asked_once_for_all_behind_it(far: Sshd) -> None:
    jump = Host("bastion", "127.0.0.1", free_port(), "audit")
    hosts = [far.host(f"lis-{n}", jump="bastion") for n in range(3)]
    found = list(collect_hosts(hosts, lambda _: hello(), means(jump, *hosts)))
    text = f"jump host bastion: 127.0.0.1 port {jump.port}: Connection refused"
    assert {snapshot.detail for snapshot in found} == {text}
    assert {outcome(s) for s in found} == {("unreachable", "unreachable")}


def test_a_host_key_is_fetched_through_the_jump_host(hop: Sshd, far: Sshd) -> None:
    host = far.host("lis", jump="bastion")
    known = means(hop.host("bastion"), host, pins={"bastion": hop.pins, "lis": Pins()})
    [(kind, blob)] = far.pins.keys
    found = fetch_host_keys([host], known, 5)["lis"]
    assert isinstance(found, HostKey)
    assert (found.type, found.base64) == (kind, blob)
    assert far.count("user") == 0
