"""Have a policy ready before its workers are forked: what is made at the first use is made once, and shared by all.

A message that is nobody's is judged and forgotten: patterns are compiled, names of persons and public suffixes loaded,
as far as the policy asks for them. Lists and files are away meanwhile: nothing outside is asked, no thread started.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime

from sekisho.config.load import Configuration
from sekisho.core.content import Octets
from sekisho.core.facts import Facts
from sekisho.core.message import Client, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.core.ports import Unavailable
from sekisho.mime.reader import MimeReader
from sekisho.policy.evaluate import evaluate

_MESSAGE = """\
From: =?utf-8?b?5bGx55Sw?= <sender@warm-up.invalid>
To: Taro Yamada <first@recipient.invalid>, second@another.invalid
Subject: Re: warm-up
Content-Type: text/plain; charset=utf-8

株式会社サンプル 山田太郎様
Dear Mr Smith,

お世話になっております。資料を添付いたします。Please find attached the list. 附件
社外秘 {{name}} 〇〇様 03-1234-5678 a.b@c.invalid 4111-1111-1111-1111 東京都千代田区丸の内1丁目1-1 口座番号 1234567
John Smith, ヤマダ タロウ

On Mon, Jan 5, 2026 Taro wrote:
> 引用
--
Best regards, 山田 tel 03-1234-5678
This e-mail is intended only for the recipient.
"""
_NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class _Away:
    """Lists that nobody can ask."""

    def contains(self, name: str, local: str, domain: str) -> bool:  # noqa: ARG002  (nobody is asked)
        raise Unavailable(name, "not asked before mail comes")

    def holding(self, names: Collection[str], local: str, domain: str) -> Iterable[str]:  # noqa: ARG002
        return names

    def labels(self, local: str, domain: str) -> frozenset[str]:  # noqa: ARG002
        raise Unavailable("labels", "not asked before mail comes")


def warm(configuration: Configuration) -> None:
    """Make what the policy needs. Never raises: what could not be made is tried again when mail comes."""
    fields, body = parse_message(_MESSAGE.encode())
    paths = tuple(parse_path(one) for one in (b"<first@recipient.invalid>", b"<second@another.invalid>"))
    sender = parse_path(b"<sender@warm-up.invalid>")
    message = Transaction(Client(), sender, paths, fields, Octets(body), {}, _NOON)
    known = configuration.dictionaries, configuration.inspectors
    with suppress(Exception):
        evaluate(configuration.policy, Facts(message, configuration.site, MimeReader(), _Away(), *known))
