"""Waivers and attestations that end soon, or have ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from auditor.alerting.record import Item, What, key_of
from auditor.model.manifests import Attestation, Manifests, Waiver
from auditor.model.run import Run


def ends_of(manifests: Manifests, run: Run, within: int) -> Iterator[Item]:
    """One item for each that ends within so many days, and for each that has ended.

    Days are those of the engagement, the last one inclusive. What another entry
    renews, or covers no host of the run, is left out.
    """
    info = run.run
    today = info.as_of.astimezone(ZoneInfo(info.timezone)).date()
    for waiver in manifests.waivers.entries:
        end = _end(waiver.until, today, within)
        hosts = _hosts(run, waiver)
        if end and hosts and not _waived_longer(waiver, manifests, today):
            about = waiver.check, waiver.hosts, waiver.subjects, waiver.until
            yield Item(
                what=end,
                key=key_of(end, "waiver", *about),
                run=info.id,
                since=info.started,
                check=waiver.check,
                hosts=hosts,
                until=waiver.until,
            )
    for said in manifests.attestations.entries:
        end = _end(said.valid_until, today, within)
        hosts = _hosts(run, said)
        if end and hosts and not _said_again(said, manifests, today):
            of_it = said.subject, said.scope, said.valid_until
            yield Item(
                what=end,
                key=key_of(end, "attestation", *of_it),
                run=info.id,
                since=info.started,
                subject=said.subject,
                hosts=hosts,
                until=said.valid_until,
            )


def _end(last: date, today: date, within: int) -> What | None:
    if last < today:
        return What.ENDED
    return What.ENDING if last - today <= timedelta(days=within) else None


def _hosts(run: Run, entry: Waiver | Attestation) -> tuple[str, ...]:
    return tuple(host.name for host in run.hosts if entry.covers(host.name))


def _waived_longer(one: Waiver, manifests: Manifests, today: date) -> bool:
    return any(
        (other.check, other.hosts, other.subjects)
        == (one.check, one.hosts, one.subjects)
        and other.valid_on(today)
        and other.until > one.until
        for other in manifests.waivers.entries
    )


def _said_again(one: Attestation, manifests: Manifests, today: date) -> bool:
    return any(
        (other.subject, other.scope) == (one.subject, one.scope)
        and other.valid_on(today)
        and other.valid_until > one.valid_until
        for other in manifests.attestations.entries
    )
