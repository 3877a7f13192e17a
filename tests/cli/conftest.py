"""A small site in a folder, and its command in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sekisho.cli.main import main
from sekisho.config.load import load
from sekisho.core.content import Octets
from sekisho.core.message import Client, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.mime.reader import MimeReader
from sekisho.quarantine.deposit import deposit
from sekisho.serve.judge import judge
from sekisho.serve.roles import store_of
from tests.support.messages import NOW

SETTINGS = """\
organization: {{domains: [example.co.jp], languages: [en]}}
milter: {{listen: "unix:{home}/m.sock"}}
store: {{url: "sqlite:///sekisho.db", content: content, min-free: 0}}
dictionaries: {{projects: [kaguya]}}
"""
POLICY = """\
rules:
  - id: project-outside
    when: {all: [{finding: dictionary-word, dictionary: projects}, {recipient: {external: true}}]}
    then: [{hold: {approval: operator}}]
  - id: hidden-crowd
    when: {visible-recipients: {external: true, count: ">= 3"}}
    then: [envelope-only]
"""
MESSAGE = b"From: sato@example.co.jp\r\nTo: a@x.example\r\nSubject: Kaguya\r\n\r\n.plan\r\n"


@dataclass
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


class Site:
    """sekisho.yaml and policy.yaml in a folder."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.config = home / "sekisho.yaml"
        self.config.write_text(SETTINGS.format(home=home))
        (home / "policy.yaml").write_text(POLICY)
        self._capture = capture

    def run(self, *words: str) -> Answer:
        """``sekisho WORDS -c CONFIG``."""
        code = main([*words, "-c", str(self.config)])
        said = self._capture.readouterr()
        return Answer(code, said.out, said.err)

    def hold(self, octets: bytes = MESSAGE, recipients: tuple[str, ...] = ("a@x.example", "b@y.example")) -> str:
        """Hold a message as the gateway would; its hold-id."""
        configuration = load(self.config)
        fields, body = parse_message(octets)
        paths = tuple(parse_path(f"<{one}>".encode()) for one in recipients)
        sender = parse_path(b"<sato@example.co.jp>")
        transaction = Transaction(
            Client(address="10.0.0.1"), sender, paths, fields, Octets(body), {"i": "4ABC", "j": "mx"}, NOW
        )
        judged = judge(configuration, MimeReader(), transaction)
        store = store_of(configuration.settings)
        store.upgrade()
        (hold,) = deposit(store, transaction, judged.plan, judged.evidence)
        store.close()
        return hold


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)
