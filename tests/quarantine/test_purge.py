"""What has ended goes when its time is over, and nothing else does; the audit stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Integer, Table, func, select, update

from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.purge import Purged, Retention, legal_hold, lift_legal_hold, purge
from sekisho.quarantine.reconcile import KEPT, Reconciled, reconcile
from sekisho.quarantine.refusals import Actor, HasGone, NoReason, UnknownHold
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, audit, holds, releases
from sekisho.store import outbox as outbox_rows
from sekisho.store.errors import ContentPurged
from sekisho.store.store import DUPLICATE_WINDOW
from sekisho.store.tables import asks, campaigns, choices, metadata, outbox, tokens
from sekisho.store.tables import holds as table
from sekisho.store.types import Json, Moment
from sekisho.store.unit import Unit
from tests.support.stores import NOW, a_transaction, die, hold_one, in_child, loaded, octets_of

DAY = timedelta(days=1)
RETENTION = Retention(content=90 * DAY, records=400 * DAY)
OPERATOR = Actor("root", "operator")
BIG = bytes(256) * 1024
OF_NO_HOLD = {"audit", "audit_head", "traffic", "journal_cursors", "remembered"}


def told(store: Store) -> None:
    """Every notice has been sent."""

    def work(unit: Unit) -> None:
        unit.connection.execute(update(outbox).values(due=None, outcome="sent"))

    store.write(work)


def rejected(store: Store, body: bytes = b"hello\r\n") -> str:
    """A hold that ended at NOW, with nothing left to be told."""
    hold = hold_one(store, transaction=a_transaction(body=body))
    decide(store, hold, Choice.REJECT, OPERATOR, NOW)
    told(store)
    return hold


def a_row(of: Table, **values: object) -> dict[str, object]:
    """A row with something in each column that must not be empty."""
    something = {Integer: 0, Moment: NOW, Json: []}
    plain = {c.name: None if c.nullable else something.get(type(c.type), "") for c in of.c}
    return {**plain, **values}


def purged(store: Store, now: datetime, *, dry_run: bool = False) -> Purged:
    return sum(purge(store, RETENTION, OPERATOR, now, dry_run=dry_run), Purged())


def sizes(store: Store) -> dict[str, int]:
    """How many rows each table has."""

    def counted(table: str) -> int:
        query = select(func.count()).select_from(metadata.tables[table])
        return store.read(lambda view: view.connection.scalar(query)) or 0

    return {table: counted(table) for table in metadata.tables if table not in OF_NO_HOLD}


def actions(store: Store, action: str) -> list[dict[str, object]]:
    """The details of what was done, as it is on record."""
    return [dict(row.details) for row in store.read(audit.entries) if row.action == action]


def kept_apart(store: Store) -> list[str]:
    return [message for message, _, _ in store.files.listing()]


@pytest.mark.parametrize("body", [b"hello\r\n", BIG], ids=["in a row", "apart"])
def test_content_goes_first_and_the_records_stay(store: Store, body: bytes) -> None:
    hold = rejected(store, body)
    size = len(octets_of(a_transaction(body=body)))
    assert purged(store, NOW + 90 * DAY) == Purged()
    later = NOW + 90 * DAY + timedelta(seconds=1)
    assert purged(store, later, dry_run=True) == Purged(1, size, 0, 0)
    assert store.read(lambda view: holds.content(view, store.files, loaded(store, hold).message)).read()
    assert purged(store, later) == Purged(1, size, 0, 0)
    assert purged(store, later) == Purged()
    row = loaded(store, hold)
    assert (row.state, row.message.purged) == (State.REJECTED, later)
    assert kept_apart(store) == []
    assert sizes(store)["chunks"] == 0
    with pytest.raises(ContentPurged, match="purged at 2027-02-22T03:00:01"):
        store.read(lambda view: holds.content(view, store.files, row.message))
    with pytest.raises(HasGone, match=r"already rejected .* its content was purged at 2027-02-22"):
        decide(store, hold, Choice.RELEASE, OPERATOR, later)
    assert actions(store, "purge") == [
        {"bodies": 1, "octets": size, "records": 0, "content_of": [hold], "records_of": []}
    ]


def test_the_records_go_later_and_leave_nothing_but_the_audit(store: Store) -> None:
    hold = rejected(store)
    for of in (tokens, choices, asks):
        store.write(lambda unit, of=of: unit.add(of, a_row(of, hold=hold)))  # type: ignore[misc]
    store.write(lambda unit: unit.add(campaigns, a_row(campaigns, id=hold)))
    assert {of for of, rows in sizes(store).items() if not rows} == {"pieces", "releases"}
    size = len(octets_of(a_transaction(body=b"hello\r\n")))
    before = store.read(audit.last)
    late = NOW + 400 * DAY + timedelta(seconds=1)
    assert purged(store, late) == Purged(1, size, 1, 0)
    assert set(sizes(store).values()) == {0}
    assert store.read(audit.last) == before + 1
    assert store.read(audit.verify).broken_at is None
    assert actions(store, "purge")[0]["records_of"] == [hold]
    assert purged(store, late) == Purged()


def test_records_go_when_their_content_went_before(store: Store) -> None:
    rejected(store, BIG)
    purged(store, NOW + 100 * DAY)
    assert purged(store, NOW + 401 * DAY) == Purged(0, 0, 1, 0)
    assert set(sizes(store).values()) == {0}


def waiting(store: Store) -> str:
    hold = hold_one(store)
    told(store)
    return hold


def being_sent(store: Store) -> str:
    hold = hold_one(store)
    decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    told(store)
    return hold


def with_a_release(store: Store) -> str:
    hold = rejected(store)
    store.write(lambda unit: releases.start(unit, hold, NOW))
    return hold


def with_a_choice(store: Store) -> str:
    """Somebody chose something by a link, and it has not taken effect."""
    hold = rejected(store)
    store.write(lambda unit: unit.add(choices, a_row(choices, hold=hold, due=NOW)))
    return hold


def with_a_notice(store: Store) -> str:
    hold = hold_one(store)
    decide(store, hold, Choice.REJECT, OPERATOR, NOW)
    return hold


def to_be_checked(store: Store) -> str:
    hold = rejected(store)

    def work(unit: Unit) -> None:
        unit.connection.execute(update(table).where(table.c.id == hold).values(passed=1))

    store.write(work)
    return hold


def leading(store: Store) -> str:
    """The first of a campaign that somebody still has to settle."""
    hold = rejected(store)
    store.write(lambda unit: unit.add(campaigns, a_row(campaigns, id=hold, due=NOW)))
    return hold


def followed(store: Store) -> str:
    """One that a hold follows which still waits."""
    hold, member = rejected(store), waiting(store)

    def work(unit: Unit) -> None:
        unit.connection.execute(update(table).where(table.c.id == member).values(campaign=hold))

    store.write(work)
    return hold


@pytest.mark.parametrize(
    "make",
    [waiting, being_sent, with_a_release, with_a_choice, with_a_notice, to_be_checked, leading, followed],
)
def test_what_is_open_stays_whatever_its_age(store: Store, make: Callable[[Store], str]) -> None:
    hold = make(store)
    before = sizes(store)
    assert purged(store, NOW + 4000 * DAY) == Purged()
    assert (sizes(store), loaded(store, hold).message.purged) == (before, None)


def test_nothing_goes_within_the_duplicate_window(store: Store) -> None:
    rejected(store)
    at_once = Retention(timedelta(seconds=1), timedelta(seconds=1))
    assert list(purge(store, at_once, OPERATOR, NOW + DUPLICATE_WINDOW)) == []
    gone = sum(purge(store, at_once, OPERATOR, NOW + DUPLICATE_WINDOW + timedelta(seconds=1)), Purged())
    assert (gone.bodies, gone.records) == (1, 1)


def test_a_legal_hold_keeps_everything_until_it_is_lifted(store: Store) -> None:
    hold = rejected(store, BIG)
    legal_hold(store, hold, OPERATOR, NOW, "case 12")
    assert loaded(store, hold).legal_hold == "case 12"
    assert purged(store, NOW + 4000 * DAY) == Purged(kept=1)
    assert purged(store, NOW + 4000 * DAY, dry_run=True) == Purged(kept=1)
    lift_legal_hold(store, hold, OPERATOR, NOW, "settled")
    assert purged(store, NOW + 4000 * DAY).records == 1
    reasons = [(row.action, row.reason) for row in store.read(audit.entries) if row.action.startswith("legal-hold")]
    assert reasons == [("legal-hold", "case 12"), ("legal-hold-lifted", "settled")]


def test_a_legal_hold_keeps_those_that_followed(store: Store) -> None:
    lead, member = rejected(store), rejected(store, b"another\r\n")

    def work(unit: Unit) -> None:
        unit.connection.execute(update(table).where(table.c.id == member).values(campaign=lead))

    store.write(work)
    legal_hold(store, lead, OPERATOR, NOW, "case 12")
    assert purged(store, NOW + 4000 * DAY) == Purged(kept=2)


def test_a_legal_hold_needs_a_hold_and_a_reason(store: Store) -> None:
    with pytest.raises(UnknownHold):
        legal_hold(store, "0" * 26, OPERATOR, NOW, "case 12")
    with pytest.raises(NoReason):
        legal_hold(store, rejected(store), OPERATOR, NOW, " ")


def test_many_go_batch_by_batch_with_one_entry_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.quarantine.purge.BATCH", 3)
    for number in range(8):
        rejected(store, b"%d\r\n" % number)
    keep = waiting(store)
    parts = [part.bodies for part in purge(store, RETENTION, OPERATOR, NOW + 100 * DAY)]
    assert sum(parts) == 8
    assert len(actions(store, "purge")) == 3
    assert loaded(store, keep).message.purged is None


def test_what_ended_late_is_counted_from_its_end(store: Store) -> None:
    hold = hold_one(store)
    decide(store, hold, Choice.REJECT, OPERATOR, NOW + 30 * DAY)
    told(store)
    assert purged(store, NOW + 120 * DAY) == Purged()
    assert purged(store, NOW + 121 * DAY).bodies == 1


def test_a_crash_before_a_file_is_removed_leaves_what_the_reconciler_knows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = rejected(store, BIG)
    message = loaded(store, hold).message.id
    monkeypatch.setattr(type(store.files), "discard", die)
    assert in_child(lambda: purged(store, NOW + 100 * DAY), store) == -9
    monkeypatch.undo()
    assert loaded(store, hold).message.purged == NOW + 100 * DAY
    written = {name: when for name, when, _ in store.files.listing()}
    assert list(written) == [message]
    soon = datetime.fromtimestamp(written[message], tz=NOW.tzinfo)
    assert reconcile(store, soon) == Reconciled(orphans=(message,))
    assert reconcile(store, soon + KEPT + DAY) == Reconciled(removed=(message,))
    assert kept_apart(store) == []


def test_nobody_is_alarmed_about_content_that_was_purged(store: Store) -> None:
    rejected(store, BIG)
    purged(store, NOW + 100 * DAY)
    assert reconcile(store, NOW + 100 * DAY) == Reconciled()


def test_notices_about_no_hold_go_as_records_do(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.quarantine.purge.BATCH", 2)
    for _ in range(3):
        store.write(lambda unit: outbox_rows.add(unit, "heartbeat", {}, NOW))
    told(store)
    store.write(lambda unit: outbox_rows.add(unit, "heartbeat", {}, NOW))
    assert purged(store, NOW + 400 * DAY) == Purged()
    late = NOW + 400 * DAY + timedelta(seconds=1)
    assert purged(store, late, dry_run=True) == Purged(notices=3)
    assert sizes(store)["outbox"] == 4
    assert purged(store, late) == Purged(notices=3)
    assert (sizes(store)["outbox"], purged(store, late)) == (1, Purged())
    assert actions(store, "purge") == [{"notices": 2}, {"notices": 1}]
