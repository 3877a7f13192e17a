"""What each condition is true of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from sekisho.core.addresses import AddressSet
from sekisho.core.content import Octets
from sekisho.core.domains import DomainSet
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.message import Client
from sekisho.core.parts import Addresses, Part, Structure
from sekisho.core.ports import Hit, Unavailable
from sekisho.core.truth import Truth
from sekisho.core.worktime import Holidays
from sekisho.policy.compiler import Compiler, Known
from sekisho.policy.conditions.tree import ConditionModel
from sekisho.policy.reasons import CODES
from tests.support.messages import NoLists, PlainReader, make_facts

INSIDE, OUTSIDE, PARTNER = "<a@example.co.jp>", "<b@other.example>", "<c@partner.example>"
LISTS = {"partners": AddressSet(["partner.example"]), "vip": AddressSet(["b@other.example", "<>"])}
ADAPTER: TypeAdapter[Any] = TypeAdapter(ConditionModel)


class SomeLists(NoLists):
    """Two lists, and one that is away."""

    def labels(self, local: str, domain: str) -> frozenset[str]:
        return frozenset({"rival"}) if domain == "other.example" else frozenset()

    def contains(self, name: str, local: str, domain: str) -> bool:
        if name == "away":
            raise Unavailable("list:away", "no route to host")
        return LISTS[name].contains(local, domain)


class Words:
    """A dictionary of one word."""

    def may_hit(self, text: str) -> bool:
        return True

    def hits(self, text: str) -> Iterator[Hit]:
        start = text.find("Falcon")
        if start >= 0:
            yield Hit(start, start + 6, "Falcon")


class FileReader(PlainReader):
    """Gives the parts it was made with; ``ambiguous`` values of address fields say so."""

    def __init__(self, parts: Sequence[Part]) -> None:
        super().__init__(protected=False)
        self._parts = tuple(parts)

    def addresses(self, value: bytes) -> Addresses:
        found = super().addresses(value)
        return Addresses((), True) if b"??" in value else found

    def structure(self, transaction: Any) -> Structure:
        return Structure(self._parts)

    def detect(self, part: Part) -> str:
        return "application/zip" if part.content.read(2) == b"PK" else ""


PARTS = (
    Part("body", (), "text/plain", Octets("Project Falcon: ＳＥＣ\u200bＲＥＴ\n> said before\n".encode())),
    Part("attachment:list.xlsx", ("list.xlsx", "list.XLSX.exe"), "image/png", Octets(b"PKxx"), attached=True),
    Part("attachment:a.bin", ("a.bin",), "image/gif", Octets(b"123"), attached=True),
)


def facts_of(
    *recipients: str,
    fields: Sequence[tuple[str, str]] = (("Subject", "Plan B"),),
    sender: str = "<sato@example.co.jp>",
    client: Client | None = None,
    findings: Sequence[Finding] = (),
    received: datetime | None = None,
) -> Facts:
    plain = make_facts(fields, recipients or (INSIDE, OUTSIDE, PARTNER), sender=sender)
    transaction = replace(
        plain.transaction,
        client=client or plain.transaction.client,
        received=received or plain.transaction.received,
    )
    holidays = Holidays(frozenset({date(2026, 11, 23)}), frozenset({(12, 29)}))
    site = replace(plain.site, zone=ZoneInfo("Asia/Tokyo"), holidays=holidays)
    closed = Finding("encrypted-attachment", "attachment:list.xlsx/inner.zip", plain.everyone)
    inspectors = {"noted": lambda _: list(findings), "weak": lambda _: [], "encrypted-attachment": lambda _: [closed]}
    return Facts(transaction, site, FileReader(PARTS), SomeLists(), {"projects": Words()}, inspectors)


def truth(condition: Mapping[str, Any], facts: Facts) -> Truth:
    known = Known(
        lists=frozenset(LISTS),
        dictionaries=frozenset({"projects"}),
        findings=frozenset({"noted", "weak"}),
        labels=frozenset({"rival"}),
        free_mail=DomainSet(("other.example", "example.co.jp")),
        holidays=True,
    )
    asked = ADAPTER.validate_python(condition).compiled(Compiler(known))
    found: Truth = asked.truth(facts)
    reason = asked.reason(facts)
    if not found.unknown and reason.code not in ("all", "any", "not"):
        assert set(CODES[reason.code]) <= set(reason.values)
    assert reason.values["holds"] in ("yes", "some", "no", "unknown")
    return found


ALL, NONE = 0b111, 0


@pytest.mark.parametrize(
    ("condition", "mask"),
    [
        ({"direction": "outbound"}, 0b110),
        ({"direction": "internal"}, 0b001),
        ({"direction": "inbound"}, NONE),
        ({"client": {"address": "10.0.0.0/8", "authenticated": False}}, ALL),
        ({"client": {"address": ["192.0.2.1", "2001:db8::/32"]}}, NONE),
        ({"client": {"tls": True}}, NONE),
        ({"sender": {"in": "vip"}}, NONE),
        ({"sender": {"not-in": "vip"}}, ALL),
        ({"sender": {"domain": "Example.CO.JP"}}, ALL),
        ({"sender": {"domain": ".example.co.jp"}}, NONE),
        ({"sender": {"matches": "^SATO@"}}, ALL),
        ({"sender": {"in": ["sato@example.co.jp"], "matches": "^tanaka@"}}, NONE),
        ({"recipient": {"external": True}}, 0b110),
        ({"recipient": {"external": False}}, 0b001),
        ({"recipient": {"external": True, "not-in": "partners"}}, 0b010),
        ({"recipient": {"in": ["vip", "/^a@/"]}}, 0b011),
        ({"recipient": {"label": ["Rival", "friend"]}}, 0b010),
        ({"recipient": {"label": "friend"}}, NONE),
        ({"recipient": {"free-mail": True}}, 0b010),
        ({"recipient": {"free-mail": False}}, 0b101),
        ({"no-recipient": {"free-mail": True, "label": "friend"}}, ALL),
        ({"every-recipient": {"external": True}}, NONE),
        ({"every-recipient": {"matches": "@"}}, ALL),
        ({"no-recipient": {"domain": "elsewhere.example"}}, ALL),
        ({"no-recipient": {"in": "vip"}}, NONE),
        ({"recipients": {"count": 3}}, ALL),
        ({"recipients": {"external": True, "count": "> 2"}}, NONE),
        ({"recipients": {"external": True, "domains": ">= 2"}}, ALL),
        ({"subject": {"matches": "^plan"}}, ALL),
        ({"subject": {"matches": "(?-i)^plan"}}, NONE),
        ({"subject": {"contains": ["x", "PLAN"]}}, ALL),
        ({"subject": {"dictionary": "projects"}}, NONE),
        ({"text": {"contains": "secret"}}, ALL),
        ({"text": {"matches": "SECRET$"}}, NONE),
        ({"text": {"matches": "(?m)SECRET$"}}, ALL),
        ({"text": {"contains": "said before"}}, NONE),
        ({"text": {"contains": "said before", "quoted": True}}, ALL),
        ({"text": {"dictionary": "projects", "contains": "absent"}}, NONE),
        ({"text": {"dictionary": "projects"}}, ALL),
        ({"header": {"name": "subject"}}, ALL),
        ({"header": {"name": "X-No", "present": False}}, ALL),
        ({"header": {"name": "Subject", "matches": "B$"}}, ALL),
        ({"attachment": {"name": "*.xlsx"}}, ALL),
        ({"attachment": {"name": "*.exe"}}, ALL),
        ({"attachment": {"name": "list"}}, NONE),
        ({"attachment": {"name": "/^A\\.b/"}}, ALL),
        ({"attachment": {"type": "application/zip"}}, ALL),
        ({"attachment": {"type": "image/png"}}, NONE),
        ({"attachment": {"type": "image/*", "name": "*.bin"}}, ALL),
        ({"attachment": {"size": "> 3"}}, ALL),
        ({"attachment": {"count": ">= 3"}}, NONE),
        ({"attachment": {"count": 2}}, ALL),
        ({"attachment": {"encrypted": True, "name": "*.xlsx"}}, ALL),
        ({"attachment": {"encrypted": True, "count": 1}}, ALL),
        ({"attachment": {"encrypted": False, "name": "*.xlsx"}}, NONE),
        ({"attachment": {"encrypted": False, "count": 1}}, ALL),
        (
            {"attachment": {"sha256": "a665a45920422f9d417e4867efdc4fb8a04a1f3fff1fa07e998e86f7f7a27ae3"}},
            ALL,
        ),
        ({"size": "< 1kB"}, ALL),
        ({"size": "> 1kB"}, NONE),
        ({"time": {"weekday": ["mon", "tue"], "hours": "09:00-17:00"}}, ALL),
        ({"time": {"hours": "22:00-06:00"}}, NONE),
        ({"time": {"holiday": True}}, NONE),
        ({"time": {"holiday": False, "weekday": "tue"}}, ALL),
        ({"finding": "noted"}, NONE),
        ({"finding": "noted", "count": "< 1"}, ALL),
        ({"score": "> 0"}, NONE),
        ({"not": {"recipient": {"external": True}}}, 0b001),
        ({"any": [{"recipient": {"in": "vip"}}, {"recipient": {"in": "partners"}}]}, 0b110),
        ({"all": [{"recipient": {"external": True}}, {"recipient": {"in": "partners"}}]}, 0b100),
    ],
    ids=str,
)
def test_a_condition_is_true_of_the_right_recipients(condition: Mapping[str, Any], mask: int) -> None:
    assert truth(condition, facts_of()) == Truth(mask)


def test_a_source_that_is_away_makes_only_its_own_answers_unknown() -> None:
    facts = facts_of()
    assert truth({"recipient": {"external": True, "in": "away"}}, facts) == Truth(0, 0b110)
    assert truth({"sender": {"in": "away"}}, facts) == Truth(0, ALL)
    assert truth({"sender": {"in": "away", "domain": "other.example"}}, facts) == Truth(0)
    assert truth({"not": {"recipient": {"in": ["vip", "away"]}}}, facts) == Truth(0, 0b101)
    assert truth({"every-recipient": {"in": "away"}}, facts) == Truth(0, ALL)
    assert truth({"no-recipient": {"in": ["vip", "away"]}}, facts) == Truth(0)
    assert truth({"all": [{"sender": {"in": "away"}}, {"size": 0}]}, facts) == Truth(0)
    assert truth({"any": [{"sender": {"in": "away"}}, {"size": "> 1"}]}, facts) == Truth(ALL)


def test_a_reason_names_the_source_that_is_away() -> None:
    facts = facts_of()
    reason = ADAPTER.validate_python({"sender": {"in": "away"}}).compiled(Compiler(Known())).reason(facts)
    assert reason.values["holds"] == "unknown"
    assert reason.values["source"] == "list:away"
    assert facts.away == {"list:away": "no route to host"}


def test_mail_from_strangers_is_inbound_whatever_its_sender_says() -> None:
    facts = facts_of(client=Client(address="192.0.2.9"))
    assert truth({"direction": "outbound"}, facts) == Truth(0)
    assert truth({"direction": "inbound"}, facts) == Truth(0b001)


def test_the_null_sender_is_on_a_list_only_as_itself() -> None:
    facts = facts_of(sender="<>")
    assert truth({"sender": {"in": "vip"}}, facts) == Truth(ALL)
    assert truth({"sender": {"domain": "example.co.jp"}}, facts) == Truth(0)
    assert truth({"sender": {"in": "<>"}}, facts) == Truth(ALL)


def test_any_address_of_any_from_field_counts() -> None:
    facts = facts_of(fields=[("From", "x@example.co.jp"), ("From", "y@b.example, z@c.example")])
    assert truth({"from": {"domain": "c.example"}}, facts) == Truth(ALL)
    assert truth({"from": {"not-in": ["c.example"]}}, facts) == Truth(ALL)
    assert truth({"from": {"domain": "d.example"}}, facts) == Truth(0)


def test_a_message_without_from_is_like_one_from_nobody() -> None:
    assert truth({"from": {"in": "vip"}}, facts_of()) == Truth(ALL)
    assert truth({"from": {"matches": "@"}}, facts_of()) == Truth(0)


def test_a_hidden_route_is_a_reading_too() -> None:
    facts = facts_of("<x%other.example@partner.example>")
    assert truth({"recipient": {"not-in": "partners"}}, facts) == Truth(0, 1)
    assert truth({"recipient": {"domain": "other.example"}}, facts) == Truth(0, 1)
    assert truth({"recipient": {"domain": ["other.example", "partner.example"]}}, facts) == Truth(1)
    assert truth({"recipient": {"domain": "third.example"}}, facts) == Truth(0)


def test_visible_recipients_count_once_each() -> None:
    fields = [("To", "a@x.example, A@x.example"), ("Cc", "b@mail.x.example, c@example.co.jp"), ("Bcc", "z@z.example")]
    facts = facts_of(fields=fields)
    assert truth({"visible-recipients": {"external": True, "count": 2, "domains": 1}}, facts) == Truth(ALL)
    assert truth({"visible-recipients": {"external": False, "count": 1}}, facts) == Truth(ALL)
    assert truth({"visible-recipients": {"count": 3}}, facts) == Truth(ALL)


def test_a_visible_field_that_cannot_be_read_is_not_nobody() -> None:
    facts = facts_of(fields=[("To", "?? a@x b@y c@z")])
    assert truth({"visible-recipients": {"external": True, "count": ">= 3"}}, facts) == Truth(ALL)
    assert truth({"visible-recipients": {"count": 0}}, facts_of(fields=[("To", "undisclosed:;")])) == Truth(ALL)
    assert truth({"visible-recipients": {"external": False, "count": 0}}, facts) == Truth(ALL)


def test_a_message_without_subject_has_an_empty_one_and_of_several_any_counts() -> None:
    assert truth({"subject": {"matches": "^$"}}, facts_of(fields=[])) == Truth(ALL)
    two = facts_of(fields=[("Subject", "one"), ("Subject", "two")])
    assert truth({"subject": {"contains": "TWO"}}, two) == Truth(ALL)


def test_findings_concern_their_recipients_only() -> None:
    findings = [
        Finding("noted", "body:1", 0b010, "phone", count=2, score=0.5, values={"people": 3}),
        Finding("noted", "body:2", 0b110, "card", count=1, score=0.7),
    ]
    facts = facts_of(findings=findings)
    assert truth({"finding": "noted"}, facts) == Truth(0b110)
    assert truth({"finding": "noted", "kinds": ["phone"]}, facts) == Truth(0b010)
    assert truth({"finding": "noted", "count": ">= 3"}, facts) == Truth(0b010)
    assert truth({"finding": "noted", "count": 1}, facts) == Truth(0b100)
    assert truth({"finding": "noted", "people": ">= 3"}, facts) == Truth(0b010)
    assert truth({"finding": "noted", "score": ">= 0.7"}, facts) == Truth(0b110)
    assert truth({"score": ">= 1.2"}, facts) == Truth(0b010)
    assert truth({"score": "0.7"}, facts) == Truth(0b100)


def test_hours_are_the_organisations_and_may_pass_midnight() -> None:
    facts = facts_of(received=datetime(2026, 11, 22, 15, 30, tzinfo=UTC))  # Monday 00:30 in Tokyo
    assert truth({"time": {"weekday": "mon", "hours": "22:00-06:00"}}, facts) == Truth(ALL)
    assert truth({"time": {"weekday": "sun"}}, facts) == Truth(0)


def test_holidays_are_days_of_the_organisations_clock() -> None:
    for moment, mask in (
        (datetime(2026, 11, 22, 15, 30, tzinfo=UTC), ALL),  # the 23rd in Tokyo
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), NONE),
        (datetime(2031, 12, 29, 3, 0, tzinfo=UTC), ALL),
    ):
        assert truth({"time": {"holiday": True}}, facts_of(received=moment)) == Truth(mask)


def test_visible_recipients_at_free_mail_are_counted_apart() -> None:
    facts = facts_of(fields=[("To", "a@other.example, b@partner.example, c@other.example, d@example.co.jp")])
    for condition, mask in (({"count": 2}, ALL), ({"free-mail": False, "count": 2}, ALL), ({"domains": 2}, NONE)):
        assert truth({"visible-recipients": {"free-mail": True, **condition}}, facts) == Truth(mask)


def test_a_message_with_a_second_reading_in_free_mail_is_on_the_strict_side() -> None:
    assert truth({"recipient": {"free-mail": True}}, facts_of("<a%other.example@partner.example>")) == Truth(0, 1)


def test_equal_conditions_are_one_object() -> None:
    compiler = Compiler(Known())
    written = {"all": [{"sender": {"in": ["a.jp", "b.jp"]}}, {"subject": {"matches": "x"}}]}
    first, second = (ADAPTER.validate_python(written).compiled(compiler) for _ in range(2))
    assert first is second


def test_each_condition_is_asked_once_a_message() -> None:
    asked: list[int] = []

    def inspector(_: Facts) -> list[Finding]:
        asked.append(1)
        raise Unavailable("inspector", "away")

    plain = make_facts([], [OUTSIDE])
    facts = Facts(plain.transaction, plain.site, plain.reader, plain.lists, {}, {"noted": inspector})
    condition = ADAPTER.validate_python({"finding": "noted"}).compiled(Compiler(Known()))
    assert [condition.truth(facts) for _ in range(3)] == [Truth(0, 1)] * 3
    assert len(asked) == 1
