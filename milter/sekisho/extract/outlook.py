"""Outlook messages saved as files (MS-OXMSG): subject, text, and attachments with their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sekisho.extract.job import Job
from sekisho.mime.charsets import decode
from sekisho.mime.html_text import shown_text

_SUBJECT, _BODY, _HTML, _NAME, _SHORT_NAME, _DATA = "0037", "1000", "1013", "3707", "3704", "3701"
_TO, _SENDER = "0E04", "0C1F"
_FOLDER = "__attach_version1.0_#"


def read(names: Sequence[str], stream: Callable[[str], bytes], job: Job) -> None:
    """The message itself, then each of its attachments."""

    def value(folder: str, key: str) -> str:
        wide = stream(f"{folder}__substg1.0_{key}001F")
        return wide.decode("utf-16-le", "replace") if wide else decode(stream(f"{folder}__substg1.0_{key}001E"))

    for key, place in ((_SUBJECT, "subject"), (_TO, "to"), (_SENDER, "from"), (_BODY, "body")):
        job.text(value("", key).replace("\r\n", "\n").rstrip("\0"), place)
    job.text(shown_text(decode(stream(f"__substg1.0_{_HTML}0102"))), "body(html)")
    folders = dict.fromkeys(name.partition("/")[0] for name in names if name.lower().startswith(_FOLDER))
    for folder in folders:
        content = stream(f"{folder}/__substg1.0_{_DATA}0102")
        called = value(f"{folder}/", _NAME) or value(f"{folder}/", _SHORT_NAME)
        if content:
            job.inside((called.rstrip("\0") or "attachment",), content)
        elif any(name.startswith(f"{folder}/__substg1.0_{_DATA}000D/") for name in names):
            inner = f"{folder}/__substg1.0_{_DATA}000D/"
            job.text(value(inner, _SUBJECT), "message/subject")
            job.text(value(inner, _BODY).replace("\r\n", "\n"), "message/body")
