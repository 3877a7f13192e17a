"""Whom notices go to."""

from __future__ import annotations

import pytest

from sekisho.core.message import Field
from sekisho.core.path import parse_path
from sekisho.notices.whom import is_automatic, recipient_of_notice

SATO = "sato@example.com"
POSTMASTER = "postmaster@example.com"


def asked(reverse: bytes = b"<sato@example.com>", *fields: tuple[bytes, bytes], person: str = SATO) -> str | None:
    made = [Field(name, value) for name, value in fields]
    return recipient_of_notice(parse_path(reverse), made, person, POSTMASTER)


def test_a_person_is_told() -> None:
    assert asked(b"<sato@example.com>", (b"Subject", b" x"), (b"Auto-Submitted", b" no")) == SATO


@pytest.mark.parametrize(
    "field",
    [
        (b"Auto-Submitted", b" auto-replied"),
        (b"auto-submitted", b" (a comment) Auto-Generated; x=y"),
        (b"Auto-Submitted", b""),
        (b"Auto-Submitted", b"\n no-one"),
        (b"Precedence", b" Bulk"),
        (b"Precedence", b" junk"),
        (b"PRECEDENCE", b"list"),
        (b"List-Id", b" <news.example.com>"),
        (b"List-Unsubscribe", b" <mailto:x@example.com>"),
    ],
)
def test_programs_and_lists_are_not_answered_whoever_says_so(field: tuple[bytes, bytes]) -> None:
    assert asked(b"<sato@example.com>", field) == POSTMASTER
    assert is_automatic([Field(*field)])


@pytest.mark.parametrize(
    "reverse",
    [
        b"<>",
        b"",
        b"<MAILER-DAEMON@example.com>",
        b"<owner-news@example.com>",
        b"<news-request@example.com>",
        b"<news-bounces@example.com>",
        b"<no-reply@example.com>",
    ],
)
def test_the_postmaster_is_told_instead_of_the_null_path_and_of_robots(reverse: bytes) -> None:
    assert asked(reverse) == POSTMASTER


def test_a_stranger_s_reverse_path_may_be_forged_and_is_not_answered() -> None:
    assert asked(b"<victim@elsewhere.example>", person="") == POSTMASTER


def test_without_a_postmaster_nobody_is_told() -> None:
    assert recipient_of_notice(parse_path(b"<>"), [], SATO, "") is None


@pytest.mark.parametrize("field", [(b"Auto-Submitted", b" NO"), (b"Precedence", b" first-class"), (b"X-List-Id", b"x")])
def test_ordinary_fields_make_nobody_a_program(field: tuple[bytes, bytes]) -> None:
    assert not is_automatic([Field(*field)])
