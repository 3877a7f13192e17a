"""Notices as they leave: with a link that fits the hold as it is, in the reader's language, to whom they reach."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.people import Person
from sekisho.notices.build import Letterhead
from sekisho.notices.facts import HoldFacts, Item, to_json
from sekisho.notices.facts import Notice as Told
from sekisho.quarantine.choose import Noted, Wanted, choose
from sekisho.quarantine.daily import Daily, Hour
from sekisho.quarantine.decide import decide, extend
from sekisho.quarantine.links import Opened
from sekisho.quarantine.notify import ask_person
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.smtp import Kind
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store, outbox
from sekisho.store.rows import OutboxRow
from tests.support.links import BASE, SATO, SUZUKI, ask, held, links, terms
from tests.support.people import people
from tests.support.stores import NOW, Listener, Recorder, a_desk, a_transaction, a_wait, hold_one, loaded, opened

HOUR = timedelta(hours=1)
LINKS = links()
STATIONERY = Stationery(
    Letterhead("mail-check@example.co.jp", ZoneInfo("Asia/Tokyo")), "en", "postmaster@example.co.jp", LINKS
)


class Desk:
    """A store, a listener that takes notices, and the worker that sends them."""

    def __init__(self, folder: Path, stationery: Stationery = STATIONERY) -> None:
        self.store = opened("sqlite", folder)
        self.store.upgrade()
        self.listener, self.watch, self.now = Listener(), Recorder(), NOW
        self.worker = ReleaseWorker(
            self.store, self.listener.send, stationery, a_desk(people()), self.watch, lambda: self.now
        )

    def at(self, moment: datetime) -> list[EmailMessage]:
        """What leaves at a moment."""
        before = len(self.listener.taken)
        self.now = moment
        self.worker.run_once(moment)
        return [read(octets) for _, _, octets in self.listener.taken[before:]]

    def close(self) -> None:
        self.worker.close()
        self.store.close()


def read(octets: bytes) -> EmailMessage:
    return email.message_from_bytes(octets, policy=email.policy.default)


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(cast(EmailMessage, part).get_content()).replace("\r\n", "\n")


def token(mail: EmailMessage, path: str) -> str:
    found = re.findall(rf"^ {re.escape(BASE)}{path}/(\S{{64}})$", text(mail), re.MULTILINE)
    assert len(found) == 1, text(mail)
    return str(found[0])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def selfish(store: Store, lasts: timedelta | None = None, on_expiry: OnExpiry = OnExpiry.KEEP) -> str:
    """A hold that its sender may confirm."""
    wait = a_wait("a", lasts, on_expiry, terms("self", ["drop-recipient", "cancel", "send-with-reason"]))
    return hold_one(store, wait, transaction=a_transaction())


def test_the_sender_gets_a_link_the_code_and_what_can_be_chosen(desk: Desk) -> None:
    hold = selfish(desk.store)
    (mail,) = desk.at(NOW)
    code = LINKS.code(hold, SATO)
    assert " 1. Remove this recipient (recommended)\n 2. Cancel" in text(mail)
    assert f"The page asks for the code {code} before anything is sent." in text(mail)
    assert f"ref. {code} ({hold})" in text(mail)
    answer = choose(desk.store, LINKS, token(mail, "h"), Wanted("send-with-reason", reason="checked", code=code), NOW)
    assert isinstance(answer, Noted)


def test_the_database_does_not_hold_the_token(desk: Desk, tmp_path: Path) -> None:
    selfish(desk.store)
    (mail,) = desk.at(NOW)
    desk.close()
    everything = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert token(mail, "h").encode() not in everything


def test_an_approver_gets_the_approvers_page(desk: Desk) -> None:
    hold = held(desk.store)
    row = loaded(desk.store, hold)
    desk.store.write(lambda unit: ask_person(unit, "approve", row, row.asks[0], NOW))
    mails = {mail["To"]: mail for mail in desk.at(NOW)}
    opened_link = desk.store.read(lambda view: LINKS.opened(view, token(mails[SUZUKI], "a"), NOW))
    assert isinstance(opened_link, Opened)
    assert opened_link.row.person == SUZUKI


def test_all_notices_about_a_hold_make_one_thread(desk: Desk) -> None:
    hold = held(desk.store)
    row = loaded(desk.store, hold)
    desk.store.write(lambda unit: ask_person(unit, "approve", row, row.asks[0], NOW))
    mails = desk.at(NOW)
    decide(desk.store, hold, Choice.REJECT, Actor(SUZUKI), NOW + HOUR, reason="use-bcc")
    mails += desk.at(NOW + HOUR)
    assert len(mails) == 3
    assert {str(mail["References"]).split()[-1] for mail in mails} == {f"<sekisho.{hold}@example.co.jp>"}
    assert len({mail["Message-ID"] for mail in mails}) == 3
    assert {mail["Auto-Submitted"] for mail in mails} == {"auto-generated"}


def test_nobody_who_cannot_choose_gets_a_link(desk: Desk) -> None:
    hold_one(desk.store, transaction=a_transaction(sender="<>"))
    (mail,) = desk.at(NOW)
    assert mail["To"] == "postmaster@example.co.jp"
    assert BASE not in text(mail)


def test_a_request_that_is_overtaken_still_leaves_but_without_a_link(desk: Desk) -> None:
    hold = selfish(desk.store)
    decide(desk.store, hold, Choice.CANCEL, Actor(SATO), NOW)
    bodies = [text(mail) for mail in desk.at(NOW)]
    assert len(bodies) == 2
    assert not any(BASE in body for body in bodies)


def test_language_is_the_reader_s_and_the_sender_has_a_name_where_they_are_known(tmp_path: Path) -> None:
    people = {SATO: Person(SATO, "佐藤", "営業部", language="ja")}
    desk = Desk(tmp_path, replace(STATIONERY, reader_of=people.get))
    hold = held(desk.store)
    row = loaded(desk.store, hold)
    desk.store.write(lambda unit: ask_person(unit, "approve", row, row.asks[0], NOW))
    mails = {mail["To"]: mail for mail in desk.at(NOW)}
    assert {to: mail["Content-Language"] for to, mail in mails.items()} == {SATO: "ja", SUZUKI: "en"}
    assert mails[SUZUKI]["Subject"] == "[Approval] 営業部 佐藤 to other.example, partner.example"
    assert "営業部 佐藤 <sato@example.co.jp> has written to 2 recipients" in text(mails[SUZUKI])
    desk.close()


def test_the_sender_is_reminded_an_hour_before_the_end_once(desk: Desk) -> None:
    selfish(desk.store, 24 * HOUR, OnExpiry.RETURN)
    assert len(desk.at(NOW)) == 1
    assert desk.at(NOW + 23 * HOUR - timedelta(seconds=1)) == []
    assert desk.store.read(lambda view: outbox.pending(view, NOW)) == 0
    (mail,) = desk.at(NOW + 23 * HOUR)
    assert mail["Subject"] == "[Still held] Quotation: please check by Wed 25 Nov 12:00"
    assert token(mail, "h")
    assert desk.at(NOW + 23 * HOUR + HOUR / 2) == []


def test_what_is_decided_is_not_reminded_of(desk: Desk) -> None:
    hold = selfish(desk.store, 24 * HOUR, OnExpiry.RETURN)
    desk.at(NOW)
    decide(desk.store, hold, Choice.CANCEL, Actor(SATO), NOW + HOUR)
    assert len(desk.at(NOW + HOUR)) == 1
    assert desk.at(NOW + 23 * HOUR) == []
    assert [row.outcome for row in entries(desk, hold) if row.kind == "expiring"] == ["needless"]


def test_time_that_is_put_off_puts_the_reminder_off(desk: Desk) -> None:
    hold = selfish(desk.store, 24 * HOUR, OnExpiry.RETURN)
    desk.at(NOW)
    extend(desk.store, hold, 24 * HOUR, Actor("root", "operator"), NOW + HOUR)
    assert desk.at(NOW + 23 * HOUR) == []
    (mail,) = desk.at(NOW + 47 * HOUR)
    assert "by Thu 26 Nov 12:00" in mail["Subject"]


def test_a_short_wait_is_not_reminded_of(desk: Desk) -> None:
    hold = selfish(desk.store, 2 * HOUR, OnExpiry.RETURN)
    desk.at(NOW)
    assert [row.kind for row in entries(desk, hold)] == ["held"]


def test_what_nobody_takes_goes_to_the_postmaster_and_then_to_nobody(desk: Desk) -> None:
    hold = selfish(desk.store)
    desk.listener.answers = {SATO: Kind.REFUSED, "postmaster@example.co.jp": Kind.REFUSED}
    assert desk.at(NOW) == []
    assert desk.at(NOW + HOUR) == []
    assert [(row.kind, row.outcome) for row in entries(desk, hold)] == [("held", "failed")] * 2
    assert desk.watch.alarms() == ["notice", "notice"]
    assert ("noticed", "held", "failed") in desk.watch.events


def test_a_digest_has_a_link_to_each_mail_that_its_reader_can_decide(desk: Desk) -> None:
    first, second = held(desk.store), held(desk.store, body=b"another\r\n")
    decide(desk.store, second, Choice.RELEASE, Actor("root", "operator"), NOW)
    items = tuple(Item(hold, SATO, "Quotation", ("x@partner.example",), NOW - HOUR) for hold in (first, second))
    payload = to_json(Told("digest", SUZUKI, "", HoldFacts("", "", "", NOW, items=items)))
    desk.store.write(lambda unit: outbox.add(unit, "digest", payload, NOW))
    mail = next(mail for mail in desk.at(NOW) if "wait for you" in mail["Subject"])
    opened_link = desk.store.read(lambda view: LINKS.opened(view, token(mail, "a"), NOW))
    assert isinstance(opened_link, Opened)
    assert opened_link.hold.id == first


def test_who_is_asked_again_gets_another_link_and_the_first_stays_good(desk: Desk) -> None:
    hold = held(desk.store)
    ask(desk.store, hold, SUZUKI)
    row = loaded(desk.store, hold)
    for kind in ("approve", "reminder"):
        desk.store.write(partial(ask_person, kind=kind, hold=row, ask=row.asks[0], now=NOW))
    tokens = {token(mail, "a") for mail in desk.at(NOW) if mail["To"] == SUZUKI}
    assert len(tokens) == 2
    found = [desk.store.read(partial(LINKS.opened, token=one, now=NOW)) for one in tokens]
    assert all(isinstance(one, Opened) for one in found)


def entries(desk: Desk, hold: str) -> list[OutboxRow]:
    return desk.store.read(lambda view: outbox.entries(view, hold))


MORNING = time(12, 30)
"""Half an hour after `NOW`, in Tokyo."""


def daily(tmp_path: Path) -> Desk:
    return Desk(tmp_path, replace(STATIONERY, daily=Hour(MORNING, ZoneInfo("Asia/Tokyo"))))


def test_every_day_approvers_get_their_list_and_operators_a_sign_of_life(tmp_path: Path) -> None:
    desk = daily(tmp_path)
    hold = held(desk.store)
    first = desk.at(NOW)
    assert [mail["Subject"] for mail in first if "Sekisho" in mail["Subject"]] == ["[Sekisho] Daily report: 1 held"]
    mails = {mail["To"]: mail for mail in desk.at(NOW + HOUR / 2)}
    assert set(mails) == {SUZUKI, "postmaster@example.co.jp"}
    assert mails[SUZUKI]["Subject"] == "[Approval] One mail waits for you"
    assert "Quotation (for 30 min)" in text(mails[SUZUKI])
    found = desk.store.read(partial(LINKS.opened, token=token(mails[SUZUKI], "a"), now=NOW + HOUR / 2))
    assert isinstance(found, Opened)
    assert found.hold.id == hold
    body = text(mails["postmaster@example.co.jp"])
    assert "Mails held: 1" in body
    assert "Approvers' open requests: 1" in body
    assert desk.at(NOW + HOUR) == []
    assert {mail["To"] for mail in desk.at(NOW + 24 * HOUR + HOUR / 2)} >= {SUZUKI, "postmaster@example.co.jp"}
    desk.close()


def test_of_several_gateways_one_puts_the_day_s_mails_in(tmp_path: Path) -> None:
    desk = daily(tmp_path)
    other = Daily(desk.store, Hour(MORNING, ZoneInfo("Asia/Tokyo")))
    assert other.step(NOW) == 1
    assert other.step(NOW) == 0
    assert len([mail for mail in desk.at(NOW) if "Sekisho" in mail["Subject"]]) == 1
    desk.close()


def test_who_has_answered_has_no_list(tmp_path: Path) -> None:
    desk = daily(tmp_path)
    hold = held(desk.store)
    decide(desk.store, hold, Choice.REJECT, Actor(SUZUKI), NOW, reason="use-bcc")
    desk.at(NOW)
    assert {mail["To"] for mail in desk.at(NOW + HOUR / 2)} == {"postmaster@example.co.jp"}
    desk.close()


@pytest.mark.parametrize(("hours", "days"), [(-1, -1), (0, 0), (5, 0), (23, 0), (24, 1)])
def test_the_hour_is_the_last_one_that_is_past(hours: int, days: int) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    at = datetime(2026, 11, 24, 12, 30, tzinfo=zone)
    assert Hour(MORNING, zone).last(at + hours * HOUR) == at + timedelta(days=days)
