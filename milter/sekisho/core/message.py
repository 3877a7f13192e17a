"""What the MTA gave us for one message, as it gave it: client, envelope, header fields, body.

A ``Transaction`` is immutable and complete; everything after it is computed from it. Field values and paths keep the
octets that came, so that what nobody edits can leave as it came (RFC 5321 for paths, RFC 5322 for fields).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from sekisho.core.content import Content
from sekisho.core.values import value


@value(frozen=True, slots=True)
class Client:
    """The SMTP client of a session, as the MTA's connect, HELO and MAIL macros describe it."""

    address: str = ""
    """IP address in text; empty for a local socket or where the MTA did not say."""
    name: str = ""
    """Name from reverse DNS, or ``[address]``."""
    port: int = 0
    """Zero for local submission (pickup)."""
    helo: str = ""
    listener: str = ""
    """``{daemon_name}``: which of the MTA's listeners took the session."""
    user: str = ""
    """``{auth_authen}``: the authenticated user; empty when there is none."""
    mechanism: str = ""
    """``{auth_type}``: the SASL mechanism."""
    tls: str = ""
    """``{tls_version}``; empty without TLS."""
    cipher: str = ""


@value(frozen=True, slots=True)
class Path:
    """A reverse-path or forward-path with its ESMTP parameters."""

    raw: bytes
    """As it came, angle brackets included where they came: what delrcpt must be given back."""
    local: str
    """Local part, quotes removed, case kept; octets that are not UTF-8 as surrogate escapes."""
    domain: str
    """Spelled by `sekisho.core.domains.normal_domain`; empty for ``<>`` and ``<postmaster>``."""
    params: tuple[str, ...] = ()
    """ESMTP parameters in the order given, each ``KEY`` or ``KEY=value`` (RFC 5321 4.1.2)."""
    routes: tuple[str, ...] = ()
    """Further domains to which a relay could take it: source route, ``user%domain``, ``domain!user``."""

    @property
    def address(self) -> str:
        """``local@domain``, or the local part alone; empty for the null path."""
        return f"{self.local}@{self.domain}" if self.domain else self.local

    @property
    def is_null(self) -> bool:
        return not self.local and not self.domain


@value(frozen=True, slots=True)
class Field:
    """One header field: ``name`` before the colon, ``value`` all octets after it, folds as LF, no final line end."""

    name: bytes
    value: bytes

    @property
    def key(self) -> str:
        """The name in lower case, for comparing."""
        return _key(self.name) if len(self.name) <= _USUAL else _lowered(self.name)


def _lowered(name: bytes) -> str:
    return name.decode("latin-1").strip().lower()


_USUAL = 64
"""Octets of a field's name up to which it is remembered: few names are used in mail, again and again."""

_key = lru_cache(maxsize=1024)(_lowered)


@value(frozen=True, slots=True)
class Transaction:
    """One message with its envelope and the client that sent it."""

    client: Client
    sender: Path
    recipients: tuple[Path, ...]
    fields: tuple[Field, ...]
    body: Content
    macros: Mapping[str, str]
    """Every macro the MTA showed, without braces: ``i``, ``auth_authen``, ``daemon_name`` …"""
    received: datetime
    """When end-of-message came, aware: the message's only "now"."""

    @property
    def queue_id(self) -> str:
        """The MTA's queue-id (macro ``i``); it repeats, so it is nobody's key."""
        return self.macros.get("i", "")

    @property
    def header_size(self) -> int:
        return sum(len(field.name) + len(field.value) + 3 for field in self.fields)

    @property
    def size(self) -> int:
        """Octets of header, empty line and body, line ends counted as CRLF."""
        names = b"".join([field.name for field in self.fields])
        values = b"".join([field.value for field in self.fields])
        return self.body.size + 2 + len(names) + len(values) + values.count(b"\n") + 3 * len(self.fields)


def field_octets(field: Field) -> bytes:
    """The field as it stands on the wire: folds and end as CRLF."""
    value = field.value
    if b"\n" in value:
        value = value.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return b"%b:%b\r\n" % (field.name, value)


def message_octets(fields: tuple[Field, ...], body: Content) -> Iterator[bytes]:
    """The message as octets: header, empty line, body."""
    yield b"".join(map(field_octets, fields)) + b"\r\n"
    yield from body.chunks()
