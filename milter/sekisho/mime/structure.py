"""A message taken apart into its leaves (RFC 2045, 2046, 2183), in every reading that receivers may have.

Given a transaction: the top header comes from the MTA's callbacks, never from a re-parse; the body is cut where it
lies. Where two readings are possible both are followed, each leaf is listed once, and an anomaly names the place.
Depth, number of parts and number of readings are limited, and reaching a limit is an anomaly too: never clean. Never
raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sekisho.core.content import Octets
from sekisho.core.message import Field, Transaction
from sekisho.core.parts import Anomaly, Part, Structure
from sekisho.mime.boundaries import Cut, loosely, occurs, strictly
from sekisho.mime.charsets import codec_of
from sekisho.mime.entity import Entity, entity_of
from sekisho.mime.header_checks import header_anomalies
from sekisho.mime.leaves import Leaves
from sekisho.mime.part_header import PartHeader, read_part_header
from sekisho.mime.spot import Spot
from sekisho.mime.tnef import inside_tnef, is_tnef
from sekisho.mime.transfer import Encoded

DEEPEST = 50
MOST_READINGS = 16
"""Second readings followed in one message."""
_ORDINARY_PREAMBLE = 400
MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
"""Media types of messages within messages."""
_ELSEWHERE = frozenset({"message/partial", "message/external-body"})
_BARE_CR = re.compile(rb"\r(?!\n)")
_PGP = (b"-----BEGIN PGP MESSAGE-----", b"-----BEGIN PGP SIGNED MESSAGE-----")


def structure_of(transaction: Transaction) -> Structure:
    """The message's parts and anomalies."""
    return structure_of_octets(transaction.fields, transaction.body.read())


def structure_of_octets(fields: tuple[Field, ...], data: bytes) -> Structure:
    """The same of a header and the octets of a body."""
    header = top_header(fields)
    top = Spot(data, 0, len(data))
    entity = entity_of(header, top.default)
    leaves = _leaves(header, entity, top)
    anomalies = [*header_anomalies(fields), *leaves.anomalies]
    parts = leaves.parts
    if entity.is_multipart and leaves.anomalies and _BARE_CR.search(data):
        changed = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        other = _leaves(header, entity, replace(top, data=changed, end=len(changed)))
        if _outline(other.parts) != _outline(parts):
            anomalies += [Anomaly("bare-cr", "body"), *other.anomalies]
            parts = parts + other.parts
    return Structure(tuple(parts), tuple(dict.fromkeys(anomalies)), entity.is_protected or _begins_with_pgp(parts))


def top_header(fields: Sequence[Field]) -> PartHeader:
    """The message's own header, of which only Content-* says something about its structure."""
    found: dict[str, list[bytes]] = {}
    for field in fields:
        if field.name[:8].lower() == b"content-":
            found.setdefault(field.key, []).append(field.value)
    return PartHeader({key: tuple(values) for key, values in found.items()}, 0)


def _leaves(header: PartHeader, entity: Entity, top: Spot) -> Leaves:
    leaves = Leaves()
    _Walk(leaves).entity(header, entity, top)
    return leaves


def _out_of(encoding: str, spot: Spot) -> Spot:
    """The same entity out of its transfer encoding."""
    if not encoding:
        return spot
    data = Encoded(spot.data, spot.start, spot.end, encoding).read()
    return replace(spot, data=data, start=0, end=len(data))


def _outline(parts: Sequence[Part]) -> list[tuple[str, tuple[str, ...]]]:
    return [(part.type, part.names) for part in parts]


def _begins_with_pgp(parts: Sequence[Part]) -> bool:
    """Whether the text that readers show is an inline PGP message (RFC 4880 6.2, 7)."""
    if not parts or parts[0].attached or not parts[0].type.startswith("text/"):
        return False
    return parts[0].content.read(200).lstrip().startswith(_PGP)


