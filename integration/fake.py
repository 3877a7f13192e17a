"""A strict MTA in memory: drives a milter session as libmilter and Postfix would, and does to a message what it asks.

In short::

    mta = FakeMta(Sessions(handler, settings, clock))   # or any callable: context -> session
    result = mta.deliver(client, b"<a@example.com>", [b"<b@partner.example>"], octets)
    result.verdict, result.recipients, result.octets, result.edits

- ``client`` is a `sekisho.core.message.Client`; macros follow from it, ``macros={"i": "4XyZ"}`` adds to them or, with
  an empty value, takes them away.
- ``sender`` and each of ``recipients`` is a path, or a tuple of a path and its ESMTP parameters:
  ``(b"<b@x.example>", b"NOTIFY=NEVER")``.
- ``octets`` is the message with CRLF line ends.
- ``FakeMta(make, leading_space=False)`` is an MTA without P_HDR_LEADSPC, ``no_reply=False`` one that wants each step
  answered, ``actions=...`` one that grants less, ``failing={"delrcpt"}`` one whose connection breaks at that call.

For odd orders and several messages a connection there is `Connection`, whose methods are the protocol's steps::

    with mta.connect(client) as connection:
        connection.mail(b"<a@example.com>")
        connection.abort()
        result = connection.message(b"<a@example.com>", [b"<b@x.example>"], octets)

What a milter must never do raises `IllegalCall`: an edit outside end-of-message or beyond what was negotiated, a NUL, a
CR or a bare newline in a value, a reply where none was promised, an exception out of a callback.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import Milter

from integration.fake_context import Context, Macros
from integration.fake_queue import QueueFile, parse
from sekisho.core.message import Client
from sekisho.core.replies import Verdict

Session = Any
"""What `sekisho.mta.session.Session` is: a method for each protocol step that it wants to see."""
Recipient = bytes | tuple[bytes, ...]

ALL_ACTIONS: int = Milter.CURR_ACTS
NO_REPLIES: int = (
    Milter.P_NR_CONN | Milter.P_NR_HELO | Milter.P_NR_MAIL | Milter.P_NR_RCPT | Milter.P_NR_DATA
    | Milter.P_NR_UNKN | Milter.P_NR_EOH | Milter.P_NR_BODY | Milter.P_NR_HDR
)  # fmt: skip
NO_STEPS: int = (
    Milter.P_NOCONNECT | Milter.P_NOHELO | Milter.P_NOMAIL | Milter.P_NORCPT | Milter.P_NODATA
    | Milter.P_NOUNKNOWN | Milter.P_NOEOH | Milter.P_NOBODY | Milter.P_NOHDRS
)  # fmt: skip
CHUNK = 65_535
"""Octets of body that one callback gets at most."""

_REPLIES = {
    Milter.CONTINUE: Verdict.ACCEPT,
    Milter.ACCEPT: Verdict.ACCEPT,
    Milter.DISCARD: Verdict.DISCARD,
    Milter.TEMPFAIL: Verdict.TEMPFAIL,
    Milter.REJECT: Verdict.REJECT,
}
_UNSAID = {Verdict.TEMPFAIL: "451 4.7.1 Service unavailable - try again later", Verdict.REJECT: "550 5.7.1 rejected"}


class IllegalCall(AssertionError):
    """The milter did what libmilter or the MTA would not stand."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message."""

    verdict: Verdict
    reply: str
    """``451 4.7.1 text`` for a refusal, else empty."""
    recipients: tuple[bytes, ...]
    """Who gets the message from the MTA, spelled as given; nobody unless the verdict is accept."""
    octets: bytes
    """The message as it leaves, edits made; without the gateway's own Received."""
    quarantined: str | None
    """The reason given for the MTA's hold queue; None when it was not asked for."""
    edits: tuple[tuple[str | int, ...], ...]
    """The calls made, in order: ``("chgheader", "To", 1, " x")``."""


class FakeMta:
    """An MTA with its own idea of what it offers."""

    def __init__(
        self,
        make_session: Callable[[Context], Session],
        *,
        actions: int = ALL_ACTIONS,
        leading_space: bool = True,
        no_reply: bool = True,
        failing: Collection[str] = (),
    ) -> None:
        self.make_session = make_session
        self.actions = actions
        offered = Milter.P_RCPT_REJ | Milter.P_SKIP | NO_STEPS
        offered |= Milter.P_HDR_LEADSPC if leading_space else 0
        self.protocol: int = offered | (NO_REPLIES if no_reply else 0)
        self.failing = frozenset(failing)

    def connect(self, client: Client, macros: Mapping[str, str] | None = None) -> Connection:
        """Negotiate, connect and say HELO."""
        connection = Connection(self, client, macros or {})
        connection.negotiate()
        connection.open()
        connection.helo()
        return connection

    def deliver(
        self,
        client: Client,
        sender: Recipient,
        recipients: Sequence[Recipient],
        octets: bytes,
        macros: Mapping[str, str] | None = None,
    ) -> Result:
        """One message over a connection of its own."""
        with self.connect(client, macros) as connection:
            return connection.message(sender, recipients, octets)


