"""ZIP archives in every reading (PKWARE APPNOTE 6.3): central directory, and local headers that it does not mention.

Given octets, gives entries and their content. Where central and local headers disagree, overlap, or one of them is
missing, both are listed and ``ambiguous`` or ``broken`` says so. Names are only ever names: nothing is written.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sekisho.extract.inflate import bunzipped, deflated, unxzipped
from sekisho.extract.limits import Budget, Unreadable
from sekisho.mime.charsets import decode

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END64, _LOCATOR64 = b"PK\x06\x06", b"PK\x06\x07"
_MOST = 20_000
_FULL = 0xFFFFFFFF
_ENCRYPTED, _STREAMED, _UTF8 = 1, 8, 0x800
_ZIP64, _UNICODE_NAME = 0x0001, 0x7075


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the archive."""

    names: tuple[str, ...]
    method: int
    flags: int
    crc: int
    packed: int
    """Octets in the archive."""
    size: int
    offset: int
    """Of its local header."""
    start: int = 0
    """Of its data."""

    @property
    def name(self) -> str:
        return self.names[0]

    @property
    def is_encrypted(self) -> bool:
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/") and not self.packed


class Archive:
    """A ZIP archive. Raises `Unreadable` when it is none at all."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._data = data
        self._budget = budget
        self.problems: list[str] = []
        self.taken: set[Entry] = set()
        """What was read by its name."""
        central = [self._located(entry) for entry in self._central()]
        self.entries = tuple(central) + tuple(self._unmentioned(central))
        if not central:
            self.problems.append("broken")
        if not self.entries and _END not in data:
            raise Unreadable("broken", "zip")
        self._by_name = {entry.name.lower().replace("\\", "/"): entry for entry in reversed(self.entries)}

    @property
    def names(self) -> Sequence[str]:
        """All names in lower case, ``/`` between folders."""
        return tuple(self._by_name)

    def find(self, name: str) -> Entry | None:
        """The entry of this name, whatever its letter case."""
        return self._by_name.get(name.lower().lstrip("/"))

    def check_sizes(self) -> None:
        """Refuse what says of itself that it is too big, before a library unpacks it. Raises `Unreadable`."""
        if any(entry.size > self._budget.limits.one for entry in self.entries):
            raise Unreadable("too-big", "zip")

    def part(self, name: str) -> bytes:
        """The content of the entry of this name; nothing where there is none or it cannot be read."""
        entry = self.find(name)
        if entry is None:
            return b""
        self.taken.add(entry)
        try:
            return self.read(entry)
        except Unreadable as error:
            self.problems.append(error.kind)
            return b""

    def read(self, entry: Entry, most: int | None = None) -> bytes:
        """The content, or the beginning of it. Raises `Unreadable`."""
        if entry.is_encrypted:
            raise Unreadable("encrypted", "zip")
        raw = self._data[entry.start : entry.start + entry.packed]
        out = self._decompressed(entry, raw, most)
        if most is None and (len(raw) < entry.packed or zlib.crc32(out) != entry.crc):
            self.problems.append("broken")
        return out

    def _decompressed(self, entry: Entry, raw: bytes, most: int | None) -> bytes:
        match entry.method:
            case 0:
                self._budget.octets(len(raw) if most is None else most)
                return raw[:most]
            case 8:  # APPNOTE 4.4.5
                return deflated(raw, self._budget, most)
            case 12:
                return bunzipped(raw, self._budget, most)
            case 14:  # APPNOTE 5.8.8: two octets of version, two of length, then LZMA's own header
                alone = raw[4:9] + b"\xff" * 8 + raw[9:]
                limit = self._budget.limits.one
                if most is None and entry.size > limit:
                    raise Unreadable("too-big", "zip")
                return unxzipped(alone, self._budget, min(entry.size, limit if most is None else most))
            case 95:
                return unxzipped(raw, self._budget, most)
        raise Unreadable("unknown", f"zip method {entry.method}")

    def _central(self) -> Iterator[Entry]:
        data = self._data
        position, count = self._directory(), 0
        while 0 <= position <= len(data) - 46 and data.startswith(_CENTRAL, position):
            if count >= _MOST:
                raise Unreadable("too-many-files", "zip")
            count += 1
            flags, method = struct.unpack_from("<HH", data, position + 8)
            crc, packed, size, name, extra, comment = struct.unpack_from("<LLLHHH", data, position + 16)
            (offset,) = struct.unpack_from("<L", data, position + 42)
            raw = data[position + 46 : position + 46 + name]
            extras = dict(_extras(data[position + 46 + name : position + 46 + name + extra]))
            size, packed, offset = _wide((size, packed, offset), extras.get(_ZIP64, b""))
            yield Entry(_names(raw, flags, extras), method, flags, crc, packed, size, offset + self._shift)
            position += 46 + name + extra + comment

    def _directory(self) -> int:
        """Where the central directory begins; -1 where there is none. Sets how far offsets are off."""
        data = self._data
        self._shift = 0
        end = data.rfind(_END, max(0, len(data) - 66_000))
        if end < 0 or len(data) < end + 22:
            return -1
        size, offset = struct.unpack_from("<LL", data, end + 12)
        if data.startswith(_LOCATOR64, end - 20):
            end64 = data.rfind(_END64, 0, end)
            if end64 >= 0 and len(data) >= end64 + 56:
                size, offset = struct.unpack_from("<QQ", data, end64 + 40)
                end = end64
        if data.startswith(_CENTRAL, max(end - size, 0)):
            self._shift = end - size - offset
            return int(end - size)
        return int(offset)

    def _located(self, entry: Entry) -> Entry:
        """The entry with the place of its data, and what its local header says besides."""
        data, at = self._data, entry.offset
        if at < 0 or not data.startswith(_LOCAL, at) or at + 30 > len(data):
            self.problems.append("broken")
            return replace(entry, packed=0)
        local = self._local(at)
        differ = local.names[0] not in entry.names or local.method != entry.method
        if differ or local.is_encrypted != entry.is_encrypted or not _agree(local, entry):
            self.problems.append("ambiguous")
        names = tuple(dict.fromkeys((*entry.names, *local.names)))
        flags = entry.flags | (local.flags & _ENCRYPTED)
        return Entry(names, entry.method, flags, entry.crc, entry.packed, entry.size, at, local.start)

    def _local(self, at: int) -> Entry:
        flags, method = struct.unpack_from("<HH", self._data, at + 6)
        crc, packed, size, name, extra = struct.unpack_from("<LLLHH", self._data, at + 14)
        start = at + 30 + name + extra
        extras = dict(_extras(self._data[at + 30 + name : start]))
        size, packed, _ = _wide((size, packed, 0), extras.get(_ZIP64, b""))
        names = _names(self._data[at + 30 : at + 30 + name], flags, extras)
        return Entry(names, method, flags, crc, packed, size, at, start)

    def _unmentioned(self, central: Sequence[Entry]) -> Iterator[Entry]:
        """Local headers between the entries of the directory; overlapping entries are noticed on the way."""
        position = 0
        for entry in sorted(central, key=lambda one: one.offset):
            if entry.offset < position:
                self.problems.append("ambiguous")
            yield from self._between(position, entry.offset, known=bool(central))
            position = max(position, entry.start + entry.packed)
        yield from self._between(position, len(self._data), known=bool(central))

    def _between(self, start: int, end: int, *, known: bool) -> Iterator[Entry]:
        position, count = self._data.find(_LOCAL, start, end), 0
        while 0 <= position <= len(self._data) - 30 and count < _MOST:
            count += 1
            if known:
                self.problems.append("ambiguous")
            entry = self._local(position)
            if entry.flags & _STREAMED and not entry.packed:
                entry = replace(entry, packed=max(end - entry.start, 0), crc=-1)
            yield entry
            position = self._data.find(_LOCAL, max(entry.start, position + 4), end)


def ends_as_archive(data: bytes) -> bool:
    """Whether the octets end with a directory's end, comment included (APPNOTE 4.3.16)."""
    end = data.rfind(_END, max(0, len(data) - 66_000))
    return end >= 0 and end + 22 <= len(data) == end + 22 + int.from_bytes(data[end + 20 : end + 22], "little")


