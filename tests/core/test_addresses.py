"""Address lists: one spelling an entry, and membership."""

from __future__ import annotations

import pytest

from sekisho.core.addresses import AddressSet, BadEntry, normal_entry


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Tanaka@Example.COM", "tanaka@example.com"),
        (" <a@b.jp> ", "a@b.jp"),
        ("Example.com.", "example.com"),
        (".例え.jp", ".xn--r8jz45g.jp"),
        ("<>", "<>"),
        ("/^Info@/", "/^Info@/"),
        ('"a b"@c.jp', "a b@c.jp"),
    ],
)
def test_an_entry_has_one_spelling(written: str, normal: str) -> None:
    assert normal_entry(written) == normal


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("@example.com", "for a whole domain write example.com"),
        ("*.example.com", "for sub-domains write .example.com"),
        ("a b.jp", "is not an address"),
        ("a@.b.jp", "is not an address"),
        ("a@", "is not an address"),
        ("", "is not an address"),
        ("/(/", "missing )"),
    ],
)
def test_what_is_no_entry_is_refused_with_advice(entry: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        normal_entry(entry)
    assert words in str(caught.value)


def test_a_domain_is_itself_and_a_dotted_one_its_sub_domains_only() -> None:
    found = AddressSet(["example.com", ".corp.example"])
    assert found.contains("a", "example.com")
    assert not found.contains("a", "x.example.com")
    assert found.contains("a", "x.y.corp.example")
    assert not found.contains("a", "corp.example")


def test_an_address_matches_in_any_letter_case() -> None:
    assert AddressSet(["Tanaka@example.com"]).contains("TANAKA", "example.com")


def test_the_null_path_is_only_what_is_written_so() -> None:
    assert AddressSet(["<>"]).contains("", "")
    assert not AddressSet(["<>"]).contains("a", "")
    assert not AddressSet(["/./", "example.com"]).contains("", "")


def test_a_pattern_is_asked_of_the_whole_address() -> None:
    found = AddressSet([r"/^info-[0-9]+@example\.com$/"])
    assert found.contains("Info-12", "example.com")
    assert not found.contains("info-12", "example.com.evil.example")
    assert not found.indexable


def test_a_bad_entry_raises() -> None:
    with pytest.raises(BadEntry):
        AddressSet(["fine.example", "not fine"])
