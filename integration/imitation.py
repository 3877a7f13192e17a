"""The imitation: a strict MTA in memory around the gateway, in this process, with a real store and a release role.

The sink is the re-injection listener, and also gets what the MTA lets go at once. What Postfix would do by itself is
done here in the plainest way: fields it drops, its header checks and its hold queue.
"""

from __future__ import annotations

import logging
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from integration import configuration, waiting
from integration.case_language import Case
from integration.client import Answer
from integration.daemon import SEKISHO
from integration.fake import FakeMta, Result
from integration.guard import Guard
from integration.message_octets import apart
from integration.script import Script
from integration.sending import Send
from integration.sink import Addressed, Arrival, Sink
from integration.world import World
from sekisho.config.load import load
from sekisho.core.message import Client
from sekisho.core.replies import Verdict
from sekisho.mta.session import Sessions
from sekisho.serve import metrics, roles
from sekisho.serve.logs import LogfmtFormatter

_COMMAND = re.compile(r"(MAIL FROM|RCPT TO):(.*)", re.IGNORECASE)
_PATH = re.compile(r'(<(?:[^<>"]|"(?:\\.|[^"\\])*")*>)(?: (.*))?')
_DROPPED = ("bcc", "content-length", "resent-bcc", "return-path")
"""postconf(5): message_drop_headers."""
_HOLD = "x-sekisho-hold"


class Imitation(World):
    """A context; `prepare` comes before each case."""

    name = "imitation"
    trace = 0

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._key = ""
        self._release = ExitStack()
        self._sent = 0
        self._held: list[Arrival] = []
        self._log_start = 0

    def __enter__(self) -> Imitation:
        self._guard = self._stack.enter_context(Guard())
        self._home = self._guard.directory()
        self.sink = self._stack.enter_context(Sink())
        self.store = self._home / "store" / "sekisho.db"
        self._log_file = self._home / "sekisho.log"
        (self._http,) = waiting.free_ports(1)
        return self

    def __exit__(self, *_: object) -> None:
        self._release.close()
        self._stack.close()

    def prepare(self, case: Case) -> None:
        """A gateway with the case's configuration, and nothing of an earlier case."""
        if configuration.key(case) != self._key:
            self._release.close()
            shutil.rmtree(self._home / "store", ignore_errors=True)
            self.configuration = configuration.write(self._home, case, reinject=self.sink.port, http=self._http)
            self._mta = self._new_gateway()
            self._key = configuration.key(case)
        self.forget()

    def _new_gateway(self) -> FakeMta:
        log = _logger(self._log_file)
        loaded = load(self.configuration)
        self._metrics = roles.metrics_folder(loaded.settings)
        metrics.clear(self._metrics)
        store = roles.store_of(loaded.settings)
        store.upgrade()
        store.close()
        crew = roles.crew_of(loaded, log)
        command = [str(SEKISHO), "serve", "--only", "release", "-c", str(self.configuration)]
        child = self._guard.start(command, self._log_file)
        self._release.callback(self._guard.stop, child)
        return FakeMta(Sessions(crew.make_handler(0), crew.collecting, lambda: datetime.now(UTC)))

    def _forget(self) -> None:
        self.free_store()
        self.sink.script.clear()
        self.open_reinjection()
        self.sink.clear()
        self._held.clear()
        self._log_start = len(self._lines())

    def send(self, send: Send) -> Answer:
        self._sent += 1
        client = Client("127.0.0.1", "localhost", 49152, "client.example", send.entrance)
        sender, recipients = b"<>", []
        for command in send.commands:
            word, _, rest = command.partition(" ")
            found = _COMMAND.fullmatch(command)
            if found and found[1].upper() == "MAIL FROM":
                sender = found[2].encode()
            elif found:
                recipients.append(found[2].encode())
            elif word.upper() in ("EHLO", "HELO"):
                client = replace(client, helo=rest)
            elif word.upper() == "XCLIENT":
                client = _claimed(client, rest)
        queue_id = f"4Imit{self._sent:09}"
        words = [_words(path) for path in recipients]
        result = self._mta.deliver(client, _words(sender), words, send.message, {"i": queue_id})
        self._let_go(result, client, sender.decode(), [path.decode() for path in recipients])
        refused = result.verdict in (Verdict.REJECT, Verdict.TEMPFAIL)
        return _answer(result.reply) if refused else Answer(250, f"2.0.0 Ok: queued as {queue_id}")

    def _let_go(self, result: Result, client: Client, sender: str, recipients: list[str]) -> None:
        """What Postfix does with a message that a milter has accepted."""
        if result.verdict is not Verdict.ACCEPT:
            return
        given = {one.path: one for one in map(_addressed, recipients)}
        # Each recipient once: duplicates are dropped. Those that the milter has added have no parameters.
        left = dict.fromkeys(_rewritten(path.decode()) for path in result.recipients)
        if not left:
            return
        whom = tuple(given.get(path, Addressed(path)) for path in left)
        held = result.quarantined is not None or bool(apart(result.octets).fields(_HOLD))
        arrival = Arrival(client.helo, _addressed(sender), whom, _without_dropped(result.octets))
        if held:
            self._held.append(arrival)
        else:
            self.sink.keep(arrival)

    def arrivals(self) -> list[Arrival]:
        """As Postfix would pass on what was given to its re-injection listener."""
        return [
            replace(arrival, recipients=tuple(replace(one, path=_rewritten(one.path)) for one in arrival.recipients))
            for arrival in self.sink.arrivals
        ]

    def settle(self) -> None:
        """Nothing goes on without anybody's doing."""

    @property
    def reinjection(self) -> Script:
        return self.sink.script

    @property
    def delivery(self) -> Script:
        raise AssertionError("the imitation has no next hop")

    def shut_reinjection(self) -> None:
        self.sink.close()

    def open_reinjection(self) -> None:
        self.sink.open()

    def mta_held(self) -> list[str]:
        return [recipient.address for arrival in self._held for recipient in arrival.recipients]

    def release_mta_hold(self) -> None:
        for arrival in self._held:
            self.sink.keep(arrival)
        self._held.clear()

    def log(self) -> list[str]:
        return self._lines()[self._log_start :]

    def metrics(self) -> str:
        return metrics.exposition(self._metrics, []).decode()

    def troubles(self) -> str:
        return "\n".join(self._lines()[-40:])

    def _lines(self) -> list[str]:
        return self._log_file.read_text(errors="replace").splitlines() if self._log_file.exists() else []