def _agree(local: Entry, central: Entry) -> bool:
    """Whether the local header, where it says how long the data is, says what the directory says."""
    return bool(local.flags & _STREAMED) or local.packed == central.packed


def _extras(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(data):
        tag, size = struct.unpack_from("<HH", data, position)
        yield tag, data[position + 4 : position + 4 + size]
        position += 4 + size


def _wide(short: tuple[int, int, int], extra: bytes) -> tuple[int, int, int]:
    """Size, packed size and offset, those that are full taken from the ZIP64 field in turn (APPNOTE 4.5.3)."""
    values, position = [], 0
    for value in short:
        if value == _FULL and position + 8 <= len(extra):
            values.append(int.from_bytes(extra[position : position + 8], "little"))
            position += 8
        else:
            values.append(value)
    return values[0], values[1], values[2]


def _names(raw: bytes, flags: int, extras: dict[int, bytes]) -> tuple[str, ...]:
    """The name as its octets say it, and as the Unicode field does (APPNOTE 4.6.9)."""
    names = [decode(raw, "utf-8" if flags & _UTF8 else "")]
    unicode_name = extras.get(_UNICODE_NAME, b"")[5:]
    if unicode_name:
        names.append(decode(unicode_name, "utf-8"))
    return tuple(dict.fromkeys(names))
