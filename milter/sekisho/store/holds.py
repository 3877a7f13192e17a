"""Messages and their holds: putting them in, finding them again, and changing a hold's state by compare-and-set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, RowMapping, Update, bindparam, select, update

from sekisho.core.changes import from_json, to_json
from sekisho.core.lifecycle import State, summary
from sekisho.store import campaigns, locks
from sekisho.store.codec import (
    client_from_json,
    client_to_json,
    evidence_from_json,
    evidence_to_json,
    offers_from_json,
    offers_to_json,
    path_from_row,
)
from sekisho.store.content import PIECE, LargeContent, StoredContent
from sekisho.store.errors import Conflict, ContentDamaged, ContentPurged
from sekisho.store.prepared import renamed, rewriting
from sekisho.store.rows import AskRow, HoldRow, MessageRow, RecipientRow, WaitRow
from sekisho.store.tables import chunks, holds, messages, recipients, waits
from sekisho.store.unit import Found, Unit, View

INLINE = 1 << 18
"""Content up to this size is a row and shares the syncs of a commit; above it a file, as rows are written twice."""

JOINED = select(holds, *(column.label(f"message_{column.name}") for column in messages.c)).join(
    messages, holds.c.message == messages.c.id
)
"""Holds with their messages, as `load_rows` reads them."""

_OF_HOLD: BindParameter[str] = bindparam("hold")
_ONE = JOINED.where(holds.c.id == _OF_HOLD)
_STATE = select(holds.c.state).where(holds.c.id == _OF_HOLD)
_VERSION = select(holds.c.version).where(holds.c.id == _OF_HOLD)
_PEOPLE = select(recipients).where(recipients.c.hold == _OF_HOLD).order_by(recipients.c.ordinal)
_LOCKS = select(waits).where(waits.c.hold == _OF_HOLD).order_by(waits.c.ordinal)
_DECIDE = rewriting(recipients, "raw", "params", "address", "created")
_OCTETS = select(chunks.c.octets).where(chunks.c.message == bindparam("message")).order_by(chunks.c.ordinal)


def add_message(unit: Unit, row: MessageRow, inline: bytes | None) -> None:
    """Put a message in; its octets too, unless they are in a file."""
    values = {
        "id": row.id,
        "offer_key": row.offer_key,
        "received": row.received,
        "host": row.host,
        "instance": row.instance,
        "queue_id": row.queue_id,
        "sender_raw": row.sender.raw,
        "sender_params": list(row.sender.params),
        "sender": row.sender.address,
        "client": client_to_json(row.client),
        "subject": row.subject,
        "sender_of_record": row.sender_of_record,
        "answer_to": row.answer_to,
        "message_id": row.message_id,
        "size": row.size,
        "digest": row.digest,
        "header": row.header,
        "in_file": int(row.in_file),
        "purged": row.purged,
    }
    unit.add(messages, values)
    if inline is not None:
        unit.add(chunks, {"message": row.id, "ordinal": 0, "octets": inline})


def add_hold(unit: Unit, hold: HoldRow) -> None:
    """Put a hold in, with its recipients and locks."""
    values = {
        "id": hold.id,
        "message": hold.message.id,
        "state": hold.state,
        "version": hold.version,
        "created": hold.created,
        "expires": hold.expires,
        "rules": list(hold.rules),
        "changes": [to_json(change) for change in hold.changes],
        "evidence": evidence_to_json(hold.evidence),
        "offered": hold.offered,
        "outcome": hold.outcome,
        "passed": int(hold.passed),
        "offers": offers_to_json(hold.offers),
        "campaign": hold.campaign or None,
        "legal_hold": hold.legal_hold,
    }
    unit.add(holds, values)
    unit.add(recipients, *(_recipient_values(hold, n) for n in range(len(hold.recipients))))
    locks.add(unit, hold)


def created(view: View, hold_id: str) -> datetime | None:
    """When a hold was made; None if there is none."""
    return view.connection.scalar(select(holds.c.created).where(holds.c.id == hold_id))


def state(view: View, hold_id: str) -> State | None:
    """A hold's state; None if there is no such hold."""
    return next((state for (state,) in view.ask(_STATE, hold=hold_id)), None)


