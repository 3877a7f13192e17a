"""The listening socket, opened by the supervisor and served by its forked workers through libmilter.

A unix socket is bound under another name, given its mode and group, and renamed into place: the MTA never meets a
half-made one, a stale one is replaced, and a worker's libmilter, which unlinks the name that it bound, finds nothing.
On TCP, Nagle's algorithm is off; with delayed acknowledgements it would cost 40 ms a message.

libmilter keeps the descriptor and its callbacks in static memory: there is one listener a process. Raises `ListenError`
with the reason in words.
"""

from __future__ import annotations

import grp
import os
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import Milter

from sekisho.mta.endpoint import Endpoint
from sekisho.mta.lock import AlreadyRunning, SocketLock
from sekisho.mta.session import Session

BACKLOG = 1024
"""Connections waiting to be accepted; an MTA opens one for each of its processes."""

_DESCRIPTORS = Path("/proc/self/fd")


class ListenError(Exception):
    """The socket cannot be opened."""


class Listener:
    """An open listening socket."""

    def __init__(self, endpoint: Endpoint, descriptor: int, lock: SocketLock | None) -> None:
        self.endpoint = endpoint
        self._descriptor = descriptor
        self._lock = lock
        self._make: Callable[[Any], Session] | None = None

    @classmethod
    def open(cls, endpoint: Endpoint, mode: int | None = None, group: str | None = None) -> Listener:
        """Bind and listen; ``mode`` and ``group`` are for a unix socket."""
        if endpoint.path is None:
            listener = cls(endpoint, _bind(str(endpoint)), None)
            listener._configure_tcp()
            return listener
        lock = _locked(endpoint.path)
        try:
            return cls(endpoint, _bind_and_rename(endpoint.path, mode, group), lock)
        except BaseException:
            lock.release()
            raise

    def serve(self, make_session: Callable[[Any], Session]) -> None:
        """In a worker: answer the MTA until libmilter is told to stop. Nothing of Python's runs in this thread."""
        self._make = make_session
        _register(self._negotiate, self._connect)
        Milter.main()

    def stop_accepting(self) -> None:
        """In a worker: put a listener that nobody knows over the shared one; connections that are open go on."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as nowhere:
            nowhere.bind("")  # an abstract name of the kernel's choice
            nowhere.listen(1)
            os.dup2(nowhere.fileno(), self._descriptor, inheritable=False)

    def give_to(self, uid: int, gid: int) -> None:
        """Make a unix socket the property of the user to whom the daemon is about to drop; -1 leaves the group."""
        if self.endpoint.path is not None:
            os.chown(self.endpoint.path, uid, gid)

    def close(self) -> None:
        """In the supervisor, when all workers have gone: take the socket away and let go of the lock."""
        os.close(self._descriptor)
        if self.endpoint.path is not None:
            with suppress(OSError):
                self.endpoint.path.unlink()
        if self._lock is not None:
            self._lock.release()

    def _configure_tcp(self) -> None:
        with socket.socket(fileno=os.dup(self._descriptor)) as listening:
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _negotiate(self, context: Any, options: list[int]) -> int:
        return self._begin(context).negotiate(options)

    def _connect(self, context: Any, name: str, family: int, address: Any) -> int:
        # An MTA may use a milter connection for several sessions; only the first is negotiated.
        session = context.getpriv() or self._begin(context)
        return int(session.connect(name, family, address))

    def _begin(self, context: Any) -> Session:
        assert self._make is not None
        session = self._make(context)
        context.setpriv(session)
        return session


def _register(negotiate: Callable[..., int], connect: Callable[..., int]) -> None:
    """Tell libmilter our callbacks: functions that find the session in pymilter's context and hand over."""
    Milter.set_connect_callback(connect)
    Milter.set_helo_callback(lambda context, name: context.getpriv().helo(name))
    Milter.set_envfrom_callback(lambda context, *words: context.getpriv().mail(*words))
    Milter.set_envrcpt_callback(lambda context, *words: context.getpriv().rcpt(*words))
    Milter.set_header_callback(lambda context, name, value: context.getpriv().header(name, value))
    Milter.set_body_callback(lambda context, chunk: context.getpriv().body(chunk))
    Milter.set_eom_callback(lambda context: context.getpriv().eom())
    Milter.set_abort_callback(lambda context: context.getpriv().abort())
    Milter.set_close_callback(_close)
    # An exception that reaches pymilter may be its own, met before any code of ours: text that is not UTF-8 where it
    # insists on it. Never let such a message through.
    Milter.set_exception_policy(Milter.TEMPFAIL)
    Milter.register("sekisho", negotiate=negotiate)


def _close(context: Any) -> int:
    session = context.getpriv()
    return int(session.close()) if session else int(Milter.CONTINUE)


def _locked(path: Path) -> SocketLock:
    try:
        return SocketLock.take(path)
    except AlreadyRunning as error:
        raise ListenError(str(error)) from None
    except OSError as error:
        raise ListenError(f"cannot lock {path}.lock: {error.strerror}") from error


def _bind_and_rename(path: Path, mode: int | None, group: str | None) -> int:
    new = path.with_name(path.name + ".new")
    try:
        for old in (path, new):
            if os.path.lexists(old) and not stat.S_ISSOCK(old.lstat().st_mode):
                raise ListenError(f"{old} exists and is not a socket")
        new.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            descriptor = _bind(f"unix:{new}")
        finally:
            os.umask(before)
        _set_access(new, mode, group)
        new.rename(path)
    except OSError as error:
        raise ListenError(f"cannot open unix:{path}: {error.strerror}") from error
    return descriptor


def _set_access(path: Path, mode: int | None, group: str | None) -> None:
    if group is not None:
        try:
            os.chown(path, -1, grp.getgrnam(group).gr_gid)
        except KeyError:
            raise ListenError(f"there is no group {group!r} for the socket") from None
    path.chmod(0o660 if mode is None else mode)


def _bind(spec: str) -> int:
    """Have libmilter bind and listen; the descriptor, which it keeps to itself, is the one that is new."""
    known = _listening()
    try:
        Milter.setconn(spec)
        Milter.setbacklog(BACKLOG)
        Milter.register("sekisho")  # libmilter opens nothing for a nameless milter; callbacks follow in the worker
        Milter.opensocket(False)
    except Milter.error:
        raise ListenError(f"cannot listen on {spec}: it is in use, or not an address of this machine") from None
    (descriptor,) = _listening() - known
    # A connection wakes every worker's poll. Who is too late for it must not wait in accept for the next one, which may
    # come when this worker has already said that it takes no more. libmilter passes over EAGAIN.
    os.set_blocking(descriptor, False)
    return descriptor


def _listening() -> set[int]:
    """Our descriptors that are listening sockets."""
    return {
        descriptor for descriptor in (int(entry.name) for entry in _DESCRIPTORS.iterdir()) if _is_listening(descriptor)
    }


def _is_listening(descriptor: int) -> bool:
    # Only sockets are duplicated: closing a duplicate of the lock file would let go of its lock.
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as one:
            return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:
        return False
