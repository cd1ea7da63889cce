"""Until an alert is there, the time is over, or somebody stops it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from auditor.drill.matching import Alert, Wanted
from auditor.drill.sinks import SinkTroubleError
from auditor.drill.waiting import Waited, wait_for

OURS = Alert("drill-1a2b3c4d")
OTHER = Alert("something else")
WANTED = Wanted("drill-1a2b3c4d", ("lis",), ("192.0.2.1",), datetime.now(UTC))


class Scripted:
    """A sink whose looks are given; the last one repeats."""

    period = 0.01

    def __init__(self, *looks: Sequence[Alert] | str) -> None:
        self.looks = list(looks)

    def arrived(self) -> Sequence[Alert]:
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, str):
            raise SinkTroubleError(look)
        return look


def waited(sink: Scripted, timeout: float = 0.1, *, stopped: bool = False) -> Waited:
    return wait_for(sink, WANTED, time.monotonic(), timeout, lambda: stopped)


def test_the_first_alert_of_the_drill_ends_it() -> None:
    found = waited(Scripted([OTHER], [OTHER, OURS, OURS]), 60)
    assert (found.outcome, found.matched, found.others) == ("told", "marker", 2)


def test_silence_ends_with_the_time() -> None:
    assert waited(Scripted([OTHER], [])) == Waited("untold", others=1)


def test_an_alert_at_the_last_look_counts() -> None:
    assert waited(Scripted([OURS]), 0).outcome == "told"


def test_a_sink_that_is_back_in_time_counts() -> None:
    assert waited(Scripted("gone", "gone", [OURS]), 60).outcome == "told"
    assert waited(Scripted("gone", []), 0.1).outcome == "untold"


def test_nobody_is_accused_when_the_sink_can_not_be_read_at_the_end() -> None:
    found = waited(Scripted([OTHER], "gone"))
    assert found == Waited("sink_lost", others=1, detail="gone")


def test_it_can_be_stopped() -> None:
    assert waited(Scripted([]), 60, stopped=True) == Waited("interrupted")
