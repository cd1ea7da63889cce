"""A run as a SARIF 2.1.0 log (OASIS Standard, errata 01): one run, one tool.

The tool's execution is what is called successful or not, never the hosts: what was not
evaluated is a result of kind `open`, and a notification by host and reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from auditor.model.findings import Reason
from auditor.model.run import Bucket, FindingRecord, RunInfo
from auditor.report.formats import Material
from auditor.report.sarif.baseline import Baseline, baseline_of, guid, told
from auditor.report.sarif.results import Bases, base_uri, message, result
from auditor.report.sarif.rules import Taxonomies, rules, taxonomies_of
from auditor.report.text.labels import LOCALES
from auditor.report.text.sentences import plain
from auditor.report.view import View, view_of

Json = dict[str, Any]

#: Exit codes of a run that did all it was asked to.
COMPLETE = (0, 1)

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)


def sarif_log(
    material: Material, buckets: Collection[Bucket], *, absent: bool
) -> bytes:
    """The log with the findings that are in one of these buckets.

    `absent` tells whether what was corrected since the last audit has its results too.
    """
    view = view_of(material)
    run = _run(view, buckets, absent=absent)
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.encode(log) + b"\n"


def _run(view: View, buckets: Collection[Bucket], *, absent: bool) -> Json:
    info = view.run.run
    bases = Bases.of(view.judged.hosts)
    texts = taxonomies_of(view)
    found = list(told(view.judged))
    shown = [one for one in found if one.bucket in buckets]
    left = Counter(one.bucket for one in found if one.bucket not in buckets)
    baseline = baseline_of(view, buckets)
    return {
        "tool": {"driver": _driver(view, texts)},
        "language": _language(view),
        "columnKind": "unicodeCodePoints",
        # Readers take what stands before the last slash for the kind of analysis, whose
        # earlier results these replace.
        "automationDetails": {"id": f"auditor/{info.id}", "guid": guid(info)},
        **({"baselineGuid": baseline.guid} if baseline else {}),
        "invocations": [_invocation(view)],
        "originalUriBaseIds": {
            bases.ids[host]: {"uri": base_uri(host)} for host in view.judged.hosts
        },
        "taxonomies": texts.components(view, _language(view)),
        "results": list(_results(view, bases, shown, baseline, absent=absent)),
        "properties": _figures(view, left),
    }


def _results(
    view: View,
    bases: Bases,
    shown: list[FindingRecord],
    baseline: Baseline | None,
    *,
    absent: bool,
) -> Iterator[Json]:
    number = {check: at for at, check in enumerate(view.judged.checks)}
    for one in shown:
        state = {"baselineState": baseline.state(one)} if baseline else {}
        yield result(view, bases, number[one.check], one) | state
    for one in baseline.absent(shown) if baseline and absent else ():
        state = {"baselineState": "absent"}
        yield result(view, bases, number[one.check], one) | state


def _language(view: View) -> str:
    return LOCALES[view.labels.language].replace("_", "-")


def _driver(view: View, texts: Taxonomies) -> Json:
    info = view.run.run
    return {
        "name": "auditor",
        "version": info.tool,
        "language": _language(view),
        "rules": rules(view, texts),
        "supportedTaxonomies": [
            {"name": name, "index": at} for at, name in enumerate(texts.taxa)
        ],
        "properties": {
            "rulesSha256": info.rules_sha256,
            "profile": info.profile,
            "profileSha256": info.profile_sha256,
        },
    }


def _invocation(view: View) -> Json:
    info = view.run.run
    return {
        "executionSuccessful": info.exit_code in COMPLETE,
        "exitCode": info.exit_code,
        "startTimeUtc": _utc(info.started),
        "endTimeUtc": _utc(info.ended),
        "toolExecutionNotifications": list(_notifications(view)),
    }


def _utc(instant: datetime) -> str:
    moment = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _notifications(view: View) -> Iterator[Json]:
    """Why checks of a host were not evaluated: one for each host and reason."""
    for host in view.judged.hosts.values():
        unknown = [
            view.judged.reason(check, host.name) or Reason.MISSING
            for check, bucket in view.judged.of_host(host.name).items()
            if bucket is Bucket.UNKNOWN
        ]
        for reason, pairs in Counter(unknown).items():
            whole = reason is host.reason
            said = [view.labels(f"reason.{reason}"), view.labels.count("pairs", pairs)]
            if whole and host.detail:
                said.append(plain(view.speaker.detail(host.detail)))
            yield {
                "descriptor": {"id": reason},
                "level": "error" if whole else "warning",
                "message": message(view.labels("semicolon").join([host.name, *said])),
                "locations": [
                    {
                        "logicalLocations": [
                            {"fullyQualifiedName": host.name, "kind": "resource"}
                        ]
                    }
                ],
            }


def _figures(view: View, left: Counter[Bucket]) -> Json:
    """Sums of (check, host) pairs; only `resultsLeftOut` counts results."""
    info: RunInfo = view.run.run
    counts = view.judged.counts()
    score: Json = {}
    if info.score:
        score = {
            "score": info.score.value,
            "scoreWithoutWaived": info.score.without_waived,
        }
    return {
        "level": info.level,
        "client": info.client,
        "auditor": info.auditor,
        "asOf": _utc(info.as_of),
        "hosts": len(view.judged.hosts),
        "checks": len(view.judged.checks),
        "totals": {bucket.value: counts[bucket] for bucket in Bucket},
        "coverage": info.coverage.share,
        **score,
        "resultsLeftOut": {b.value: left[b] for b in Bucket if left[b]},
    }
