"""What the demo plays on: Postfix, Sekisho with the sample configuration of conf/, a mailbox for everybody."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import yaml

from integration import waiting
from integration.client import Answer, Client
from integration.daemon import SEKISHO, Daemon
from integration.guard import Guard
from integration.postfix import Postfix
from integration.sink import Arrival, Sink
from integration.world import merged

CONF = Path(__file__).parents[2] / "conf"


class Stage:
    """A context: everything runs within it, and nothing is left after it."""

    def __enter__(self) -> Stage:
        self._stack = ExitStack()
        guard = self._stack.enter_context(Guard())
        home = guard.directory()
        self.sink = self._stack.enter_context(Sink())
        self.postfix = Postfix(guard, self.sink.port, f"unix:{home}/milter.sock")
        self._stack.enter_context(self.postfix)
        (http,) = waiting.free_ports(1)
        self._configuration = _configuration(home, self.postfix.ports.reinject, http)
        self.daemon = Daemon(guard, self._configuration, home / "milter.sock", http)
        self._stack.enter_context(self.daemon)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def send(self, sender: str, recipients: list[str], message: bytes) -> Answer:
        """Send a message to the public listener."""
        with Client(self.postfix.ports.public) as client:
            client.command("EHLO laptop.example.com")
            return client.send(sender, recipients, message)

    def delivered(self) -> list[Arrival]:
        """Everything that has been delivered, once Postfix has nothing more to do."""
        self.postfix.wait_until_idle()
        return self.sink.arrivals

    def got(self, address: str) -> list[bytes]:
        """The messages that one recipient has got."""
        return [
            arrival.data
            for arrival in self.delivered()
            if any(recipient.address == address for recipient in arrival.recipients)
        ]

    def sekisho(self, *words: str) -> str:
        """Run the `sekisho` command; what it prints."""
        command = [str(SEKISHO), *words[:2], "-c", str(self._configuration), *words[2:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"sekisho {' '.join(words)} ended with {done.returncode}: {done.stderr}")
        return done.stdout


def _configuration(home: Path, reinject: int, http: int) -> Path:
    """The sample configuration, with sockets and store of our own."""
    shutil.copytree(CONF, home, dirs_exist_ok=True)
    ours = {
        "milter": {"listen": f"unix:{home}/milter.sock", "mode": "0666"},
        "store": {"url": f"sqlite:///{home}/store/sekisho.db", "content": f"{home}/store/content"},
        "reinject": {"port": reinject},
        "http": {"listen": f"127.0.0.1:{http}"},
    }
    (home / "store").mkdir()
    path = home / "sekisho.yaml"
    path.write_text(yaml.safe_dump(merged(yaml.safe_load(path.read_text()), ours), allow_unicode=True))
    return path
