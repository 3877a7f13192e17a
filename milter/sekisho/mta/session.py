"""One SMTP session as the MTA shows it: collect each message, have it handled, carry out the plan.

Given pymilter's context and a `Handler`. Nothing is answered that the protocol lets a milter leave unanswered, and
collecting never raises: an exception out of an unanswered callback would leave end-of-message unanswered too. The first
one is kept, and end-of-message answers 4.7.1 for it, as for everything unexpected later on.

libmilter moves a session between threads: all state is here, none in thread-locals or context variables. Macros are
asked for at end-of-message, when all are known: those of connect and HELO stay for the session, those of MAIL for the
message (smfi_getsymval), and Postfix has no queue-id before the first accepted recipient.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path as FilePath
from time import perf_counter
from typing import Protocol

import Milter

from sekisho.core import replies
from sekisho.core.message import Client, Field, Path, Transaction
from sekisho.core.path import parse_path
from sekisho.core.plan import Plan
from sekisho.mta.apply import ACTIONS, Context, answer, perform
from sekisho.mta.spool import Body

UNANSWERED: int = (
    Milter.P_NR_CONN | Milter.P_NR_HELO | Milter.P_NR_MAIL | Milter.P_NR_RCPT | Milter.P_NR_HDR | Milter.P_NR_BODY
)
UNUSED: int = Milter.P_NODATA | Milter.P_NOEOH | Milter.P_NOUNKNOWN
"""Steps that tell us nothing; not being called is cheaper still than not answering."""

_SYMBOLS = tuple(
    (name, name if len(name) == 1 else f"{{{name}}}")
    for name in (
        *("j", "_", "v", "daemon_name", "daemon_addr", "client_addr", "client_ptr"),
        *("tls_version", "cipher", "cipher_bits", "auth_type", "auth_authen", "auth_author", "i"),
    )
)


class Handler(Protocol):
    """What happens to a message between collecting and applying; called by many threads at once."""

    def handle(self, transaction: Transaction) -> Plan:
        """Decide and store; whatever must survive is committed on return. May raise anything."""

    def failed(self, stage: str, error: BaseException) -> None:
        """Something unexpected in ``collect``, ``handle``, ``apply`` or ``record``; all but the last answer 4.7.1."""

    def finished(self, transaction: Transaction, plan: Plan, seconds: float) -> None:
        """The plan has been carried out, ``seconds`` after end-of-message."""

    def close(self) -> None:
        """The process is about to end: write what was put off."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How bodies are collected: octets kept in memory, and the folder for longer ones."""

    spool: FilePath
    memory: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Activity:
    """The sessions that are open in this process, and those of them within a transaction."""

    sessions: set[object] = field(default_factory=set)
    transactions: set[object] = field(default_factory=set)


class OutOfOrder(Exception):
    """The MTA ended a message that it had not begun."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Makes a session for each connection of the MTA."""

    handler: Handler
    settings: Settings
    clock: Callable[[], datetime]
    """Now, aware."""
    activity: Activity = field(default_factory=Activity)

    def __call__(self, context: Context) -> Session:
        return Session(context, self)


