"""Sessions with the re-injection listener, used for several messages where several are on their way (RFC 5321 4.1.4).

A session is kept only while another message is being sent: nothing stays open for later. Before it is used again RSET
asks whether the listener is still there; one that is not is replaced, and as nothing of the message was said to it,
nothing can be lost or doubled by that. A session whose end is not certain is never used again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sekisho.core.message import Path
from sekisho.quarantine.smtp import Attempt, Extensions, Kind, Outcome, extensions
from sekisho.quarantine.smtp_connection import Broken, Connection, Listener, Reply, connect

MOST = 20
"""Messages on one session: Sendmail takes more RSETs for an attack."""


@dataclass(slots=True)
class _Session:
    """A connection that has been greeted."""

    connection: Connection
    offered: Extensions
    messages: int = 0

    def is_alive(self) -> bool:
        try:
            return self.connection.reset().is_positive
        except Broken:
            return False

    def end(self) -> None:
        self.connection.quit()
        self.connection.close()


class Sender:
    """Sends messages to one listener, from several threads at once."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._guard = threading.Lock()
        self._kept: list[_Session] = []
        self._under_way = 0

    def send(self, sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], size: int) -> tuple[Outcome, ...]:
        """Send one message of ``size`` octets; takes as long as the listener's time-outs allow.

        Nothing that the listener does raises: what is not answered is delayed. What ``pieces`` raise is passed on,
        after the connection was cut before the final dot, so that nothing was delivered.
        """
        attempt = Attempt(sender, recipients, size)
        session: _Session | None = None
        usable = False
        with self._guard:
            self._under_way += 1
        try:
            found = self._session()
            if isinstance(found, Reply):
                attempt.answer_rest(Kind.DELAYED, found)
            else:
                session = found
                session.messages += 1
                usable = attempt.run(session.connection, session.offered, pieces)
        except Broken as error:
            attempt.answer_rest(Kind.DELAYED, error.reply)
        finally:
            self._done(session, usable=usable)
        return attempt.outcomes()

    def _session(self) -> _Session | Reply:
        """One that was used before and is alive, or a new one. Raises `Broken`."""
        while kept := self._take():
            if kept.is_alive():
                return kept
            kept.connection.close()
        return _opened(self._listener)

    def _take(self) -> _Session | None:
        with self._guard:
            return self._kept.pop() if self._kept else None

    def _done(self, session: _Session | None, *, usable: bool) -> None:
        """Keep the session if others are still sending; the last to finish ends all that are kept."""
        over: list[_Session] = []
        if session is not None and not usable:
            session.connection.close()
        with self._guard:
            self._under_way -= 1
            if session is not None and usable:
                (self._kept if session.messages < MOST else over).append(session)
            if not self._under_way:
                over += self._kept
                self._kept = []
        for one in over:
            one.end()


def probe(listener: Listener) -> str:
    """Whether the listener greets us: an empty text, or what is wrong."""
    try:
        connection = connect(listener)
    except Broken as error:
        return str(error)
    try:
        reply = connection.greeting()
        connection.quit()
    except Broken as error:
        return str(error)
    finally:
        connection.close()
    return "" if reply.code == 220 else f"{reply.code} {reply.text}"


def _opened(listener: Listener) -> _Session | Reply:
    """A session, or why there is none: a listener that does not want to talk to us delays, whatever its code."""
    connection = connect(listener)
    try:
        found = _greeted(connection, listener.helo.encode("ascii", "replace"))
    except BaseException:
        connection.close()
        raise
    if not isinstance(found, Reply):
        return _Session(connection, found)
    connection.quit()
    connection.close()
    return found


def _greeted(connection: Connection, name: bytes) -> Extensions | Reply:
    """What is offered after the greeting and EHLO, or after HELO where EHLO is not known."""
    reply = connection.greeting()
    if reply.code != 220:
        return reply
    reply = connection.command(b"EHLO " + name)
    if reply.is_positive:
        return extensions(reply)
    if reply.is_permanent:
        reply = connection.command(b"HELO " + name)
        if reply.is_positive:
            return frozenset()
    return reply
