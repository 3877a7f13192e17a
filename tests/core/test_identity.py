"""A message offered again has the same key; anything that matters changes it."""

from __future__ import annotations

from sekisho.core.identity import offer_key
from tests.support.messages import make_facts

FIELDS = [("From", "a@example.co.jp"), ("Message-ID", "<1@client>"), ("Date", "then"), ("Subject", "s")]
TO = ["<b@x.example>"]


def key(fields: list[tuple[str, str]], recipients: list[str] = TO, queue_id: str = "4ABC", **kw: object) -> str:
    return offer_key(make_facts(fields, recipients, macros={"i": queue_id}, **kw).transaction)  # type: ignore[arg-type]


def test_another_queue_id_and_received_make_no_difference() -> None:
    assert key(FIELDS) == key([("Received", "by x"), *FIELDS], queue_id="9XYZ")


def test_what_the_gateway_made_itself_makes_no_difference() -> None:
    def made(queue_id: str, date: str) -> str:
        return key([("Subject", "s"), ("Message-Id", f"<2026.{queue_id}@mx>"), ("Date", date)], queue_id=queue_id)

    assert made("4ABC", "now") == made("9XYZ", "later")


def test_everything_else_does() -> None:
    others = [
        key([*FIELDS[:3], ("Subject", "t")]),
        key([FIELDS[0], ("Message-ID", "<2@client>"), *FIELDS[2:]]),
        key(FIELDS, ["<c@x.example>"]),
        key(FIELDS, [*TO, "<c@x.example>"]),
        key(FIELDS, body=b"other"),
        key(FIELDS, sender="<other@example.co.jp>"),
        key(FIELDS, params={TO[0]: ("NOTIFY=NEVER",)}),
    ]
    assert len({key(FIELDS), *others}) == len(others) + 1
