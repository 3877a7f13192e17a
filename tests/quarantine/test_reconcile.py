"""Files and rows are compared at the start: what a crash left is kept or named, and nothing stops the daemon."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from sekisho.quarantine.decide import decide
from sekisho.quarantine.reconcile import KEPT, LEGAL, Reconciled, Verdict, reconcile
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store
from sekisho.store.content import ContentFiles
from tests.support.stores import NOW, ONLY_SQLITE, a_transaction, hold_one, loaded

BIG = bytes(256) * 1024
STRAY = "0" * 26


def held(store: Store) -> tuple[str, str]:
    """A hold with its content in a file: hold-id and message."""
    hold = hold_one(store, transaction=a_transaction(body=BIG))
    return hold, loaded(store, hold).message.id


def kept(store: Store) -> list[str]:
    """The messages whose content is kept apart."""
    return [message for message, _, unfinished in store.files.listing() if not unfinished]


def test_every_state_that_can_be_found_is_in_the_table() -> None:
    possible = {(file, row, open_) for file, row, open_ in product((True, False), repeat=3) if file or row}
    without_row = {state for state in possible if not state[1] and state[2]}
    assert set(LEGAL) == possible - without_row


def test_what_fits_is_left_alone(store: Store) -> None:
    held(store)
    hold_one(store)
    assert reconcile(store, datetime.now(UTC)) == Reconciled()


def test_a_file_without_a_row_is_kept_some_days_and_then_removed(store: Store) -> None:
    store.files.write(STRAY, [b"never acknowledged"])
    now = datetime.now(UTC)
    assert reconcile(store, now) == Reconciled(orphans=(STRAY,))
    assert STRAY in kept(store)
    assert reconcile(store, now + KEPT + timedelta(minutes=1)) == Reconciled(removed=(STRAY,))
    assert STRAY not in kept(store)


@ONLY_SQLITE
def test_an_unfinished_file_goes_too_and_takes_no_finished_one_with_it(store: Store) -> None:
    _, message = held(store)
    assert isinstance(store.files, ContentFiles)
    (store.files.folder / f"{message}.tmp").write_bytes(b"half")
    os.utime(store.files.path(message), (0, 0))
    later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
    assert reconcile(store, later) == Reconciled(removed=(message,))
    assert kept(store) == [message]
    assert reconcile(store, later) == Reconciled()


def test_a_row_that_waits_for_a_missing_file_is_an_alarm(store: Store) -> None:
    _, message = held(store)
    store.files.discard(message)
    assert reconcile(store, NOW) == Reconciled(missing=(message,))


@pytest.mark.parametrize("choice", [Choice.REJECT, Choice.CANCEL])
def test_a_decided_hold_needs_no_file(store: Store, choice: Choice) -> None:
    hold, message = held(store)
    decide(store, hold, choice, Actor("me", "operator"), NOW)
    store.files.discard(message)
    assert reconcile(store, NOW) == Reconciled()


def test_verdicts_are_what_they_should_be() -> None:
    assert LEGAL[True, False, False] is Verdict.ORPHAN
    assert LEGAL[False, True, True] is Verdict.MISSING
