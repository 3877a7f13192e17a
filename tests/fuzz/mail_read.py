"""Mail through every parser of ours: addresses, words, charsets, HTML, structure, and a whole judgement of it."""

from __future__ import annotations

import base64
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sekisho.config.load import Configuration, load
from sekisho.core.content import Octets
from sekisho.core.message import Client, Transaction
from sekisho.core.opened import Opened
from sekisho.core.parse import parse_message
from sekisho.core.parts import Part
from sekisho.core.path import parse_path
from sekisho.extract.opener import open_file
from sekisho.inspectors.registry import registered
from sekisho.mime.charsets import decode
from sekisho.mime.html_text import shown_text
from sekisho.mime.reader import MimeReader
from sekisho.serve.question import Question, answer
from tests.fuzz.files_opened import LIMITS, MARK
from tests.fuzz.target import Target, is_one_line
from tests.support import files

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HEAD = (
    b"From: =?utf-8?b?55Sw5Lit?= <tanaka@example.com>\r\n"
    b"To: =?iso-2022-jp?b?GyRCTmtMWhsoQg==?= <s@partner.example>, b@c.jp\r\n"
    b'Cc: G: x@y.example, "a, b" <c@d.example>;\r\nSubject: =?utf-8?q?=E8=B3=87=E6=96=99?= [[name]]\r\n'
    b"MIME-Version: 1.0\r\n"
)
TEXT = f"山田様\r\n\r\n{MARK} を添付します。電話 090-1234-5678、{{{{name}}}} 社外秘\r\n-- \r\n田中\r\n> 引用\r\n"


class Here:
    """Opens files in this process: what a reader raises is seen."""

    def open(self, part: Part) -> Opened:
        return open_file(part.content.read(), part.names, LIMITS, time.process_time)


def check_addresses(data: bytes) -> None:
    """Mailboxes that are one line each; a path that can be parsed whatever it is."""
    for box in MimeReader().addresses(data).mailboxes:
        assert "\r" not in box.address and "\n" not in box.address, f"an address of two lines: {box.address!r}"
    path = parse_path(data)
    assert path.raw == data, "a path is not what was given"


def check_words(data: bytes) -> None:
    """A header's value as people see it: one line."""
    shown = MimeReader().decoded(data)
    assert "\r" not in shown and "\n" not in shown, f"a value of two lines: {shown!r}"


def check_charsets(data: bytes) -> None:
    """Some text, whatever the label says; the first line is the label."""
    label, _, text = data.partition(b"\n")
    decode(text, label.decode("latin-1"))
    decode(text)


def check_html(data: bytes) -> None:
    """A text that is not much longer than the page."""
    page = data.decode("utf-8", "replace")
    assert len(shown_text(page)) <= 4 * len(page) + 100


def check_structure(data: bytes) -> None:
    """What stands in the body in so many words is in a part, or the structure is said to be doubtful."""
    fields, body = parse_message(data)
    transaction = Transaction(Client(), parse_path(b"<a@example.com>"), (), fields, Octets(body), {}, NOON)
    reader = MimeReader()
    structure = reader.structure(transaction)
    for part in structure.parts:
        assert part.place, "a part without a place"
        reader.text(part)
        reader.detect(part)
    seen = any(MARK.encode() in part.content.read() for part in structure.parts)
    assert seen or structure.anomalies or MARK.encode() not in body, "text that no part holds"


def check_judged(data: bytes) -> None:
    """Explained in every language with all inspectors; each sentence is fit to be shown."""
    question = Question(data, "tanaka@example.com", ["s@partner.example", "b@example.com"])
    for language in ("ja", "en", "zh"):
        report = answer(_site(), MimeReader(), question, NOON, language, thorough=True, files=Here())
        json.dumps(report).encode()
        for finding in report["findings"]:
            for key in ("where", "evidence", "message"):
                assert is_one_line(finding[key]), f"{finding['code']}: {key} breaks a line: {finding[key]!r}"


