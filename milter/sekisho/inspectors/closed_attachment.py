"""uninspectable-attachment: a file that cannot be read; encrypted-attachment: a file that only a password opens.

What opening a file came to, what the headers of ZIP, Office, PDF, 7z, RAR and PGP files show besides, and the limits
that the reader of the structure reached. Kinds: of the first ``broken``, ``ambiguous`` (it can be read in two ways),
``unknown``, ``too-big``, ``too-deep``, ``too-many-files``, ``time-out``, ``crashed``, ``partial``, ``external``,
``too-many-parts``, ``too-many-readings``; of the second the kind of file. Concerns all recipients.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.opened import Opened, Problem, within
from sekisho.core.parts import Part
from sekisho.inspectors import settings as base

CODES = ("uninspectable-attachment", "encrypted-attachment")

_ENTRIES = 10_000
"""ZIP entries looked at."""
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptedSummary"))
_PDF_ENCRYPTED = re.compile(rb"/Encrypt(?:\s{0,8}<<|\s{1,8}\d{1,9}\s{1,8}\d{1,5}\s{1,8}R)")
_SEVEN, _SEVEN_AES = b"7z\xbc\xaf\x27\x1c", b"\x06\xf1\x07\x01"
_RAR5 = b"Rar!\x1a\x07\x01\x00"
_RAR5_ENCRYPTION = 4
_RAR4 = b"Rar!\x1a\x07\x00"
_PGP = b"-----BEGIN PGP MESSAGE-----"
_ELSEWHERE = {"message/partial": "partial", "message/external-body": "external"}


_LARGEST_SIGNATURE = 65_536
_LIMITS = frozenset({"too-deep", "too-many-parts", "too-many-readings"})
"""Anomalies of the structure after which something was left unread."""


class Settings(base.Settings):
    score: float = Field(default=0.5, ge=0, le=100, description="What one unreadable file adds to a message's score")
    encrypted_score: float = Field(
        default=0.3, ge=0, le=100, description="What one encrypted file adds to a message's score"
    )


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding of each code and kind a file; values: ``name``, ``reason`` or ``format``."""
    opened: dict[int, Opened] = {id(part): found for part, found in facts.opened}
    for part in facts.structure.parts:
        reason = _ELSEWHERE.get(part.type, "")
        if reason:
            yield _finding(CODES[0], facts, part, reason, settings.score, {"reason": reason})
        elif part.attached:
            yield from _closed(facts, settings, part, opened.get(id(part)))
    for anomaly in dict.fromkeys(one for one in facts.structure.anomalies if one.kind in _LIMITS):
        where, values = one_line(anomaly.where), {"reason": anomaly.kind}
        yield Finding(CODES[0], where, facts.everyone, kind=anomaly.kind, score=settings.score, values=values)


def _closed(facts: Facts, settings: Settings, part: Part, opened: Opened | None) -> Iterator[Finding]:
    """``opened`` is None where nobody looked into the file."""
    head = part.content.read(16)
    if _is_signature(part, head):
        return
    by_header = _encryption(part, head)
    problems = list(opened.problems) if opened else []
    if by_header == "pdf" and opened and opened.texts and not problems:
        # Encrypted so that it cannot be printed or changed; it opens without a password.
        by_header = ""
    if by_header and not any(problem.kind == "encrypted" for problem in problems):
        problems.append(Problem("encrypted", "", by_header))
    if not problems and _is_broken(part, head):
        problems.append(Problem("broken", ""))
    for kind in dict.fromkeys(problem.kind for problem in problems):
        found = [problem for problem in problems if problem.kind == kind]
        inner = replace(part, place=within(part.place, found[0].place))
        if kind == "encrypted":
            form = found[0].format or by_header
            finding = _finding(CODES[1], facts, inner, form, settings.encrypted_score, {"format": form})
        else:
            finding = _finding(CODES[0], facts, inner, kind, settings.score, {"reason": kind})
        yield replace(finding, count=len(found))


def _is_signature(part: Part, head: bytes) -> bool:
    """A signature beside what it signs (RFC 8551 3.5, RFC 3156 5): there is nothing in it to look into."""
    if part.type in ("application/pkcs7-signature", "application/x-pkcs7-signature"):
        return head[:1] == b"0" and part.content.size <= _LARGEST_SIGNATURE
    return part.type == "application/pgp-signature" and part.content.size <= _LARGEST_SIGNATURE


def _finding(code: str, facts: Facts, part: Part, kind: str, score: float, values: dict[str, str]) -> Finding:
    return Finding(
        code, one_line(part.place), facts.everyone, kind=kind, score=score, evidence=_name(part), values=values
    )


def _encryption(part: Part, head: bytes) -> str:
    """Which kind of encrypted file this is; empty for an open one."""
    if head.startswith(_LOCAL):
        return "zip" if any(flags & 1 for flags in _zip_flags(part.content.read())) else ""
    if head.startswith(_OLE):
        data = part.content.read()
        return "office" if any(mark in data for mark in _OLE_ENCRYPTED) else ""
    if head.startswith(b"%PDF"):
        return "pdf" if _PDF_ENCRYPTED.search(part.content.read()) else ""
    if head.startswith(_SEVEN):
        return "7z" if _SEVEN_AES in part.content.read()[-65_536:] else ""
    if head.startswith((_RAR4, _RAR5)):
        return "rar" if _rar_is_encrypted(part.content.read(4096)) else ""
    return "pgp" if part.type == "application/pgp-encrypted" or part.content.read(4096).startswith(_PGP) else ""


def _zip_flags(data: bytes) -> Iterator[int]:
    """The general purpose flags of local and central headers (APPNOTE 4.4.4): either may lie."""
    for signature, offset in ((_LOCAL, 6), (_CENTRAL, 8)):
        position = data.find(signature)
        for _ in range(_ENTRIES):
            if position < 0:
                break
            yield int.from_bytes(data[position + offset : position + offset + 2], "little")
            position = data.find(signature, position + 4)


def _rar_is_encrypted(data: bytes) -> bool:
    """Encrypted headers (RAR 5 type 4, RAR 4 main header flag 0x80) or an encrypted first file (RAR 4 flag 4)."""
    if data.startswith(_RAR5):
        return data[13:14] == bytes([_RAR5_ENCRYPTION])
    main = int.from_bytes(data[10:12], "little")
    first = 7 + int.from_bytes(data[12:14], "little")
    return bool(main & 0x80) or (data[first + 2 : first + 3] == b"\x74" and bool(data[first + 3] & 4))


def _is_broken(part: Part, head: bytes) -> bool:
    """Whether the end, without which no program opens the file, is missing."""
    if head.startswith(_LOCAL):
        return _END not in part.content.read()[-65_600:]
    if head.startswith(b"%PDF"):
        tail = part.content.read()[-16_384:]
        return b"%%EOF" not in tail and b"startxref" not in tail
    return False


def _name(part: Part) -> str:
    return one_line(part.names[0], 120) if part.names else ""