def load(view: View, hold_id: str) -> HoldRow | None:
    """A hold; for a unit, locked until the commit where the database locks rows. None if there is none."""
    for row in view.find(view.locking(_ONE, holds), hold=hold_id):
        shut = view.find(_LOCKS, hold=hold_id)
        asked = locks.asks_of_one(view, hold_id) if any(map(locks.may_ask, shut)) else ()
        followed = campaigns.members(view, {hold_id}) if campaigns.may_lead(row, shut) else {}
        return _hold(row, view.find(_PEOPLE, hold=hold_id), shut, asked, followed.get(hold_id, 0))
    return None


def again(view: View, seen: HoldRow) -> HoldRow | None:
    """A hold that was read before, as it is now: with one question where nothing has changed. Locked as by `load`."""
    for (version,) in view.ask(view.locking(_VERSION, holds), hold=seen.id):
        return seen if version == seen.version else load(view, seen.id)
    return None


def load_rows(view: View, rows: Sequence[RowMapping]) -> list[HoldRow]:
    """Holds with all that belongs to them, in the order of the joined rows."""
    wanted = [row["id"] for row in rows]
    people = _grouped(view, recipients, wanted)
    shut = _grouped(view, waits, wanted)
    asked = locks.asks_of(view, {row["hold"] for row in chain(*shut.values()) if locks.may_ask(row)})
    led = {row["id"] for row in rows if campaigns.may_lead(row, shut.get(row["id"], ()))}
    followed = campaigns.members(view, led)

    def whole(row: RowMapping) -> HoldRow:
        name = row["id"]
        return _hold(row, people.get(name, []), shut.get(name, []), asked.get(name, ()), followed.get(name, 0))

    return [whole(row) for row in rows]


def load_rows_of(view: View, ids: Sequence[str]) -> list[HoldRow]:
    """Holds with all that belongs to them, in the order of their ids; those that there are."""
    rows = view.connection.execute(JOINED.where(holds.c.id.in_(ids))).mappings() if ids else ()
    whole = {row["id"]: row for row in rows}
    return load_rows(view, [whole[hold] for hold in ids if hold in whole])


def save(unit: Unit, before: HoldRow, after: HoldRow) -> HoldRow:
    """Write what changed and give the hold as it is now; `Conflict` if it was changed since ``before`` was read."""
    whole = summary(person.state for person in after.recipients)
    expires = _next_expiry(after.waits) if whole is State.HELD else None
    now = replace(after, state=whole, expires=expires, version=before.version + 1)
    values = {"state": whole, "version": now.version, "expires": expires, "outcome": now.outcome}
    if now.changes != before.changes:
        values |= {"changes": [to_json(change) for change in now.changes], "offers": offers_to_json(now.offers)}
    if unit.change(_swap(tuple(values)), {"hold": before.id, "seen": before.version, **renamed(values)}) != 1:
        raise Conflict(f"hold {before.id} changed meanwhile")
    for ordinal, person in enumerate(now.recipients):
        if person != before.recipients[ordinal]:
            unit.change(_DECIDE, renamed(_recipient_values(now, ordinal)))
    if now.waits != before.waits or (whole is State.HELD) != (before.state is State.HELD):
        locks.update_waits(unit, now)
    locks.update_asks(unit, before, now)
    return now


def content(view: View, files: LargeContent, message: MessageRow) -> StoredContent:
    """The octets of a message; rows are read at once, a file when it is asked for. Raises `ContentPurged`."""
    if message.purged is not None:
        raise ContentPurged(message.id, message.purged)
    if message.in_file:
        return _stored(files, message, partial(files.pieces, message.id))
    pieces = [octets for (octets,) in view.ask(_OCTETS, message=message.id)]
    if not pieces:
        raise ContentDamaged(message.id, "its rows are missing")
    return _stored(files, message, partial(_cut, pieces))


