"""Tokens in links."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.notices.links import LIFETIME, Grant, fingerprint, is_valid, issue

KEY = bytes(range(32))
NOW = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
GRANT = Grant("HOLD1", "release", "suzuki@example.com", "d1", ("a@b.example", "c@d.example"), NOW + LIFETIME)
TOKEN = issue(KEY, GRANT, secrets.token_bytes)


def test_a_token_is_good_for_its_grant_until_it_expires() -> None:
    assert is_valid(KEY, TOKEN, GRANT, NOW)
    assert is_valid(KEY, TOKEN, GRANT, GRANT.expires - timedelta(seconds=1))
    assert not is_valid(KEY, TOKEN, GRANT, GRANT.expires)


def test_the_order_of_recipients_does_not_matter() -> None:
    assert is_valid(KEY, TOKEN, replace(GRANT, recipients=GRANT.recipients[::-1]), NOW)


@pytest.mark.parametrize(
    "other",
    [
        replace(GRANT, hold="HOLD2"),
        replace(GRANT, action="reject"),
        replace(GRANT, person="somebody@example.com"),
        replace(GRANT, digest="d2"),
        replace(GRANT, recipients=("a@b.example",)),
        replace(GRANT, recipients=(*GRANT.recipients, "e@f.example")),
        replace(GRANT, recipients=("a@b.examplec@d.example",)),
        replace(GRANT, expires=GRANT.expires + timedelta(seconds=1)),
        replace(GRANT, hold="HOLD1release", action=""),
    ],
)
def test_any_change_of_what_it_is_bound_to_revokes_it(other: Grant) -> None:
    assert not is_valid(KEY, TOKEN, other, NOW)


def test_another_key_revokes_it() -> None:
    assert not is_valid(KEY[::-1], TOKEN, GRANT, NOW)


@given(st.integers(min_value=0, max_value=63), st.characters(max_codepoint=0x17F))
def test_an_altered_token_is_none(place: int, character: str) -> None:
    altered = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert is_valid(KEY, altered, GRANT, NOW) == (altered == TOKEN)


@given(st.text(max_size=100))
def test_nonsense_is_no_token_and_no_error(text: str) -> None:
    assert not is_valid(KEY, text, GRANT, NOW)
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint(text))


def test_two_tokens_for_one_grant_differ_and_show_nothing_of_it() -> None:
    other = issue(KEY, GRANT, secrets.token_bytes)
    assert other != TOKEN
    assert fingerprint(other) != fingerprint(TOKEN)
    assert re.fullmatch(r"[A-Za-z0-9_-]{64}", TOKEN)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="has 16 octets"):
        issue(b"x" * 16, GRANT, secrets.token_bytes)