def _logger(file: Path) -> logging.Logger:
    log = logging.getLogger("sekisho.imitation")
    for handler in log.handlers[:]:
        handler.close()
        log.removeHandler(handler)
    writer = logging.FileHandler(file)
    writer.setFormatter(LogfmtFormatter())
    log.addHandler(writer)
    log.setLevel(logging.INFO)
    log.propagate = False
    return log


def _claimed(client: Client, attributes: str) -> Client:
    """XCLIENT: ``ADDR=… NAME=… LOGIN=…``."""
    said = dict(word.split("=", 1) for word in attributes.split())
    address, user = said.get("ADDR", client.address), said.get("LOGIN", client.user)
    mechanism = "XCLIENT" if user else ""
    return replace(client, address=address, name=said.get("NAME", client.name), user=user, mechanism=mechanism)


def _words(path: bytes) -> tuple[bytes, ...]:
    """A path and its parameters."""
    found = _PATH.fullmatch(path.decode())
    assert found is not None, f"no path: {path!r}"
    return tuple(word.encode() for word in (found[1], *(found[2] or "").split()))


def _addressed(path: str) -> Addressed:
    found = _PATH.fullmatch(path)
    assert found is not None, f"no path: {path}"
    return Addressed(_rewritten(found[1]), tuple((found[2] or "").split()))


def _rewritten(path: str) -> str:
    """A path as Postfix passes it on: without a source route."""
    inner = re.sub(r"^@[^:]*:", "", path.strip("<>"))
    return f"<{inner}>"


def _without_dropped(octets: bytes) -> bytes:
    message = apart(octets)
    header = b"".join(line.octets for line in message.header if line.name.lower() not in (*_DROPPED, _HOLD))
    whole = b"".join(line.octets for line in message.header)
    return header + octets[len(whole) :] if header != whole else octets


def _answer(reply: str) -> Answer:
    return Answer(int(reply[:3]), reply[4:])
