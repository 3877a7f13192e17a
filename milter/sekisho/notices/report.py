"""The machine's part of a delivery status notification: ``message/delivery-status`` (RFC 3464, RFC 6533).

Given the facts, gives the entity: a group of fields for the message, one for each recipient who asked, or did not
forbid, to have failures reported (RFC 3461 4.1). All values are ASCII; addresses that are not are written as
``utf-8`` addresses with their characters escaped.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from sekisho.core.domains import normal_domain
from sekisho.core.oneline import one_line
from sekisho.notices.facts import Failure, HoldFacts
from sekisho.notices.mime import field

_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_STATUS = re.compile(r"5\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")
_UNSAFE = re.compile(r"[^\x20-\x7e]")
_QCHAR = re.compile(r"[^\x21-\x2a\x2c-\x3c\x3e-\x5b\x5d-\x7e]")
_LONGEST = 400
_BY_POLICY = "5.7.1"
_UNKNOWN = "5.0.0"


def reportable(facts: HoldFacts) -> tuple[Failure, ...]:
    """The failures that may be reported: NOTIFY is absent or names FAILURE."""
    return tuple(failure for failure in facts.failures if _wants_report(failure))


def status_entity(kind: str, facts: HoldFacts, reporter: str, now: datetime) -> bytes:
    """The part for a notice of ``kind`` (``refused`` or ``undeliverable``); ``reporter``: our MTA's name."""
    groups = [_message_group(facts, reporter), *(_group(kind, failure, now) for failure in reportable(facts))]
    return field("Content-Type", "message/delivery-status") + b"\r\n" + b"\r\n".join(groups)


def _wants_report(failure: Failure) -> bool:
    notify = _param(failure, "NOTIFY")
    return not notify or "FAILURE" in notify.upper().split(",")


def _message_group(facts: HoldFacts, reporter: str) -> bytes:
    envelope_id = field("Original-Envelope-Id", _ascii(_decoded(facts.envelope_id))) if facts.envelope_id else b""
    reporting = field("Reporting-MTA", f"dns; {_ascii(normal_domain(reporter))}")
    return envelope_id + reporting + field("Arrival-Date", format_datetime(facts.received))


def _group(kind: str, failure: Failure, now: datetime) -> bytes:
    original = _original(_param(failure, "ORCPT"))
    fields = [
        field("Original-Recipient", original) if original else b"",
        field("Final-Recipient", _typed(failure.recipient)),
        field("Action", "failed"),
        field("Status", _status(kind, failure)),
        field("Diagnostic-Code", _diagnostic(failure)) if failure.code or failure.text else b"",
        field("Last-Attempt-Date", format_datetime(now)),
    ]
    return b"".join(fields)


def _param(failure: Failure, name: str) -> str:
    found = (param.partition("=")[2] for param in failure.params if param.upper().startswith(f"{name}="))
    return next(found, "")


def _original(orcpt: str) -> str:
    """``rfc822;b+40c.example`` to ``rfc822; b@c.example``; other types stay as they are (RFC 3461 4.2)."""
    kind, semicolon, address = orcpt.partition(";")
    if not semicolon:
        return ""
    shown = _decoded(address) if kind.lower() == "rfc822" else address
    return f"{_ascii(kind)}; {_ascii(shown)}"


def _typed(address: str) -> str:
    """An address with its type; escapes as ``utf-8-addr-xtext`` (RFC 6533 3)."""
    if address.isascii():
        return f"rfc822; {_ascii(address)}"
    escaped = _QCHAR.sub(lambda found: f"\\x{{{ord(found[0]):X}}}", address[:_LONGEST])
    return f"utf-8; {escaped}"


def _status(kind: str, failure: Failure) -> str:
    found = _STATUS.match(failure.text)
    if found:
        return found[0]
    return _BY_POLICY if kind == "refused" else _UNKNOWN


def _diagnostic(failure: Failure) -> str:
    if failure.code:
        return f"smtp; {failure.code} {_ascii(failure.text)}"
    return f"X-Sekisho; {_ascii(failure.text)}"


def _decoded(xtext: str) -> str:
    return _XTEXT.sub(lambda found: chr(int(found[1], 16)), xtext)


def _ascii(text: str) -> str:
    return _UNSAFE.sub("?", one_line(text, _LONGEST))
