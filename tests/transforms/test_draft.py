"""A cancelled message comes back as a draft that can be edited, with everybody whom it was for."""

from __future__ import annotations

import email
import email.policy

import pytest

from sekisho.core.message import Field
from sekisho.transforms.draft import draft_entity

FIELDS = (
    Field(b"Received", b" from x by y"),
    Field(b"From", b" sato@example.co.jp"),
    Field(b"To", b" a@x.example"),
    Field(b"Subject", b" =?utf-8?b?44GC?="),
    Field(b"X-Sekisho-Hold", b" rule"),
)


def test_the_draft_is_the_message_to_be_sent_again() -> None:
    entity = draft_entity(FIELDS, b"hello\r\n..dots\r\n", ["b@y.example", "c@z.example"])
    part = email.message_from_bytes(entity, policy=email.policy.SMTP)
    assert part.get_content_type() == "message/rfc822"
    assert part.get_filename() == "draft.eml"
    head, _, octets = entity.partition(b"\r\n\r\n")
    assert head.count(b"\r\n") == 1
    assert octets == (
        b"X-Unsent: 1\r\nBcc: b@y.example,\r\n c@z.example\r\nFrom: sato@example.co.jp\r\nTo: a@x.example\r\n"
        b"Subject: =?utf-8?b?44GC?=\r\n\r\nhello\r\n..dots\r\n"
    )


def test_a_bcc_that_was_written_is_kept_and_named_once() -> None:
    fields = (*FIELDS, Field(b"Bcc", b" B <b@y.example>"))
    octets = draft_entity(fields, b"", ["b@y.example", "c@z.example"])
    assert b"\r\nBcc: B <b@y.example>,\r\n c@z.example\r\n" in octets
    assert octets.count(b"Bcc") == 1


def test_without_hidden_recipients_there_is_no_bcc() -> None:
    assert b"Bcc" not in draft_entity(FIELDS, b"", [])


@pytest.mark.parametrize(
    ("fields", "body", "kind", "encoding"),
    [
        (FIELDS, b"\xe3\x81\x82\r\n", "message/rfc822", "8bit"),
        ((*FIELDS, Field(b"X", " あ".encode())), b"a\r\n", "message/global", "8bit"),
        (FIELDS, b"a\r\n", "message/rfc822", None),
    ],
)
def test_eight_bit_octets_are_declared(fields: tuple[Field, ...], body: bytes, kind: str, encoding: str | None) -> None:
    head = email.message_from_bytes(draft_entity(fields, body, []).partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    assert (head.get_content_type(), head["Content-Transfer-Encoding"]) == (kind, encoding)
