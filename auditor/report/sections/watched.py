"""Waivers and attestations that somebody has to look at, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from auditor.model.manifests import EntryState
from auditor.model.run import AttestationInfo, WaiverInfo
from auditor.report.view import View

#: In this order, the gravest first; a key of `watched.line` in the labels each.
CONTRADICTED, DOCUMENT, EXPIRED, UNUSED, ENDING = WHYS = (
    "contradicted",
    "document",
    "expired",
    "unused",
    "ending",
)
_COUNTS = (EntryState.VALID, EntryState.ENDING)


class Watched(Struct, frozen=True):
    """A waiver (`check` is its check) or an attestation, and why it is named.

    `title` says which check, or what is attested; `by` who accepted or signed it.
    """

    check: str
    title: str
    hosts: tuple[str, ...]
    by: str
    until: date
    why: str
    said: str


def watched(view: View) -> list[Watched]:
    """What concerns a host of the view: the gravest first, then the first to end.

    An entry that a later one renews, for all of its hosts, is not named.
    """
    found = [*_waivers(view), *_attestations(view)]
    return sorted(found, key=lambda one: (WHYS.index(one.why), one.until, one.title))


def counted(view: View) -> list[str]:
    """`2 end within 30 days`, for each reason that there is."""
    counts = Counter(one.why for one in watched(view))
    return [
        view.labels.count(f"watched.line.{why}", counts[why])
        for why in WHYS
        if counts[why]
    ]


def _waivers(view: View) -> Iterator[Watched]:
    entries = view.run.waivers
    for one in entries:
        hosts = _here(view, one.hosts)
        why = _why_waiver(one)
        if why and hosts and one.check in view.judged.checks:
            if any(_renews(other, one) for other in entries):
                continue
            title, by = view.title(one.check), one.accepted_by
            said = {
                EXPIRED: view.labels.count("watched.expired_waiver", one.matched),
                UNUSED: view.labels("watched.unused"),
                ENDING: _ends(view, one.until),
            }[why]
            yield Watched(one.check, title, hosts, by, one.until, why, said)


def _why_waiver(one: WaiverInfo) -> str:
    if one.state is EntryState.EXPIRED:
        return EXPIRED if one.matched else ""
    if one.unused:
        return UNUSED
    return ENDING if one.state is EntryState.ENDING else ""


def _renews(other: WaiverInfo, one: WaiverInfo) -> bool:
    return (
        other.check == one.check
        and other.until > one.until
        and other.state in _COUNTS
        and set(one.hosts) <= set(other.hosts)
        and one.subjects != ()  # of a run that was handed over
        and set(one.subjects) <= set(other.subjects)
    )


def _attestations(view: View) -> Iterator[Watched]:
    entries = view.run.attestations
    for one in entries:
        hosts = _here(view, one.hosts)
        why = _why_attestation(one)
        if why and hosts and not any(_replaces(other, one) for other in entries):
            title = view.labels.word(f"attestation.{one.subject}", one.subject)
            by, until = one.signed_by, one.valid_until
            against = one.contradicted
            said = {
                CONTRADICTED: view.labels.count("watched.contradicted", against),
                EXPIRED: view.labels("watched.expired_attestation"),
                DOCUMENT: view.labels("watched.document"),
                ENDING: _ends(view, until),
            }[why]
            yield Watched("", title, hosts, by, until, why, said)


def _why_attestation(one: AttestationInfo) -> str:
    if one.contradicted:
        return CONTRADICTED
    if one.state is EntryState.EXPIRED:
        return EXPIRED
    if one.fault is not None:
        return DOCUMENT
    return ENDING if one.state is EntryState.ENDING else ""


def _replaces(other: AttestationInfo, one: AttestationInfo) -> bool:
    return (
        not one.contradicted
        and other.subject == one.subject
        and other.valid_until > one.valid_until
        and other.state in _COUNTS
        and other.fault is None
        and set(one.hosts) <= set(other.hosts)
    )


def _here(view: View, hosts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(host for host in hosts if host in view.judged.hosts)


def _ends(view: View, until: date) -> str:
    labels = view.labels
    left = (until - labels.local(view.run.run.as_of).date()).days
    return (
        labels.count("watched.ending", left) if left else labels("watched.ends_today")
    )
