"""What goes between gateway and extractor, as JSON: names in, `sekisho.core.opened.Opened` out.

The extractor is not trusted: `opened_from` takes what it sent as data of these shapes, or raises `ValueError`. Messages
go over a SEQPACKET socket: an answer is its length in one packet, then packets of at most `PACKET` octets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sekisho.core.opened import FileInside, FileText, Hidden, Opened, Problem

PACKET = 65_536
LONGEST_ANSWER = 24_000_000
"""Octets; texts are limited to a third of it by the extractor's own limits."""
LONGEST_QUESTION = 60_000


def question_to(names: Sequence[str]) -> bytes:
    """A question: the names of the file whose octets go along as a descriptor."""
    kept: list[str] = []
    size = 2
    for name in names:
        size += 6 * len(name) + 4
        if size > LONGEST_QUESTION:
            break
        kept.append(name)
    return json.dumps(kept).encode()


def question_from(octets: bytes) -> tuple[str, ...]:
    """The names."""
    return tuple(json.loads(octets))


def answer_to(opened: Opened) -> bytes:
    """An answer."""
    return json.dumps(
        {
            "texts": [(text.place, text.text, _flat(text.cells)) for text in opened.texts],
            "files": [(file.place, file.names, file.type) for file in opened.files],
            "hidden": [(one.kind, one.place, one.text, one.count) for one in opened.hidden],
            "macros": opened.macros,
            "problems": [(one.kind, one.place, one.format) for one in opened.problems],
        },
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode("utf-8", "surrogatepass")


def opened_from(octets: bytes) -> Opened:
    """What an answer says. Raises `ValueError` for anything that is no answer."""
    try:
        said = json.loads(octets.decode("utf-8", "surrogatepass"))
        return Opened(
            tuple(FileText(_str(place), _str(text), _pairs(cells)) for place, text, cells in said["texts"]),
            tuple(FileInside(_str(place), tuple(map(_str, names)), _str(kind)) for place, names, kind in said["files"]),
            tuple(Hidden(_str(kind), _str(at), _str(text), _int(count)) for kind, at, text, count in said["hidden"]),
            tuple(map(_str, said["macros"])),
            tuple(Problem(_str(kind), _str(place), _str(form)) for kind, place, form in said["problems"]),
        )
    except (KeyError, TypeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError("not an answer") from error


def packets(message: bytes) -> Iterator[bytes]:
    """A message in packets, its length first."""
    yield str(len(message)).encode()
    for position in range(0, len(message), PACKET):
        yield message[position : position + PACKET]


def _flat(cells: Sequence[tuple[int, int]]) -> list[int]:
    return [number for pair in cells for number in pair]


def _pairs(numbers: Any) -> tuple[tuple[int, int], ...]:
    if not set(map(type, numbers)) <= {int}:
        raise ValueError("not an answer")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not an answer")
    return value


def _int(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("not an answer")
    return value
