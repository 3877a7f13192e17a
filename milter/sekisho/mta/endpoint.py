"""Where the MTA finds us, spelled as libmilter does, and a probe that asks whether somebody answers there.

``unix:/run/sekisho/milter.sock``, ``inet:PORT@HOST``, ``inet6:PORT@HOST``; the host may be left out for every address.
`parse_endpoint` raises `ValueError` with a sentence for the administrator.
"""

from __future__ import annotations

import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LONGEST_PATH = 103
"""A unix socket's path holds 107 octets, and four of them are for the temporary suffix while it is being bound."""

_FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
_OFFER = struct.pack("!IcIII", 13, b"O", 6, 0x1FF, 0x1FFFFF)
_QUIT = struct.pack("!Ic", 1, b"Q")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A unix socket's path, or a TCP port with the address to bind; an empty host means every address."""

    family: int
    path: Path | None = None
    port: int = 0
    host: str = ""

    def __str__(self) -> str:
        if self.path is not None:
            return f"unix:{self.path}"
        name = "inet6" if self.family == socket.AF_INET6 else "inet"
        return f"{name}:{self.port}@{self.host}" if self.host else f"{name}:{self.port}"


def parse_endpoint(text: str) -> Endpoint:
    """Read a socket's specification."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("unix", "local", *_FAMILIES):
        raise ValueError(f"not a socket: {text!r} (write unix:/PATH, inet:PORT@HOST or inet6:PORT@HOST)")
    if kind in _FAMILIES:
        return _parse_inet(text, kind, rest)
    if not rest.startswith("/"):
        raise ValueError(f"the socket's path must be absolute: {text!r}")
    if len(os.fsencode(rest)) > LONGEST_PATH:
        raise ValueError(f"the socket's path is longer than {LONGEST_PATH} octets: {text!r}")
    return Endpoint(socket.AF_UNIX, path=Path(rest))


def probe(endpoint: Endpoint, timeout: float) -> bool:
    """Whether a milter answers there within ``timeout`` seconds, by negotiating with it as an MTA would."""
    try:
        with socket.socket(endpoint.family, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout)
            connection.connect(_address(endpoint))
            connection.sendall(_OFFER)
            answer = connection.recv(5, socket.MSG_WAITALL)
            with suppress(OSError):
                connection.sendall(_QUIT)
            return answer[4:] == b"O"
    except OSError:
        return False


def _parse_inet(text: str, kind: str, rest: str) -> Endpoint:
    port, _, host = rest.partition("@")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        hint = f"; did you mean {kind}:{rest.rpartition(':')[2]}@{rest.rpartition(':')[0]}?" if ":" in rest else ""
        raise ValueError(f"not a TCP port in {text!r} (write {kind}:PORT@HOST){hint}")
    return Endpoint(_FAMILIES[kind], port=int(port), host=host.removeprefix("[").removesuffix("]"))


def _address(endpoint: Endpoint) -> str | tuple[str, int]:
    if endpoint.path is not None:
        return str(endpoint.path)
    here = "::1" if endpoint.family == socket.AF_INET6 else "127.0.0.1"
    return endpoint.host or here, endpoint.port
