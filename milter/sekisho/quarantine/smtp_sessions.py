"""Sessions with the re-injection listener, used for several messages where several are on their way (RFC 5321 4.1.4).

A session that was used is kept for a second, in which another message may come. Before it is used again RSET asks
whether the listener is still there; one that is not is replaced, and as nothing of the message was said to it, nothing
can be lost or doubled by that. A session whose end is not certain is never used again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sekisho.core.message import Path
from sekisho.quarantine.smtp import Attempt, Extensions, Kind, Outcome, extensions
from sekisho.quarantine.smtp_connection import Broken, Connection, Listener, Reply, connect

MOST = 20
"""Messages on one session: Sendmail takes more RSETs for an attack."""
REST = 1.0
"""Seconds that a session waits for another message."""


@dataclass(slots=True)
class _Session:
    """A connection that has been greeted."""

    connection: Connection
    offered: Extensions
    messages: int = 0
    rests_since: float = 0.0

    def is_alive(self) -> bool:
        try:
            return self.connection.reset().is_positive
        except Broken:
            return False

    def end(self) -> None:
        self.connection.quit()
        self.connection.close()


class Sender:
    """Sends messages to one listener, from several threads at once; keeps sessions for ``rest`` seconds."""

    def __init__(self, listener: Listener, rest: float = REST) -> None:
        self._listener = listener
        self._rest = rest
        self._guard = threading.Lock()
        self._kept: list[_Session] = []
        self._sweeper: threading.Timer | None = None

    def send(self, sender: Path, recipients: Sequence[Path], pieces: Iterable[bytes], size: int) -> tuple[Outcome, ...]:
        """Send one message of ``size`` octets; takes as long as the listener's time-outs allow.

        Nothing that the listener does raises: what is not answered is delayed. What ``pieces`` raise is passed on,
        after the connection was cut before the final dot, so that nothing was delivered.
        """
        attempt = Attempt(sender, recipients, size)
        session: _Session | None = None
        usable = False
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
            if session is not None and not usable:
                session.connection.close()
        if session is not None and usable:
            self._keep(session)
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

    def _keep(self, session: _Session) -> None:
        """Let the session rest; what has rested long enough is ended by a timer."""
        if session.messages >= MOST or not self._rest:
            session.end()
            return
        session.rests_since = time.monotonic()
        with self._guard:
            self._kept.append(session)
            self._sweep_later()

    def _sweep_later(self) -> None:
        if self._sweeper is None and self._kept:
            self._sweeper = threading.Timer(self._rest, self._sweep)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep(self) -> None:
        """End the sessions for which no message has come."""
        latest = time.monotonic() - self._rest
        with self._guard:
            over = [session for session in self._kept if session.rests_since <= latest]
            self._kept = [session for session in self._kept if session.rests_since > latest]
            self._sweeper = None
            self._sweep_later()
        for session in over:
            session.end()


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
