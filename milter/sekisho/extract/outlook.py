"""Outlook messages saved as files (MS-OXMSG): subject, people, text, attachments, and messages within."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from sekisho.extract import rtf
from sekisho.extract.job import Job
from sekisho.extract.limits import Unreadable
from sekisho.mime.charsets import decode
from sekisho.mime.html_text import shown_text
from sekisho.mime.mapi import unpacked_rtf

_SUBJECT, _BODY, _RTF, _HTML = "0037", "1000", "1009", "1013"
_LONG_NAME, _NAME, _SHOWN_NAME, _DATA = "3707", "3704", "3001", "3701"
_PEOPLE = {"0E04": "to", "0E03": "cc", "0E02": "bcc", "0C1A": "from", "0C1F": "from"}
_FOLDER = re.compile(r"(__attach_version1\.0_#[0-9A-F]{8})/", re.IGNORECASE)


def read(names: Sequence[str], stream: Callable[[str], bytes], job: Job) -> None:
    """The message itself, then each of its attachments."""
    _Message(names, stream, "").read(job)


class _Message:
    """A message in a storage of the compound file: the file itself, or an attachment of another message."""

    def __init__(self, names: Sequence[str], stream: Callable[[str], bytes], storage: str) -> None:
        self._names = [name for name in names if name.startswith(storage)]
        self._stream = stream
        self._storage = storage

    def read(self, job: Job) -> None:
        for place, text in self._texts().items():
            job.text(text, place)
        packed = self._octets(_RTF)
        if packed and not self._value(_BODY):
            rtf.read(unpacked_rtf(packed), job)
        for folder in self._attachments():
            self._attached(folder, job)

    def _texts(self) -> Mapping[str, str]:
        found = {"subject": self._value(_SUBJECT)}
        for key, place in _PEOPLE.items():
            found[place] = f"{found.get(place, '')} {self._value(key)}".strip()
        found["body"] = self._value(_BODY).replace("\r\n", "\n")
        html = self._octets(_HTML)
        found["body(html)"] = shown_text(decode(html) if html else self._value(_HTML))
        return found

    def _attachments(self) -> Iterator[str]:
        start = len(self._storage)
        yield from dict.fromkeys(found[1] for name in self._names if (found := _FOLDER.match(name, start)))

    def _attached(self, folder: str, job: Job) -> None:
        called = [self._value(key, f"{folder}/") for key in (_LONG_NAME, _NAME, _SHOWN_NAME)]
        names = tuple(dict.fromkeys(filter(None, called))) or ("attachment",)
        inner = f"{self._storage}{folder}/__substg1.0_{_DATA}000D/"
        content = self._octets(_DATA, f"{folder}/")
        if content:
            job.inside(names, content)
        elif any(name.startswith(inner) for name in self._names):
            self._within(_Message(self._names, self._stream, inner), names, job)
        else:
            job.unread(names, Unreadable("broken", "msg"))

    def _within(self, message: _Message, names: tuple[str, ...], job: Job) -> None:
        """A message within, or another program's storage."""
        if not any(name.endswith("__properties_version1.0") for name in message._names):
            job.unread(names, Unreadable("unknown", "ole"))
            return
        within = job.inner(names)
        within.known_as("application/vnd.ms-outlook")
        if within.is_too_deep:
            within.problem("too-deep")
        else:
            message.read(within)

    def _value(self, key: str, folder: str = "") -> str:
        """A text, UTF-16 or in some code page."""
        name = f"{self._storage}{folder}__substg1.0_{key}"
        wide = self._stream(f"{name}001F")
        text = wide.decode("utf-16-le", "replace") if wide else decode(self._stream(f"{name}001E"))
        return text.rstrip("\0")

    def _octets(self, key: str, folder: str = "") -> bytes:
        return self._stream(f"{self._storage}{folder}__substg1.0_{key}0102")
