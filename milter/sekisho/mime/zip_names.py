"""What a ZIP file is, by the names in its directory (APPNOTE 4.3, ECMA-376, OpenDocument 1.2 part 3).

Given the file's octets, gives its media type. Names come from the central directory, and from the local headers where
that is missing or points astray. Nothing is decompressed. Never raises; looks at a limited number of entries.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

_LOCAL = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_END = b"PK\x05\x06"
_MOST = 5000
_OPEN_XML = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "excel.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "powerpoint.presentation"),
    ("visio/", "application/vnd.ms-visio.drawing", "visio.drawing"),
)
_STORED_TYPE = re.compile(rb"application/[A-Za-z0-9.+-]{1,100}")


def kind_of_zip(data: bytes) -> str:
    """Media type of a file that begins with ``PK``; empty when it is no ZIP after all."""
    if not data.startswith((_LOCAL, _END, b"PK\x07\x08")):
        return ""
    stored = _stored_type(data)
    if stored:
        return stored
    names = set(zip_names(data))
    if any(name.startswith("[content_types].xml") for name in names):
        return _kind_of_open_xml(names)
    if "androidmanifest.xml" in names:
        return "application/vnd.android.package-archive"
    return "application/java-archive" if "meta-inf/manifest.mf" in names else "application/zip"


def zip_names(data: bytes) -> Iterator[str]:
    """Entry names in lower case with ``/`` between folders, a limited number of them."""
    for count, name in enumerate(_central(data)):
        if count >= _MOST:
            return
        yield name
    position = data.find(_LOCAL)
    for _ in range(_MOST):
        if position < 0:
            return
        yield _name(data, position + 30, position + 26)
        position = data.find(_LOCAL, position + 30)


def _central(data: bytes) -> Iterator[str]:
    end = data.rfind(_END, max(0, len(data) - 66_000))
    if end < 0 or len(data) < end + 22:
        return
    size, offset = struct.unpack_from("<LL", data, end + 12)
    # Octets before the archive (a self-extractor's program) shift everything by the same amount.
    position = end - size if data.startswith(_CENTRAL, max(end - size, 0)) else offset
    while position >= 0 and data.startswith(_CENTRAL, position) and position + 46 <= len(data):
        yield _name(data, position + 46, position + 28)
        position += 46 + sum(struct.unpack_from("<HHH", data, position + 28))


def _name(data: bytes, start: int, length_at: int) -> str:
    length = int.from_bytes(data[length_at : length_at + 2], "little")
    return data[start : start + length].decode("latin_1").lower().replace("\\", "/")


def _stored_type(data: bytes) -> str:
    """The type that OpenDocument and EPUB store as their first entry, ``mimetype``."""
    if data[30:38] != b"mimetype":
        return ""
    size, name, extra = struct.unpack_from("<LHH", data, 22)
    start = 30 + name + extra
    found = _STORED_TYPE.fullmatch(data[start : start + min(size, 200)].strip())
    return found.group().decode("ascii").lower() if found else ""


def _kind_of_open_xml(names: set[str]) -> str:
    for folder, kind, macro in _OPEN_XML:
        if any(name.startswith(folder) for name in names):
            has_macros = any(name.endswith("vbaproject.bin") for name in names)
            return f"application/vnd.ms-{macro}.macroenabled.12" if has_macros else kind
    return "application/vnd.openxmlformats-package"
