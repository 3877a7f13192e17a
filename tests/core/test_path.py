"""Paths are read without ever losing a recipient, and show where a relay could take them."""

from __future__ import annotations

import ipaddress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.domains import DomainSet, normal_domain
from sekisho.core.message import Client
from sekisho.core.path import is_plain, parse_path
from sekisho.core.site import Site

SITE = Site(DomainSet(["example.com", ".example.com"]), (ipaddress.ip_network("10.0.0.0/8"),), frozenset({"in"}), UTC)


@pytest.mark.parametrize(
    ("raw", "local", "domain"),
    [
        (b"<a@Example.COM>", "a", "example.com"),
        (b"a@x.example", "a", "x.example"),
        (b"<>", "", ""),
        (b"<postmaster>", "postmaster", ""),
        (b"<@r.example,@s:u@d.example>", "u", "d.example"),
        (b"<<u@d.example>>", "u", "d.example"),
        (b'<"a b\\"c"@d.example>', 'a b"c', "d.example"),
        (b"<a@b@c.example>", "a@b", "c.example"),
        (b"<u@d.example.>", "u", "d.example"),
        ("<u@日本.example>".encode(), "u", "xn--wgv71a.example"),
        (b"<\xff@d.example>", "\udcff", "d.example"),
    ],
)
def test_paths_are_split(raw: bytes, local: str, domain: str) -> None:
    path = parse_path(raw)
    assert (path.local, path.domain, path.raw) == (local, domain, raw)


@pytest.mark.parametrize(
    ("raw", "external"),
    [
        (b"<a@example.com>", False),
        (b"<a@sub.example.com>", False),
        (b"<a@badexample.com>", True),
        (b"<postmaster>", False),
        (b"<a%evil.example@example.com>", True),
        (b"<evil.example!a@example.com>", True),
        (b'<"a@evil.example"@example.com>', True),
        (b"<@evil.example:a@example.com>", True),
        (b"<a@b@example.com>", True),
    ],
)
def test_any_way_out_of_the_organisation_is_external(raw: bytes, external: bool) -> None:
    assert SITE.is_external(parse_path(raw)) is external


@pytest.mark.parametrize("raw", [b"<a.b@x.example>", b"a@x.example", "<é@x.example>".encode()])
def test_plain_paths_can_be_taken_off(raw: bytes) -> None:
    assert is_plain(parse_path(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b"<caf\xe9@x.example>",
        b"<a@x",
        b"a@x>",
        b"<<a@x>>",
        b"<@r:a@x>",
        b'<"a"@x>',
        b"<a b@x>",
        b"<postmaster>",
        b"<a%b@x>",
        b"<a@x> ",
        b"",
    ],
)
def test_odd_paths_cannot(raw: bytes) -> None:
    assert not is_plain(parse_path(raw))


@given(st.binary(max_size=60))
def test_reading_never_raises_and_keeps_the_octets(raw: bytes) -> None:
    assert parse_path(raw).raw == raw


@given(st.text(max_size=30))
def test_domains_have_one_spelling(name: str) -> None:
    assert normal_domain(normal_domain(name)) == normal_domain(name)


@pytest.mark.parametrize(
    ("client", "trusted"),
    [
        (Client(address="10.1.2.3"), True),
        (Client(address="192.0.2.1"), False),
        (Client(address="192.0.2.1", user="sato"), True),
        (Client(address="192.0.2.1", listener="in"), True),
        (Client(address="IPv6:2001:db8::1"), False),
        (Client(address="unknown"), False),
        (Client(), True),
    ],
)
def test_trust_follows_from_network_listener_or_authentication(client: Client, trusted: bool) -> None:
    assert SITE.trusts(client) is trusted


def test_what_is_too_long_for_a_domain_is_outside_and_costs_nothing() -> None:
    name = "a." * 100_000 + "example.com"
    assert normal_domain(name.upper()) == name
    assert name not in SITE.domains
    assert SITE.is_external(parse_path(f"<a@{name}>".encode()))
