"""Header fields and MIME entities of notices, as octets that stand on the wire: ASCII, CRLF, short lines.

The mails are put together here rather than by the standard library: there is little to it, and nothing that somebody
wrote into a subject or an address can end a field, a line or a part (RFC 5322 2.2, RFC 2045, RFC 2047, RFC 2183).
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Sequence

from sekisho.core.domains import normal_domain

_PLAIN = re.compile(r"[\x20-\x7e]{1,900}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\U0010ffff-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9.\x80-\U0010ffff-]+|\[[A-Za-z0-9.:]+\]")
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OCTETS_IN_WORD = 39
"""In base 64 with its frame 64 characters, so that ``Subject:`` fits on its line too (at most 76: RFC 2047 2)."""

UNDISCLOSED = "undisclosed-recipients:;"


def field(name: str, value: str) -> bytes:
    """A field whose value is structured and ASCII already; folds are CRLF."""
    return f"{name}: {value}\r\n".encode("ascii")


def unstructured(name: str, text: str) -> bytes:
    """A field of free text, as encoded-words where it is not plain ASCII or only looks like one."""
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return field(name, text)
    words = (base64.b64encode(piece).decode("ascii") for piece in _pieces(text))
    return field(name, "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words))


def _pieces(text: str) -> list[bytes]:
    """The text in UTF-8, cut between characters."""
    pieces = [b""]
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(pieces[-1]) + len(octets) > _OCTETS_IN_WORD:
            pieces.append(b"")
        pieces[-1] += octets
    return pieces


def mailbox(address: str) -> str:
    """``local@domain`` as RFC 5322 3.4.1 writes it, the domain by its A-labels; empty where it is no address."""
    local, at, name = address.rpartition("@")
    if not at or not local or _UNFIT.search(address) or len(address) > 320 or not _DOMAIN.fullmatch(name):
        return ""
    domain = normal_domain(name)
    if _ATOMS.fullmatch(local) and not (local.startswith(".") or local.endswith(".") or ".." in local):
        return f"{local}@{domain}"
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{domain}'


def text_entity(subtype: str, text: str) -> bytes:
    """A text part; both encodings leave no line that could be a boundary, as ``=_`` cannot occur in them."""
    lines = text.encode("utf-8", "replace")
    if text.isascii():
        encoding, content = "quoted-printable", quopri.encodestring(lines).replace(b"\n", b"\r\n")
    else:
        encoding, content = "base64", base64.encodebytes(lines.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    head = field("Content-Type", f"text/{subtype}; charset=utf-8") + field("Content-Transfer-Encoding", encoding)
    return head + b"\r\n" + content


def multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """An entity of several; ``boundary`` is of letters and digits, ``subtype`` may carry parameters."""
    mark = f"--=_{boundary}".encode("ascii")
    kind, _, params = subtype.partition(";")
    extra = f";{params}" if params else ""
    head = field("Content-Type", f'multipart/{kind}{extra};\r\n boundary="=_{boundary}"')
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n" + body + mark + b"--\r\n"
