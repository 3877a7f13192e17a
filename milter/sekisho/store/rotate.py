"""After a new key: content that was kept with an older one, or with none, is sealed with the newest.

One message after the other, each by itself; what is being read meanwhile is read as it was. Can be broken off and begun
again at any time: what is done already is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import select, update

from sekisho.store.errors import ContentDamaged
from sekisho.store.progress import Progress
from sekisho.store.store import Store
from sekisho.store.tables import chunks, messages
from sekisho.store.unit import Unit

_BEGINNING = 64


def rotate(store: Store, progress: Progress) -> int:
    """Seal everything with the newest key; gives how many messages were changed.

    Raises `KeyMissing` for content whose key is not there any more, `ContentDamaged` for what does not open, and
    `StoreUnavailable`.
    """
    query = select(messages.c.id, messages.c.in_file).where(messages.c.purged.is_(None)).order_by(messages.c.id)
    wanted = store.read(lambda view: view.connection.execute(query).all())
    changed = 0
    for done, (message, in_file) in enumerate(wanted, 1):
        changed += _big(store, message) if in_file else store.write(_small(store, message))
        progress("messages", done, len(wanted))
    return changed


def _big(store: Store, message: str) -> bool:
    """Content in a file or in rows of its own; one that is gone is passed over."""
    try:
        beginning = next(store.files.pieces(message))
    except ContentDamaged:
        return False
    keys = store.files.keys
    if keys.is_newest(beginning[:_BEGINNING]):
        return False
    store.files.replace(message, keys.sealed(message, keys.opened(message, store.files.pieces(message))))
    return True


def _small(store: Store, message: str) -> Callable[[Unit], bool]:
    """Content in the row of its message."""
    keys = store.files.keys
    row = (chunks.c.message == message) & (chunks.c.ordinal == 0)

    def work(unit: Unit) -> bool:
        kept = unit.connection.scalar(select(chunks.c.octets).where(row))
        if kept is None or keys.is_newest(kept[:_BEGINNING]):
            return False
        octets = b"".join(keys.sealed(message, keys.opened(message, _once(kept))))
        unit.connection.execute(update(chunks).where(row).values(octets=octets))
        return True

    return work


def _once(octets: bytes) -> Iterator[bytes]:
    yield octets
