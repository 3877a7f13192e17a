"""What is in the store when all is quiet: for each recipient its holds, their state, and whether they are intact."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial

from integration.torture.judgement import Held
from integration.torture.ledger import Ledger
from sekisho.store import Store, audit, holds
from sekisho.store.errors import ContentDamaged
from sekisho.store.listing import listing
from sekisho.store.rows import AuditRow, HoldRow
from sekisho.store.search import Filter

_SENT_AGAIN = re.compile(r"event=alarm what=uncertain subject=(\S+)")


def held_rows(store: Store, ledger: Ledger) -> dict[str, list[Held]]:
    """By recipient's address."""
    sent = Counter(pair for row in _audit(store) if row.action == "sent" for pair in _addressed(row))
    posted = ledger.posted
    found: dict[str, list[Held]] = defaultdict(list)
    for hold in listing(store, Filter(frozenset())):
        origin = posted.get(hold.message.subject)
        intact = origin is not None and _octets(store, hold) == origin.mail.octets
        for person in hold.recipients:
            address = person.path.address
            found[address].append(Held(hold.id, person.state, sent[hold.id, address], intact))
    return found


def repeats(store: Store) -> int:
    """How often a message was offered again and found its hold."""
    return sum(1 for row in _audit(store) if row.action == "offered-again")


def warned(log: str) -> Counter[str]:
    """By hold: how often the log says that it is sent again because an attempt was cut off."""
    return Counter(_SENT_AGAIN.findall(log))


def orphans(store: Store) -> int:
    """Files of messages that were never acknowledged: no row refers to them."""
    rows = store.read(holds.in_files)
    return sum(1 for message, _, unfinished in store.files.listing() if unfinished or message not in rows)


def _octets(store: Store, hold: HoldRow) -> bytes | None:
    try:
        return store.read(lambda view: holds.content(view, store.files, hold.message)).read()
    except ContentDamaged:
        return None


def _audit(store: Store) -> Iterator[AuditRow]:
    after = 0
    while page := store.read(partial(audit.entries, after=after)):
        yield from page
        after = page[-1].sequence


def _addressed(row: AuditRow) -> Iterator[tuple[str, str]]:
    for address in row.details.get("replies", {}):
        yield row.hold, address
