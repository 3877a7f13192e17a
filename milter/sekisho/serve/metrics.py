"""The metrics of DESIGN section 7, counted by many processes and read as one.

Each process keeps its numbers in memory-mapped files of one folder, named after its *slot*: a worker that takes over a
dead one's slot goes on counting where it stopped, so no counter goes backwards, and two living processes never share a
slot. Gauges of what is held are read from the store when Prometheus asks, never kept here.

The files are allocated in full when a slot is taken: writing to a hole of a mapped file on a full disk would kill the
process, and a full disk must not stop clean mail.
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_left
from collections import Counter as Counts
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import mkdtemp

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values
from prometheus_client.core import GaugeMetricFamily, Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The client library reads the folder from this environment variable, and only from it."""

Family = Metric
"""A metric with its samples, read when Prometheus asks."""

DISPOSITIONS = ("accept", "hold", "reject", "tempfail")
_SLOT_BYTES = 1 << 20
_EOM_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SIZE_BUCKETS = (1e3, 4e3, 16e3, 64e3, 256e3, 1e6, 4e6, 16e6, 64e6)
_AGE_BUCKETS = (1, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400, 604800)


def clear(folder: Path) -> None:
    """Start anew: forget the numbers of an earlier run. To be called once, before any slot is taken.

    ``folder`` is a link to a folder of this run alone. Children of a killed supervisor may still be counting in
    the old one: they share no slot with anybody of this run, and what they hold open vanishes with them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    fresh.chmod(0o750)
    link = fresh.with_suffix(fresh.suffix + ".link")
    link.symlink_to(fresh.name)
    link.replace(folder)
    for old in folder.parent.glob(f"{folder.name}.*"):
        if old != fresh:
            shutil.rmtree(old, ignore_errors=True)


class Tally(Histogram):
    """A histogram that takes many observations at once; without labels."""

    def observe_all(self, amounts: Sequence[float]) -> None:
        """The same as to observe each of them."""
        self._sum.inc(sum(amounts))
        places = Counts([bisect_left(self._upper_bounds, amount) for amount in amounts])
        for place, number in places.items():
            self._buckets[place].inc(number)


PURGED = ("bodies", "octets", "records", "notices")


class Metrics:
    """Every metric of one process. ``slot`` is unique among living processes: ``w0``, ``release``, ``supervisor``."""

    def __init__(self, folder: Path, slot: str) -> None:
        os.environ[FOLDER] = str(folder)
        _allocate(folder, slot)
        values.ValueClass = values.MultiProcessValue(process_identifier=lambda: slot)  # type: ignore[no-untyped-call]
        registry = self.registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"sekisho_{name}", text, labels, registry=registry)

        def histogram(name: str, text: str, buckets: Iterable[float], *labels: str) -> Tally:
            return Tally(f"sekisho_{name}", text, labels, buckets=tuple(buckets), registry=registry)

        self.messages = counter("messages_total", "Messages, by the strictest disposition", "disposition")
        self.recipients = counter("recipients_total", "Recipients, by disposition", "disposition")
        self.findings = counter("findings_total", "Findings, by code", "code")
        self.rule_matches = counter("rule_matches_total", "Messages that a rule matched, by mode", "rule", "mode")
        self.uninspected = counter("uninspected_total", "Messages that went by without a check", "reason")
        self.errors = counter("errors_total", "Unexpected failures, by stage", "stage")
        self.journal_dropped = counter("journal_dropped_total", "Messages that the journal could not take")
        self.repeats = counter("repeats_total", "Messages offered again that found their hold")
        self.eom_duration = histogram("eom_duration_seconds", "From end-of-message to its reply", _EOM_BUCKETS)
        self.message_bytes = histogram("message_bytes", "Size of messages", _SIZE_BUCKETS)
        self.outcomes = counter("outcomes_total", "Holds that ended, and messages that came again", "outcome")
        self.decision_seconds = histogram("decision_seconds", "From deposit to decision", _AGE_BUCKETS, "kind")
        self.releases = counter("releases_total", "Re-injections, by outcome for a recipient", "outcome")
        self.release_lag = histogram("release_lag_seconds", "From decision to acceptance by the MTA", _AGE_BUCKETS)
        self.notices = counter("notices_total", "Notices, by kind and outcome", "kind", "outcome")
        self.purged = counter(
            "purged_total", "What went when its time was over: bodies, octets, records, notices", "what"
        )
        self.links = counter("links_total", "Visits by links in notices, by outcome", "outcome", "why")

    def start_at_zero(self, rules: Iterable[tuple[str, str]], codes: Iterable[str]) -> None:
        """Create the children whose labels are known, so that rates are right from the first event."""
        for disposition in DISPOSITIONS:
            self.messages.labels(disposition)
            self.recipients.labels(disposition)
        for rule, mode in rules:
            self.rule_matches.labels(rule, mode)
        for code in codes:
            self.findings.labels(code)
        for stage in ("collect", "handle", "store", "apply", "loop"):
            self.errors.labels(stage)
        for outcome in ("sent", "deferred", "bounced"):
            self.releases.labels(outcome)
        for what in PURGED:
            self.purged.labels(what)


class SupervisorMetrics:
    """Gauges that only the supervisor knows; it alone writes them."""

    def __init__(self, folder: Path) -> None:
        os.environ[FOLDER] = str(folder)
        _allocate(folder, "supervisor")
        values.ValueClass = values.MultiProcessValue(process_identifier=lambda: "supervisor")  # type: ignore[no-untyped-call]
        registry = CollectorRegistry()

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"sekisho_{name}", text, labels, registry=registry, multiprocess_mode="mostrecent")

        self.workers = gauge("workers", "Milter workers, by state", "state")
        self.policy_loaded = gauge("policy_loaded_timestamp_seconds", "When the policy in force was loaded")
        self.reload_success = gauge("policy_reload_success", "Whether the last load of the policy succeeded")
        self.build_info = gauge("build_info", "Version of Sekisho, always 1", "version")


def exposition(folder: Path, gauges: Iterable[Family]) -> bytes:
    """All processes' numbers, and the gauges given, in Prometheus's text format."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    registry.register(_Given(gauges))
    return generate_latest(registry)


def rule_matches(folder: Path) -> dict[str, dict[str, int]]:
    """How many messages each rule has matched since the daemon started, by mode: what ``monitor`` would have done."""
    if not folder.is_dir():
        return {}
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    samples = (sample for family in registry.collect() for sample in family.samples)
    found: dict[str, dict[str, int]] = {}
    for sample in samples:
        if sample.name == "sekisho_rule_matches_total":
            found.setdefault(sample.labels["rule"], {})[sample.labels["mode"]] = int(sample.value)
    return found


def gauge_family(name: str, text: str, label: str, samples: dict[str, float]) -> Family:
    """A gauge with one label, from a mapping of its values."""
    family = GaugeMetricFamily(f"sekisho_{name}", text, labels=[label])
    for value, number in samples.items():
        family.add_metric([value], number)
    return family


def single_gauge(name: str, text: str, number: float) -> Family:
    """A gauge without labels."""
    return GaugeMetricFamily(f"sekisho_{name}", text, value=number)


class _Given:
    """A collector of families that were computed already."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = tuple(families)

    def collect(self) -> Iterable[Family]:
        return self._families


def _allocate(folder: Path, slot: str) -> None:
    for kind in ("counter", "histogram", "gauge_mostrecent"):
        with (folder / f"{kind}_{slot}.db").open("ab") as file:
            os.posix_fallocate(file.fileno(), 0, _SLOT_BYTES)
