"""A case fails when anything is not as it says, and when anything happens that it does not speak of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration import runner
from integration.case_language import read_case
from integration.client import Answer
from integration.script import Script
from integration.sending import Send
from integration.sink import Addressed, Arrival
from integration.world import Ran, World

MESSAGE = b"From: a@x.example\r\nTo: b@y.example\r\n\r\nHello.\r\n"
SEND = """send:
    MAIL FROM:<a@x.example>
    RCPT TO:<b@y.example>
    | From: a@x.example
    | To: b@y.example
    |
    | Hello.
"""


class Still(World):
    """A world in which only that happens which a test puts there."""

    name = "still"
    trace = 1

    def __init__(self) -> None:
        super().__init__()
        self.came: list[Arrival] = []
        self.held: dict[str, dict[str, Any]] = {}
        self.lines: list[str] = []
        self.numbers = "n 1\n"
        self.happen: Callable[[Still], None] = lambda _: None

    def send(self, send: Send) -> Answer:
        self.happen(self)
        return Answer(250, "2.0.0 Ok: queued as 1")

    def arrivals(self) -> list[Arrival]:
        return self.came

    def holds(self) -> dict[str, dict[str, Any]]:
        return dict(self.held)

    def log(self) -> list[str]:
        return self.lines

    def metrics(self) -> str:
        return self.numbers

    def sekisho(self, *words: str) -> Ran:
        return Ran(words, 0, b"said " + " ".join(words).encode(), "")

    def mta_held(self) -> list[str]:
        return []

    def troubles(self) -> str:
        return "none"

    @property
    def reinjection(self) -> Script:
        return Script()

    @property
    def delivery(self) -> Script:
        return Script()

    def settle(self) -> None: ...
    def _forget(self) -> None: ...
    def shut_reinjection(self) -> None: ...
    def open_reinjection(self) -> None: ...
    def release_mta_hold(self) -> None: ...

    def deliver(self, *to: str, data: bytes = MESSAGE, trace: int = 1, sender: str = "<a@x.example>") -> None:
        octets = b"Received: by here\r\n" * trace + data
        self.came.append(Arrival("helo", Addressed(sender), tuple(Addressed(f"<{one}>") for one in to), octets))

    def hold(self, key: str, *whom: str) -> None:
        self.held[key] = {"state": "held", "recipients": dict.fromkeys(whom, "held"), "rules": ["r"]}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Still:
    monkeypatch.setattr(runner, "PATIENCE", 0.0)
    return Still()


def play(world: Still, tmp_path: Path, expected: str, happens: Callable[[Still], None]) -> None:
    path = tmp_path / "a.case"
    path.write_text(SEND + "expect:\n" + "".join(f"    {line}\n" for line in expected.splitlines()))
    world.happen = happens
    runner.play(read_case(path), world)


RIGHT = [
    ("b@y.example gets it unchanged", lambda w: w.deliver("b@y.example")),
    ("everybody gets it with:\n    header To: b@y.example\n    no header Cc", lambda w: w.deliver("b@y.example")),
    ("b@y.example gets it released, unchanged", lambda w: w.deliver("b@y.example", trace=2)),
    ("held for b@y.example by r\nthe hold is held\nb@y.example is held", lambda w: w.hold("H", "b@y.example")),
    ("log level=info event=message", lambda w: w.lines.append("level=info event=message more=1")),
    ("log level=error stage=store", lambda w: w.lines.append("level=error stage=store")),
    ("metric n +2", lambda w: setattr(w, "numbers", "n 3\n")),
    ("nobody gets it\nreply 250 2.0.0", lambda w: None),
    ("b@y.example gets a bounce", lambda w: w.deliver("b@y.example", data=b"From: MAILER-DAEMON\r\n\r\n", sender="<>")),
]


@pytest.mark.parametrize(("expected", "happens"), RIGHT, ids=[expected.split("\n")[0] for expected, _ in RIGHT])
def test_what_is_as_claimed_passes(
    world: Still, tmp_path: Path, expected: str, happens: Callable[[Still], None]
) -> None:
    play(world, tmp_path, expected, happens)


WRONG = [
    ("reply 250", lambda w: w.deliver("b@y.example"), "nobody expected: <b@y.example> got a message"),
    ("b@y.example gets it", lambda w: w.deliver("b@y.example", "c@z.example"), "nobody expected: <c@z.example>"),
    ("b@y.example gets it", lambda w: (w.deliver("b@y.example"), w.deliver("b@y.example")), "nobody expected"),
    ("b@y.example gets it", lambda w: w.deliver("B@y.example"), "b@y.example got nothing"),
    (
        "b@y.example gets it unchanged",
        lambda w: w.deliver("b@y.example", data=MESSAGE + b"\r\n"),
        "octets differ at 46",
    ),
    ("b@y.example gets it", lambda w: w.deliver("b@y.example", trace=0), "not 1 Received fields"),
    ("b@y.example gets it released", lambda w: w.deliver("b@y.example"), "not 2 Received fields"),
    (
        "b@y.example gets it with:\n    unchanged but for Cc",
        lambda w: w.deliver("b@y.example", data=MESSAGE.replace(b"To:", b"TO:")),
        "octets differ",
    ),
    ("b@y.example gets it with:\n    no header To", lambda w: w.deliver("b@y.example"), "there is"),
    ("b@y.example gets it:\n    | other", lambda w: w.deliver("b@y.example"), "octets differ at 0"),
    ("nobody gets it", lambda w: w.deliver("b@y.example"), "somebody got it"),
    ("reply 250", lambda w: w.hold("H", "b@y.example"), "nobody expected: hold"),
    ("held for b@y.example by r", lambda w: w.hold("H", "b@y.example", "c@z.example"), "no such hold"),
    ("held for b@y.example by other", lambda w: w.hold("H", "b@y.example"), "no such hold"),
    ("reply 451", lambda w: None, "the reply was 250"),
    ("reply 250", lambda w: w.lines.append("level=error stage=x"), "nobody expected: error logged"),
    ("reply 250", lambda w: w.lines.append("Traceback (most recent call last):"), "traceback logged"),
    ("no log event=failed", lambda w: w.lines.append("event=failed"), "the log says"),
    ("metric n +1", lambda w: None, "n went from 1.0 to 1.0"),
    ("metric m +1", lambda w: None, "there is no m"),
    ("a@x.example is told: sorry", lambda w: None, "was told []"),
    ("the MTA holds it for b@y.example", lambda w: None, "it holds mail for []"),
]


@pytest.mark.parametrize(("expected", "happens", "complaint"), WRONG, ids=[complaint for *_, complaint in WRONG])
def test_what_is_not_as_claimed_fails_with_file_line_and_reason(
    world: Still, tmp_path: Path, expected: str, happens: Callable[[Still], None], complaint: str
) -> None:
    with pytest.raises(AssertionError) as caught:
        play(world, tmp_path, expected, happens)
    assert str(caught.value).startswith(f"{tmp_path}/a.case:8: ")
    assert complaint in str(caught.value)


def test_holds_of_earlier_cases_are_nobodys_surprise(world: Still, tmp_path: Path) -> None:
    world.hold("OLD", "b@y.example")
    play(world, tmp_path, "reply 250", lambda _: None)


def test_hold_stands_for_the_ids_of_the_holds_named_last(world: Still, tmp_path: Path) -> None:
    path = tmp_path / "a.case"
    claims = "    held for b@y.example by r\n    held for c@z.example by r\n"
    path.write_text(
        f"{SEND}expect:\n{claims}run: sekisho quarantine release HOLD\nexpect:\n    output has release H1 H2\n"
    )

    def both(world: Still) -> None:
        world.hold("H1", "b@y.example")
        world.hold("H2", "c@z.example")

    world.happen = both
    runner.play(read_case(path), world)
