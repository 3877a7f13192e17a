"""A held message as a draft that its sender can go on editing: ``message/rfc822`` with ``X-Unsent: 1``.

Given the header fields and the octets of the body; gives an entity to be attached to a mail. Mail programs open it for
writing. All stays as the sender wrote it, but for trace fields; recipients whom no field shows are in Bcc again, from
the envelope, as the gateway took Bcc away when the message was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sekisho.core.message import Field, field_octets

_LEFT_OUT = frozenset({"received", "return-path", "delivered-to", "x-unsent", "bcc", "resent-bcc"})
_OURS = "x-sekisho-"


def draft_entity(fields: Sequence[Field], body: bytes, hidden: Iterable[str]) -> bytes:
    """The part, its header included; ``hidden`` are the addresses for Bcc. It may have 8-bit octets."""
    octets = _draft(fields, list(hidden)) + b"\r\n" + body
    kind = b"message/rfc822" if all(_is_ascii(field) for field in fields) else b"message/global"
    encoding = b"" if octets.isascii() else b"Content-Transfer-Encoding: 8bit\r\n"
    head = b'Content-Type: %b; name="draft.eml"\r\nContent-Disposition: attachment; filename="draft.eml"\r\n' % kind
    return head + encoding + b"\r\n" + octets


def _draft(fields: Sequence[Field], hidden: list[str]) -> bytes:
    kept = [field for field in fields if field.key not in _LEFT_OUT and not field.key.startswith(_OURS)]
    written = [field.value.decode("utf-8", "surrogateescape").strip() for field in fields if field.key == "bcc"]
    bcc = [*filter(None, written), *(address for address in hidden if address not in " ".join(written))]
    first = [Field(b"X-Unsent", b" 1")]
    if bcc:
        first.append(Field(b"Bcc", b" " + ",\n ".join(bcc).encode("utf-8", "surrogateescape")))
    return b"".join(map(field_octets, (*first, *kept)))


def _is_ascii(field: Field) -> bool:
    return field.name.isascii() and field.value.isascii()
