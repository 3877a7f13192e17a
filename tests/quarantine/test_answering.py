"""Answers by mail: one word, by whoever was asked and proved it, and nothing that a program sends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sekisho.core.message import Client, Transaction
from sekisho.notices.facts import from_json
from sekisho.quarantine.answering import answer, invite
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, audit, outbox
from tests.support.links import SATO, SUZUKI, held, terms
from tests.support.stores import NOW, a_transaction, loaded

BY_SUZUKI = Client("10.0.0.9", user=SUZUKI)


def mail(
    client: Client = BY_SUZUKI, fields: Sequence[tuple[str, str]] = (), sender: str = f"<{SUZUKI}>"
) -> Transaction:
    return a_transaction("<mail-check+tag@example.co.jp>", sender=sender, client=client, fields=fields)


def asked(store: Store, hold: str, person: str = SUZUKI) -> str:
    row = loaded(store, hold)
    return store.write(lambda unit: invite(unit, row, person, "", NOW))


def states(store: Store, hold: str) -> set[str]:
    return {person.state.value for person in loaded(store, hold).recipients}


def told(store: Store, hold: str) -> list[str]:
    rows = store.read(lambda view: outbox.entries(view, hold))
    return [from_json(dict(row.payload)).facts.outcome for row in rows if row.kind == "unanswered"]


@pytest.mark.parametrize("word", ["approve", " Approve ", "APPROVE", "承認", "批准"])
def test_the_word_of_whoever_was_asked_releases(store: Store, word: str) -> None:
    hold = held(store)
    assert answer(store, asked(store, hold), mail(), word, NOW)
    assert (states(store, hold), told(store, hold)) == ({"releasing"}, [])


@pytest.mark.parametrize("word", ["reject", "却下", "驳回"])
def test_a_rejection_says_that_it_came_by_mail(store: Store, word: str) -> None:
    hold = held(store)
    assert answer(store, asked(store, hold).upper(), mail(), word, NOW)
    assert states(store, hold) == {"rejected"}
    assert store.read(audit.entries)[-1].reason == "other: by mail"


@pytest.mark.parametrize("line", ["", "approved", "approve.", "> approve", "approve please", "ok", "Re: approve"])
def test_anything_but_the_word_alone_is_answered_and_decides_nothing(store: Store, line: str) -> None:
    hold = held(store)
    assert answer(store, asked(store, hold), mail(), line, NOW)
    assert (states(store, hold), told(store, hold)) == ({"held"}, ["word"])


@pytest.mark.parametrize("user", ["", SATO, "sato", "suzuki@elsewhere.example", "suzuki2", "x@" + SUZUKI])
def test_mail_of_anybody_else_is_ordinary_mail(store: Store, user: str) -> None:
    hold = held(store)
    assert not answer(store, asked(store, hold), mail(Client("10.0.0.9", user=user)), "approve", NOW)
    assert (states(store, hold), told(store, hold)) == ({"held"}, [])


def test_an_account_without_a_domain_is_the_person_s_too(store: Store) -> None:
    hold = held(store)
    assert answer(store, asked(store, hold), mail(Client("10.0.0.9", user="suzuki")), "approve", NOW)
    assert states(store, hold) == {"releasing"}


@pytest.mark.parametrize("tag", ["", "x", "0" * 26])
def test_an_unknown_tag_is_ordinary_mail(store: Store, tag: str) -> None:
    assert not answer(store, tag, mail(), "approve", NOW)


@pytest.mark.parametrize(
    ("sender", "fields"),
    [
        ("<>", []),
        (f"<{SUZUKI}>", [("Auto-Submitted", "auto-replied")]),
        (f"<{SUZUKI}>", [("Precedence", "bulk")]),
        (f"<{SUZUKI}>", [("List-Id", "<x.example>")]),
    ],
)
def test_what_a_program_sends_counts_for_nothing_and_is_not_answered(
    store: Store, sender: str, fields: list[tuple[str, str]]
) -> None:
    hold = held(store)
    assert answer(store, asked(store, hold), mail(fields=fields, sender=sender), "approve", NOW)
    assert (states(store, hold), told(store, hold)) == ({"held"}, [])
    assert store.read(audit.entries)[-1].action == "reply-ignored"


def test_what_needs_a_second_proof_is_never_approved_by_mail_but_may_be_rejected(store: Store) -> None:
    hold = held(store, terms(step_up=True))
    tag = asked(store, hold)
    assert answer(store, tag, mail(), "approve", NOW)
    assert (states(store, hold), told(store, hold)) == ({"held"}, ["step-up"])
    assert answer(store, tag, mail(), "reject", NOW)
    assert states(store, hold) == {"rejected"}


def test_the_second_answer_and_the_late_one_are_in_vain(store: Store) -> None:
    first, second = held(store), held(store, body=b"two\r\n")
    tag, late = asked(store, first), asked(store, second)
    answer(store, tag, mail(), "reject", NOW)
    answer(store, tag, mail(), "approve", NOW)
    assert (states(store, first), told(store, first)) == ({"rejected"}, ["right"])
    answer(store, late, mail(), "approve", NOW.replace(day=26))
    assert (states(store, second), told(store, second)) == ({"held"}, ["right"])


def test_the_sender_cannot_approve_by_mail_what_others_decide(store: Store) -> None:
    hold = held(store)
    assert Choice.APPROVE.value == "approve"
    assert answer(store, asked(store, hold, SATO), mail(Client("10.0.0.9", user=SATO)), "approve", NOW)
    assert (states(store, hold), told(store, hold)) == ({"held"}, ["right"])
