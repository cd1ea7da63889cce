"""`-f openmetrics`: the run's figures for monitoring (OpenMetrics 1.0).

All are gauges without a time of their own, as node_exporter's textfile collector takes
them; who watches sees by `auditor_run_started_timestamp_seconds` that audits stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from auditor.model.run import Bucket, HostInfo, Run
from auditor.model.snapshot import HostState
from auditor.report.formats import Material
from auditor.report.judged import SEVERITIES, Judged, judge


def write(material: Material) -> bytes:
    """UTF-8, one line a value, `# EOF` last; names in docs/formats.md."""
    registry = CollectorRegistry()
    registry.register(_Figures(material.run))
    made: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return made


class _Figures(Collector):
    """The figures of one run, as the library asks for them."""

    def __init__(self, run: Run) -> None:
        self.judged = judge(run)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every family of values, the run's before those of each host."""
        yield from _of_run(self.judged.run)
        yield from _of_pairs(self.judged)
        yield from _of_hosts(self.judged)


def _of_run(run: Run) -> Iterator[GaugeMetricFamily]:
    info = run.run
    about = GaugeMetricFamily(
        "auditor_run", "The last audit.", labels=["run", "client", "tool", "level"]
    )
    about.add_metric([info.id, info.client, info.tool, info.level], 1)
    yield about
    figures = (
        ("started_timestamp_seconds", "When it began.", info.started.timestamp()),
        ("ended_timestamp_seconds", "When it ended.", info.ended.timestamp()),
        ("exit_code", "0 nothing to fix, 1 findings, 3 incomplete.", info.exit_code),
        ("coverage_ratio", "Share of the weight evaluated.", info.coverage.share),
    )
    for name, what, value in figures:
        yield GaugeMetricFamily(f"auditor_run_{name}", what, value=value)
    if info.score is not None:
        score = info.score.value
        yield GaugeMetricFamily("auditor_run_score", "Out of 100.", value=score)


def _of_pairs(judged: Judged) -> Iterator[GaugeMetricFamily]:
    pairs = GaugeMetricFamily(
        "auditor_pairs",
        "Checks x hosts by what they came to; the buckets add up to all.",
        labels=["bucket"],
    )
    counted = judged.counts()
    for bucket in Bucket:
        pairs.add_metric([bucket], counted[bucket])
    yield pairs
    gaps = GaugeMetricFamily(
        "auditor_gaps", "Checks x hosts that fail, by severity.", labels=["severity"]
    )
    failing = (pair for pair, found in judged.buckets.items() if found is Bucket.FAIL)
    graves = Counter(judged.severity(check, [host]) for check, host in failing)
    for severity in SEVERITIES:
        gaps.add_metric([severity], graves[severity])
    yield gaps


def _of_hosts(judged: Judged) -> Iterator[GaugeMetricFamily]:
    audited = _by_host("audited", "1 audited whole, 0 not or in part.")
    coverage = _by_host("coverage_ratio", "Share of the weight evaluated.")
    score = _by_host("score", "Out of 100.")
    pairs = _by_host("pairs", "Checks by what they came to on the host.", "bucket")
    for host in judged.hosts.values():
        audited.add_metric(_labels(host), host.state is HostState.AUDITED)
        coverage.add_metric(_labels(host), host.coverage.share)
        if host.score is not None:
            score.add_metric(_labels(host), host.score.value)
        counted = Counter(judged.of_host(host.name).values())
        for bucket in Bucket:
            pairs.add_metric([*_labels(host), bucket], counted[bucket])
    yield from (audited, coverage, score, pairs)


def _by_host(name: str, what: str, *more: str) -> GaugeMetricFamily:
    labels = ["host", "group", *more]
    return GaugeMetricFamily(f"auditor_host_{name}", what, labels=labels)


def _labels(host: HostInfo) -> list[str]:
    return [host.name, host.group or ""]