@cache
def _site() -> Configuration:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        codes = [code for entry in registered().values() for code in entry.codes]
        rules = "".join(
            f"  - {{id: r-{code}, mode: monitor, when: {{finding: {code}}}, then: [mta-hold]}}\n" for code in codes
        )
        (folder / "policy.yaml").write_text(f"rules:\n{rules}")
        (folder / "words.txt").write_text("極秘計画\n社外秘\n", "utf-8")
        (folder / "sekisho.yaml").write_text(
            "organization: {domains: [example.com]}\npolicy: policy.yaml\ndictionaries: {w: {file: words.txt}}\n"
            "inspectors: {other-party-in-file: {customers: {株式会社アルファ: [alpha.example]}}}\n",
            "utf-8",
        )
        return load(folder / "sekisho.yaml")


def _mails() -> Sequence[bytes]:
    plain = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + TEXT.encode()
    jis = HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + TEXT.encode("iso2022_jp", "replace")
    html = b"<p>" + TEXT.encode() + b"</p>"
    inner = _multipart("alternative", "in ner", (b"", TEXT.encode()), (b"Content-Type: text/html; charset=utf-8", html))
    named = (
        b"Content-Disposition: attachment; filename*0*=utf-8''%E5%90%8D; filename*1=\"x.zip\"\r\n"
        b"Content-Transfer-Encoding: base64"
    )
    packed = base64.encodebytes(files.zipped({"a.txt": TEXT.encode()}))
    mixed = HEAD + _multipart("mixed", "outer", inner, (b"Content-Type: message/rfc822", plain), (named, packed))
    uu = plain + b"begin 644 a.txt\r\n+:&5L;&\\@=V]R;&0`\r\n`\r\nend\r\n"
    return (plain, jis, mixed, uu)


def _multipart(kind: str, boundary: str, *parts: bytes | tuple[bytes, bytes]) -> bytes:
    """A multipart entity; each part is an entity of its own, or a header and a body."""
    made = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n'.encode()]
    for part in parts:
        entity = part if isinstance(part, bytes) else b"\r\n\r\n".join(part)
        made.append(b"--" + boundary.encode() + b"\r\n" + entity)
    return b"\r\n".join((*made, b"--" + boundary.encode() + b"--\r\n"))


def _addresses() -> Sequence[bytes]:
    return (
        b"=?utf-8?b?55Sw5Lit?= <tanaka@example.com>, \"Suzuki, H\" (a (b)) <h@x.example>, G: a@b.example, c@d.example;",
        b"<@r.example:u@d.example>", "<田中@例え.jp>".encode(), b'<"a b"@c.example>', b"a!b%c@d.example", b"<>",
    )  # fmt: skip


def _words() -> Sequence[bytes]:
    return (
        b"=?iso-2022-jp?b?GyRCO3FOQRsoQg==?=\r\n =?utf-8?q?=E8=B3=87?=",
        b"=?shift_jis?B?jpGXvw==?= x",
        "資料".encode("cp932"),
        b"=?utf-7?q?+ZeVnLA-?=",
        b"=?utf-8*ja?b?6LOH5paZ?=",
        "資料".encode("euc_jp"),
    )


def _charsets() -> Sequence[bytes]:
    codes = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "iso2022_jp_3", "utf-16", "utf-7", "gb18030", "big5", "latin-1")
    return tuple(code.encode() + b"\n" + "資料ｱｶﾞ①社外秘".encode(code, "replace") for code in codes)


def _pages() -> Sequence[bytes]:
    return (
        "<html><head><style>p{x:y}</style><title>t</title></head><body><p>資料<br>&nbsp;&#x5bc6;<!-- c -->"
        "<script>1<2</script>"
        "<table><tr><td>a<td>b</table><blockquote type=cite>q</blockquote><div style='display:none'>x</div>".encode(),
        b"<p>a<![CDATA[b]]>&lt;{{name}}<a href='x'>c</a></p><plaintext>d",
    )


TARGETS = (
    Target("addresses", _addresses, check_addresses, 1500),
    Target("words", _words, check_words, 1500),
    Target("charsets", _charsets, check_charsets, 800),
    Target("html", _pages, check_html, 500),
    Target("structure", _mails, check_structure, 500),
    Target("judgement", _mails, check_judged, 60),
)
