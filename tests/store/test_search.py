"""Every search finds what it should, by each of its ways, and none reads a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from integration.bench.many_holds import KNOWN, Rows, pages
from integration.bench.million import QUESTIONS, fill, insert
from sekisho.core.actions import OnExpiry
from sekisho.core.lifecycle import OPEN, State
from sekisho.store import Store, listing, open_store, schema, search
from sekisho.store.holds import JOINED, load_rows
from sekisho.store.rows import HoldRow
from sekisho.store.search import Filter, ways
from sekisho.store.tables import holds as holds_table
from tests.support import postgresql
from tests.support.stores import NOW, a_transaction, a_wait, hold_one

COUNT = 600
EVERY = frozenset[State]()
MORE = {
    "states": Filter(frozenset({State.HELD, State.REJECTED}), rule=KNOWN.hot_rule),
    "of a time": Filter(
        EVERY, since=NOW - timedelta(days=200), until=NOW - timedelta(days=100), sender=KNOWN.hot_sender
    ),
    "sender and recipient": Filter(EVERY, sender="s2@example.co.jp", recipient=KNOWN.hot_recipient),
    "recipient in a state": Filter(frozenset({State.RELEASED}), recipient="R2@partner.EXAMPLE"),
    "owner": Filter(EVERY, sender="users1@example.co.jp"),
    "all of it": Filter(OPEN, sender="s1@example.co.jp", recipient="r2@partner.example", rule="rule-1"),
}
ASKED = {**QUESTIONS, **MORE}


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store, COUNT, NOW)
    return store


def fits(hold: HoldRow, wanted: Filter) -> bool:
    """What a filter means, said once more."""
    message = hold.message
    senders = {message.sender.address.lower(), message.sender_of_record.lower()}
    people = {person.path.address.lower() for person in hold.recipients}
    led = not hold.campaign if not (wanted.campaign or wanted.recipient) else True
    return (
        (not wanted.states or hold.state in wanted.states)
        and (not wanted.sender or wanted.sender.lower() in senders)
        and (not wanted.recipient or wanted.recipient.lower() in people)
        and (not wanted.rule or wanted.rule in {lock.rule for lock in hold.waits})
        and (wanted.since is None or hold.created >= wanted.since)
        and (wanted.until is None or hold.created < wanted.until)
        and (not wanted.campaign or hold.campaign == wanted.campaign)
        and led
    )


def everything(store: Store) -> list[HoldRow]:
    query = JOINED.order_by(holds_table.c.created.desc(), holds_table.c.id.desc())
    return store.read(lambda view: load_rows(view, view.connection.execute(query).mappings().all()))


def asked_of(rows: list[HoldRow]) -> dict[str, Filter]:
    lead = next(row.campaign for row in rows if row.campaign)
    return {**ASKED, "campaign": Filter(EVERY, campaign=lead), "campaign, open": Filter(campaign=lead)}


def test_each_way_finds_what_is_wanted_page_by_page(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest first, each hold once, whichever index is walked."""
    rows = everything(filled)
    monkeypatch.setattr(listing, "_PAGE", 60)
    found = 0
    for name, wanted in asked_of(rows).items():
        expected = [row.id for row in rows if fits(row, wanted)]
        found += len(expected)
        for way in ways(wanted):
            monkeypatch.setattr(listing, "choose", lambda *_, way=way: way)
            assert [hold.id for hold in listing.listing(filled, wanted)] == expected, (name, way.name)
    assert found > COUNT


def test_the_way_with_the_fewest_entries_is_taken(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def chosen(wanted: Filter) -> str:
        return filled.read(lambda view: search.choose(view, wanted)).name

    assert chosen(QUESTIONS["rare sender"]) == "sender"
    assert chosen(QUESTIONS["hot sender, rare rule"]) == "rule"
    assert chosen(QUESTIONS["absent recipient"]) == "recipient"
    assert chosen(QUESTIONS["rule of which none is open, open"]) == "state"
    monkeypatch.setattr(search, "COUNTED", 1)
    assert chosen(QUESTIONS["hot sender and rule"]) == "sender"
    assert chosen(QUESTIONS["hot sender, open"]) == "state"


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """All that is asked of the database meanwhile."""
    asked: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    event.listen(store._readers, "before_cursor_execute", keep)
    try:
        yield asked
    finally:
        event.remove(store._readers, "before_cursor_execute", keep)


def plan(store: Store, kind: str, statement: str, parameters: Any) -> list[str]:
    """How the database does it; PostgreSQL is told not to prefer what is quicker while tables are small."""
    with store._readers.begin() as connection:
        if kind == "sqlite":
            return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        for how in ("seqscan", "hashjoin", "mergejoin"):
            connection.execute(text(f"SET LOCAL enable_{how} = off"))
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]


