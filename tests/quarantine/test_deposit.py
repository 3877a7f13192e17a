"""A message is kept before anybody is answered: once, whole, with everything people need to see."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from sekisho.core.actions import OnExpiry
from sekisho.core.content import Content
from sekisho.core.edits import ChangeHeader, DeleteHeader
from sekisho.core.finding import Finding
from sekisho.core.lifecycle import State
from sekisho.core.message import Field
from sekisho.core.plan import Deposit, Notice
from sekisho.notices.facts import from_json
from sekisho.quarantine.decide import decide
from sekisho.quarantine.deposit import ReleaseLoop, deposit
from sekisho.quarantine.received import received_field
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, audit, outbox, releases
from sekisho.store.listing import listing
from sekisho.store.rows import OutboxRow
from sekisho.store.search import Filter
from sekisho.store.tables import outbox as outbox_table
from sekisho.store.writer import Work
from tests.support.stores import (
    NOW,
    ONLY_SQLITE,
    a_plan,
    a_transaction,
    a_wait,
    an_evidence,
    die,
    hold_one,
    in_child,
    in_children,
    loaded,
    octets_of,
    opened,
    stored_octets,
)

BIG = bytes(range(256)) * 1024
TWO = ("<x@partner.example>", "<y@other.example>")
OPERATOR = Actor("root", "operator")


def actions(store: Store) -> list[str]:
    return [row.action for row in store.read(audit.entries)]


def notices(store: Store) -> list[OutboxRow]:
    """All of the outbox."""
    query = select(outbox_table.c.hold).distinct()
    ids = store.read(lambda view: list(view.connection.scalars(query)))
    return [row for hold in ids for row in store.read(partial(outbox.entries, hold=hold))]


def everything(store: Store) -> list[str]:
    return [hold.id for hold in listing(store, Filter(frozenset()))]


@pytest.mark.parametrize("body", [b"", b"short\r\n", BIG], ids=["empty", "row", "file"])
def test_the_octets_are_kept_exactly(store: Store, body: bytes) -> None:
    message = a_transaction(body=body, fields=[("X-Odd", "a\n\tb\x01"), ("", ""), ("X-Sp ", " ")])
    hold = hold_one(store, transaction=message)
    assert stored_octets(store, hold) == octets_of(message)
    assert loaded(store, hold).message.size == len(octets_of(message))
    assert len(list(store.files.listing())) == (1 if body is BIG else 0)


def test_content_stays_while_nobody_knows_whether_its_row_was_committed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Store.write

    def committed_and_not_told(self: Store, work: Work[object]) -> object:
        write(self, work)
        raise StoreUnavailable("the server is gone", undone=False)

    message = a_transaction(body=BIG)
    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", committed_and_not_told)
        with pytest.raises(StoreUnavailable):
            hold_one(store, transaction=message)
    (hold,) = everything(store)
    assert stored_octets(store, hold) == octets_of(message)


def test_content_that_surely_has_no_row_does_not_stay(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Store, work: Work[object]) -> object:
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "write", full)
        with pytest.raises(StoreUnavailable):
            hold_one(store, transaction=a_transaction(body=BIG))
    assert list(store.files.listing()) == []


def test_envelope_client_and_evidence_are_kept_exactly(store: Store) -> None:
    finding = Finding("personal-data", "body:1\udc80", 0b101, "my-number", 3, 0.9, "12**", {"n": 3, "o": "\0\udc80"})
    elsewhere = Finding("other", "body", 0b010)
    message = a_transaction(
        "<x@partner.example>",
        "<gone@partner.example>",
        '<"odd \\" one"@other.example>',
        params=("BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "ENVID=QQ+3D\udc80"),
        rcpt_params=("NOTIFY=FAILURE", "ORCPT=rfc822;x@partner.example"),
    )
    held = (message.recipients[0], message.recipients[2])
    changes = (DeleteHeader("Cc", 2), ChangeHeader("To", 1, "undisclosed-recipients:;"))
    wait = a_wait("secret", timedelta(hours=24), OnExpiry.RETURN)
    plan = a_plan(message, wait, held=held, changes=changes)
    evidence = replace(an_evidence(finding, elsewhere), hidden=0b110, files=2)
    (hold_id,) = deposit(store, message, plan, evidence)
    hold = loaded(store, hold_id)
    assert (hold.state, hold.offered, hold.created) == (State.HELD, 1, NOW)
    assert hold.expires == NOW + timedelta(hours=24)
    assert (hold.rules, hold.changes) == (("secret",), changes)
    assert [person.path for person in hold.recipients] == list(held)
    assert (hold.message.sender, hold.message.client) == (message.sender, message.client)
    assert (hold.message.queue_id, hold.message.host, hold.message.instance) == ("4ABC", "mx.example.co.jp", "gw1")
    assert hold.message.message_id == "<1@client.example>"
    assert hold.evidence == replace(
        an_evidence(replace(finding, recipients=0b11)),
        reasons={"secret": an_evidence().reasons["secret"]},
        hidden=0b10,
        gone=("gone@partner.example",),
        files=2,
    )


def test_a_subject_that_no_database_takes_is_kept_readable(store: Store) -> None:
    message = a_transaction()
    evidence = replace(an_evidence(), subject="a\0b\ud800\udc80c")
    (hold,) = deposit(store, message, a_plan(message), evidence)
    assert loaded(store, hold).message.subject == "a\ufffdb??c"


def test_the_sender_is_told_of_a_hold(store: Store) -> None:
    message = a_transaction(*TWO)
    plan = a_plan(message, a_wait("secret", timedelta(hours=1), OnExpiry.RETURN), held=message.recipients[:1])
    (hold,) = deposit(store, message, plan, an_evidence(Finding("c", "body", 3)))
    (row,) = notices(store)
    notice = from_json(dict(row.payload))
    assert (row.kind, row.hold, notice.to) == ("held", hold, "sato@example.co.jp")
    assert (notice.facts.waiting, notice.facts.gone) == (("x@partner.example",), ("y@other.example",))
    assert (notice.facts.deadline, notice.facts.on_expiry) == (NOW + timedelta(hours=1), OnExpiry.RETURN)
    assert [finding.code for finding in notice.facts.findings] == ["c"]


@pytest.mark.parametrize(
    ("sender", "fields"),
    [("<>", ()), ("<sato@example.co.jp>", [("Auto-Submitted", "auto-replied")])],
)
def test_a_program_is_never_answered(store: Store, sender: str, fields: list[tuple[str, str]]) -> None:
    hold_one(store, transaction=a_transaction(sender=sender, fields=fields))
    assert [from_json(dict(row.payload)).to for row in notices(store)] == ["postmaster"]


def test_a_hold_of_a_minute_is_not_announced(store: Store) -> None:
    hold_one(store, a_wait("minute", timedelta(seconds=60), OnExpiry.SEND))
    assert notices(store) == []


def test_a_hold_of_which_any_lock_lasts_longer_is_announced(store: Store) -> None:
    hold_one(store, a_wait("minute", timedelta(seconds=60), OnExpiry.SEND), a_wait("secret"))
    assert [row.kind for row in notices(store)] == ["held"]


def test_a_deposit_that_waits_for_nothing_is_on_its_way_at_once(store: Store) -> None:
    message = a_transaction()
    plan = replace(a_plan(message), deposits=(Deposit(message.recipients, (), (), ("split",)),))
    (hold,) = deposit(store, message, plan, an_evidence())
    assert loaded(store, hold).state is State.RELEASING
    assert store.read(lambda view: releases.is_due(view, NOW))
    assert notices(store) == []


def test_the_same_message_offered_again_finds_its_hold(store: Store) -> None:
    first = hold_one(store, transaction=a_transaction(*TWO, body=BIG))
    again = a_transaction(*TWO, body=BIG, queue_id="9ZZZ", received=NOW + timedelta(hours=1))
    assert hold_one(store, transaction=again) == first
    assert everything(store) == [first]
    assert loaded(store, first).offered == 2
    assert actions(store) == ["held", "offered-again"]
    assert len(notices(store)) == 1
    assert len(list(store.files.listing())) == 1


@pytest.mark.parametrize("choice", [Choice.RELEASE, Choice.REJECT, Choice.CANCEL])
def test_a_repeat_finds_its_hold_also_when_it_is_decided(store: Store, choice: Choice) -> None:
    hold = hold_one(store)
    decide(store, hold, choice, OPERATOR, NOW)
    assert hold_one(store, transaction=a_transaction(received=NOW + timedelta(hours=23))) == hold
    assert everything(store) == [hold]


def test_after_the_window_it_is_a_new_message(store: Store) -> None:
    first = hold_one(store)
    second = hold_one(store, transaction=a_transaction(received=NOW + store.duplicate_window))
    assert everything(store) == [second, first]


def test_a_repeat_deposits_only_whom_no_hold_covers(store: Store) -> None:
    message = a_transaction(*TWO)
    (first,) = deposit(store, message, a_plan(message, held=message.recipients[:1]), an_evidence())
    both = deposit(store, message, a_plan(message), an_evidence())
    assert both[0] == first
    assert len(both) == 2
    assert [person.path.address for person in loaded(store, both[1]).recipients] == ["y@other.example"]
    assert set(deposit(store, message, a_plan(message), an_evidence())) == set(both)


def test_another_message_of_the_same_sender_is_no_repeat(store: Store) -> None:
    holds = {hold_one(store, transaction=a_transaction(body=body)) for body in (b"a", b"b")}
    assert len(holds) == 2


def test_one_deposit_for_each_set_of_locks(store: Store) -> None:
    message = a_transaction(*TWO)
    one, two = (a_plan(message, a_wait(rule), held=[path]) for rule, path in zip("ab", message.recipients, strict=True))
    plan = replace(one, deposits=one.deposits + two.deposits)
    ids = deposit(store, message, plan, an_evidence())
    assert [loaded(store, hold).rules for hold in ids] == [("a",), ("b",)]
    assert len({loaded(store, hold).message.id for hold in ids}) == 1


def test_many_at_the_same_instant_in_two_processes_make_one_hold(store: Store, kind: str, tmp_path: Path) -> None:
    def offer_all() -> None:
        mine = opened(kind, tmp_path)
        with ThreadPoolExecutor(10) as threads:
            for done in [threads.submit(hold_one, mine) for _ in range(20)]:
                done.result()
        mine.close()

    assert in_children([offer_all] * 2, store) == [0, 0]
    (hold,) = everything(store)
    assert loaded(store, hold).offered == 40


def test_refused_recipients_are_reported_even_when_nothing_is_held(store: Store) -> None:
    message = a_transaction(*TWO)
    told = Notice("refused", "sender", "no-go", message.recipients[1:])
    plan = a_plan(message, held=(), notices=(told, Notice("rule", "boss@example.co.jp", "watch", message.recipients)))
    assert deposit(store, message, plan, an_evidence()) == ()
    rows = {row.kind: from_json(dict(row.payload)) for row in notices(store)}
    assert rows["rule"].to == "boss@example.co.jp"
    assert [one.recipient for one in rows["refused"].facts.failures] == ["y@other.example"]
    assert actions(store) == ["notice-refused", "notice-rule"]


def test_a_warning_gives_the_reasons_of_its_own_rules_only(store: Store) -> None:
    message = a_transaction()
    warned = Notice("warned", "sender", "new, other", message.recipients, "held")
    deposit(store, message, a_plan(message, held=(), notices=(warned,)), an_evidence())
    (row,) = notices(store)
    facts = from_json(dict(row.payload)).facts
    assert ([reason.code for reason in facts.reasons], facts.outcome) == (["not-mine"], "held")


def test_a_rules_own_words_reach_the_notices_about_it(store: Store) -> None:
    message = a_transaction()
    evidence = replace(an_evidence(), messages={"secret": {"en": "Ask Ito first"}, "other": {"en": "Not mine"}})
    (hold,) = deposit(store, message, a_plan(message), evidence)
    (row,) = notices(store)
    assert from_json(dict(row.payload)).facts.messages == ({"en": "Ask Ito first"},)
    assert loaded(store, hold).evidence.messages == {"secret": {"en": "Ask Ito first"}}


def test_a_repeat_is_not_reported_again(store: Store) -> None:
    message = a_transaction()
    plan = a_plan(message, held=(), notices=(Notice("refused", "sender", "no-go", message.recipients),))
    for hours in (0, 1, 23, 25):
        deposit(store, replace(message, received=NOW + timedelta(hours=hours)), plan, an_evidence())
    assert [row.created for row in notices(store)] == [NOW, NOW + timedelta(hours=25)]


def returned(store: Store, hold: str, above: tuple[Field, ...] = ()) -> None:
    """Our release of the hold is offered to us."""
    message = loaded(store, hold).message
    field = received_field(message.client, message.host, hold, message.queue_id, NOW)
    first = a_transaction()
    back = replace(first, fields=(*above, field, *first.fields), client=replace(first.client, user="", port=0))
    deposit(store, back, a_plan(back), an_evidence())


def test_a_release_that_comes_straight_back_is_a_loop(store: Store) -> None:
    hold = hold_one(store)
    decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    with pytest.raises(ReleaseLoop, match=hold):
        returned(store, hold)
    assert everything(store) == [hold]


def test_a_release_that_comes_back_by_another_hop_is_not_swallowed_as_a_repeat(store: Store) -> None:
    plain = a_transaction()
    message = replace(plain, client=replace(plain.client, user=""))
    hold = hold_one(store, transaction=message)
    decide(store, hold, Choice.RELEASE, OPERATOR, NOW)
    with pytest.raises(ReleaseLoop):
        returned(store, hold, (Field(b"Received", b" from elsewhere"),))


def test_a_forged_trace_field_of_a_hold_that_waits_is_no_loop(store: Store) -> None:
    hold = hold_one(store)
    returned(store, hold)
    assert len(everything(store)) == 2


@ONLY_SQLITE
def test_below_the_floor_of_free_space_nothing_is_held(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path, min_free=1 << 62)
    store.upgrade()
    with pytest.raises(StoreUnavailable, match="min-free"):
        hold_one(store)
    assert everything(store) == []
    store.close()


def test_content_that_cannot_be_read_leaves_nothing(store: Store) -> None:
    class Broken:
        size = 1 << 20

        def read(self, limit: int = -1) -> bytes:
            return b""

        def chunks(self) -> Iterator[bytes]:
            if calls:
                raise OSError(5, "lost")
            calls.append(1)
            yield b"x"

    calls: list[int] = []
    content: Content = Broken()
    with pytest.raises(StoreUnavailable):
        hold_one(store, transaction=replace(a_transaction(), body=content))
    assert (everything(store), list(store.files.listing())) == ([], [])


def test_content_whose_commit_surely_failed_does_not_stay(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit, "chain", full)
    with pytest.raises(StoreUnavailable, match="No space"):
        hold_one(store, transaction=a_transaction(body=BIG))
    assert list(store.files.listing()) == []


def test_a_kill_before_the_commit_leaves_an_unacknowledged_file_only(store: Store, kind: str, tmp_path: Path) -> None:
    def killed() -> None:
        mine = opened(kind, tmp_path)
        setattr(audit, "chain", die)  # noqa: B010
        hold_one(mine, transaction=a_transaction(body=BIG))

    assert in_child(killed, store) == -9
    assert everything(store) == []
    assert len(list(store.files.listing())) == 1
    hold = hold_one(store, transaction=a_transaction(body=BIG))
    assert everything(store) == [hold]


def test_a_kill_after_the_commit_keeps_the_hold_and_the_client_that_comes_again_finds_it(
    store: Store, kind: str, tmp_path: Path
) -> None:
    def killed() -> None:
        mine = opened(kind, tmp_path)
        hold_one(mine, transaction=a_transaction(body=BIG))
        die()

    assert in_child(killed, store) == -9
    (hold,) = everything(store)
    assert stored_octets(store, hold) == octets_of(a_transaction(body=BIG))
    assert hold_one(store, transaction=a_transaction(body=BIG, queue_id="NEXT")) == hold


@ONLY_SQLITE
@pytest.mark.parametrize("body", [b"small", BIG], ids=["row", "file"])
@pytest.mark.parametrize("slack", [0, 4096, 100_000])
def test_a_full_disk_is_a_typed_error_and_nothing_is_half_done(
    store: Store, kind: str, tmp_path: Path, body: bytes, slack: int
) -> None:
    def limited() -> None:
        mine = opened(kind, tmp_path)
        mine.check()
        log = (tmp_path / "sekisho.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (log + slack, log + slack))
        try:
            for number in range(100):
                hold_one(mine, transaction=a_transaction(body=body + b"%d" % number))
        except StoreUnavailable:
            return
        raise AssertionError("the disk was never full")

    hold_one(store)
    assert in_child(limited, store) == 0
    found = everything(store)
    assert [store.read(partial(audit.entries, hold=hold))[0].action for hold in found] == ["held"] * len(found)
    for hold in found:
        assert stored_octets(store, hold)
    assert store.read(audit.verify).broken_at is None