class Connection:
    """One SMTP session as the milter sees it; each method is a protocol step."""

    def __init__(self, mta: FakeMta, client: Client, macros: Mapping[str, str]) -> None:
        self._mta = mta
        self._client = client
        self.context = Context(Macros(client, macros), mta.failing)
        self.session = mta.make_session(self.context)
        self._recipients: list[bytes] = []
        self._lines: list[tuple[bytes, bytes]] = []
        self._body = bytearray()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def negotiate(self) -> None:
        options = [self._mta.actions, self._mta.protocol, 0, 0]
        answer = self.session.negotiate(options)
        if answer == Milter.ALL_OPTS:
            options = [self._mta.actions, 0, 0, 0]
        elif answer != Milter.CONTINUE:
            raise IllegalCall(f"negotiate answered {answer}: libmilter would close the connection")
        if options[0] & ~self._mta.actions or options[1] & ~self._mta.protocol:
            raise IllegalCall(f"the milter asks for what was not offered: {options}")
        self.context.granted, self.context.protocol = options[0], options[1]

    def open(self) -> None:
        client = self._client
        family, where = (2, (client.address, client.port)) if client.address else (0, None)
        if ":" in client.address:
            family, where = 10, (client.address, client.port, 0, 0)  # type: ignore[assignment]
        self._step("connect", Milter.P_NOCONNECT, Milter.P_NR_CONN, client.name or "localhost", family, where)

    def helo(self) -> None:
        self._step("helo", Milter.P_NOHELO, Milter.P_NR_HELO, self._client.helo)

    def mail(self, path: bytes, *params: bytes) -> None:
        self._recipients, self._lines, self._body = [], [], bytearray()
        self._step("mail", Milter.P_NOMAIL, Milter.P_NR_MAIL, path, *params)

    def rcpt(self, path: bytes, *params: bytes) -> None:
        self._recipients.append(path)
        self._step("rcpt", Milter.P_NORCPT, Milter.P_NR_RCPT, path, *params)

    def data(self) -> None:
        self._step("data", Milter.P_NODATA, Milter.P_NR_DATA)

    def header(self, name: bytes, value: bytes) -> None:
        """A field; ``value`` is all octets after the colon."""
        self._lines.append((name, value))
        shown = value
        if not self.context.protocol & Milter.P_HDR_LEADSPC and value.startswith(b" "):
            shown = value[1:]
        # The protocol carries C strings.
        shown = shown.partition(b"\0")[0]
        self._step("header", Milter.P_NOHDRS, Milter.P_NR_HDR, name.decode(), shown)

    def eoh(self) -> None:
        self._step("eoh", Milter.P_NOEOH, Milter.P_NR_EOH)

    def body(self, octets: bytes) -> None:
        """The body or a part of it, in as many chunks as it takes."""
        self._body += octets
        for start in range(0, len(octets), CHUNK):
            self._step("body", Milter.P_NOBODY, Milter.P_NR_BODY, octets[start : start + CHUNK])

    def unknown(self, command: str) -> None:
        self._step("unknown", Milter.P_NOUNKNOWN, Milter.P_NR_UNKN, command)

    def eom(self) -> Result:
        """End-of-message: the edits are made, the verdict is given."""
        context = self.context
        context.queue = QueueFile(list(self._lines), bytes(self._body), list(self._recipients))
        context.edits, context.reply = [], None
        answer = self._call("eom")
        queue, context.queue = context.queue, None
        if answer not in _REPLIES:
            raise IllegalCall(f"end-of-message answered {answer}")
        return _result(_REPLIES[answer], context, queue)

    def abort(self) -> None:
        self._call("abort")

    def close(self) -> None:
        self._call("close")

    def message(self, sender: Recipient, recipients: Sequence[Recipient], octets: bytes) -> Result:
        """A whole transaction, in Postfix's order."""
        self.mail(*_words(sender))
        for recipient in recipients:
            self.rcpt(*_words(recipient))
        self.data()
        lines, body = parse(octets)
        for name, value in lines:
            self.header(name, value)
        self.eoh()
        self.body(body)
        return self.eom()

    def _step(self, name: str, skipped: int, unanswered: int, *arguments: object) -> None:
        """A step that the milter may have asked to be left out, or not to be asked for an answer to."""
        if self.context.protocol & skipped:
            return
        if not hasattr(self.session, name):
            return  # libmilter answers by itself
        answer = self._call(name, *arguments)
        if self.context.protocol & unanswered:
            if answer != Milter.NOREPLY:
                raise IllegalCall(f"{name} promised no reply and gave {answer}")
        elif answer != Milter.CONTINUE:
            raise IllegalCall(f"{name} answered {answer}: collecting refuses nothing")

    def _call(self, name: str, *arguments: object) -> int:
        self.context.stage = name
        try:
            answer = getattr(self.session, name)(*arguments)
        except Exception as error:
            raise IllegalCall(f"{name} raised {error!r}") from error
        finally:
            self.context.stage = ""
        if self.context.illegal:
            raise IllegalCall("; ".join(self.context.illegal))
        if type(answer) is not int:
            raise IllegalCall(f"{name} answered {answer!r}")
        return answer


def _words(path: Recipient) -> tuple[bytes, ...]:
    return path if isinstance(path, tuple) else (path,)


def _result(verdict: Verdict, context: Context, queue: QueueFile) -> Result:
    refused = verdict in (Verdict.TEMPFAIL, Verdict.REJECT)
    reply = (context.reply or _UNSAID[verdict]) if refused else ""
    if refused and reply[0] != ("4" if verdict is Verdict.TEMPFAIL else "5"):
        reply = _UNSAID[verdict]
    left = tuple(queue.recipients) if verdict is Verdict.ACCEPT else ()
    return Result(verdict, reply, left, queue.octets(), queue.held, tuple(context.edits))