class Session:
    """The callbacks of one connection, by the names of the protocol's steps; each returns a milter status."""

    __slots__ = (
        "_answer", "_body", "_client", "_context", "_failure", "_fields", "_granted", "_helo", "_leading_space",
        "_made_by", "_recipients", "_sender",
    )  # fmt: skip

    def __init__(self, context: Context, made_by: Sessions) -> None:
        self._context: Context | None = context
        self._made_by = made_by
        self._answer: int = Milter.CONTINUE
        self._granted: int | None = None
        self._leading_space = False
        self._client: tuple[str, str, int] | None = None
        self._helo = ""
        self._sender: tuple[bytes, ...] | None = None
        self._recipients: list[tuple[bytes, ...]] = []
        self._fields: list[tuple[str, bytes]] = []
        self._body = Body(made_by.settings.memory, made_by.settings.spool)
        self._failure: BaseException | None = None
        made_by.activity.sessions.add(self)

    def negotiate(self, options: list[int]) -> int:
        """Choose among the actions and protocol steps that the MTA offers; ``options`` is changed in place."""
        actions, protocol = options[0], options[1]
        chosen = protocol & (UNUSED | Milter.P_HDR_LEADSPC)
        if protocol & UNANSWERED == UNANSWERED:
            chosen |= UNANSWERED
            self._answer = Milter.NOREPLY
        self._leading_space = bool(chosen & Milter.P_HDR_LEADSPC)
        self._granted = actions & ACTIONS
        options[:] = [self._granted, chosen, 0, 0]
        return int(Milter.CONTINUE)

    def connect(self, name: str, _family: int, address: tuple[str, int] | str | None) -> int:
        """A client; its address is a tuple for IP, a path for a local socket, None where the MTA does not know."""
        self._client = (name, address[0], address[1]) if isinstance(address, tuple) else (name, "", 0)
        return self._answer

    def helo(self, name: str) -> int:
        self._helo = name
        return self._answer

    def mail(self, *words: bytes) -> int:
        """The reverse-path and its ESMTP parameters."""
        try:
            self._forget()
            self._sender = words
            self._made_by.activity.transactions.add(self)
        except Exception as error:
            self._keep(error)
        return self._answer

    def rcpt(self, *words: bytes) -> int:
        """A forward-path and its ESMTP parameters."""
        try:
            self._recipients.append(words)
        except Exception as error:
            self._keep(error)
        return self._answer

    def header(self, name: str, value: bytes) -> int:
        try:
            self._fields.append((name, value))
        except Exception as error:
            self._keep(error)
        return self._answer

    def body(self, chunk: bytes) -> int:
        try:
            if self._failure is None:
                self._body.write(chunk)
        except Exception as error:
            self._keep(error)
        return self._answer

    def eom(self) -> int:
        """End-of-message: the only step that is answered."""
        started = perf_counter()
        context, handler = self._context, self._made_by.handler
        assert context is not None
        stage = "collect"
        try:
            transaction = self._transaction(context)
            stage = "handle"
            plan = handler.handle(transaction)
            stage = "apply"
            status = perform(plan, context, self._granted or 0, leading_space=self._leading_space)
        except BaseException as error:
            return self._not_checked(context, stage, error)
        try:
            handler.finished(transaction, plan, perf_counter() - started)
        except Exception as error:
            # The message is dealt with and its reply is right: that nobody counted it must not stop it.
            self._tell("record", error)
        self._forget()
        return status

    def abort(self) -> int:
        """The message is given up; the session may go on."""
        self._forget()
        return int(Milter.CONTINUE)

    def close(self) -> int:
        """The connection has ended. The context refers to us and is invisible to the collector: let go of it."""
        self._forget()
        self._made_by.activity.sessions.discard(self)
        self._context = None
        return int(Milter.CONTINUE)

    def _transaction(self, context: Context) -> Transaction:
        if self._failure is not None:
            raise self._failure
        if self._granted is None or self._client is None or self._sender is None or not self._recipients:
            raise OutOfOrder("end-of-message without negotiation, connection, MAIL or RCPT")
        macros = {name: value for name, symbol in _SYMBOLS if (value := context.getsymval(symbol))}
        name, address, port = self._client
        return Transaction(
            client=Client(
                address=address,
                name=name,
                port=port,
                helo=self._helo,
                listener=macros.get("daemon_name", ""),
                user=macros.get("auth_authen", ""),
                mechanism=macros.get("auth_type", ""),
                tls=macros.get("tls_version", ""),
                cipher=macros.get("cipher", ""),
            ),
            sender=_path(self._sender),
            recipients=tuple(map(_path, self._recipients)),
            fields=self._collected_fields(),
            body=self._body.content(),
            macros=macros,
            received=self._made_by.clock(),
        )

    def _collected_fields(self) -> tuple[Field, ...]:
        """Fields with every octet after the colon; an MTA without P_HDR_LEADSPC has eaten one blank."""
        blank = b"" if self._leading_space else b" "
        return tuple([Field(name.encode(), blank + value.replace(b"\r\n", b"\n")) for name, value in self._fields])

    def _not_checked(self, context: Context, stage: str, error: BaseException) -> int:
        self._tell(stage, error)
        with suppress(Exception):
            self._forget()
        with suppress(Exception):
            answer(context, replies.NOT_CHECKED)
        return int(Milter.TEMPFAIL)

    def _keep(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = error

    def _tell(self, stage: str, error: BaseException) -> None:
        with suppress(Exception):
            self._made_by.handler.failed(stage, error)

    def _forget(self) -> None:
        """Ready for the next message of the session."""
        self._made_by.activity.transactions.discard(self)
        self._sender = None
        self._recipients = []
        self._fields = []
        self._failure = None
        self._body.close()


def _path(words: tuple[bytes, ...]) -> Path:
    """A path with its ESMTP parameters as text; octets that are not UTF-8 as surrogate escapes."""
    if len(words) == 1:
        return parse_path(words[0])
    return parse_path(words[0], tuple([word.decode("utf-8", "surrogateescape") for word in words[1:]]))
