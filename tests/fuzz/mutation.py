"""Octets changed at random, the same for the same generator: what a parser may be given that nobody meant to send."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
_PIECES = (
    b"\0",
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"../",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%%EOF",
    b"{\\*\\",
    b"}" * 40,
    b"{" * 40,
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&#0;",
    b"<![CDATA[",
    b"=?iso-2022-jp?b?GyRC?=",
    b"\x1b$B",
    b"\x1b(B",
    b"\xe2\x80\xae",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"&*a",
    b"!!python/object:os.system",
    b"- " * 30,
    b"(" * 50,
    b"<" * 50,
    b"a" * 70_000,
    b"\xd0\xcf\x11\xe0",
)


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A changed copy: a few of its octets, lengths or stretches, or it is cut off."""
    octets = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        _change(octets, others, chance)
    return bytes(octets)


def repacked(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A ZIP archive one file of which is changed, with checksums that are right; or the archive's own octets."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except Exception:  # the library raises many things at archives that were changed before
        files = []
    if not files or chance.random() < 0.3:
        return mutated(data, others, chance)
    chosen = chance.randrange(len(files))
    files[chosen] = (files[chosen][0], mutated(files[chosen][1], others, chance))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return made.getvalue()


def _change(octets: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    place = chance.randint(0, len(octets))
    length = min(chance.choice((1, 2, 4, 16, 256, 4096)), len(octets) - place)
    match chance.randrange(8):
        case 0 if place < len(octets):
            octets[place] ^= 1 << chance.randrange(8)
        case 1 if place < len(octets):
            octets[place] = chance.randrange(256)
        case 2:
            size = chance.choice((1, 2, 4, 8))
            number = chance.choice(_NUMBERS) & (1 << 8 * size) - 1
            octets[place : place + size] = number.to_bytes(size, chance.choice(("little", "big")))
        case 3:
            del octets[place : place + length]
        case 4:
            octets[place:place] = octets[place : place + length]
        case 5:
            octets[place:place] = chance.choice(_PIECES)
        case 6:
            other = chance.choice(others)
            start = chance.randint(0, len(other))
            octets[place : place + length] = other[start : start + length]
        case 7 if chance.random() < 0.3:
            del octets[place:]
