"""Paths of the envelope, read for what they are and for where a relay could take them.

Given the octets after ``MAIL FROM:`` or ``RCPT TO:`` as the MTA passes them (RFC 5321 4.1.2; local submission leaves
the angle brackets out). Never raises: what cannot be read keeps its octets, and the domain is what stands after the
last ``@``, so that "no valid address" never turns into "no recipient".
"""

from __future__ import annotations

import re
from functools import lru_cache

from sekisho.core.domains import normal_domain
from sekisho.core.message import Path

_ATOM = rb"[A-Za-z0-9!#$&'*+/=?^_`{|}~\x80-\xff-]+"
_PLAIN = re.compile(rb"<?%b(?:\.%b)*@[A-Za-z0-9.\x80-\xff-]+>?" % (_ATOM, _ATOM))
_USUAL = 256
"""Octets of a path up to which it is remembered: most mail is between few."""


def parse_path(raw: bytes, params: tuple[str, ...] = ()) -> Path:
    """Read a reverse-path or forward-path."""
    path = _remembered(raw) if len(raw) <= _USUAL else _read(raw)
    return Path(raw, path.local, path.domain, params, path.routes) if params else path


def _read(raw: bytes) -> Path:
    """The path without its parameters."""
    text = raw.decode("utf-8", "surrogateescape").strip()
    inner = _without_brackets(text)
    route, mailbox = _split_source_route(inner)
    local, domain = _split_mailbox(mailbox)
    return Path(raw, local, domain, (), _routes(route, local))


_remembered = lru_cache(maxsize=4096)(_read)


def is_plain(path: Path) -> bool:
    """Whether delrcpt can be trusted with it: ``<local@domain>`` (or the same bare), a dot-atom and a domain.

    Postfix compares the octets it is sent with its own rewritten form and misses in silence on anything else; octets
    that are not UTF-8 cannot be sent back through pymilter at all.
    """
    raw = path.raw
    return _PLAIN.fullmatch(raw) is not None and (raw[:1] == b"<") == (raw[-1:] == b">") and _is_utf8(raw)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _without_brackets(text: str) -> str:
    while text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    return text


def _split_source_route(text: str) -> tuple[tuple[str, ...], str]:
    """``@a,@b:user@c`` to (("a", "b"), "user@c") (RFC 5321 appendix C)."""
    if not text.startswith("@") or ":" not in text:
        return (), text
    route, mailbox = text.split(":", 1)
    hops = tuple(normal_domain(hop.strip().lstrip("@")) for hop in route.split(","))
    return hops, mailbox


def _split_mailbox(text: str) -> tuple[str, str]:
    local, at, domain = text.rpartition("@")
    if not at:
        return _unquoted(text), ""
    return _unquoted(local), normal_domain(domain)


def _unquoted(local: str) -> str:
    if len(local) >= 2 and local.startswith('"') and local.endswith('"'):
        return re.sub(r"\\(.)", r"\1", local[1:-1], flags=re.DOTALL)
    return local


def _routes(route: tuple[str, ...], local: str) -> tuple[str, ...]:
    """Domains named by a source route, by ``user%domain``, by ``domain!user`` or by ``user@domain`` within quotes."""
    hidden = [part for sign in "%@" for part in local.split(sign)[1:]]
    bang = local.split("!")[:-1]
    return route + tuple(normal_domain(name) for name in (*hidden, *bang) if name)
