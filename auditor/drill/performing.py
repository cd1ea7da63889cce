"""A drill from the first look at the sink to its result."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from auditor import __version__
from auditor.collect.failed_login import FailedLogin, account_name, fail_login
from auditor.collect.visiting import Means
from auditor.drill.matching import Wanted, names_of
from auditor.drill.opening import opened, place_of
from auditor.drill.waiting import Waited, wait_for
from auditor.model.drill import Drill
from auditor.model.host import AlertPath, Host


class Drilling(Struct, frozen=True):
    """What a drill takes: who makes it, on which host, and where its alert arrives."""

    auditor: str
    host: Host
    path: AlertPath
    means: Means


def perform(drilling: Drilling, stopped: Callable[[], bool]) -> Drill:
    """Watch the sink, then fail to log in, then wait.

    Raises SinkTroubleError when the sink can't be watched: no login was made then.
    """
    account, host, path = account_name(), drilling.host, drilling.path
    with opened(path, drilling.means.secret) as sink:
        event = fail_login(host, drilling.means, account)
        if isinstance(event, str):
            return _result(drilling, account, None, Waited("no_event", detail=event))
        sources = path.seen_as or event.sources
        names = names_of(host.name, host.address)
        wanted = Wanted(account, names, sources, event.at, path.match)
        waited = wait_for(sink, wanted, event.started, path.timeout, stopped)
    return _result(drilling, account, event, waited)


def _result(
    drilling: Drilling, account: str, event: FailedLogin | None, waited: Waited
) -> Drill:
    path = drilling.path
    return Drill(
        tool=__version__,
        auditor=drilling.auditor,
        host=drilling.host.name,
        account=account,
        sources=path.seen_as or (event.sources if event else ()),
        at=event.at if event else None,
        sink=place_of(path),
        match=path.match,
        timeout=path.timeout,
        outcome=waited.outcome,
        matched=waited.matched,
        seconds=waited.seconds,
        others=waited.others,
        detail=waited.detail,
    )
