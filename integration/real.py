"""The real world: Postfix, a serving Sekisho behind it, a door before the re-injection listener, a sink for all mail.

Postfix stays while Sekisho is started anew, on the same socket, for cases with another configuration.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import ExitStack

from integration import configuration, waiting
from integration.case_language import Case
from integration.client import Answer, Client
from integration.daemon import Daemon
from integration.door import Door
from integration.guard import Guard
from integration.postfix import Postfix
from integration.script import Script
from integration.sending import Send
from integration.sink import Sink
from integration.world import Page, World


class RealWorld(World):
    """A context; `prepare` comes before each case."""

    name = "postfix"
    trace = 1

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._key = ""
        self._daemon: Daemon | None = None
        self._log_start = 0

    def __enter__(self) -> RealWorld:
        guard = self._stack.enter_context(Guard())
        self._guard = guard
        self._home = guard.directory()
        self.sink = self._stack.enter_context(Sink())
        self._http, door = waiting.free_ports(2)
        self._postfix = Postfix(guard, self.sink.port, f"unix:{self._home}/milter.sock")
        self._stack.enter_context(self._postfix)
        self._door = self._stack.enter_context(Door(door, self._postfix.ports.reinject))
        self.store = self._home / "store" / "sekisho.db"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prepare(self, case: Case) -> None:
        """A daemon with the case's configuration, and nothing of an earlier case."""
        if self._daemon is None or configuration.key(case) != self._key:
            self._restart(case)
        self.forget()

    def _restart(self, case: Case) -> None:
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None
        shutil.rmtree(self._home / "store", ignore_errors=True)
        self.configuration = configuration.write(self._home, case, reinject=self._door.port, http=self._http)
        self._daemon = Daemon(self._guard, self.configuration, self._home / "milter.sock", self._http)
        self._daemon.start()
        self._key = configuration.key(case)

    def _forget(self) -> None:
        self.free_store()
        self._door.script.clear()
        self.sink.script.clear()
        self._door.open()
        if self._postfix.queue_files("maildrop", "incoming", "active", "deferred", "hold"):
            self._postfix.delete_all()
        self._postfix.wait_until_idle()
        self.sink.clear()
        self.pages.clear()
        self._log_start = len(self._log().splitlines())

    def send(self, send: Send) -> Answer:
        if send.entrance == "sendmail":
            self._postfix.sendmail(*send.arguments, message=send.message)
            return Answer(250, "given to sendmail")
        port = self._postfix.ports.submission if send.entrance == "submission" else self._postfix.ports.public
        with Client(port) as client:
            for command in _greeted(send.commands):
                answer = client.command(command)
                if not answer.ok:
                    return answer
            return client.chunks(send.message, send.chunk) if send.chunk else client.data(send.message)

    def settle(self) -> None:
        self._postfix.wait_until_idle()

    @property
    def reinjection(self) -> Script:
        return self._door.script

    @property
    def delivery(self) -> Script:
        return self.sink.script

    def shut_reinjection(self) -> None:
        self._door.shut()

    def open_reinjection(self) -> None:
        self._door.open()

    def mta_held(self) -> list[str]:
        held = [message for message in self._postfix.queue() if message["queue_name"] == "hold"]
        return [recipient["address"] for message in held for recipient in message["recipients"]]

    def release_mta_hold(self) -> None:
        self._postfix.release("ALL")

    def log(self) -> list[str]:
        return self._log().splitlines()[self._log_start :]

    def metrics(self) -> str:
        assert self._daemon is not None
        return self._daemon.get("/metrics") or ""

    def page(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Page:
        assert self._daemon is not None
        return self._daemon.page(method, path, form)

    def troubles(self) -> str:
        return f"Postfix:\n{_end(self._postfix.log())}\nSekisho:\n{_end(self._log())}"

    def _log(self) -> str:
        return self._daemon.log() if self._daemon is not None else ""


def _greeted(commands: tuple[str, ...]) -> tuple[str, ...]:
    """The commands with a greeting where they have none, before and after XCLIENT."""
    greeting = next((word for word in commands if word[:4].upper() in ("EHLO", "HELO")), "EHLO client.example")
    rest = [word for word in commands if word != greeting]
    said = [greeting]
    for word in rest:
        said.append(word)
        if word.upper().startswith("XCLIENT"):
            said.append(greeting)
    return tuple(said)


def _end(text: str) -> str:
    return "\n".join(text.splitlines()[-40:])
