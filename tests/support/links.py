"""Holds that wait for somebody's choice, links to them, and a reader of what a notice says."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sekisho.core.approval import parse
from sekisho.core.finding import Finding
from sekisho.core.terms import Preview, Terms
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.links import Link, Links
from sekisho.store import Store, holds
from sekisho.store.rows import AskRow
from sekisho.store.unit import Unit
from tests.support.stores import NOW, a_plan, a_transaction, a_wait, an_evidence, loaded

KEY = bytes(range(32))
BASE = "https://check.example.co.jp/"
SATO = "sato@example.co.jp"
SUZUKI = "suzuki@example.co.jp"


def links() -> Links:
    return Links(BASE, KEY, secrets.token_bytes)


def terms(
    approval: str = "manager",
    offer: Sequence[str] = ("drop-recipient", "cancel"),
    *,
    preview: Preview = Preview.FULL,
    step_up: bool = False,
) -> Terms:
    return Terms(parse(approval), offer=tuple(offer), preview=preview, step_up=step_up)


TWO = ("<x@partner.example>", "<y@other.example>")


def held(
    store: Store,
    *of: Terms,
    recipients: Sequence[str] = TWO,
    body: bytes = b"hello\r\n",
    fields: Sequence[tuple[str, str]] = (),
    findings: Sequence[Finding] = (),
) -> str:
    """A hold of sato's that waits for suzuki, who was asked."""
    locks = [a_wait(f"rule-{number}", terms=one) for number, one in enumerate(of or (terms(),))]
    message = a_transaction(*recipients, body=body, fields=fields)
    (hold,) = deposit(store, message, a_plan(message, *locks), an_evidence(*findings))
    ask(store, hold, SUZUKI)
    return hold


def ask(store: Store, hold_id: str, person: str) -> None:
    """Ask a person to open each lock that waits for a manager."""
    hold = loaded(store, hold_id)

    def work(unit: Unit) -> None:
        asks = tuple(
            AskRow(unit.new_id(), number, 0, str(lock.terms.approval), person, person, "", NOW)
            for number, lock in enumerate(hold.waits)
            if str(lock.terms.approval) == "manager"
        )
        holds.save(unit, hold, replace(hold, asks=(*hold.asks, *asks)))

    store.write(work)


def invited(store: Store, of: Links, hold_id: str, person: str, now: datetime = NOW, notice: str = "") -> Link:
    """A link to a hold for a person."""
    hold = loaded(store, hold_id)
    approver = person != SATO
    return store.write(lambda unit: of.invite(unit, hold, person, now, notice=notice, approver=approver))


def token_of(link: Link) -> str:
    return link.url.rpartition("/")[2]
