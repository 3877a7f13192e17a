"""The rows of a store that has been used for four hundred days: holds as a company's gateway leaves them behind.

Given how many, the moment that is now, and a seed; gives rows by table, as they are stored, page by page. Senders and
recipients are drawn by Zipf's law: a few have very many holds, most have one or two. 99 in 100 have ended; content
older than 90 days is purged; one campaign waits with its followers, another has ended. The audit is a whole chain.

Some values are there to be asked for: see `Known`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sekisho.core.actions import OnExpiry
from sekisho.core.approval import OPERATOR
from sekisho.core.evidence import Evidence
from sekisho.core.finding import Finding
from sekisho.core.lifecycle import OPEN, State
from sekisho.core.message import Client
from sekisho.core.reason import Reason
from sekisho.store import audit
from sekisho.store.codec import client_to_json, evidence_to_json
from sekisho.store.ids import new_id
from sekisho.store.types import dumps, micros

Row = dict[str, Any]
Rows = dict[str, list[Row]]

DAYS = 400
KEPT = timedelta(days=90)
"""Content older than that is purged."""
PAGE = 5_000
"""Holds for which rows are given at once."""

_SENDERS, _RECIPIENTS, _RULES = 50_000, 200_000, 30
_SUBJECTS = ("お見積書の件", "Re: 契約書ドラフト", "Quotation 2026", "議事録の送付", "請求書を送付します", "Fwd: 名簿")
_FATES = ((State.RELEASED, 86), (State.REJECTED, 4), (State.CANCELLED, 5), (State.EXPIRED, 4), (State.FAILED, 1))
_OF_RECIPIENTS = {State.RELEASED: State.SENT, State.FAILED: State.BOUNCED}
_BODY = "いつもお世話になっております。\r\n" * 40


@dataclass(frozen=True, slots=True)
class Known:
    """Values that are in the store, and how often."""

    hot_sender: str = "s1@example.co.jp"
    """Of 6 holds in 100."""
    gone_sender: str = "departed@example.co.jp"
    """Of 2 in 100, all of them more than 200 days old."""
    rare_sender: str = "visitor@example.co.jp"
    """Of three."""
    hot_recipient: str = "r1@partner.example"
    """Of 8 in 100; never of the hot sender's."""
    rare_recipient: str = "once@partner.example"
    hot_rule: str = "rule-1"
    """Of 20 in 100."""
    silent_rule: str = "cooling-off"
    """Of 5 in 100; none of them is open."""
    rare_rule: str = "board-papers"
    absent: str = "nobody@nowhere.example"


KNOWN = Known()


def pages(count: int, now: datetime, seed: int = 1) -> Iterator[Rows]:
    """Rows of so many holds and of what belongs to them, in an order in which each finds what it refers to."""
    maker = _Maker(random.Random(seed), count, now)
    for first in range(0, count, PAGE):
        rows: Rows = {}
        for number in range(first, min(first + PAGE, count)):
            maker.make(number, rows)
        yield rows
    yield {"audit_head": [{"chain": 1, "sequence": maker.sequence, "hash": maker.last}]}


