"""Carry out a plan at end-of-message: edits as milter calls in the plan's order, then the one reply.

All calls are made ready and checked before the first is sent, so that what can be known to fail never leaves the MTA
with half-made edits. Raises `NotGranted` where the MTA did not offer what an edit needs, `UnsafeEdit` where text would
break out of its field, and whatever pymilter raises when the connection is lost; the caller answers 4.7.1 then, and
the MTA drops its copy with every edit made so far.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

import Milter

from sekisho.core import replies
from sekisho.core.edits import (
    AddHeader,
    AddRecipient,
    ChangeHeader,
    DeleteHeader,
    Edit,
    InsertHeader,
    MtaHold,
    RemoveRecipient,
)
from sekisho.core.plan import Plan
from sekisho.core.replies import Reply, Verdict

ACTIONS: int = Milter.ADDHDRS | Milter.CHGHDRS | Milter.ADDRCPT | Milter.DELRCPT | Milter.QUARANTINE
"""Every kind of modification that a plan may ask for."""

_NEEDS: dict[type, tuple[int, str]] = {
    AddHeader: (Milter.ADDHDRS, "ADDHDRS"),
    InsertHeader: (Milter.ADDHDRS, "ADDHDRS"),
    ChangeHeader: (Milter.CHGHDRS, "CHGHDRS"),
    DeleteHeader: (Milter.CHGHDRS, "CHGHDRS"),
    AddRecipient: (Milter.ADDRCPT, "ADDRCPT"),
    RemoveRecipient: (Milter.DELRCPT, "DELRCPT"),
    MtaHold: (Milter.QUARANTINE, "QUARANTINE"),
}
_CODES: dict[Verdict, int] = {
    # At end-of-message the same as ACCEPT, which would make libmilter overlook the end of the session after it.
    Verdict.ACCEPT: Milter.CONTINUE,
    Verdict.DISCARD: Milter.DISCARD,
    Verdict.TEMPFAIL: Milter.TEMPFAIL,
    Verdict.REJECT: Milter.REJECT,
}
_STANDARD = {Verdict.TEMPFAIL: replies.NOT_NOW.text, Verdict.REJECT: replies.REFUSED.text}
_LONGEST_REPLY = 400
"""Octets of text; RFC 5321 4.5.3.1.5 allows a reply line of 512."""

_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]+")  # RFC 5322 2.2
_BREAKS_OUT = re.compile(r"[\0\r]|\n(?![ \t])")

Call = tuple[str, tuple[str | int | None, ...]]
"""A method of the context, and its arguments."""


class Context(Protocol):
    """pymilter's context, as far as it is used."""

    def getsymval(self, name: str) -> str | None: ...
    def setreply(self, code: str, enhanced: str | None, text: str) -> None: ...


class NotGranted(Exception):
    """The MTA did not grant what an edit needs."""

    def __init__(self, action: str, edit: Edit) -> None:
        super().__init__(f"the MTA did not grant {action}, which {type(edit).__name__} needs")


class UnsafeEdit(ValueError):
    """An edit's text would change more than its field."""


def perform(plan: Plan, context: Context, granted: int, *, leading_space: bool) -> int:
    """Make the plan's edits and return its verdict as a milter status.

    ``granted`` are the actions negotiated; ``leading_space`` says that values carry their own blank after the colon.
    """
    if plan.edits:
        for method, arguments in _calls(plan.edits, granted, " " if leading_space else ""):
            getattr(context, method)(*arguments)
    return answer(context, plan.reply)


def answer(context: Context, reply: Reply) -> int:
    """The reply as a milter status; a refusal's code and text are set."""
    if reply.code:
        context.setreply(reply.code, reply.enhanced or None, _spoken(reply))
    return _CODES[reply.verdict]


def _calls(edits: Iterable[Edit], granted: int, blank: str) -> list[Call]:
    calls = []
    for edit in edits:
        action, name = _NEEDS[type(edit)]
        if not granted & action:
            raise NotGranted(name, edit)
        calls.append(_call(edit, blank))
    return calls


def _call(edit: Edit, blank: str) -> Call:
    call: Call
    match edit:
        case AddHeader(name, value):
            call = "addheader", (_name(name), blank + _safe(value))
        case InsertHeader(index, name, value):
            call = "addheader", (_name(name), blank + _safe(value), index)
        case ChangeHeader(name, index, value):
            # An empty value would delete the field.
            call = "chgheader", (_name(name), index, (blank + _safe(value)) or " ")
        case DeleteHeader(name, index):
            call = "chgheader", (_name(name), index, None)
        case AddRecipient(address):
            call = "addrcpt", (_one_line(address),)
        case RemoveRecipient(address):
            call = "delrcpt", (_one_line(address),)
        case MtaHold(reason):
            call = "quarantine", (_one_line(reason) or "held",)
    return call


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UnsafeEdit(f"not a field name: {name!r}")
    return name


def _safe(text: str) -> str:
    """The text, if it stays within its field and pymilter can carry it (it takes UTF-8 only)."""
    if _BREAKS_OUT.search(text):
        raise UnsafeEdit(f"NUL, CR or bare newline in {text!r}")
    text.encode()
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise UnsafeEdit(f"newline in {text!r}")
    return _safe(text)


def _spoken(reply: Reply) -> str:
    """The text as an SMTP client may see it: one line of ASCII (RFC 5321 4.2), percent signs doubled.

    Sendmail uses the text as a format and Postfix undoes the doubling.
    """
    text = " ".join(reply.text.split())
    if not text.isascii() or not text.isprintable():
        text = _STANDARD[reply.verdict]
    return text[:_LONGEST_REPLY].replace("%", "%%")
