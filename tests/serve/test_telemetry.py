"""Every message is counted and written once, also when many are told at once and the process ends right then."""

from __future__ import annotations

import io
import logging
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, values

from sekisho.core import replies
from sekisho.core.content import Octets
from sekisho.core.decision import Decision, Disposition
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.path import parse_path
from sekisho.core.rule import Match, Mode, Policy, Rule
from sekisho.core.truth import Truth
from sekisho.policy.compiler import Compiler, Known
from sekisho.policy.conditions.counts import Size
from sekisho.records.journal import Jotted, Journal
from sekisho.records.segments import read
from sekisho.serve.logs import JsonFormatter, Lines, LogfmtFormatter
from sekisho.serve.metrics import Metrics, Tally, clear, exposition
from sekisho.serve.telemetry import Outcome, Telemetry

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MESSAGE = Transaction(
    Client(address="192.0.2.1"),
    parse_path(b"<tanaka@example.com>"),
    (parse_path(b"<a@b.example>"), parse_path(b"<c@d.example>")),
    (Field(b"Subject", b" hello\n world"),),
    Octets(b"body\r\n"),
    {"i": "4A2B"},
    NOON,
)
RULE = Rule("big", Mode.MONITOR, Size.model_validate({"size": "> 1"}).compiled(Compiler(Known())), ())


TOLD = Jotted(MESSAGE.received, "sato@example.co.jp", "x", True, 1, 5, 7, ("big",), ("a@x.example",))


def outcome(*dispositions: Disposition) -> Outcome:
    decision = Decision((Match(RULE, Truth(1)),), dispositions)
    found = (Finding("large-message", "message", 1), Finding("large-message", "message", 2))
    return Outcome(
        (), (), (), replies.ACCEPT, dispositions, decision=decision, findings=found, holds=("h1",), jotted=TOLD
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clear(tmp_path / "m")
    return tmp_path / "m"


def telemetry(folder: Path, handler: logging.Handler) -> Telemetry:
    log = logging.Logger("test", logging.INFO)
    log.addHandler(handler)
    return Telemetry(Metrics(folder, "w0"), log, Policy((RULE,)), ["large-message"], Journal(folder / "journal", "w0"))


def samples(folder: Path) -> dict[str, float]:
    lines = exposition(folder, []).decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines) if name[:1] != "#"}


def test_each_message_is_in_the_journal_with_its_disposition(folder: Path) -> None:
    told = telemetry(folder, logging.NullHandler())
    told.record(MESSAGE, outcome(Disposition.ACCEPT, Disposition.HOLD), 0.1)
    told.record(MESSAGE, outcome(Disposition.ACCEPT), 0.1)
    told.close()
    assert [(one.disposition, one.rules) for one in read(folder / "journal")] == [
        ("hold", ("big",)),
        ("accept", ("big",)),
    ]
    assert samples(folder)["sekisho_journal_dropped_total"] == 0


def test_what_the_journal_cannot_take_is_counted_and_stops_nothing(folder: Path) -> None:
    (folder / "journal").write_bytes(b"in the way")
    told = telemetry(folder, logging.NullHandler())
    told.record(MESSAGE, outcome(Disposition.ACCEPT), 0.1)
    told.record(MESSAGE, outcome(Disposition.ACCEPT), 0.1)
    told.close()
    assert samples(folder)["sekisho_journal_dropped_total"] == 2
    assert samples(folder)['sekisho_messages_total{disposition="accept"}'] == 2


def test_messages_told_at_once_are_all_counted_and_written(folder: Path) -> None:
    stream = io.StringIO()
    handler = Lines(stream)
    handler.setFormatter(LogfmtFormatter())
    told = telemetry(folder, handler)
    for seconds in (0.0004, 0.0005, 0.002, 60.0):
        told.record(MESSAGE, outcome(Disposition.ACCEPT, Disposition.HOLD), seconds)
    told.record(MESSAGE, outcome(Disposition.ACCEPT, Disposition.ACCEPT), 0.002)
    told.close()
    found = samples(folder)
    assert found['sekisho_messages_total{disposition="hold"}'] == 4
    assert found['sekisho_messages_total{disposition="accept"}'] == 1
    assert found['sekisho_recipients_total{disposition="hold"}'] == 4
    assert found['sekisho_recipients_total{disposition="accept"}'] == 6
    assert found['sekisho_findings_total{code="large-message"}'] == 5
    assert found['sekisho_rule_matches_total{mode="monitor",rule="big"}'] == 5
    assert found['sekisho_eom_duration_seconds_bucket{le="0.0005"}'] == 2
    assert found['sekisho_eom_duration_seconds_bucket{le="10.0"}'] == 4
    assert found['sekisho_eom_duration_seconds_bucket{le="+Inf"}'] == 5
    assert found["sekisho_eom_duration_seconds_sum"] == pytest.approx(60.0049)
    assert found["sekisho_message_bytes_sum"] == 5 * MESSAGE.size
    lines = stream.getvalue().splitlines()
    assert len(lines) == 5
    assert re.fullmatch(
        r"ts=20\d\d-\S+ level=info event=message queue_id=4A2B disposition=hold reply=accept client=192\.0\.2\.1 "
        r"from=<tanaka@example\.com> recipients=2 held=1 size=32 ms=0\.4 rules=big findings=large-message holds=h1",
        lines[0],
    )


def test_handlers_of_other_kinds_get_the_same_events(folder: Path) -> None:
    class Keeper(logging.Handler):
        def __init__(self) -> None:
            super().__init__()
            self.kept: list[str] = []

        def emit(self, record: logging.LogRecord) -> None:
            self.kept.append(JsonFormatter().format(record))

    keeper = Keeper()
    told = telemetry(folder, keeper)
    told.record(MESSAGE, outcome(Disposition.ACCEPT, Disposition.ACCEPT), 0.1)
    told.close()
    assert len(keeper.kept) == 1
    assert '"rules": ["big"]' in keeper.kept[0]


def test_a_stream_that_takes_nothing_costs_the_line_only(folder: Path) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    handler = Lines(Full())
    handler.setFormatter(LogfmtFormatter())
    told = telemetry(folder, handler)
    told.record(MESSAGE, outcome(Disposition.ACCEPT, Disposition.ACCEPT), 0.1)
    told.close()
    assert samples(folder)['sekisho_messages_total{disposition="accept"}'] == 1


@given(st.lists(st.floats(-1, 1e9, allow_nan=False), min_size=1, max_size=20))
def test_many_observations_are_those_of_one_after_the_other(amounts: list[float]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "ValueClass", values.MutexValue)
        registry = CollectorRegistry()
        one, many = (Tally(name, "t", buckets=(0.5, 1, 2.5), registry=registry) for name in ("one", "many"))
    for amount in amounts:
        one.observe(amount)
    many.observe_all(amounts)
    for suffix, labels in (("sum", {}), *(("bucket", {"le": le}) for le in ("0.5", "1.0", "2.5", "+Inf"))):
        expected = registry.get_sample_value(f"one_{suffix}", labels)
        assert registry.get_sample_value(f"many_{suffix}", labels) == pytest.approx(expected)
