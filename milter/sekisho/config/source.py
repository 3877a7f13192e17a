"""A configuration file's octets and text: read once, within a limit, as UTF-8, with its lines kept for messages.

Whatever cannot be read is a `ConfigurationError` that names the place and what to do; nothing else is raised.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from sekisho.config.problems import ConfigurationError, Problem, Severity, whole_file

LIMIT = 10_000_000
"""Octets; a longer file is refused before it is read."""

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
"""Characters that no YAML file may hold (YAML 1.2.2 section 5.1)."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name, as it is shown to people, and its lines."""

    name: str
    text: str
    lines: tuple[str, ...]

    def problem(
        self, line: int, column: int, message: str, width: int = 1, severity: Severity = Severity.ERROR
    ) -> Problem:
        """A problem at a place, both from 1, with its line quoted."""
        quoted = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Problem(self.name, line, column, message, severity, quoted, max(width, 1))


def source_of(name: str, octets: bytes) -> Source:
    """Decode a file; a byte-order mark of UTF-8 is taken off."""
    if octets.startswith(_UTF16):
        raise ConfigurationError([whole_file(name, "this file is UTF-16; save it as UTF-8")])
    plain = octets.removeprefix(_BOM)
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError([_not_utf8(name, plain, error)]) from None
    source = Source(name, text, tuple(_BREAK.split(text)))
    found = _FORBIDDEN.search(text)
    if found:
        raise ConfigurationError([_forbidden(source, found)])
    return source


def _not_utf8(name: str, octets: bytes, error: UnicodeDecodeError) -> Problem:
    before = octets[: error.start].decode("utf-8")
    lines = _BREAK.split(before)
    guess = _likely(octets)
    looks = f" (it looks like {guess})" if guess else ""
    message = f"byte 0x{octets[error.start]:02x} is not UTF-8{looks}; save the file as UTF-8"
    return Problem(name, len(lines), len(lines[-1]) + 1, message)


def _likely(octets: bytes) -> str:
    """Which of the usual Japanese encodings the octets can be read as."""
    for codec, name in (("euc_jp", "EUC-JP"), ("cp932", "Shift_JIS")):
        try:
            octets.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return ""


def _forbidden(source: Source, found: re.Match[str]) -> Problem:
    lines = _BREAK.split(source.text[: found.start()])
    message = f"the control character U+{ord(found[0]):04X} cannot stand in a configuration file; remove it"
    return Problem(source.name, len(lines), len(lines[-1]) + 1, message)


def read_source(path: Path, limit: int = LIMIT) -> Source:
    """Read a configuration file."""
    try:
        octets = _octets(path, limit)
    except OSError as error:
        raise ConfigurationError([whole_file(str(path), f"cannot be read: {why(error)}")]) from None
    except ValueError as error:
        raise ConfigurationError([whole_file(str(path), str(error))]) from None
    return source_of(str(path), octets)


def _octets(path: Path, limit: int) -> bytes:
    """The octets of a regular file of at most ``limit``; ``ValueError`` says why it is not one."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        os.close(descriptor)
        raise ValueError("this is a directory; name the file in it")
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("this is not a regular file")
        octets = file.read(limit + 1) if status.st_size <= limit else b""
    if status.st_size > limit or len(octets) > limit:
        raise ValueError(f"larger than {limit // 1_000_000} MB; keep long lists in files of their own")
    return octets


def why(error: OSError) -> str:
    """Why a file cannot be read, and what to look at."""
    match error:
        case FileNotFoundError():
            return "there is no such file"
        case PermissionError():
            return f"permission denied for user id {os.geteuid()}; check the owner and mode of the file and its folders"
        case _:
            return (error.strerror or str(error)).lower()
