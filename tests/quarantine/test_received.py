"""The Received field of a released message."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.message import Client, Field, field_octets
from sekisho.quarantine.received import hold_ids, received_field, released_just_now

MOMENT = datetime(2026, 11, 25, 13, 28, 5, tzinfo=timezone(timedelta(hours=9)))
CLIENT = Client(
    "192.0.2.7", "pc7.example.com", 40000, "pc7", "smtpd", "sato", "PLAIN", "TLSv1.3", "TLS_AES_256_GCM_SHA384"
)
HOLD = "K7Q2-abc_DEF0123456789"


def field(client: Client = CLIENT, host: str = "mx.example.com", queue_id: str = "4XYZ") -> Field:
    return received_field(client, host, HOLD, queue_id, MOMENT)


def test_the_field_tells_of_the_original_receipt() -> None:
    assert field_octets(field()) == (
        b"Received: from pc7 (pc7.example.com [192.0.2.7])\r\n"
        b"\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384)\r\n"
        b"\tby mx.example.com (Sekisho) with ESMTPSA id K7Q2-abc_DEF0123456789\r\n"
        b"\t(queue-id 4XYZ); Wed, 25 Nov 2026 13:28:05 +0900\r\n"
    )


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (Client(), b" by mx.example.com (Sekisho) id K7Q2-abc_DEF0123456789\n"),
        (Client("192.0.2.7", "[192.0.2.7]", 1, "x"), b" from x (unknown [192.0.2.7])\n\tby "),
        (Client("192.0.2.7", "", 1, ""), b" from unknown (unknown [192.0.2.7])\n\tby "),
        (Client("IPv6:2001:DB8::1", "h.example", 1, "x"), b" from x (h.example [IPv6:2001:db8::1])\n\tby "),
        (Client("2001:db8::1", "h.example", 1, "x", tls="TLSv1.2"), b"2001:db8::1])\n\t(using TLSv1.2)\n\tby "),
        (Client("nonsense)", "h.example", 1, "x"), b" from x (h.example [nonsense?])\n\tby "),
    ],
)
def test_clients_of_all_kinds_are_named(client: Client, expected: bytes) -> None:
    assert expected in field(client).value


@pytest.mark.parametrize(
    ("tls", "user", "utf8", "protocol"),
    [
        ("", "", False, b" with ESMTP id "),
        ("TLSv1.3", "", False, b" with ESMTPS id "),
        ("", "sato", False, b" with ESMTPA id "),
        ("TLSv1.3", "sato", True, b" with UTF8SMTPSA id "),
    ],
)
def test_the_protocol_has_its_registered_name(tls: str, user: str, utf8: bool, protocol: bytes) -> None:
    client = replace(CLIENT, tls=tls, user=user)
    assert protocol in received_field(client, "mx", HOLD, "4", MOMENT, utf8=utf8).value


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300), st.text(max_size=20), st.text(max_size=20))
def test_no_client_can_break_out_of_its_place(address: str, name: str, helo: str, tls: str, queue_id: str) -> None:
    client = Client(address, name, 1, helo, tls=tls, cipher=helo)
    made = field(client, host=name, queue_id=queue_id)
    octets = field_octets(made)
    assert re.fullmatch(rb"(?:[\x20-\x7e]{1,998}\r\n\t)*[\x20-\x7e]{1,998}\r\n", octets)
    parsed = email.message_from_bytes(octets + b"\r\n", policy=email.policy.compat32)
    assert parsed.keys() == ["Received"]
    assert hold_ids([made]) == (HOLD,)


@pytest.mark.parametrize(
    "helo", ["a (Sekisho) with ESMTP id FAKE x", "x)\r\nBcc: v@example.com", "\u202e", "h\0\x1b[m"]
)
def test_a_hostile_helo_is_made_harmless(helo: str) -> None:
    made = field(replace(CLIENT, helo=helo))
    assert hold_ids([made]) == (HOLD,)
    assert made.value.count(b"\n") == 3


def test_the_same_receipt_gives_the_same_field() -> None:
    assert field() == field()


def test_hold_ids_are_found_whatever_the_folding_and_the_name_s_case() -> None:
    value = field().value
    refolded = Field(b"RECEIVED", value.replace(b"\n\t", b"\n        "))
    unfolded = Field(b"received ", value.replace(b"\n\t", b" ").lstrip())
    assert hold_ids([Field(b"Subject", b" x"), refolded, unfolded]) == (HOLD, HOLD)


@pytest.mark.parametrize(
    "value",
    [
        b" from a (b [192.0.2.1]) by mx.example (Postfix) with ESMTP id 4XYZ; Wed, 25 Nov 2026 13:28:05 +0900",
        b" from a (x by mx (Sekisho) with ESMTP id FAKE y) by mx.example (Postfix) with ESMTP id 4XYZ; x",
        b" by (Sekisho) id",
        b"",
        b"\xff\0" * 5000,
        b" by " + b"x" * 1_000_000,
    ],
)
def test_the_fields_of_others_are_not_ours(value: bytes) -> None:
    assert hold_ids([Field(b"Received", value)]) == ()


def test_only_a_message_that_comes_straight_back_was_released_just_now() -> None:
    other = Field(b"Received", b" from x by mx.other.example with ESMTP id 1; Wed, 25 Nov 2026 13:28:05 +0900")
    assert released_just_now([Field(b"To", b" x"), field(), other]) == HOLD
    assert released_just_now([other, field()]) == ""
    assert released_just_now([]) == ""


def test_the_time_is_given_with_its_own_offset() -> None:
    made = received_field(CLIENT, "mx", HOLD, "4", MOMENT.astimezone(UTC))
    assert made.value.endswith(b"; Wed, 25 Nov 2026 04:28:05 +0000")
