"""Files cut out of a message: which can be, which cannot and why, and the octets without them.

Given a message's structure, header fields and the octets of its body; gives each attachment with the octets of its
part, as the reader of `sekisho.mime` found it, or the reason of `sekisho.core.offers` why it must stay. Only the part's
own octets are replaced: delimiters, other parts, preamble and epilogue stay as they are. Never raises.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sekisho.core.changes import DropAttachment
from sekisho.core.message import Field
from sekisho.core.offers import ALTERNATIVE, AMBIGUOUS, INSIDE, PROTECTED, WHOLE, Attachment
from sekisho.core.parts import Part, Structure
from sekisho.mime.boundaries import occurs, strictly
from sekisho.mime.entity import entity_of
from sekisho.mime.part_header import PartHeader, read_part_header
from sekisho.mime.structure import MESSAGES, top_header
from sekisho.mime.transfer import Encoded

_HARMLESS = frozenset(
    {
        "repeated-field",
        "ambiguous-address",
        "several-charsets",
        "names-disagree",
        "data-behind-padding",
        "preamble-text",
        "epilogue-text",
        "utf-7",
        "file-in-text",
        "broken-tnef",
        "message-partial",
        "message-external-body",
    }
)
"""Anomalies that leave no doubt where parts begin and end."""

_SHIELDS = frozenset({"multipart/signed", "multipart/encrypted"})
_NOTE_HEADER = (
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Disposition: inline\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def attachments(structure: Structure, fields: Sequence[Field], body: bytes) -> tuple[Attachment, ...]:
    """Every attachment, in the reader's order; ``structure`` is that of the same fields and body."""
    doubt = _doubt(structure)
    places = {} if doubt else _Tree.of(tuple(fields), body).nodes
    return tuple(_attachment(part, body, places, doubt) for part in structure.parts if part.attached)


def holding(found: Iterable[Attachment], where: str) -> Attachment | None:
    """The file in which a finding's place lies; of several one within the other the innermost that can be cut out."""
    around = [one for one in found if where == one.place or where.startswith(f"{one.place}/")]
    around.sort(key=lambda one: len(one.place), reverse=True)
    return next((one for one in around if not one.stays), around[0] if around else None)


def without(pieces: Iterable[bytes], dropped: Iterable[DropAttachment]) -> Iterator[bytes]:
    """A body's octets, in pieces cut anywhere, with a note in the place of each file."""
    position = 0
    cuts = iter(_disjoint(dropped))
    cut = next(cuts, None)
    for piece in pieces:
        end = position + len(piece)
        start = position
        while cut is not None and cut.start < end:
            if start <= cut.start:
                yield piece[start - position : cut.start - position]
                yield note_octets(cut.note)
            start = max(start, min(cut.end, end))
            if cut.end > end:
                break
            cut = next(cuts, None)
        yield piece[start - position :]
        position = end


def growth(dropped: Iterable[DropAttachment]) -> int:
    """By how many octets `without` changes a body's size."""
    return sum(len(note_octets(one.note)) - (one.end - one.start) for one in _disjoint(dropped))


def note_octets(text: str) -> bytes:
    """The part that stands in a file's place: no line of it can be taken for a delimiter."""
    return _NOTE_HEADER + base64.encodebytes(text.encode("utf-8", "replace")).strip().replace(b"\n", b"\r\n")


def _disjoint(dropped: Iterable[DropAttachment]) -> list[DropAttachment]:
    """In order, each once, without those that lie in another."""
    chosen: list[DropAttachment] = []
    for one in sorted(dropped, key=lambda drop: (drop.start, -drop.end)):
        if not chosen or one.start >= chosen[-1].end:
            chosen.append(one)
    return chosen


def _doubt(structure: Structure) -> str:
    if structure.protected:
        return PROTECTED
    return AMBIGUOUS if any(one.kind not in _HARMLESS for one in structure.anomalies) else ""


@dataclass(frozen=True, slots=True)
class _Node:
    """A part: its octets, header included, and why it must stay."""

    start: int
    end: int
    stays: str


def _attachment(part: Part, body: bytes, places: dict[tuple[int, int], _Node], doubt: str) -> Attachment:
    name = part.names[0] if part.names else ""
    span = part.content.span_in(body) if isinstance(part.content, Encoded) else None
    node = places.get(span) if span else None
    if doubt or node is None:
        return Attachment(part.place, name, part.type, part.content.size, stays=doubt or INSIDE)
    return Attachment(part.place, name, part.type, part.content.size, node.start, node.end, node.stays)


@dataclass(frozen=True, slots=True)
class _Tree:
    """The parts of a body that has one reading, found again with their headers' octets."""

    body: bytes
    nodes: dict[tuple[int, int], _Node] = field(default_factory=dict)
    """By the first octet of a part's content and the octet behind its last."""

    @classmethod
    def of(cls, fields: Sequence[Field], body: bytes) -> _Tree:
        tree = cls(body)
        tree._enter(top_header(fields), len(body), _Node(0, len(body), WHOLE))
        return tree

    def _enter(self, header: PartHeader, end: int, node: _Node, default: str = "text/plain", shield: str = "") -> None:
        """Note a part that ends at ``end``, and go on to those within, which ``shield`` keeps from being cut out."""
        entity = entity_of(header, default)
        kind = entity.types[0]
        if kind.startswith("multipart/"):
            self._enter_parts(
                kind, header.body, end, entity.boundaries, node, PROTECTED if kind in _SHIELDS else shield
            )
            return
        self.nodes[header.body, end] = replace(node, stays=shield or node.stays)
        if kind in MESSAGES:
            inner = read_part_header(self.body, header.body, end)
            self._enter(inner, end, _Node(header.body, end, WHOLE), shield=shield)

    def _enter_parts(
        self, kind: str, start: int, end: int, boundaries: Sequence[bytes], around: _Node, shield: str
    ) -> None:
        live = [one for one in boundaries if occurs(self.body, start, end, one)]
        default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        for first, last in strictly(self.body, start, end, live[0]).parts if live else ():
            part = _Node(first, last, ALTERNATIVE if kind == "multipart/alternative" else "")
            # The two halves of a Macintosh file (RFC 1740) leave together.
            node = around if kind == "multipart/appledouble" else part
            self._enter(read_part_header(self.body, first, last), last, node, default, shield)
