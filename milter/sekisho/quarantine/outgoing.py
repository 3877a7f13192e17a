"""A held message as it leaves: our Received field on top, then the octets that came, with the policy's edits made.

Given a hold and its content; gives pieces and their size. Without changes the stored octets are passed on untouched;
edits replace the header, transforms parts of the body. Raises `ContentDamaged` where content or changes do not fit;
what was given until then must not be ended as a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sekisho.core.changes import DropAttachment
from sekisho.core.content import Content
from sekisho.core.headers import apply
from sekisho.core.message import field_octets
from sekisho.quarantine.received import received_field
from sekisho.store.codec import header_fields
from sekisho.store.errors import ContentDamaged
from sekisho.store.rows import HoldRow
from sekisho.transforms.attachments import growth, without


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Octets to send; ``chunks`` can be called again."""

    head: bytes
    """All that stands before what is passed on as stored."""
    content: Content
    skipped: int
    """How many stored octets ``head`` replaces."""
    dropped: tuple[DropAttachment, ...] = ()
    """Files that stay behind; what is not skipped is then the body."""

    @property
    def size(self) -> int:
        return len(self.head) + self.content.size - self.skipped + growth(self.dropped)

    def chunks(self) -> Iterator[bytes]:
        yield self.head
        yield from without(self._rest(), self.dropped) if self.dropped else self._rest()

    def _rest(self) -> Iterator[bytes]:
        left = self.skipped
        for piece in self.content.chunks():
            if left < len(piece):
                yield piece[left:]
            left = max(left - len(piece), 0)


def outgoing(hold: HoldRow, content: Content) -> Outgoing:
    """The message to re-inject for a hold."""
    changed = as_changed(hold, content)
    return replace(changed, head=_received(hold) + changed.head)


def as_changed(hold: HoldRow, content: Content) -> Outgoing:
    """The same without our Received field: the message that came, with the changes that are made before it leaves."""
    if not hold.changes:
        return Outgoing(b"", content, 0)
    dropped = tuple(change for change in hold.changes if isinstance(change, DropAttachment))
    edits = [change for change in hold.changes if not isinstance(change, DropAttachment)]
    length = sum(whole for _, whole in hold.message.header) + 2
    if any(one.end > content.size - length for one in dropped):
        raise ContentDamaged(hold.message.id, "a file to be left out lies behind its end")
    try:
        fields = apply(header_fields(_first(content, length), hold.message.header), edits)
    except (ValueError, IndexError) as error:
        raise ContentDamaged(hold.message.id, f"its header cannot be edited: {error}") from error
    return Outgoing(b"".join(map(field_octets, fields)) + b"\r\n", content, length, dropped)


def _received(hold: HoldRow) -> bytes:
    message = hold.message
    utf8 = any(param.upper() == "SMTPUTF8" for param in message.sender.params)
    host = message.host or message.instance
    return field_octets(received_field(message.client, host, hold.id, message.queue_id, message.received, utf8=utf8))


def _first(content: Content, length: int) -> bytes:
    """The first octets, reading no more pieces than needed."""
    octets = bytearray()
    for piece in content.chunks():
        octets += piece
        if len(octets) >= length:
            break
    return bytes(octets[:length])
