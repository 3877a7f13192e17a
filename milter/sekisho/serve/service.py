"""What a supervisor is asked to run, and what it does before it forks: load the configuration, drop privileges."""

from __future__ import annotations

import gc
import logging
import os
import pwd
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sekisho.mta.endpoint import Endpoint
from sekisho.mta.listener import Listener, ListenError
from sekisho.serve.worker import Crew


class Telemetry(Protocol):
    """What the supervisor alone knows."""

    def workers(self, states: Mapping[str, int]) -> None:
        """Milter workers, by ``starting``, ``ready``, ``draining`` and ``waiting`` (dead, to be started again)."""

    def loaded(self, success: bool) -> None:
        """A configuration was put in force, or refused."""


@dataclass(frozen=True, slots=True)
class Service:
    """What to run."""

    endpoint: Endpoint
    load: Callable[[], Crew]
    """Read the configuration; raises on a bad one. Must start no thread."""
    telemetry: Telemetry
    log: logging.Logger
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Command lines by role; restarted on reload."""
    mode: int | None = None
    group: str | None = None
    user: str | None = None
    """To whom to drop when started as root."""


def load(service: Service) -> Crew:
    """A new crew; raises what the service's own loading raises, and `RuntimeError` where that started a thread.

    What is here then stays: once for all workers that are forked, the collector need not look at it again, and its
    pages stay shared. What an earlier crew left behind goes first.
    """
    gc.unfreeze()
    crew = service.load()
    gc.collect()
    gc.freeze()
    if threading.active_count() > 1:
        raise RuntimeError("loading the configuration started a thread: workers could not be forked safely")
    return crew


def drop_to(user: str, listener: Listener, *, keep_group: bool) -> None:
    """From root to ``user``, who gets the socket too; its group stays where the administrator chose one."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise ListenError(f"there is no user {user!r} to run as") from None
    listener.give_to(entry.pw_uid, -1 if keep_group else entry.pw_gid)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
