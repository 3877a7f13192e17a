"""The trace field that a released message carries on top, and how to know it again (RFC 5321 4.4).

The field tells of the original receipt: who handed the message over, to which gateway, when. What the client said of
itself is reduced to characters that cannot end the field, a comment or a word. Our own fields are known again by their
form; as anybody can write such a field, a hold-id found in one is only a question to the store.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime

from sekisho.core.message import Client, Field

_UNSAFE = re.compile(r"[^A-Za-z0-9.:_\[\]-]")
_LONGEST_WORD = 255
_LONGEST_FIELD = 4096
_OURS = re.compile(
    rb" ?(?:from [^ ]+ \([^()]*\) )?(?:\(using [^()]*\) )?by [^ ]+ \(Sekisho\) (?:with [A-Z0-9]+ )?id ([A-Za-z0-9_-]+) "
)


def received_field(
    client: Client, host: str, hold_id: str, queue_id: str, moment: datetime, *, utf8: bool = False
) -> Field:
    """The field for a message that came from ``client`` to ``host`` at ``moment`` (aware); folds are LF.

    ``utf8``: it came with SMTPUTF8 (RFC 6531 4.3). A client without an address is local submission, which has no
    ``from`` and no protocol.
    """
    lines = [*_from_clause(client), f"by {_word(host)} (Sekisho){_with_clause(client, utf8)} id {_word(hold_id)}"]
    lines.append(f"(queue-id {_word(queue_id)}); {format_datetime(moment)}")
    return Field(b"Received", (" " + "\n\t".join(lines)).encode("ascii"))


def hold_ids(fields: Iterable[Field]) -> tuple[str, ...]:
    """The hold-ids of all Received fields of our form, the latest first."""
    found = (_hold_id(field) for field in fields if field.key == "received")
    return tuple(hold_id for hold_id in found if hold_id)


def released_just_now(fields: Iterable[Field]) -> str:
    """The hold-id of the topmost Received if it has our form, else an empty text.

    A milter is not shown its own gateway's Received, so a released message that comes straight back has ours on top;
    one that went out into the world and was forwarded to us again has others above it, and is no loop.
    """
    top = next((field for field in fields if field.key == "received"), None)
    return _hold_id(top) if top else ""


def _hold_id(field: Field) -> str:
    found = _OURS.match(b" ".join(field.value[:_LONGEST_FIELD].split()))
    return found[1].decode("ascii") if found else ""


def _from_clause(client: Client) -> list[str]:
    if not client.address:
        return []
    shown = _literal(client.address)
    known = client.name and not client.name.startswith("[") and client.name != client.address
    name = _word(client.name) if known else "unknown"
    lines = [f"from {_word(client.helo or client.name)} ({name} {shown})"]
    if client.tls:
        cipher = f" with cipher {_word(client.cipher)}" if client.cipher else ""
        lines.append(f"(using {_word(client.tls)}{cipher})")
    return lines


def _with_clause(client: Client, utf8: bool) -> str:
    """The protocol's registered name (RFC 3848, RFC 6531): S with TLS, A with authentication."""
    if not client.address:
        return ""
    protocol = "UTF8SMTP" if utf8 else "ESMTP"
    return f" with {protocol}{'S' if client.tls else ''}{'A' if client.user else ''}"


def _literal(address: str) -> str:
    """An address literal (RFC 5321 4.1.3)."""
    try:
        parsed = ipaddress.ip_address(address.removeprefix("IPv6:"))
    except ValueError:
        return f"[{_word(address)}]"
    return f"[IPv6:{parsed}]" if parsed.version == 6 else f"[{parsed}]"


def _word(text: str) -> str:
    return _UNSAFE.sub("?", text[:_LONGEST_WORD]) or "unknown"