class _Walk:
    """Follows a message into its leaves."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._readings = 0

    def node(self, header: PartHeader, spot: Spot) -> None:
        """Follow the entity of a header."""
        self.entity(header, entity_of(header, spot.default), spot)

    def entity(self, header: PartHeader, entity: Entity, spot: Spot) -> None:
        """Follow one entity, in all its readings."""
        for oddity in (*header.oddities, *entity.oddities):
            self._leaves.note(oddity, spot)
        for number, media_type in enumerate(entity.types):
            if number == 0 or self._may_read_again(spot):
                self._read_as(media_type, entity, spot)
        if header.alternative is not None and self._may_read_again(spot):
            self.node(header.alternative, replace(spot, start=header.alternative.body))

    def _may_read_again(self, spot: Spot) -> bool:
        self._readings += 1
        if self._readings > MOST_READINGS:
            self._leaves.note("too-many-readings", spot)
        return self._readings <= MOST_READINGS

    def _read_as(self, media_type: str, entity: Entity, spot: Spot) -> None:
        is_container = media_type in MESSAGES or media_type.startswith("multipart/")
        if is_container and spot.depth >= DEEPEST:
            self._leaves.note("too-deep", spot)
            self._leaves.entity(media_type, entity, spot, entity.encodings[0], attached=True)
        elif media_type in MESSAGES:
            self._message(media_type, entity, spot)
        elif is_container:
            self._multipart(media_type, entity, spot)
        else:
            self._leaf(media_type, entity, spot)

    def _leaf(self, media_type: str, entity: Entity, spot: Spot) -> None:
        if media_type in _ELSEWHERE:
            self._leaves.note(media_type.replace("/", "-"), spot)
        if codec_of(entity.charset) == "utf_7":
            self._leaves.note("utf-7", spot)
        for number, encoding in enumerate(entity.encodings):
            if number == 0 or self._may_read_again(spot):
                place = self._leaves.entity(media_type, entity, spot, encoding)
                if place:
                    self._known_file(media_type, entity.names, encoding, spot, place)

    def _known_file(self, media_type: str, names: tuple[str, ...], encoding: str, spot: Spot, place: str) -> None:
        """Look into the files that mail programs open like mail: TNEF, and messages that say they are just files."""
        tnef = is_tnef(media_type, names)
        message = media_type == "application/octet-stream" and any(name.lower().endswith(".eml") for name in names)
        if spot.depth >= DEEPEST and (tnef or message):
            self._leaves.note("too-deep", spot)
        elif tnef:
            self._tnef(_out_of(encoding, spot), place)
        elif message:
            self._within(_out_of(encoding, spot), place)

    def _tnef(self, spot: Spot, place: str) -> None:
        found = inside_tnef(spot.octets)
        if found is None:
            self._leaves.note("broken-tnef", spot)
        for item in found or ():
            inner = replace(spot.child(1, 0, len(item.content)), data=item.content, inside=place)
            name = self._leaves.content(
                item.type, item.names, Octets(item.content), inner, not item.shown, item.charset
            )
            if name:
                self._known_file(item.type, item.names, "", inner, name)

    def _message(self, media_type: str, entity: Entity, spot: Spot) -> None:
        """A message within the message: a part of its own, and its own parts below."""
        for number, encoding in enumerate(entity.encodings):
            if number and not self._may_read_again(spot):
                return
            place = self._leaves.entity(media_type, entity, spot, encoding, attached=True)
            if place:
                self._within(self._decoded(encoding, "encoded-message", spot), place)

    def _within(self, spot: Spot, place: str) -> None:
        header = read_part_header(spot.data, spot.start, spot.end)
        for value in header.all("subject"):
            self._leaves.subject(value, spot, place)
        self.node(header, replace(spot.child(1, header.body, spot.end), inside=place))

    def _decoded(self, encoding: str, oddity: str, spot: Spot) -> Spot:
        """A container out of its transfer encoding, which it must not have (RFC 2045 6.4)."""
        if encoding:
            self._leaves.note(oddity, spot, encoding)
        return _out_of(encoding, spot)

    def _multipart(self, media_type: str, entity: Entity, spot: Spot) -> None:
        default = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        for encoding in dict.fromkeys((*entity.encodings, "")):
            inner = self._decoded(encoding, "encoded-multipart", spot)
            live = [one for one in entity.boundaries if occurs(inner.data, inner.start, inner.end, one)]
            for number, boundary in enumerate(live):
                if number == 0 or self._may_read_again(inner):
                    self._cut_at(boundary, default, inner)
            if live:
                return
        self._without_parts(entity, spot)

    def _without_parts(self, entity: Entity, spot: Spot) -> None:
        if spot.octets.strip():
            self._leaves.note("no-parts", spot)
            self._leaves.entity("text/plain", entity, spot, "", attached=False)

    def _cut_at(self, boundary: bytes, default: str, spot: Spot) -> None:
        cut = strictly(spot.data, spot.start, spot.end, boundary)
        self._children(cut, default, spot)
        self._check(cut, spot)
        if self._is_cut_elsewhere(cut, boundary, spot) and self._may_read_again(spot):
            self._children(loosely(spot.data, spot.start, spot.end, boundary), default, spot)

    def _children(self, cut: Cut, default: str, spot: Spot) -> None:
        for number, (start, end) in enumerate(cut.parts, 1):
            if self._leaves.is_full:
                self._leaves.note("too-many-parts", spot)
                return
            header = read_part_header(spot.data, start, end)
            self.node(header, spot.child(number, header.body, end, default))

    def _check(self, cut: Cut, spot: Spot) -> None:
        """What stands outside the parts, and delimiters that are missing or too many."""
        if cut.too_many:
            self._leaves.note("too-many-parts", spot)
        elif not cut.closed:
            self._leaves.note("missing-close", spot)
        if cut.bare_cr:
            self._leaves.note("bare-cr", spot)
        preamble = spot.data[slice(*cut.preamble)].strip()
        epilogue = spot.data[slice(*cut.epilogue)].strip()
        if preamble and not (len(preamble) < _ORDINARY_PREAMBLE and b"MIME" in preamble):
            self._leaves.margin("preamble-text", preamble, spot)
        if epilogue:
            self._leaves.margin("epilogue-text", epilogue, spot)

    def _is_cut_elsewhere(self, cut: Cut, boundary: bytes, spot: Spot) -> bool:
        """Whether some receivers would cut at other lines; a longer boundary that is declared within is none."""
        if cut.after_close:
            self._leaves.note("parts-after-close", spot)
        for line in cut.extended:
            declared = boundary + line.removesuffix(b"--")
            if all(spot.data.find(sign + declared, spot.start, spot.end) < 0 for sign in (b'="', b"=")):
                self._leaves.note("boundary-prefix", spot, ascii(line[:80]))
                return True
        return cut.after_close
