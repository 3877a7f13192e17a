"""Base64 comes out as receivers read it, whatever stands between the digits (RFC 2045 6.8)."""

from __future__ import annotations

import base64
import binascii

from hypothesis import given
from hypothesis import strategies as st

from sekisho.mime.transfer import decode_base64

OCTETS = st.binary(max_size=60)
NOISE = st.lists(
    st.sampled_from(
        [b"\r\n", b"\n", b" ", b"=", b"==", b"===", b"\x00", b"\xff", b"-", b"_", b"QQ", b"Q", b"QUJD", b"+/"]
    )
    | OCTETS.map(base64.b64encode),
    max_size=8,
).map(b"".join)


def by_the_letter(raw: bytes) -> bytes:
    """Each run of digits on its own; a digit too many at its end is nothing."""
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    runs = bytes(octet for octet in raw if octet in alphabet + b"=").split(b"=")
    decoded = b""
    for run in runs:
        whole = run[: len(run) - (len(run) % 4 == 1)]
        decoded += binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    return decoded


@given(OCTETS)
def test_what_was_encoded_comes_back(octets: bytes) -> None:
    assert decode_base64(base64.encodebytes(octets).replace(b"\n", b"\r\n")) == octets


@given(NOISE)
def test_every_run_of_digits_is_read(raw: bytes) -> None:
    assert decode_base64(raw) == by_the_letter(raw)


@given(st.binary(max_size=40))
def test_any_octets_are_read(raw: bytes) -> None:
    assert decode_base64(raw) == by_the_letter(raw)
