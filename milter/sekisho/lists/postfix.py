"""Postfix lookup tables: any type by ``postmap -q``, ``socketmap`` and ``tcp`` by their own protocols.

An address is on the list if the table has an entry for it, for its domain, or for ``.parent`` of its domain, whatever
the entry says. See socketmap_table(5) and tcp_table(5) of Postfix.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from typing import IO
from urllib.parse import quote, unquote

from sekisho.core.ports import Unavailable

TIMEOUT = 5.0
"""Seconds for one question."""
_LONGEST = 100_000
_SOCKETMAP = re.compile(r"socketmap:(?:unix:([^:]+)|inet:([^:]+):(\d+)):([^:\s]+)")
_TCP = re.compile(r"tcp:([^:]+):(\d+)")
_TABLE = re.compile(r"[a-z][a-z0-9]*:\S.*")

Find = Callable[[Sequence[str]], str | None]
"""What the table says of the first of some keys that it has; None if it has none."""


class TableAsker:
    """Asks one table."""

    def __init__(self, table: str) -> None:
        """``ValueError`` for what is no table, or where there is no postmap to ask it."""
        self._find = _find(table)
        self._table = table

    def __call__(self, local: str, domain: str) -> bool:
        """Whether the table knows the address; raises `Unavailable`."""
        return self._found(list(keys_of(local, domain))) is not None

    def value(self, address: str) -> str:
        """What the table says of just this address; nothing if it says nothing. Raises `Unavailable`."""
        return (self._found([address]) or "").strip()

    def _found(self, keys: Sequence[str]) -> str | None:
        known = [key for key in keys if key and key.isprintable()]
        try:
            return self._find(known) if known else None
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise Unavailable(self._table, str(error) or type(error).__name__) from error


def keys_of(local: str, domain: str) -> Iterator[str]:
    """What to look up for an address, the most exact first."""
    yield f"{local}@{domain}" if domain else local or "<>"
    if domain:
        yield domain
    dot = domain.find(".")
    while dot >= 0:
        yield domain[dot:]
        dot = domain.find(".", dot + 1)


def _find(table: str) -> Find:
    found = _SOCKETMAP.fullmatch(table)
    if found:
        path, host, port, name = found.groups()
        return lambda keys: _socketmap(path or (host, int(port)), name, keys)
    found = _TCP.fullmatch(table)
    if found:
        address = (found[1], int(found[2]))
        return lambda keys: _tcp(address, keys)
    if not _TABLE.fullmatch(table) or table.startswith(("socketmap:", "tcp:")):
        raise ValueError(
            f"{table!r} is not a table; write hash:/etc/postfix/partners, socketmap:unix:PATH:NAME or tcp:HOST:PORT"
        )
    postmap = shutil.which("postmap") or shutil.which("postmap", path="/usr/sbin:/usr/local/sbin")
    if not postmap:
        raise ValueError("there is no postmap to ask this table with; install Postfix, or use socketmap: or tcp:")
    return lambda keys: _postmap(postmap, table, keys)


def _postmap(postmap: str, table: str, keys: Sequence[str]) -> str | None:
    """Exit 0: an entry was found, and stands behind its key and a tab. What goes wrong is on stderr."""
    asked = "".join(f"{key}\n" for key in keys).encode("utf-8", "surrogateescape")
    done = subprocess.run([postmap, "-q", "-", table], input=asked, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603
    said = done.stderr.decode("utf-8", "replace").strip()
    if said or done.returncode > 1:
        raise ValueError(said.splitlines()[-1] if said else f"postmap failed with {done.returncode}")
    return done.stdout.decode("utf-8", "replace").partition("\n")[0].partition("\t")[2] if not done.returncode else None


def _connected(address: str | tuple[str, int]) -> socket.socket:
    if isinstance(address, tuple):
        return socket.create_connection(address, TIMEOUT)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _socketmap(address: str | tuple[str, int], name: str, keys: Sequence[str]) -> str | None:
    with _connected(address) as connection, connection.makefile("rb") as replies:
        for key in keys:
            connection.sendall(_netstring(f"{name} {key}".encode("utf-8", "surrogateescape")))
            status, _, said = _read_netstring(replies).partition(b" ")
            if status == b"OK":
                return said.decode("utf-8", "replace")
            if status != b"NOTFOUND":
                raise ValueError(f"{status.decode('ascii', 'replace')} {said.decode('utf-8', 'replace')}".strip())
    return None


def _netstring(octets: bytes) -> bytes:
    return b"%d:%b," % (len(octets), octets)


def _read_netstring(replies: IO[bytes]) -> bytes:
    digits = b""
    while (one := replies.read(1)) != b":":
        digits += one
        if not one.isdigit() or len(digits) > 6:
            raise ValueError("the reply is not a netstring")
    length = int(digits or b"-1")
    if not 0 <= length <= _LONGEST:
        raise ValueError("the reply is not a netstring")
    octets = replies.read(length + 1)
    if len(octets) != length + 1 or octets[-1:] != b",":
        raise ValueError("the reply ends early")
    return octets[:-1]


def _tcp(address: tuple[str, int], keys: Sequence[str]) -> str | None:
    with _connected(address) as connection, connection.makefile("rb") as replies:
        for key in keys:
            connection.sendall(b"get %b\n" % quote(key.encode("utf-8", "surrogateescape"), safe="@.-_").encode())
            reply = replies.readline(_LONGEST)
            if reply.startswith(b"200 "):
                return unquote(reply[4:].decode("utf-8", "replace").strip())
            if not reply.startswith(b"500 "):
                raise ValueError(reply.decode("utf-8", "replace").strip() or "the server closed the connection")
    return None
