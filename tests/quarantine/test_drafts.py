"""Who cancels gets an editable draft back, and nobody else does."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from email.message import EmailMessage

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.approval import SELF
from sekisho.core.evidence import Evidence
from sekisho.core.message import Transaction
from sekisho.core.plan import Wait
from sekisho.core.terms import Terms
from sekisho.notices.build import Letterhead
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.store import Store
from tests.support.stores import NOW, Listener, Recorder, a_desk, a_plan, a_transaction, an_evidence, loaded, octets_of

SATO = Actor("sato@example.co.jp")
OFFER = Terms(SELF, offer=("cancel", "drop-recipient"))


@pytest.fixture
def listener(store: Store) -> Iterator[Listener]:
    yield Listener()


def keep(store: Store, message: Transaction, evidence: Evidence | None = None) -> str:
    plan = a_plan(message, Wait("secret", None, OnExpiry.KEEP, OFFER))
    (hold,) = deposit(store, message, plan, evidence or an_evidence())
    return hold


def cancelled_mail(store: Store, listener: Listener) -> EmailMessage:
    """The mail that says so, once everything due is done."""
    stationery = Stationery(Letterhead("check@example.co.jp", UTC), "en", "postmaster@example.co.jp")
    worker = ReleaseWorker(store, listener.send, stationery, a_desk(), Recorder(), lambda: NOW)
    worker.run_once(NOW)
    worker.close()
    mails = [email.message_from_bytes(octets, policy=email.policy.default) for _, _, octets in listener.taken]
    (found,) = [mail for mail in mails if ".cancelled@" in str(mail["Message-ID"])]
    assert isinstance(found, EmailMessage)
    return found


def draft_of(mail: EmailMessage) -> EmailMessage | None:
    inner = [part for part in mail.walk() if part.get_filename() == "draft.eml"]
    if not inner:
        return None
    message = inner[0].get_content()
    assert isinstance(message, EmailMessage)
    return message


def test_who_cancels_gets_the_message_back_to_be_edited(store: Store, listener: Listener) -> None:
    message = a_transaction("<x@partner.example>", "<hidden@other.example>", body=b"hello\r\n..dots\r\n")
    hold = keep(store, message, replace(an_evidence(), hidden=0b10))
    decide(store, hold, Choice.CANCEL, SATO, NOW)
    mail = cancelled_mail(store, listener)
    assert mail["To"] == "sato@example.co.jp"
    draft = draft_of(mail)
    assert draft is not None
    assert draft["X-Unsent"] == "1"
    assert draft["Bcc"] == "hidden@other.example"
    assert draft["To"] == "x@partner.example"
    octets = next(octets for _, _, octets in listener.taken if b".cancelled@" in octets)
    assert octets_of(message) in octets


def test_dropping_a_recipient_brings_no_draft(store: Store, listener: Listener) -> None:
    hold = keep(store, a_transaction("<x@partner.example>", "<y@other.example>"))
    decide(store, hold, Choice.DROP_RECIPIENT, SATO, NOW, recipients=["x@partner.example"])
    assert draft_of(cancelled_mail(store, listener)) is None


def test_a_postmaster_who_is_told_instead_gets_no_message(store: Store, listener: Listener) -> None:
    message = a_transaction("<x@partner.example>", fields=[("Auto-Submitted", "auto-generated")])
    hold = keep(store, message)
    assert loaded(store, hold).message.answer_to == "postmaster"
    decide(store, hold, Choice.CANCEL, Actor("root", "operator"), NOW)
    mail = cancelled_mail(store, listener)
    assert mail["To"] == "postmaster@example.co.jp"
    assert draft_of(mail) is None


def test_a_draft_with_8_bit_octets_says_so_on_the_way(store: Store) -> None:
    senders: list[tuple[str, ...]] = []

    class Noting(Listener):
        def send(self, sender, recipients, pieces, size):  # type: ignore[no-untyped-def]
            senders.append(sender.params)
            return super().send(sender, recipients, pieces, size)

    listener = Noting()
    hold = keep(store, a_transaction("<x@partner.example>", body="こんにちは\r\n".encode()))
    decide(store, hold, Choice.CANCEL, SATO, NOW)
    assert draft_of(cancelled_mail(store, listener)) is not None
    assert ("BODY=8BITMIME",) in senders
