"""What a case may claim: the sentences of ``expect:``. Each is a class with its sentence, and looks for itself.

- ``reply 250``; more of the reply may follow, as in ``reply 451 4.7.1``
- ``bob@x.example gets it unchanged`` (`deliveries`: also ``gets it``, ``gets it released``, with details below)
- ``held for c@y.example, d@y.example by rule-id``; ``the hold is released``; ``c@y.example is sent``
- ``exit 0``; ``output has TEXT``; ``errors have TEXT``; ``output is the message`` (of the last ``run:``)
- ``log disposition=hold rules=rule-id``: one line says all of that; ``no log event=failed``
- ``metric sekisho_messages_total{disposition="hold"} +1`` since the case began; ``= 1`` for a gauge
- ``the MTA holds it for bob@x.example``
- ``alice@example.co.jp is told: TEXT``: a notice to her has the text; ``is not told: TEXT``: none has
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from integration.deliveries import Gets
from integration.seen import Copy, Seen, in_order


class Claim(Protocol):
    """Something that must be so."""

    @property
    def line(self) -> int:
        """Where it stands in its file."""

    def check(self, seen: Seen) -> None:
        """`AssertionError` when it is not so."""


@dataclass(frozen=True, slots=True)
class Replied:
    SENTENCE: ClassVar[str] = r"reply (\d\d\d.*)"
    line: int
    text: str

    def check(self, seen: Seen) -> None:
        assert str(seen.story.answer).startswith(self.text), f"the reply was {seen.story.answer}"


@dataclass(frozen=True, slots=True)
class Held:
    SENTENCE: ClassVar[str] = r"held for (.+) by (\S+(?:, \S+)*)"
    line: int
    whom: str
    rules: str

    def check(self, seen: Seen) -> None:
        """Name one hold of exactly these recipients and rules; it is the one that HOLD means from now on."""
        whom = set(seen.story.send.recipients if seen.story.send and self.whom == "everybody" else _list(self.whom))
        for key, row in seen.all_holds.items():
            is_new = key not in seen.named and key not in seen.story.spoken_of
            if is_new and set(row["recipients"]) == whom and set(row["rules"]) == set(_list(self.rules)):
                seen.name(key)
                seen.hold = (*(one for one in seen.hold if one in seen.named), key)
                return
        raise AssertionError(f"no such hold; there are {list(seen.all_holds.values())}")


@dataclass(frozen=True, slots=True)
class HoldIs:
    SENTENCE: ClassVar[str] = r"the hold is (\w+)"
    line: int
    state: str

    def check(self, seen: Seen) -> None:
        states = [row["state"] for row in _hold_rows(seen)]
        assert set(states) == {self.state}, f"it is {states}"


@dataclass(frozen=True, slots=True)
class RecipientIs:
    SENTENCE: ClassVar[str] = r"(\S+) is (held|releasing|deferred|sent|bounced|rejected|cancelled|expired)"
    line: int
    whom: str
    state: str

    def check(self, seen: Seen) -> None:
        states = [row["recipients"].get(self.whom) for row in _hold_rows(seen)]
        assert self.state in states, f"{self.whom} is {states}"


@dataclass(frozen=True, slots=True)
class Ended:
    SENTENCE: ClassVar[str] = r"exit (\d+)"
    line: int
    status: str

    def check(self, seen: Seen) -> None:
        ran = seen.story.ran
        assert ran is not None, "nothing was run"
        assert ran.status == int(self.status), f"it ended with {ran.status}: {ran.errors}{ran.output!r}"


@dataclass(frozen=True, slots=True)
class OutputHas:
    SENTENCE: ClassVar[str] = r"(output|errors) (?:has|have) (.+)"
    line: int
    which: str
    text: str

    def check(self, seen: Seen) -> None:
        ran = seen.story.ran
        assert ran is not None, "nothing was run"
        said = ran.errors if self.which == "errors" else ran.output.decode(errors="replace")
        assert self.text in said, f"it said {said}"


@dataclass(frozen=True, slots=True)
class OutputIsTheMessage:
    SENTENCE: ClassVar[str] = r"output is the message"
    line: int

    def check(self, seen: Seen) -> None:
        assert seen.story.ran is not None, "nothing was run"
        assert seen.story.send is not None, "nothing was sent"
        assert seen.story.ran.output == seen.story.send.message, f"it is {seen.story.ran.output[:2000]!r}"


@dataclass(frozen=True, slots=True)
class Logged:
    SENTENCE: ClassVar[str] = r"(no )?log (\w+=\S+(?: \w+=\S+)*)"
    line: int
    never: str | None
    text: str

    def check(self, seen: Seen) -> None:
        wanted = dict(word.split("=", 1) for word in self.text.split())
        found = [line for line in seen.log if wanted.items() <= line.items()]
        for line in found:
            seen.name(str(line))
        assert bool(found) is not bool(self.never), f"the log says {seen.log}"


@dataclass(frozen=True, slots=True)
class Metric:
    SENTENCE: ClassVar[str] = r"metric (\S+?(?:\{.*\})?) (\+|= )([\d.]+)"
    line: int
    sample: str
    how: str
    amount: str

    def check(self, seen: Seen) -> None:
        name = in_order(self.sample)
        value = seen.metrics.get(name)
        before = seen.story.metrics_before.get(name, 0.0) if self.how == "+" else 0.0
        alike = [one for one in seen.metrics if one.startswith(name.partition("{")[0])]
        assert value is not None, f"there is no {name}; there are {alike}"
        assert value - before == float(self.amount), f"{name} went from {before} to {value}"


@dataclass(frozen=True, slots=True)
class MtaHolds:
    SENTENCE: ClassVar[str] = r"the MTA holds it for (.+)"
    line: int
    whom: str

    def check(self, seen: Seen) -> None:
        held = seen.world.mta_held()
        assert sorted(held) == sorted(_list(self.whom)), f"it holds mail for {held}"


@dataclass(frozen=True, slots=True)
class Told:
    SENTENCE: ClassVar[str] = r"(\S+) is (not )?told: (.+)"
    line: int
    whom: str
    never: str | None
    text: str

    def check(self, seen: Seen) -> None:
        notices = [copy for copy in seen.copies if copy.is_notice and copy.recipient.address == self.whom]
        texts = [_readable(notice) for notice in notices]
        assert any(self.text in text for text in texts) is not bool(self.never), f"{self.whom} was told {texts}"


_KINDS: Sequence[Any] = (
    Replied,
    Told,
    Held,
    HoldIs,
    RecipientIs,
    Ended,
    OutputHas,
    OutputIsTheMessage,
    Logged,
    Metric,
    MtaHolds,
)


def claim(text: str, details: list[str], exactly: bytes | None, line: int) -> Claim | None:
    """The claim that a line makes with its details; None for a sentence that nobody knows, ValueError for a detail."""
    gets = Gets.read(text, details, exactly, line)
    if gets is not None:
        return gets
    for kind in _KINDS:
        found = re.fullmatch(kind.SENTENCE, text)
        if found:
            if details or exactly is not None:
                raise ValueError("this claim takes no details")
            made: Claim = kind(line, *found.groups())
            return made
    return None


def _list(text: str) -> list[str]:
    return [word for word in re.split(r",\s*|\s+and\s+", text) if word]


def _hold_rows(seen: Seen) -> list[dict[str, Any]]:
    assert seen.hold, "no claim has named a hold"
    return [seen.all_holds[key] for key in seen.hold]


def _readable(notice: Copy) -> str:
    """Subject and text of a notice, decoded."""
    message = email.message_from_bytes(notice.data, policy=email.policy.default)
    texts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(message["Subject"]), *map(str, texts)])
