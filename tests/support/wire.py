"""Transactions from messages written out, as the MTA would hand them over."""

from __future__ import annotations

from sekisho.core.content import Octets
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.path import parse_path
from tests.support.messages import NOW


def transaction_of(message: bytes) -> Transaction:
    """The message with its line ends as CRLF, cut into fields and body at the first empty line."""
    head, _, body = message.replace(b"\r\n", b"\n").partition(b"\n\n")
    fields: list[Field] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1] = Field(fields[-1].name, fields[-1].value + b"\n" + line)
        elif line:
            name, _, value = line.partition(b":")
            fields.append(Field(name, value))
    return made_of(tuple(fields), body.replace(b"\n", b"\r\n"))


def made_of(fields: tuple[Field, ...], body: bytes) -> Transaction:
    """A transaction of these fields and exactly this body."""
    return Transaction(
        Client(), parse_path(b"<a@example.co.jp>"), (parse_path(b"<b@partner.example>"),), fields, Octets(body), {}, NOW
    )
