"""Where a trial takes place: gateways (each a private Postfix and a serving Sekisho behind it), their store, a sink.

One gateway keeps its store in SQLite; several share a private PostgreSQL that syncs every commit.
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from integration import configuration, waiting
from integration.case_language import Case
from integration.door import Door
from integration.guard import Guard
from integration.postfix import Postfix
from integration.postgresql import PostgreSQL
from integration.sink import Sink
from integration.torture.mail import AWAY, POLICY
from integration.torture.moments import Lookout, Moments
from integration.torture.unit import Unit
from sekisho.config.load import load
from sekisho.serve.roles import store_of
from sekisho.store import open_store

_LATER = {"minimal_backoff_time": "1h", "maximal_backoff_time": "1h"}
"""Mail for those who are away is not tried again before the end."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One of them, named ``gw1`` and so on."""

    name: str
    configuration: Path
    postfix: Postfix
    unit: Unit


class Site:
    """A context that starts everything and leaves nothing behind. ``options`` follow the URL of a shared store."""

    def __init__(self, gateways: int, options: str = "") -> None:
        self._count = gateways
        self._options = options
        self._stack = ExitStack()
        self.server: PostgreSQL | None = None
        """The store's, where it has one."""
        self.gateways: list[Gateway] = []

    def __enter__(self) -> Site:
        with ExitStack() as stack:
            self._guard = stack.enter_context(Guard())
            self.sink = stack.enter_context(Sink())
            self.sink.script.add(f"RCPT TO:<{AWAY}", "450 4.2.0 this server is away")
            url = self._shared_store(stack) if self._count > 1 else ""
            homes = [self._guard.directory() for _ in range(self._count)]
            self.moments = Moments(homes[0] / "store" / "sekisho.db-wal")
            self.gateways = [self._gateway(f"gw{n}", home, url, stack) for n, home in enumerate(homes, 1)]
            self.configuration = load(self.gateways[0].configuration)
            self.store = store_of(self.configuration.settings)
            stack.callback(self.store.close)
            self.wait_until_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _shared_store(self, stack: ExitStack) -> str:
        self.server = stack.enter_context(PostgreSQL(self._guard))
        url = self.server.url(self.server.create()) + self._options
        store = open_store(url, Path("/nonexistent"))
        store.upgrade()
        store.close()
        return url

    def _gateway(self, name: str, home: Path, url: str, stack: ExitStack) -> Gateway:
        postfix = Postfix(self._guard, self.sink.port, f"unix:{home}/milter.sock", _LATER)
        stack.enter_context(postfix)
        http, inside = waiting.free_ports(2)
        door = Door(inside, postfix.ports.reinject)
        door.script = Lookout(self.moments)
        stack.enter_context(door)
        case = Case(Path("torture"), "torture", (), policy=POLICY, config={"store": {"url": url}} if url else {})
        path = configuration.write(home, case, reinject=door.port, http=http)
        unit = Unit(self._guard, path, http)
        unit.start()
        return Gateway(name, path, postfix, unit)

    def wait_until_ready(self) -> None:
        """Return when every gateway takes mail; `NeverHappened` for one that does not."""
        for gateway in self.gateways:
            gateway.unit.wait_until_ready()

    def stop(self) -> None:
        """End the daemons, as a manager does."""
        for gateway in self.gateways:
            gateway.unit.stop()

    def log(self) -> str:
        """What all daemons said."""
        return "".join(gateway.unit.log() for gateway in self.gateways)

    def keep(self, folder: Path) -> None:
        """What Sekisho, Postfix and PostgreSQL said, and SQLite's database, for whoever looks into a violation."""
        shutil.rmtree(folder, ignore_errors=True)
        for gateway in self.gateways:
            home = folder / gateway.name
            shutil.copytree(gateway.configuration.parent, home, ignore=shutil.ignore_patterns("*.sock*"))
            (home / "mail.log").write_text(gateway.postfix.log())
        if self.server is not None:
            (folder / "postgresql.log").write_text(self.server.log())
