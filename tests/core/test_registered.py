"""The registered domain of a name."""

from __future__ import annotations

import pytest

from sekisho.core.registered import public_suffix, registered_domain


@pytest.mark.parametrize(
    ("name", "registered", "suffix"),
    [
        ("mail.example.co.jp", "example.co.jp", "co.jp"),
        ("example.com", "example.com", "com"),
        ("x.a.b.kawasaki.jp", "a.b.kawasaki.jp", "b.kawasaki.jp"),
        ("site.github.io", "site.github.io", "github.io"),
        ("co.jp", "co.jp", "co.jp"),
        ("x.xn--fiqs8s", "x.xn--fiqs8s", "xn--fiqs8s"),
        ("", "", ""),
    ],
)
def test_an_organisation_owns_the_label_below_the_public_suffix(name: str, registered: str, suffix: str) -> None:
    assert registered_domain(name) == registered
    assert public_suffix(name) == suffix


@pytest.mark.parametrize("name", ["a..b", ".", "..", "a." * 40_000, "\x00", "[192.0.2.1]", "名前"])
def test_what_is_no_name_is_its_own_organisation(name: str) -> None:
    assert registered_domain(name) == name
