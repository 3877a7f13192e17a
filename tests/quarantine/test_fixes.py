"""A rule's offers change what leaves, for everybody or not at all, and open no lock that the person could not open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sekisho.core.approval import SELF, Role
from sekisho.core.changes import DropAttachment
from sekisho.core.finding import Finding
from sekisho.core.lifecycle import State
from sekisho.core.message import Transaction
from sekisho.core.plan import Wait
from sekisho.core.terms import Terms
from sekisho.quarantine.decide import Fix, decide
from sekisho.quarantine.deposit import deposit
from sekisho.quarantine.outgoing import as_changed
from sekisho.quarantine.refusals import Actor, Impossible, NotAllowed, ReasonMissing
from sekisho.quarantine.rights import Choice, rights
from sekisho.store import Store, audit, holds
from sekisho.transforms.attachments import note_octets
from tests.support.stores import NOW, a_plan, a_transaction, an_evidence, loaded, octets_of

SATO, SUZUKI = "sato@example.co.jp", "suzuki@example.co.jp"
X, Y = "x@partner.example", "y@other.example"
OPERATOR = Actor("root", "operator")
ALL = ("envelope-only", "drop-recipient", "drop-attachment", "link", "send-with-reason", "cancel")
FILE = b"Content-Type: text/csv; name=list.csv\r\n\r\na,b"
OTHER = b"Content-Type: application/pdf; name=a.pdf\r\n\r\nJVBERg"
BODY = b"--b\r\n\r\nDear all,\r\n--b\r\n%b\r\n--b\r\n%b\r\n--b--\r\n" % (FILE, OTHER)
IN_FILE = Finding("personal-data", "attachment:list.csv/2", 1, evidence="山**")


def a_message(kind: str = "mixed", mark: str = "1") -> Transaction:
    """A text and two files; another mark makes another message."""
    fields = [("X-Mark", mark), ("Content-Type", f"multipart/{kind}; boundary=b"), ("Cc", "y@other.example")]
    return a_transaction(f"<{X}>", f"<{Y}>", body=BODY, fields=fields)


def hold(
    store: Store, *, approval: Role = SELF, offer: tuple[str, ...] = ALL, message: Transaction | None = None
) -> str:
    """One message, held for both recipients."""
    wait = Wait(
        "secret",
        NOW + timedelta(hours=1),
        a_plan(a_message()).deposits[0].waits[0].on_expiry,
        Terms(approval, offer=offer),
    )
    transaction = message or a_message()
    finding = replace(IN_FILE, recipients=0b11)
    (made,) = deposit(store, transaction, a_plan(transaction, wait), an_evidence(finding))
    return made


def leaving(store: Store, hold_id: str) -> bytes:
    row = loaded(store, hold_id)
    content = store.read(lambda view: holds.content(view, store.files, row.message))
    return b"".join(as_changed(row, content).chunks())


def states(store: Store, hold_id: str) -> list[State]:
    return [person.state for person in loaded(store, hold_id).recipients]


def test_what_the_rule_offers_can_be_done_in_its_order_and_nothing_else(store: Store) -> None:
    everything = hold(store)
    assert [choice.value for choice in rights(loaded(store, everything), SATO)] == [
        "envelope-only", "drop-recipient", "drop-attachment", "send-with-reason", "cancel",
    ]  # fmt: skip
    little = hold(store, offer=("cancel", "envelope-only"), message=a_message(mark="2"))
    assert [choice.value for choice in rights(loaded(store, little), SATO)] == ["cancel", "envelope-only", "approve"]
    with pytest.raises(NotAllowed):
        decide(store, little, Choice.DROP_ATTACHMENT, Actor(SATO), NOW)
    assert rights(loaded(store, little), "nobody@example.co.jp") == ()


def test_envelope_only_leaves_without_its_visible_recipients(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.ENVELOPE_ONLY, Actor(SATO), NOW)
    assert states(store, made) == [State.RELEASING, State.RELEASING]
    came = octets_of(a_message())
    assert leaving(store, made) == came.replace(b"Cc: y@other.example\r\n", b"").replace(
        b"To: x@partner.example", b"To: undisclosed-recipients:;"
    )
    assert loaded(store, made).outcome == "corrected"


def test_a_dropped_file_is_the_one_that_the_findings_concern(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.DROP_ATTACHMENT, Actor(SATO), NOW, fix=Fix(language="ja"))
    assert states(store, made) == [State.RELEASING, State.RELEASING]
    note = note_octets("[添付ファイル「list.csv」は、送信前に取り除かれました。]")
    assert leaving(store, made) == octets_of(a_message()).replace(FILE, note)
    assert loaded(store, made).outcome == "corrected"
    actions = [
        (row.action, row.details.get("files")) for row in store.read(lambda view: audit.entries(view, hold=made))
    ]
    assert ("change", ["list.csv"]) in actions


def test_files_can_be_named(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.DROP_ATTACHMENT, Actor(SATO), NOW, fix=Fix(("a.pdf", "attachment:list.csv")))
    left = leaving(store, made)
    assert b"JVBERg" not in left
    assert b"a,b" not in left
    other = hold(store, message=a_message(mark="2"))
    with pytest.raises(Impossible, match="nosuch"):
        decide(store, other, Choice.DROP_ATTACHMENT, Actor(SATO), NOW, fix=Fix(("nosuch",)))


def test_a_fix_is_no_approval(store: Store) -> None:
    """The sender hides the recipients; the manager still has to agree, and sees what would leave."""
    made = hold(store, approval=Role("manager"))
    decide(store, made, Choice.ENVELOPE_ONLY, Actor(SATO), NOW)
    assert states(store, made) == [State.HELD, State.HELD]
    assert b"undisclosed" in leaving(store, made)
    assert Choice.ENVELOPE_ONLY not in rights(loaded(store, made), SATO)
    decide(store, made, Choice.DROP_ATTACHMENT, Actor(SATO), NOW)
    assert states(store, made) == [State.HELD, State.HELD]
    left = leaving(store, made)
    assert b"undisclosed" in left
    assert b"a,b" not in left
    decide(store, made, Choice.RELEASE, OPERATOR, NOW)
    assert leaving(store, made) == left
    assert loaded(store, made).outcome == "corrected"


def test_the_operator_changes_and_releases_at_once(store: Store) -> None:
    made = hold(store, approval=Role("manager"))
    decide(store, made, Choice.DROP_ATTACHMENT, OPERATOR, NOW, fix=Fix(("a.pdf",)))
    assert states(store, made) == [State.RELEASING, State.RELEASING]


def test_a_fix_is_for_all_who_wait(store: Store) -> None:
    made = hold(store)
    with pytest.raises(Impossible, match="all who wait"):
        decide(store, made, Choice.ENVELOPE_ONLY, Actor(SATO), NOW, recipients=[X])
    decide(store, made, Choice.DROP_RECIPIENT, Actor(SATO), NOW, recipients=[X])
    decide(store, made, Choice.ENVELOPE_ONLY, Actor(SATO), NOW)
    assert states(store, made) == [State.CANCELLED, State.RELEASING]


def test_nothing_changes_under_way(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.SEND_WITH_REASON, Actor(SATO), NOW, recipients=[X], reason="checked")
    assert states(store, made) == [State.RELEASING, State.HELD]
    assert Choice.ENVELOPE_ONLY not in rights(loaded(store, made), SATO)
    with pytest.raises(Impossible, match="on its way"):
        decide(store, made, Choice.ENVELOPE_ONLY, OPERATOR, NOW)


def test_signed_mail_is_not_changed_and_says_why(store: Store) -> None:
    made = hold(store, message=a_message("signed"))
    assert [choice.value for choice in rights(loaded(store, made), SATO)] == [
        "drop-recipient", "send-with-reason", "cancel",
    ]  # fmt: skip
    assert {file.stays for file in loaded(store, made).offers.files} == {"protected"}
    with pytest.raises(Impossible, match="must stay: protected"):
        decide(store, made, Choice.DROP_ATTACHMENT, OPERATOR, NOW, fix=Fix(("list.csv",)))
    with pytest.raises(Impossible, match="signed or encrypted"):
        decide(store, made, Choice.ENVELOPE_ONLY, OPERATOR, NOW)


def test_sending_anyway_needs_a_reason_and_keeps_it(store: Store) -> None:
    made = hold(store)
    with pytest.raises(ReasonMissing):
        decide(store, made, Choice.SEND_WITH_REASON, Actor(SATO), NOW, reason=" ")
    decide(store, made, Choice.SEND_WITH_REASON, Actor(SATO), NOW, reason="asked-for")
    assert loaded(store, made).outcome == "unchanged"
    reasons = [row.reason for row in store.read(lambda view: audit.entries(view, hold=made)) if row.actor == SATO]
    assert set(reasons) == {"asked-for"}


@pytest.mark.parametrize(
    ("choice", "actor", "outcome"),
    [
        (Choice.RELEASE, OPERATOR, "unchanged"),
        (Choice.REJECT, OPERATOR, "rejected"),
        (Choice.CANCEL, Actor(SATO), "cancelled"),
    ],
)
def test_each_hold_ends_with_an_outcome(store: Store, choice: Choice, actor: Actor, outcome: str) -> None:
    made = hold(store)
    assert loaded(store, made).outcome == ""
    decide(store, made, choice, actor, NOW)
    assert loaded(store, made).outcome == outcome


def test_a_part_that_is_dropped_makes_the_rest_corrected(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.DROP_RECIPIENT, Actor(SATO), NOW, recipients=[X])
    assert loaded(store, made).outcome == ""
    decide(store, made, Choice.RELEASE, OPERATOR, NOW)
    assert loaded(store, made).outcome == "corrected"


def test_a_false_alarm_is_said_by_whoever_lets_it_go(store: Store) -> None:
    made = hold(store)
    decide(store, made, Choice.RELEASE, OPERATOR, NOW, false_alarm=True)
    assert loaded(store, made).outcome == "false-alarm"
    again = hold(store, message=a_message(mark="2"))
    decide(store, again, Choice.SEND_WITH_REASON, Actor(SATO), NOW, reason="checked", false_alarm=True)
    assert loaded(store, again).outcome == "false-alarm"


def test_the_offers_are_kept_with_the_hold(store: Store) -> None:
    row = loaded(store, hold(store))
    assert [(file.place, file.name, file.size) for file in row.offers.files] == [
        ("attachment:list.csv", "list.csv", 3),
        ("attachment:a.pdf", "a.pdf", 6),
    ]
    first = row.offers.files[0]
    assert BODY[first.start : first.end] == FILE
    assert first.dropped("n") == DropAttachment("attachment:list.csv", "list.csv", first.start, first.end, "n")
    assert loaded(store, hold(store, offer=("cancel",), message=a_transaction("<z@x.example>"))).offers.files == ()
