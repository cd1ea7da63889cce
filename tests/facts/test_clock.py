"""What chrony and systemd say of the clock."""

from __future__ import annotations

from auditor.facts.clock import Clock
from auditor.model.sources import parse_body


def test_chrony_tells_what_it_follows_and_over_how_many_servers() -> None:
    text = (
        "ok\tcommand\tchronyc -h 127.0.0.1 -n tracking\t0\n"
        " 1\tReference ID    : C0000209 (192.0.2.9)\n 2\tStratum         : 3\n"
        " 3\tRef time (UTC)  : Wed Nov 25 14:35:58 2026\n"
    )
    clock = Clock.parse(parse_body("Clock", text))
    assert clock.reference is not None
    assert clock.stratum is not None
    assert (clock.reference.value, clock.stratum.value) == ("C0000209 (192.0.2.9)", 3)


def test_systemd_tells_whether_the_kernel_counts_the_clock_as_right() -> None:
    text = "ok\tcommand\ttimedatectl show\t0\n 1\tNTP=yes\n 2\tNTPSynchronized=no\n"
    flag = Clock.parse(parse_body("Clock", text)).synchronised
    assert flag is not None
    assert (flag.value, flag.line) == ("no", 2)


def test_marks_of_a_container_count_only_where_they_are() -> None:
    absent = "absent\tfile\t/.dockerenv\t-\n"
    present = "ok\tfile\t/run/systemd/container\t-\n 1\tpresent\n"
    none = Clock.parse(parse_body("Clock", absent)).container
    one = Clock.parse(parse_body("Clock", absent + present)).container
    assert (none, one and one.value) == (None, "/run/systemd/container")
