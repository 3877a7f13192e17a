"""A message's octets as they stand on the wire after DATA (RFC 5321 4.5.2), piece by piece.

Given the message in pieces cut anywhere, gives pieces to send, the last of which ends a line, so that `END_MARK` can
follow. Content whose line ends are all CRLF (what an MTA gives a milter) arrives exactly as it is: only dots at line
starts are doubled, and the receiver takes those away. NUL, 8-bit octets and long lines are passed on.

CR and LF leave here as pairs only, so that no receiver can be made to see the end of the message elsewhere (SMTP
smuggling): a stray LF is the line end that every MTA of Unix takes it for and becomes CRLF; a stray CR becomes a blank,
as Postfix itself writes it (cleanup_replace_stray_cr_lf).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

END_MARK = b".\r\n"

_STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_PAIRED = {b"\r": b" ", b"\n": b"\r\n"}


def data_octets(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, dot-stuffed."""
    at_line_start = True
    for piece in _paired(pieces):
        stuffed = piece.replace(b"\r\n.", b"\r\n..")
        yield b"." + stuffed if at_line_start and piece.startswith(b".") else stuffed
        at_line_start = piece.endswith(b"\r\n")
    if not at_line_start:
        yield b"\r\n"


def _paired(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets, none of the pieces empty, none ending between CR and LF, and no CR or LF without the other."""
    kept = b""
    for piece in pieces:
        whole = kept + piece
        kept = b"\r" if whole.endswith(b"\r") else b""
        ready = whole[:-1] if kept else whole
        if ready:
            yield ready if _is_paired(ready) else _STRAY.sub(lambda stray: _PAIRED[stray[0]], ready)
    if kept:
        yield _PAIRED[kept]


def _is_paired(octets: bytes) -> bool:
    return octets.count(b"\r") == octets.count(b"\r\n") == octets.count(b"\n")