@dataclass(slots=True)
class _Maker:
    random: random.Random
    count: int
    now: datetime
    sequence: int = 0
    last: str = audit.START
    lead: dict[str, str] = field(default_factory=dict)
    """The first hold of a campaign, by its sender."""

    def make(self, number: int, rows: Rows) -> None:
        """One message and its hold."""
        made = self._moment(number)
        campaign = self._campaign(number)
        sender, people, rules = self._sender(number, campaign), self._people(number, campaign), self._rules(number)
        state = self._state(number, campaign, rules)
        message, hold = self._id(), self._id()
        follows = self.lead.get(campaign) if campaign else None
        if campaign and follows is None:
            self.lead[campaign] = hold
        if number and sender == KNOWN.hot_sender:
            people = [one for one in people if one != KNOWN.hot_recipient] or ["r2@partner.example"]
        self._message(rows, message, made, sender)
        self._hold(rows, hold, message, made, state, rules, follows)
        for ordinal, person in enumerate(people):
            _add(rows, "recipients", _recipient(hold, ordinal, person, state, made))
        for ordinal, rule in enumerate(rules):
            terms = '{"campaign":3600.0}' if campaign and follows is None else "{}"
            self._wait(rows, hold, ordinal, rule, state, made, terms)
        self._put_on_record(rows, made, "held", hold, {"sender": sender, "recipients": people, "rules": rules})
        if state not in OPEN:
            self._put_on_record(rows, made + timedelta(minutes=9), state.value, hold, {})

    def _moment(self, number: int) -> datetime:
        """Evenly over the days, a few in the same microsecond."""
        age = timedelta(days=DAYS) * (1 - number / self.count)
        return (self.now - age).replace(microsecond=self.random.randrange(1000) * 1000)

    def _campaign(self, number: int) -> str:
        """One in a hundred belongs to a campaign that ended long ago, or to one that waits."""
        part = number / self.count
        if 0.80 <= part < 0.85 and number % 2:
            return "news@example.co.jp"
        return "letter@example.co.jp" if 0.985 <= part < 0.995 and number % 2 else ""

    def _sender(self, number: int, campaign: str) -> str:
        part = number / self.count
        if campaign:
            return campaign
        if number in (self.count // 10, self.count // 2, self.count - 2):
            return KNOWN.rare_sender
        if part < 0.4 and self.random.random() < 0.05:
            return KNOWN.gone_sender
        return f"s{self._rank(_SENDERS)}@example.co.jp"

    def _people(self, number: int, campaign: str) -> list[str]:
        if number == self.count // 3:
            return [KNOWN.rare_recipient]
        wanted = 1 if campaign else self.random.choice((1, 1, 1, 2, 2, 4))
        drawn = (f"r{self._rank(_RECIPIENTS)}@partner.example" for _ in range(wanted))
        return list(dict.fromkeys(drawn))

    def _rules(self, number: int) -> list[str]:
        if self.random.random() < 0.05:
            return [KNOWN.silent_rule]
        if number % (self.count // 5) == 7:
            return [KNOWN.rare_rule]
        second = [self._rank(_RULES)] if self.random.random() < 0.1 else []
        return list(dict.fromkeys(f"rule-{rank}" for rank in (self._rank(_RULES), *second)))

    def _state(self, number: int, campaign: str, rules: list[str]) -> State:
        part = number / self.count
        if campaign.startswith("letter"):
            return State.HELD
        fresh = 0.55 if part > 0.9925 else 0.001
        if rules != [KNOWN.silent_rule] and not campaign and self.random.random() < fresh:
            return State.RELEASING if self.random.random() < 0.02 else State.HELD
        (fate,) = self.random.choices([one for one, _ in _FATES], [share for _, share in _FATES])
        return fate

    def _rank(self, most: int) -> int:
        """A number up to ``most``; each is drawn half as often as the one of half its size."""
        return int(most ** self.random.random())

    def _id(self) -> str:
        return new_id(self.random.randbytes)

    def _message(self, rows: Rows, message: str, made: datetime, sender: str) -> None:
        owner = f"user{sender.partition('@')[0]}" if self.random.random() < 0.1 else sender
        octets = f"From: {sender}\r\nSubject: x\r\n\r\n{_BODY}".encode()
        purged = micros(made + KEPT) if self.now - made > KEPT else None
        row = {
            "id": message,
            "offer_key": hashlib.sha256(message.encode()).hexdigest(),
            "received": micros(made),
            "host": "mx.example.co.jp",
            "instance": "gw1",
            "queue_id": message[:11],
            "sender_raw": f"<{sender}>".encode(),
            "sender_params": "[]",
            "sender": sender,
            "client": _CLIENT,
            "subject": self.random.choice(_SUBJECTS),
            "sender_of_record": owner,
            "answer_to": sender,
            "message_id": f"<{message}@client.example>",
            "size": len(octets),
            "digest": hashlib.sha256(octets).hexdigest(),
            "header": dumps([[4, 40]] * 20),
            "in_file": 0,
            "purged": purged,
        }
        _add(rows, "messages", row)
        if purged is None:
            _add(rows, "chunks", {"message": message, "ordinal": 0, "octets": octets})

    def _hold(
        self, rows: Rows, hold: str, message: str, made: datetime, state: State, rules: list[str], follows: str | None
    ) -> None:
        row = {
            "id": hold,
            "message": message,
            "state": state.value,
            "version": 1 if state is State.HELD else 2,
            "created": micros(made),
            "expires": micros(made + timedelta(days=2)) if state is State.HELD else None,
            "rules": dumps(rules),
            "changes": "[]",
            "evidence": _EVIDENCE,
            "offered": 1,
            "outcome": "",
            "passed": 0,
            "offers": "{}",
            "campaign": follows,
            "legal_hold": "",
        }
        _add(rows, "holds", row)

    def _wait(self, rows: Rows, hold: str, ordinal: int, rule: str, state: State, made: datetime, terms: str) -> None:
        shut, end = state is State.HELD, micros(made + timedelta(days=2))
        row = {
            "hold": hold,
            "ordinal": ordinal,
            "rule": rule,
            "created": micros(made),
            "approval": str(OPERATOR),
            "expires": end,
            "on_expiry": OnExpiry.RETURN.value,
            "opened": None if shut else micros(made + timedelta(minutes=9)),
            "opened_by": "" if shut else "boss@example.co.jp",
            "due": end if shut else None,
            "terms": terms,
            "step": 0,
            "started": micros(made),
            "ran_out": None,
            "ask": None,
            "attempts": 0,
            "among": "[]",
        }
        _add(rows, "waits", row)

    def _put_on_record(self, rows: Rows, at: datetime, action: str, hold: str, details: Row) -> None:
        self.sequence += 1
        row = {
            "sequence": self.sequence,
            "at": micros(at),
            "actor": "" if action == "held" else "boss@example.co.jp",
            "role": "gateway" if action == "held" else "person",
            "action": action,
            "hold": hold,
            "reason": "",
            "details": dumps(details),
        }
        self.last = audit.link(self.last, row)
        _add(rows, "audit", {**row, "hash": self.last})


def _add(rows: Rows, table: str, row: Row) -> None:
    rows.setdefault(table, []).append(row)


def _recipient(hold: str, ordinal: int, person: str, state: State, made: datetime) -> Row:
    return {
        "hold": hold,
        "ordinal": ordinal,
        "raw": f"<{person}>".encode(),
        "params": "[]",
        "address": person,
        "created": micros(made),
        "state": _OF_RECIPIENTS.get(state, state).value,
        "decided": None if state in OPEN else micros(made + timedelta(minutes=9)),
        "decided_by": "" if state in OPEN else "boss@example.co.jp",
        "reply": "250 2.0.0 Ok: queued as 4ABCDEFGHIJ" if state is State.RELEASED else "",
        "attempts": int(state in (State.RELEASED, State.FAILED)),
    }


_CLIENT = dumps(client_to_json(Client("192.0.2.1", "pc.example.co.jp", 1234, "pc", "smtp", "sato", "PLAIN", "TLSv1.3")))
_EVIDENCE = dumps(
    evidence_to_json(
        Evidence(
            "",
            "",
            (
                Finding("personal-data", "attachment:meibo.xlsx/Sheet2!C2", 1, "phone", 120, 0.9, "090-****-**12"),
                Finding("first-time-recipient", "header:To", 1, "", 1, 0.3, "", {"address": "r@partner.example"}),
            ),
            {"rule-1": Reason("all", {}, (Reason("finding", {"code": "personal-data", "count": 120}), Reason("out")))},
            1.2,
        )
    )
)
