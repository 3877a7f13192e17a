"""A log line is one line that reads back, whatever hostile mail puts into it."""

from __future__ import annotations

import json
import logging
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.serve.logs import JsonFormatter, LogfmtFormatter, open_log


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
