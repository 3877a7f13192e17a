"""The text of a part: decoded by its charset, or by what its octets say where that is wrong (RFC 2046 4.1).

Given a part, gives text without surrogates and NUL, lines ended by LF; HTML as the text it shows; flowed lines joined;
nothing for what is no text. Never raises.
"""

from __future__ import annotations

import re

from sekisho.core.parts import Part
from sekisho.mime.charsets import decode
from sekisho.mime.flowed import unfolded
from sekisho.mime.html_text import shown_text

HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TOO = frozenset({"application/xhtml+xml", "message/delivery-status", "message/disposition-notification"})
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


def text_of(part: Part) -> str:
    """The text that people read in a part."""
    source = source_of(part)
    if part.type in HTML:
        return shown_text(source)
    return unfolded(source, delsp=part.flow == "delsp") if part.flow and part.type == "text/plain" else source


def source_of(part: Part) -> str:
    """The same, but HTML as it is written."""
    if not (part.type.startswith("text/") or part.type in _TEXT_TOO):
        return ""
    octets = part.content.read()
    text = decode(octets, part.charset or (_charset_of_html(octets) if part.type in HTML else ""))
    if "\0" in text:
        text = text.replace("\0", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def _charset_of_html(octets: bytes) -> str:
    """The charset that a document names itself, where the header does not."""
    found = _META_CHARSET.search(octets[:2048])
    return found[1].decode("ascii") if found else ""
