"""The two mails of every day: to an approver what waits for an answer, to operators that the gateway is at work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sekisho.core.oneline import one_line
from sekisho.notices.facts import HoldFacts, Item, Notice
from sekisho.notices.layout import Page, Section
from sekisho.notices.texts import Texts

LONGEST_SUBJECT = 60
MOST_ITEMS = 50
KINDS = frozenset({"digest", "heartbeat"})


def daily_page(notice: Notice, texts: Texts, contact: str, now: datetime) -> Page:
    """The page of a notice of one of `KINDS`."""
    facts = notice.facts
    foot = (texts.say("foot.help", contact=contact), texts.say("foot.automatic"))
    if notice.kind == "digest":
        count, sections = len(facts.items), tuple(_items(facts, texts, now))
    else:
        count, sections = facts.numbers.get("held", 0), (_state(facts.numbers, texts),)
    subject, lead = (texts.counted(f"{notice.kind}.{part}", count) for part in ("subject", "lead"))
    return Page(subject, lead, sections, foot, {"lead": lead, "count": str(count), "contact": contact})


def _items(facts: HoldFacts, texts: Texts, now: datetime) -> Iterator[Section]:
    """Each mail with its own link."""
    for number, item in enumerate(facts.items[:MOST_ITEMS]):
        heading = texts.say("heading.open") if not number else ""
        yield Section("items", heading, (_line(item, texts, now),), link=item.link, after=_code(item, texts))
    if len(facts.items) > MOST_ITEMS:
        yield Section("items", "", (texts.say("and-more", count=len(facts.items) - MOST_ITEMS),))


def _line(item: Item, texts: Texts, now: datetime) -> str:
    domains = ", ".join(sorted({address.rpartition("@")[2] for address in item.waiting})[:2])
    subject = one_line(item.subject, LONGEST_SUBJECT).strip() or texts.say("subject.none")
    deadline = texts.moment(item.deadline, now) if item.deadline else ""
    values = {"sender": item.sender, "domains": domains, "subject": subject, "age": texts.span(now - item.since)}
    return texts.by("digest.item", deadline, **values)


def _code(item: Item, texts: Texts) -> tuple[str, ...]:
    return (texts.say("do.code", code=item.code),) if item.link else ()


def _state(numbers: Mapping[str, int], texts: Texts) -> Section:
    """``held``, ``oldest`` (in minutes), ``asked``, ``overdue``, ``pending``, ``failed``."""
    age = texts.span(timedelta(minutes=numbers.get("oldest", 0)))
    lines = (texts.say(f"heartbeat.{name}", count=count, age=age) for name, count in numbers.items())
    return Section("state", texts.say("heading.state"), tuple(lines))
