"""A told message as octets on the wire, always the same: header, transfer encodings, parts, names of files."""

from __future__ import annotations

import base64
import email.utils
import quopri
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from integration.score import jis
from integration.score.files import content_of
from integration.score.told import File, Told

Part = tuple[Sequence[str | bytes], bytes]
"""Header lines and body of an entity."""


def octets_of(told: Told) -> bytes:
    """The whole message, lines ending in CRLF."""
    if told.raw:
        return told.raw.encode().replace(b"\n", b"\r\n")
    lines, body = _mixed(told)
    header = [*_header(told), *told.fields, "MIME-Version: 1.0", *lines]
    octets = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in header)
    return octets.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def _header(told: Told) -> Iterator[str | bytes]:
    yield b"From: " + _addresses(told, told.author)
    yield b"To: " + _addresses(told, told.to)
    if told.cc:
        yield b"Cc: " + _addresses(told, told.cc)
    if told.subject:
        yield b"Subject: " + _phrase(told, told.subject)
    if not any(field.lower().startswith("date:") for field in told.fields):
        yield "Date: Tue, 24 Nov 2026 10:00:00 +0900"
    yield f"Message-ID: <{told.id}@example.co.jp>"


def _addresses(told: Told, value: str) -> bytes:
    if told.header == "as-is":
        return value.encode()
    return b",\n ".join(_mailbox(told, name, address) for name, address in email.utils.getaddresses([value]))


def _mailbox(told: Told, name: str, address: str) -> bytes:
    octets = address.encode()
    if not name:
        return octets
    plain = name.isascii() and not name.isalnum()
    return (b'"%b"' % name.encode() if plain else _phrase(told, name)) + b" <%b>" % octets


def _phrase(told: Told, text: str) -> bytes:
    charset, octets = _spoken(text, told.header_charset or told.charset)
    if text.isascii() or told.header == "raw":
        return octets
    return b"\n ".join(_word(text[start : start + 10], charset) for start in range(0, len(text), 10))


def _word(text: str, charset: str) -> bytes:
    """An encoded-word (RFC 2047)."""
    return b"=?%b?B?%b?=" % (_label(charset).encode(), base64.b64encode(_in(text, charset)))


def _spoken(text: str, charset: str) -> tuple[str, bytes]:
    """The text in the charset, or in UTF-8 where that has not its letters."""
    try:
        return charset, _in(text, charset)
    except UnicodeEncodeError:
        return "utf-8", text.encode()


def _in(text: str, charset: str) -> bytes:
    return jis.encoded(text) if charset == "iso-2022-jp-ms" else text.encode(charset)


def _label(charset: str) -> str:
    return {"iso-2022-jp-ms": "ISO-2022-JP", "cp932": "Shift_JIS"}.get(charset, charset.upper())


def _mixed(told: Told) -> Part:
    inline = [_attached(file) for file in told.files if file.inline]
    apart = [_attached(file) for file in told.files if not file.inline]
    written = _multipart("related", [_written(told), *inline])
    return _multipart("mixed", [written, *apart])


def _written(told: Told) -> Part:
    texts = [("plain", told.text)] if told.text or not told.html else []
    texts += [("html", told.html)] if told.html else []
    return _multipart("alternative", [_text(told, kind, text) for kind, text in texts])


def _multipart(kind: str, parts: Sequence[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    boundary = f"=_{kind}_4711"
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), _entity(part)) for part in parts)
    return [f'Content-Type: multipart/{kind}; boundary="{boundary}"'], body + b"--%b--\r\n" % boundary.encode()


def _entity(part: Part) -> bytes:
    lines, body = part
    octets = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return octets.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def _text(told: Told, kind: str, text: str) -> Part:
    octets = _in(text, told.charset).replace(b"\n", b"\r\n")
    label = _label(told.charset) if told.declared is None else told.declared
    charset = f"; charset={label}" if label else ""
    flowed = "; format=flowed" if told.flowed and kind == "plain" else ""
    encoding = told.encoding or _shorter(octets)
    lines = [f"Content-Type: text/{kind}{charset}{flowed}", f"Content-Transfer-Encoding: {encoding}"]
    return lines, _transferred(octets, encoding)


def _shorter(octets: bytes) -> str:
    if octets.isascii() and b"=" not in octets and max(map(len, octets.split(b"\n"))) < 900:
        return "7bit"
    return "quoted-printable" if sum(octet > 127 for octet in octets) * 6 < len(octets) else "base64"


def _transferred(octets: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(octets).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return octets


def _attached(file: File) -> Part:
    kind, octets = content_of(file)
    told = f"Content-ID: <{file.inline}>" if file.inline else ""
    disposition = "inline" if file.inline else "attachment"
    nested = kind == "message/rfc822"
    lines: list[str | bytes] = [
        f"Content-Type: {kind}",
        b"Content-Disposition: %b; filename%b" % (disposition.encode(), _named(file)),
        f"Content-Transfer-Encoding: {'7bit' if nested else 'base64'}",
        *([told] if told else []),
    ]
    body = octets if nested else base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return lines, body[: -(len(body) // 3)] + b"=\r\n" if file.broken == "base64" else body


def _named(file: File) -> bytes:
    """The parameter's value with what stands before it: ``="x"`` or ``*=UTF-8''x`` (RFC 2231)."""
    style = file.style or ("plain" if file.name.isascii() else "rfc2231")
    if style == "rfc2231":
        return _continued(quote(file.name, safe=""))
    if style == "rfc2047":
        return b'="=?UTF-8?B?%b?="' % base64.b64encode(file.name.encode())
    return b'="%b"' % file.name.encode()


def _continued(value: str) -> bytes:
    if len(value) <= 60:
        return f"*=UTF-8''{value}".encode()
    pieces = [value[start : start + 60] for start in range(0, len(value), 60)]
    told = ["UTF-8''", *[""] * (len(pieces) - 1)]
    first, *rest = [
        f"*{index}*={charset}{piece}" for index, (charset, piece) in enumerate(zip(told, pieces, strict=True))
    ]
    return ";\n ".join([first, *(f"filename{piece}" for piece in rest)]).encode()
