"""Waiting for the alert of a drill."""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct

from auditor.drill.matching import Wanted
from auditor.drill.sinks import Sink, SinkTroubleError
from auditor.model.drill import Known, Outcome

#: Seconds after which a wish to stop is heard.
_HEARD_WITHIN = 0.2


class Waited(Struct, frozen=True):
    """How the waiting ended; the fields as of `Drill`."""

    outcome: Outcome
    matched: Known | None = None
    seconds: float | None = None
    others: int = 0
    detail: str = ""


def wait_for(
    sink: Sink,
    wanted: Wanted,
    started: float,
    timeout: float,
    stopped: Callable[[], bool],
) -> Waited:
    """Look until the alert is there, `timeout` seconds after `started` (monotonic).

    A last look is taken when the time is over. Nobody counts as untold when that one
    failed: then nobody can say.
    """
    end, others, trouble = started + timeout, 0, ""
    while True:
        last = time.monotonic() >= end
        try:
            alerts, trouble = sink.arrived(), ""
        except SinkTroubleError as error:
            alerts, trouble = (), str(error)
        for alert in alerts:
            known = wanted.known_by(alert)
            if known is not None:
                seconds = round(time.monotonic() - started, 1)
                return Waited("told", known, seconds, others)
            others += 1
        if stopped():
            return Waited("interrupted", others=others)
        if last:
            outcome: Outcome = "sink_lost" if trouble else "untold"
            return Waited(outcome, others=others, detail=trouble)
        _pause(min(sink.period, end - time.monotonic()), stopped)


def _pause(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not stopped():
        time.sleep(min(left, _HEARD_WITHIN))
