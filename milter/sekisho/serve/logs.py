"""Log lines on stderr as logfmt or JSON, one event a line, whatever hostile mail puts into a value.

Loggers are the standard library's; fields go in as ``extra={"fields": {...}}``. Many events at once are written by
`log_events`, with one system call.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from logging.handlers import SysLogHandler
from typing import Any, TextIO

OURS = "sekisho"
"""The program's own logger; lines of others name theirs."""


class Event(logging.LogRecord):
    """A record of something that happened a moment ago, made ready cheaply: a name, a time and fields."""

    def __init__(self, event: str, at: float, fields: Mapping[str, Any]) -> None:
        """``at`` in seconds since the epoch. What the standard record finds out about its caller is left out."""
        self.__dict__.update(_COMMON, msg=event, created=at, msecs=at % 1 * 1000, fields=fields)


_COMMON = vars(logging.LogRecord(OURS, logging.INFO, "", 0, "", (), None))
"""What all events have in common; any formatter may ask for any of it."""


class Lines(logging.StreamHandler[TextIO]):
    """Lines for a stream, of which many can be written at once."""

    def handle_all(self, records: Sequence[logging.LogRecord]) -> None:
        """Write them together; a stream that takes no more loses them."""
        lines = "".join([f"{self.format(record)}{self.terminator}" for record in records])
        self.acquire()
        try:
            self.stream.write(lines)
            self.flush()
        except Exception:
            self.handleError(records[-1])
        finally:
            self.release()


def open_log(style: str, level: str, *, syslog: bool = False) -> logging.Logger:
    """The program's logger, to stderr or to the system's log. ``style`` is ``logfmt`` or ``json``.

    What libraries warn of goes the same way, in the same form.
    """
    handler = SysLogHandler("/dev/log", SysLogHandler.LOG_MAIL) if syslog else Lines(sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else LogfmtFormatter())
    logging.getLogger().handlers[:] = [handler]
    log = logging.getLogger(OURS)
    log.handlers[:] = [handler]
    log.setLevel(level.upper())
    log.propagate = False
    return log


def log_events(log: logging.Logger, records: Sequence[logging.LogRecord]) -> None:
    """Have a logger write these, in one go where its handlers can."""
    if log.handlers and all(isinstance(handler, Lines) for handler in log.handlers):
        for handler in log.handlers:
            if isinstance(handler, Lines):
                handler.handle_all(records)
        return
    for record in records:
        log.handle(record)


def pairs(record: logging.LogRecord) -> dict[str, Any]:
    """A record's time, level, event and fields; of an exception its type, text and place, on one line."""
    fields: Mapping[str, Any] = getattr(record, "fields", {})
    row = {"ts": _stamp(record.created), "level": record.levelname.lower(), "event": record.getMessage().strip()}
    if record.name != OURS:
        row["logger"] = record.name
    row.update(fields)
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        last = traceback.extract_tb(error.__traceback__)[-1:]
        row["error"] = f"{type(error).__name__}: {error}"
        row["at"] = "".join(f"{frame.name}:{frame.lineno}" for frame in last)
    return row


class LogfmtFormatter(logging.Formatter):
    """``ts=… level=info event=message queue_id=4A… disposition=hold``."""

    def format(self, record: logging.LogRecord) -> str:
        row = pairs(record)
        texts = [value if type(value) is str else _text(value) for value in row.values()]
        # Asked of all at once: most lines have nothing in them that needs quotation marks.
        if "" in texts or not _is_plain("".join(texts)):
            texts = [text if text and _is_plain(text) else _quoted(text) for text in texts]
        return " ".join(map("=".join, zip(row, texts, strict=True)))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, ASCII only."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(pairs(record), default=str)


def _stamp(at: float) -> str:
    """A time in seconds since the epoch as ISO 8601 has it, to the millisecond."""
    second, thousandth = divmod(int(at * 1000), 1000)
    return f"{_second(second)}.{thousandth:03}+00:00"


@lru_cache(maxsize=4)
def _second(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}"


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _is_plain(text: str) -> bool:
    """Whether a value may stand without quotation marks, if it is not empty; every other blank is not printable."""
    marked = " " in text or '"' in text or "'" in text or "=" in text or "\\" in text
    return not marked and text.isprintable()


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text if text.isprintable() else "".join(map(_visible, text))}"'


def _visible(char: str) -> str:
    """Control characters, line separators, bidirectional overrides and surrogates never reach a log raw."""
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
