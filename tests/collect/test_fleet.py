"""Many hosts: limits, one snapshot each, and what an interruption leaves."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.collect.fleet import Event, collect_hosts
from auditor.collect.program import Program
from auditor.collect.stopping import Stop, stop_on_signals
from auditor.model.host import Group, Host, Limits
from auditor.model.snapshot import Snapshot
from tests.collect.programs import hello
from tests.collect.servers import Doors, fake_server
from tests.collect.sshd import Sshd, free_port
from tests.collect.visits import given, means, outcome

QUICK = Limits(connect=2, deadline=8, scan_budget=0)
INTERRUPTED = ("interrupted", "interrupted")


def local(name: str, **keys: object) -> Host:
    entry = Host(name, name, transport="local", privilege="never", limits=QUICK)
    return replace(entry, **keys)


def states(snapshots: list[Snapshot]) -> dict[str, tuple[str, str | None]]:
    return {snapshot.host: outcome(snapshot) for snapshot in snapshots}


class Watch:
    """Keeps the events, and how many hosts ran at once."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.most = 0
        self._now = 0

    def __call__(self, event: Event) -> None:
        self.events.append((event.kind, event.host))
        self._now += 1 if event.kind == "started" else -1
        self.most = max(self.most, self._now)


def collect(
    *hosts: Host,
    programs: Callable[[Host], Program] = lambda _: hello(),
    groups: Mapping[str, Group] | None = None,
    jobs: int = 50,
    stop: Stop | None = None,
    watch: Callable[[Event], None] | None = None,
) -> list[Snapshot]:
    return list(
        collect_hosts(
            hosts,
            programs,
            means(*hosts),
            groups=groups,
            jobs=jobs,
            stop=stop,
            on_event=watch,
        )
    )


def sleeping(*names: str) -> Callable[[Host], Program]:
    """Programs that never end on these hosts."""
    return lambda host: hello("sleep 60") if host.name in names else hello()


def test_every_host_gets_one_snapshot_whatever_becomes_of_the_others() -> None:
    dead = Host("dead", "127.0.0.1", free_port(), "audit", limits=QUICK)
    nameless = Host("nameless", "no.such.name.invalid", 22, "audit", limits=QUICK)
    by_hand = Host("by-hand", "by-hand", transport="answer")
    found = states(collect(dead, nameless, by_hand, local("here")))
    assert found == {
        "dead": ("unreachable", "unreachable"),
        "nameless": ("unreachable", "unreachable"),
        "by-hand": ("unreachable", "not_collected_for"),
        "here": ("audited", None),
    }


def test_a_program_that_can_t_be_made_ends_that_host_alone() -> None:
    def programs(host: Host) -> Program:
        if host.name == "odd":
            raise ValueError("a mistake of ours")
        return hello()

    found = collect(local("odd"), local("here"), programs=programs)
    assert states(found) == {"odd": ("broken", "protocol"), "here": ("audited", None)}
    [odd] = [snapshot for snapshot in found if snapshot.host == "odd"]
    assert odd.detail == "internal error: ValueError: a mistake of ours"


def test_no_more_hosts_at_once_than_jobs() -> None:
    watch = Watch()
    collect(*(local(f"h{n}") for n in range(6)), jobs=2, watch=watch)
    assert watch.most == 2


def test_a_full_group_does_not_hold_the_others_back() -> None:
    watch = Watch()
    hosts = [local(f"a{n}", group="small") for n in range(3)]
    groups = {"small": Group("small", limit=1)}
    collect(*hosts, local("b0"), groups=groups, watch=watch)
    assert watch.events[:2] == [("started", "a0"), ("started", "b0")]
    assert watch.most == 2


def test_each_host_is_started_and_finished_once() -> None:
    watch = Watch()
    collect(local("h0"), local("h1"), watch=watch)
    assert sorted(watch.events) == [
        ("finished", "h0"),
        ("finished", "h1"),
        ("started", "h0"),
        ("started", "h1"),
    ]


def test_once_stopped_finished_hosts_stay_and_the_others_are_interrupted() -> None:
    stop = Stop()

    def stop_after_the_first(event: Event) -> None:
        if event.kind == "finished":
            stop.request(signal.SIGTERM)

    hosts = [local("quick"), local("slow"), local("waiting")]
    found = collect(
        *hosts,
        programs=sleeping("slow"),
        jobs=2,
        stop=stop,
        watch=stop_after_the_first,
    )
    assert states(found) == {
        "quick": ("audited", None),
        "slow": INTERRUPTED,
        "waiting": INTERRUPTED,
    }
    assert all(not s.facts for s in found if s.host != "quick")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_run(number: signal.Signals) -> None:
    def send(event: Event) -> None:
        if event.kind == "started":
            signal.raise_signal(number)

    before = signal.getsignal(number)
    with stop_on_signals() as stop:
        found = collect(local("slow"), programs=sleeping("slow"), stop=stop, watch=send)
    assert states(found) == {"slow": INTERRUPTED}
    assert stop.signal == number
    assert signal.getsignal(number) == before


def test_a_keyboard_interrupt_stops_the_run_too() -> None:
    stop = Stop()
    timer = threading.Timer(0.7, _thread.interrupt_main)
    timer.start()
    found = collect(local("slow"), programs=sleeping("slow"), stop=stop)
    assert states(found) == {"slow": INTERRUPTED}
    assert stop.signal == signal.SIGINT


@pytest.mark.sshd
def test_a_jump_host_that_breaks_is_named_and_opened_once_more(
    server: Sshd, tmp_path: Path
) -> None:
    doors = Doors(forward={("10.0.0.1", 22): (server.address, server.port)})
    with fake_server(doors) as bastion:
        jump = bastion.host("bastion", password=given("right"))
        entry = server.host(address="10.0.0.1", port=22, jump="bastion")
        hosts = [replace(entry, name=f"lis-{n}") for n in range(2)]
        pins = {"bastion": bastion.pins, "lis-0": server.pins, "lis-1": server.pins}
        told = tmp_path / "told"

        def cut_once_told() -> None:
            while not told.exists():
                time.sleep(0.05)
            time.sleep(0.5)
            doors.transports[0].close()

        def programs(host: Host) -> Program:
            if host.name == "lis-1":
                return hello()
            threading.Thread(target=cut_once_told, daemon=True).start()
            return hello(f": >{told}; sleep 15")

        known = means(jump, *hosts, pins=pins)
        first, second = collect_hosts(hosts, programs, known, jobs=1)
        assert outcome(first) == ("partial", "unreachable")
        assert first.detail == "jump host bastion: its connection broke"
        assert first.facts["Hello"].status == "ok"
        assert second.facts["Who"].status == "ok"
        assert doors.connections == 2
