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


_SENTENCES = (
    "現在、設計の見直しを進めており、来週中には改訂版をお届けできる見込みです。",
    "先週の会議でいただいたご意見をもとに、構成を大きく改めました。",
    "試作の結果は良好で、想定していた強度を上回りました。",
    "材料の納期がやや遅れているため、組立の着手は月末になる予定です。",
    "現場からは、作業の手順を図で示してほしいという声が上がっています。",
    "検査の項目が増えたことで、出荷までの日数が少し延びております。",
    "塗装の色味については、見本を並べて比べたうえで決めたいと考えています。",
    "展示会では多くの方に足を止めていただき、手応えを感じました。",
    "倉庫の棚卸しは無事に終わり、帳簿との差はありませんでした。",
    "新しい設備の据え付けは順調で、試運転も問題なく済みました。",
    "今後の進め方について、改めて打ち合わせの場を設けられればと存じます。",
    "操作の説明書は、初めて使う人にも分かるように書き直しました。",
    "部品の在庫は十分にあり、急な増産にも応えられます。",
    "騒音の原因は軸受の摩耗で、交換したところ静かになりました。",
    "海外の工場でも同じ方式を取り入れる方向で検討が進んでいます。",
    "雨の日は滑りやすいので、通路に敷物を置くことにしました。",
    "季節の変わり目ですので、どうぞご自愛ください。",
    "詳しい日程は、決まり次第こちらからお知らせします。",
    "ご不明な点がございましたら、どうぞご遠慮なくお問い合わせください。",
    "引き続きご協力を賜りますよう、よろしくお願い申し上げます。",
)
TEXTS = 600
"""Different mails of text: more than anybody remembers the texts of."""


def text_mail(size: int, number: int = 0) -> bytes:
    """A Japanese text of about ``size`` octets on the wire, UTF-8 in base64; another order of sentences by number."""
    mail = headed("来週の打ち合わせについて")
    text = _text(size, number)
    mail.set_content(text, charset="utf-8", cte="base64")
    over = max(0, len(mail.as_bytes()) - size) * 3 // 4
    kept = len(text.encode()) - over
    mail.set_content(text.encode()[:kept].decode("utf-8", "ignore"), charset="utf-8", cte="base64")
    return mail.as_bytes()


def write_texts(folder: Path) -> tuple[Path, ...]:
    """Write `TEXTS` mails of 4 kB into a folder."""
    paths = tuple(folder / f"text{number}.eml" for number in range(TEXTS))
    for number, path in enumerate(paths):
        path.write_bytes(text_mail(4_000, number))
    return paths


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


def _text(size: int, number: int) -> str:
    """Sentences in an order of chance, four to a line, of at least as many octets as ``size`` of base64 stand for."""
    chance = random.Random(number)
    text = _PARAGRAPH
    while len(text.encode()) < size * 3 // 4:
        text += "".join(chance.sample(_SENTENCES, 4)) + "\n"
    return text
