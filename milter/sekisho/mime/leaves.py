"""The leaves of a message as they are found: each once, each with a place of its own, a limited number."""

from __future__ import annotations

from sekisho.core.content import Content, Octets
from sekisho.core.parts import Anomaly, Part
from sekisho.mime.encoded_words import header_text
from sekisho.mime.entity import Entity
from sekisho.mime.files_in_text import files_in_text
from sekisho.mime.places import Places
from sekisho.mime.spot import Spot
from sekisho.mime.transfer import Encoded, goes_on_behind_padding

MOST = 2000
_CHARSETS = 4
"""Charsets of one text that are followed, where it declares several."""
_BODY_TYPES = frozenset({"text/plain", "text/html"})


class Leaves:
    """What has been found so far: parts and anomalies."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.anomalies: list[Anomaly] = []
        self._places = Places()
        self._seen: set[tuple[int, int, int, str, str]] = set()
        self._sources: dict[int, bytes] = {}
        """Keeps the octets alive whose identity stands in ``_seen``."""

    @property
    def is_full(self) -> bool:
        return len(self.parts) >= MOST

    def note(self, kind: str, spot: Spot, evidence: str = "") -> None:
        """Something may be read differently here."""
        self.anomalies.append(Anomaly(kind, spot.name, evidence))

    def entity(self, media_type: str, entity: Entity, spot: Spot, encoding: str, attached: bool | None = None) -> str:
        """List an entity's content; gives its place, or nothing when another reading listed it before."""
        key = (id(spot.data), spot.start, spot.end, encoding, media_type)
        if key in self._seen:
            return ""
        self._seen.add(key)
        self._sources[id(spot.data)] = spot.data
        if encoding == "base64" and goes_on_behind_padding(spot.data, spot.start, spot.end):
            self.note("data-behind-padding", spot)
        if attached is None:
            attached = entity.is_attached(media_type) and not self._is_named_body(media_type, entity, spot)
        content = Encoded(spot.data, spot.start, spot.end, encoding)
        inline = attached and entity.is_inline(media_type)
        place = self.content(media_type, entity.names, content, spot, attached, entity.charset, inline, entity.flow)
        if place and not attached:
            for other in entity.charsets[1:_CHARSETS]:
                self.content(media_type, entity.names, content, spot, attached, other, inline, entity.flow)
            if media_type == "text/plain":
                self._files_in_text(content.read(), spot)
        return place

    def content(
        self,
        media_type: str,
        names: tuple[str, ...],
        content: Content,
        spot: Spot,
        attached: bool,
        charset: str = "",
        inline: bool = False,
        flow: str = "",
    ) -> str:
        """List content under a new place; nothing when there is no more room."""
        if attached:
            fallback = "message" if media_type.startswith("message/") else "unnamed"
            place = self._places.attachment(spot.inside, names[0] if names else fallback)
        else:
            place = self._places.text(spot.inside, media_type)
        return self._listed(Part(place, names, media_type, content, charset, flow, attached, inline), spot)

    def margin(self, kind: str, text: bytes, spot: Spot) -> None:
        """List text that stands outside the parts: ``preamble-text``, ``epilogue-text``."""
        self.note(kind, spot)
        place = self._places.other(spot.inside, kind.partition("-")[0])
        self._listed(Part(place, (), "text/plain", Octets(text)), spot)

    def subject(self, value: bytes, spot: Spot, inside: str) -> None:
        """List the subject of a message within the message."""
        text = Octets(header_text(value).encode("utf_8"))
        self._listed(Part(f"{inside}/header:Subject", (), "text/plain", text, "utf-8"), spot)

    def _listed(self, part: Part, spot: Spot) -> str:
        if self.is_full:
            self.note("too-many-parts", spot)
            return ""
        self.parts.append(part)
        return part.place

    def _is_named_body(self, media_type: str, entity: Entity, spot: Spot) -> bool:
        """Whether this is the body although it has a file name: the first text, not said to be an attachment."""
        text = media_type in _BODY_TYPES and not spot.inside and "attachment" not in entity.dispositions
        return text and not any(part.place == "body" for part in self.parts)

    def _files_in_text(self, octets: bytes, spot: Spot) -> None:
        for name, content in files_in_text(octets):
            self.note("file-in-text", spot)
            self.content("application/octet-stream", (header_text(name),), Octets(content), spot, True)