def _stored(files: LargeContent, message: MessageRow, kept: Callable[[], Iterator[bytes]]) -> StoredContent:
    """The octets, opened where they are sealed."""
    return StoredContent(message.id, message.size, message.digest, lambda: files.keys.opened(message.id, kept()))


def in_files(view: View) -> dict[str, frozenset[State]]:
    """Every message whose content is in a file and was not purged, with the states of its holds."""
    query = select(messages.c.id, holds.c.state).join(holds, holds.c.message == messages.c.id)
    found: dict[str, set[State]] = {}
    for row in view.connection.execute(query.where(messages.c.in_file == 1, messages.c.purged.is_(None))):
        found.setdefault(row.id, set()).add(row.state)
    return {message: frozenset(states) for message, states in found.items()}


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]


def _next_expiry(shut: Iterable[WaitRow]) -> datetime | None:
    return min((lock.expires for lock in shut if lock.expires and not lock.opened), default=None)


def _recipient_values(hold: HoldRow, ordinal: int) -> dict[str, Any]:
    person = hold.recipients[ordinal]
    return {
        "hold": hold.id,
        "ordinal": ordinal,
        "raw": person.path.raw,
        "params": list(person.path.params),
        "address": person.path.address,
        "created": hold.created,
        "state": person.state,
        "decided": person.decided,
        "decided_by": person.decided_by,
        "reply": person.reply,
        "attempts": person.attempts,
    }


@lru_cache(maxsize=16)
def _swap(names: tuple[str, ...]) -> Update:
    """Writes these columns of a hold that is still of the version that was seen."""
    return (
        update(holds)
        .where(holds.c.id == _OF_HOLD, holds.c.version == bindparam("seen"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def _grouped(view: View, table: Any, wanted: Sequence[str]) -> dict[str, list[RowMapping]]:
    """Rows of a table that belong to holds, by hold, in order."""
    grouped: dict[str, list[RowMapping]] = {}
    if wanted:
        query = select(table).where(table.c.hold.in_(wanted)).order_by(table.c.hold, table.c.ordinal)
        for row in view.connection.execute(query).mappings():
            grouped.setdefault(row["hold"], []).append(row)
    return grouped


def _hold(
    row: Found,
    people: Sequence[Found],
    shut: Sequence[Found],
    asked: tuple[AskRow, ...],
    members: int,
) -> HoldRow:
    message = _message(row)
    return HoldRow(
        id=row["id"],
        message=message,
        state=row["state"],
        version=row["version"],
        created=row["created"],
        expires=row["expires"],
        rules=tuple(row["rules"]),
        changes=tuple(from_json(change) for change in row["changes"]),
        evidence=evidence_from_json(row["evidence"], message.subject, message.sender_of_record),
        offered=row["offered"],
        recipients=tuple(_recipient(person) for person in people),
        waits=tuple(locks.wait_of(lock) for lock in shut),
        asks=asked,
        outcome=row["outcome"],
        passed=bool(row["passed"]),
        offers=offers_from_json(row["offers"]),
        campaign=row["campaign"] or "",
        members=members,
        legal_hold=row["legal_hold"],
    )


def _message(row: Found) -> MessageRow:
    def of(name: str) -> Any:
        return row[f"message_{name}"]

    return MessageRow(
        id=of("id"),
        offer_key=of("offer_key"),
        received=of("received"),
        host=of("host"),
        instance=of("instance"),
        queue_id=of("queue_id"),
        sender=path_from_row(of("sender_raw"), of("sender_params")),
        client=client_from_json(of("client")),
        subject=of("subject"),
        sender_of_record=of("sender_of_record"),
        answer_to=of("answer_to"),
        message_id=of("message_id"),
        size=of("size"),
        digest=of("digest"),
        header=tuple((name, whole) for name, whole in of("header")),
        in_file=bool(of("in_file")),
        purged=of("purged"),
    )


def _recipient(row: Found) -> RecipientRow:
    path = path_from_row(row["raw"], row["params"])
    return RecipientRow(path, row["state"], row["decided"], row["decided_by"], row["reply"], row["attempts"])
