"""What the header of a part says of it (RFC 2045, 2183): types, boundaries, encodings, names, charset, all readings.

Given a part's header, gives an ``Entity``; where fields or parameters contradict each other every value is kept, the
likeliest first, and an oddity says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from sekisho.mime.charsets import codec_of
from sekisho.mime.parameters import Parameters, names, parse_parameters
from sekisho.mime.part_header import PartHeader
from sekisho.mime.transfer import encoding_of

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+*-]{1,127}")
_PROTECTED = frozenset(
    {"multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}
)
_SHORT = 1000
_MOST = 16
_Values = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """A part, as its header describes it."""

    types: tuple[str, ...]
    """Media types in lower case, one for each way of reading the header."""
    boundaries: tuple[bytes, ...]
    encodings: tuple[str, ...]
    """Transfer encodings, empty for none."""
    names: tuple[str, ...]
    charsets: tuple[str, ...]
    """One for each way of reading the header; usually one or none."""
    flow: str
    """``flowed``, ``delsp``, or empty (RFC 3676 4)."""
    dispositions: tuple[str, ...]
    has_id: bool
    """There is a Content-ID, by which a text can show it (RFC 2392)."""
    oddities: tuple[str, ...]
    is_multipart: bool
    is_protected: bool
    """Signed or encrypted as a whole (RFC 1847, RFC 8551)."""

    @property
    def charset(self) -> str:
        return self.charsets[0] if self.charsets else ""

    def is_inline(self, media_type: str) -> bool:
        """Whether it is a picture within the text. Apple Mail calls whole documents inline: those are files."""
        shown = self.has_id or "inline" in self.dispositions
        return media_type.startswith("image/") and shown and "attachment" not in self.dispositions

    def is_attached(self, media_type: str) -> bool:
        """Whether readers show it as an attachment: said so, or no text, or a text with a name that is not the body."""
        if "attachment" in self.dispositions or not media_type.startswith("text/"):
            return True
        return bool(self.names) and media_type != "text/calendar"


def entity_of(header: PartHeader, default: str) -> Entity:
    """Read a part's header; ``default`` is the type of a part that says nothing."""
    get = header.fields.get
    types, dispositions = get("content-type", ()), get("content-disposition", ())
    encodings = get("content-transfer-encoding", ())
    has_id = "content-id" in header.fields
    if sum(map(len, types + dispositions + encodings)) < _SHORT:
        return _short_entity(types, dispositions, encodings, has_id, default)
    if max(len(types), len(dispositions), len(encodings)) <= _MOST:
        return _entity(types, dispositions, encodings, has_id, default)
    entity = _entity(types[:_MOST], dispositions[:_MOST], encodings[:_MOST], has_id, default)
    return replace(entity, oddities=(*entity.oddities, "too-many-fields"))


@lru_cache(maxsize=1024)
def _short_entity(types: _Values, dispositions: _Values, encodings: _Values, has_id: bool, default: str) -> Entity:
    return _entity(types, dispositions, encodings, has_id, default)


def _entity(
    type_values: _Values, disposition_values: _Values, encodings: _Values, has_id: bool, default: str
) -> Entity:
    types = [parse_parameters(value) for value in type_values]
    dispositions = [parse_parameters(value) for value in disposition_values]
    oddities: list[str] = []
    media_types = _media_types(types, default, oddities)
    if any(item.cut for item in (*types, *dispositions)):
        oddities.append("too-many-parameters")
    charsets = [text for item in types for text in item.texts("charset")]
    if len({codec_of(charset) or charset.lower() for charset in charsets}) > 1:
        oddities.append("several-charsets")
    found = names(dispositions, types)
    is_multipart = any(kind.startswith("multipart/") for kind in media_types)
    _compare_extensions(found, oddities)
    return Entity(
        media_types,
        _boundaries(types, oddities) if is_multipart else (),
        _encodings(encodings, oddities),
        found,
        tuple(charsets if "several-charsets" in oddities else charsets[:1]),
        _flow(types),
        tuple(item.token for item in dispositions),
        has_id,
        tuple(oddities),
        is_multipart,
        not _PROTECTED.isdisjoint(media_types) or any(name.lower().endswith(".p7m") for name in found),
    )


def _media_types(types: list[Parameters], default: str, oddities: list[str]) -> tuple[str, ...]:
    if len(types) > 1:
        oddities.append("duplicate-content-type")
    found = []
    for item in types:
        if _TYPE.fullmatch(item.token):
            found.append(item.token)
        else:
            oddities.append("invalid-content-type")
            found.append("text/plain")
    return tuple(dict.fromkeys(found)) or (default,)


def _boundaries(types: list[Parameters], oddities: list[str]) -> tuple[bytes, ...]:
    """Every boundary that any reading gives."""
    given = [item.value for one in types for item in one.parameters if item.key == "boundary"]
    found = [text for one in types for text in one.values("boundary")]
    found += [text.encode("latin_1", "replace") for one in types for text in one.texts("boundary")]
    if len({value.strip(b'"') for value in given}) > 1:
        oddities.append("several-boundaries")
    if any(value.startswith(b"<") for value in found):
        oddities.append("odd-boundary")
    return tuple(dict.fromkeys(value.rstrip() for value in found if value.strip()))


def _flow(types: list[Parameters]) -> str:
    """How the lines of a text are to be joined."""
    if not any(text.lower() == "flowed" for item in types for text in item.texts("format")):
        return ""
    return "delsp" if any(text.lower() == "yes" for item in types for text in item.texts("delsp")) else "flowed"


def _encodings(values: _Values, oddities: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for value in values:
        encoding, clear = encoding_of(value)
        found.append(encoding)
        if not clear:
            oddities.append("odd-transfer-encoding")
            found.append("")
    if len(values) > 1:
        oddities.append("duplicate-transfer-encoding")
    return tuple(dict.fromkeys(found)) or ("",)


def _compare_extensions(found: tuple[str, ...], oddities: list[str]) -> None:
    """Several names for one file are usual, several kinds of file are not."""
    if len({name.rpartition(".")[2].lower() if "." in name else "" for name in found}) > 1:
        oddities.append("names-disagree")
