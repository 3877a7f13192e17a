"""A log line is one line that reads back, whatever hostile mail puts into it."""

from __future__ import annotations

import json
import logging
import shlex
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.serve.logs import Event, JsonFormatter, LogfmtFormatter, open_log


def record(fields: dict[str, object], error: BaseException | None = None) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("sekisho", logging.INFO, "", 0, "message", (), info)
    made.fields = fields
    return made


@given(st.text(st.characters(), max_size=30))
def test_a_value_never_breaks_the_line_and_stays_readable(value: str) -> None:
    line = LogfmtFormatter().format(record({"from": value, "rules": ["a", "b"]}))
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert shlex.split(line)[-1] == "rules=a,b"
    assert len(shlex.split(line)) == 5


@given(st.text(max_size=30))
def test_json_reads_back(value: str) -> None:
    line = JsonFormatter().format(record({"from": value}))
    assert json.loads(line)["from"] == value
    assert "\n" not in line


@given(st.floats(0, 4e9), st.dictionaries(st.sampled_from("abc"), st.text(max_size=20) | st.integers() | st.floats()))
def test_an_event_is_a_line_like_any_other_record_with_its_time(at: float, fields: dict[str, object]) -> None:
    usual = record(fields)
    usual.created = at
    for formatter in (LogfmtFormatter(), JsonFormatter()):
        assert formatter.format(Event("message", at, fields)) == formatter.format(usual)
    stamp = json.loads(JsonFormatter().format(usual))["ts"]
    assert abs(datetime.fromisoformat(stamp).timestamp() - at) < 0.0011
    assert len(stamp) == len("2026-11-28T08:15:00.000+00:00")


def test_only_a_value_that_needs_it_is_quoted() -> None:
    fields: dict[str, object] = {"from": "<a@b.example>", "subject": "a b", "none": "", "ms": 1.5, "holds": ("x", "y")}
    line = LogfmtFormatter().format(record(fields))
    assert line.endswith('event=message from=<a@b.example> subject="a b" none="" ms=1.5 holds=x,y')
    line = LogfmtFormatter().format(record({"from": "<a@b.example>", "rules": ["r"]}))
    assert line.endswith("level=info event=message from=<a@b.example> rules=r")


def test_an_exception_is_named_on_the_same_line() -> None:
    with pytest.raises(ValueError, match="odd") as caught:
        raise ValueError("odd\nthing")
    line = LogfmtFormatter().format(record({}, caught.value))
    assert 'error="ValueError: odd\\nthing"' in line
    assert "\n" not in line


def test_what_a_library_warns_of_is_a_line_like_ours(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(logging.getLogger("sekisho"), "handlers", [])
    open_log("logfmt", "info")
    try:
        raise OSError("server closed\nthe connection")
    except OSError:
        logging.getLogger("library.pool").exception("Error closing cursor")
    logging.getLogger("library.pool").info("nobody asked")
    (line,) = capsys.readouterr().err.splitlines()
    assert shlex.split(line)[1:4] == ["level=error", "event=Error closing cursor", "logger=library.pool"]
    assert 'error="OSError: server closed\\nthe connection"' in line


def test_an_event_can_be_written_by_any_formatter() -> None:
    style = "%(name)s %(levelname)s %(asctime)s %(msecs)03d %(filename)s %(lineno)d %(process)d %(message)s"
    assert logging.Formatter(style).format(Event("message", 1.25, {})).startswith("sekisho INFO ")