def reads_a_table(step: str) -> bool:
    """SQLite scans what is no subquery of ours, or PostgreSQL has no index to use, or builds a hash of a table."""
    words = step.split()
    scanned = words[:1] == ["SCAN"] and words[1] in {"holds", "messages", "recipients", "waits", "asks"}
    return scanned or "Seq Scan" in step or "Hash" in step


def test_no_search_reads_a_whole_table(filled: Store, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later page by every way, with all that is loaded for it."""
    rows = everything(filled)
    every: dict[str, tuple[str, Any]] = {}
    for name, wanted in asked_of(rows).items():
        for way in ways(wanted):
            monkeypatch.setattr(listing, "choose", lambda *_, way=way: way)
            with statements(filled) as asked:
                list(listing.listing(filled, wanted, limit=20, after=rows[COUNT // 2].id))
            every |= {statement: (f"{name} by {way.name}", parameters) for statement, parameters in asked}
    for statement, (name, parameters) in every.items():
        steps = plan(filled, kind, statement, parameters)
        assert not [step for step in steps if reads_a_table(step)], (name, statement, steps)


def test_what_counts_and_warns_reads_no_whole_table(filled: Store, kind: str) -> None:
    with statements(filled) as asked:
        filled.read(listing.oldest)
        filled.read(lambda view: listing.expiring(view, NOW))
        assert listing.next_due(filled, 20)
    for statement, parameters in asked:
        steps = plan(filled, kind, statement, parameters)
        assert not [step for step in steps if reads_a_table(step)], (statement, steps)


def test_the_next_to_expire_come_in_their_order(store: Store) -> None:
    hours = [timedelta(hours=number) for number in (3, 1, 2)]
    made = [
        hold_one(store, a_wait("r", lasts, OnExpiry.RETURN), transaction=a_transaction(body=str(lasts).encode()))
        for lasts in hours
    ]
    hold_one(store)
    assert [hold.id for hold in listing.next_due(store, 9)] == [made[1], made[2], made[0]]
    assert [hold.id for hold in listing.next_due(store, 1)] == [made[1]]


def test_addresses_of_any_length_and_script_are_held_and_found(store: Store) -> None:
    """No entry of an index is longer than a database allows."""
    long, umlaut = "x" * 9000 + "@partner.example", "Ärzte@partner.example"
    holds = [
        hold_one(store, transaction=a_transaction(f"<{address}>", sender=f"<{address}>")) for address in (long, umlaut)
    ]
    for hold, address in zip(holds, (long, umlaut), strict=True):
        for wanted in (Filter(recipient=address), Filter(sender=address)):
            assert [found.id for found in listing.listing(store, wanted)] == [hold]


def test_holds_of_an_older_store_are_found_after_an_upgrade(kind: str, tmp_path: Any) -> None:
    """It is told how far it is, and changes nothing else."""
    server = postgresql.cluster() if kind == "postgresql" else None
    url = server.url(server.create()) if server else f"sqlite:///{tmp_path}/sekisho.db"
    store = open_store(url, tmp_path / "content", min_free=0)
    store.files.create()
    if server is None:
        schema.create_file(tmp_path / "sekisho.db")
    with store._upgrading.begin() as connection:
        schema.upgrade(connection, "0007")
        for rows in pages(200, NOW):
            older: Rows = {
                table: [{name: row[name] for name in row if table == "holds" or name != "created"} for row in some]
                for table, some in rows.items()
                if table != "audit_head"
            }
            for table in ("messages", "holds", "recipients", "waits"):
                if table in older:
                    insert(connection, table, older)
    told: list[tuple[str, int, int]] = []
    store.upgrade(lambda *step: told.append(step))
    assert [step for step in told if step[0] == "recipients"] == [("recipients", number, 32) for number in range(32)]
    assert told[-1][1] == told[-1][2]
    kept = everything(store)
    wanted = QUESTIONS["hot recipient"]
    found = [hold.id for hold in listing.listing(store, wanted)]
    assert found == [row.id for row in kept if fits(row, wanted)] != []
    store.close()
    if server is not None:
        server.drop(url.rpartition("/")[2])
