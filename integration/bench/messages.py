"""The mails that are sent: ordinary ones, so that nothing is found in them and everything must be looked at."""

from __future__ import annotations

import random
from email.message import EmailMessage
from pathlib import Path

SENDER = "tanaka@example.com"
RECIPIENT = "suzuki@partner-company.example.net"

_PARAGRAPH = (
    "いつもお世話になっております。先日お打ち合わせいたしました件につきまして、進捗をご報告申し上げます。"
    "現在、設計の見直しを進めており、来週中には改訂版をお届けできる見込みです。"
    "ご不明な点がございましたら、どうぞご遠慮なくお問い合わせください。\n"
)


def text_mail(size: int) -> bytes:
    """A Japanese text of about ``size`` octets on the wire, UTF-8 in base64."""
    mail = headed("来週の打ち合わせについて")
    mail.set_content(_text(size), charset="utf-8", cte="base64")
    return _closest(mail, size)


def attachment_mail(size: int) -> bytes:
    """A short text with a JPEG-like attachment that fills it up to about ``size`` octets."""
    mail = headed("写真を送ります")
    mail.set_content(_PARAGRAPH, charset="utf-8", cte="base64")
    octets = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + random.Random(1).randbytes(max(0, (size - 1600) * 72 // 98))
    mail.add_attachment(octets, maintype="image", subtype="jpeg", filename="現場写真.jpg")
    return mail.as_bytes()


def write(folder: Path) -> dict[str, Path]:
    """Write all mails into a folder; by name."""
    mails = {
        "4 kB": text_mail(4_000),
        "120 kB": attachment_mail(120_000),
        "50 MB": attachment_mail(50_000_000),
    }
    paths = {name: folder / f"{name.replace(' ', '')}.eml" for name in mails}
    for name, octets in mails.items():
        paths[name].write_bytes(octets)
    return paths


def opening() -> str:
    """A paragraph as such mails begin with."""
    return _PARAGRAPH


def headed(subject: str) -> EmailMessage:
    """A mail with the header that all have, and nothing below it."""
    mail = EmailMessage()
    mail["From"] = f"田中 一郎 <{SENDER}>"
    mail["To"] = f"鈴木 花子 <{RECIPIENT}>"
    mail["Cc"] = "佐藤 <sato@example.com>"
    mail["Subject"] = subject
    mail["Date"] = "Tue, 24 Nov 2026 09:00:00 +0900"
    mail["Message-ID"] = "<bench.0001@example.com>"
    mail["User-Agent"] = "Mozilla Thunderbird"
    mail["Content-Language"] = "ja"
    return mail


def _text(size: int) -> str:
    octets = size * 3 // 4  # base64
    whole = _PARAGRAPH * (octets // len(_PARAGRAPH.encode()) + 1)
    return whole.encode()[:octets].decode("utf-8", "ignore")


def _closest(mail: EmailMessage, size: int) -> bytes:
    """The mail with its text cut so that the whole has about the size wanted."""
    over = len(mail.as_bytes()) - size
    if over > 0:
        mail.set_content(_text(max(0, size - over)), charset="utf-8", cte="base64")
    return mail.as_bytes()
