"""A table answers exactly what a plain set of addresses answers, however many entries it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.addresses import AddressSet, BadEntry
from sekisho.core.patterns import BadPattern
from sekisho.lists.table import Table

labels = st.text("ab", min_size=1, max_size=2)
domains = st.lists(labels, min_size=1, max_size=3).map(".".join)
addresses = st.tuples(labels, domains).map("@".join)
entries = st.lists(
    domains | addresses | domains.map(".{}".format) | st.sampled_from(["<>", "/^b@/", "/a$/"]), max_size=8
)


@given(entries, labels, domains, st.sampled_from([0, 4000, 100_000]))
def test_it_answers_as_a_set_of_addresses_does(given_: list[str], local: str, domain: str, octets: int) -> None:
    table, known = Table(given_, octets), AddressSet(given_)
    assert table.contains(local, domain) == known.contains(local, domain)
    assert table.contains("", "") == known.contains("", "")
    assert table.contains(local, "") == known.contains(local, "")


def test_the_case_of_local_parts_and_the_spelling_of_domains_do_not_count() -> None:
    table = Table(["Taro.Yamada@EXAMPLE.jp", "日本語.jp", ".Sub.jp"])
    assert table.contains("TARO.yamada", "example.jp")
    assert table.contains("x", "xn--wgv71a119e.jp")
    assert table.contains("x", "a.sub.jp")
    assert not table.contains("x", "sub.jp")


def test_part_of_an_entry_is_not_an_entry() -> None:
    table = Table(["taro@example.jp", "other.jp"])
    assert not table.contains("aro", "example.jp")
    assert not table.contains("taro", "example.j")
    assert not table.contains("x", "ther.jp")
    assert not table.contains("x", "example.jp")


def test_an_address_with_line_ends_in_it_is_not_two_entries() -> None:
    table = Table(["a@example.jp", "b@example.jp"])
    assert not table.contains("a@example.jp\r\nb", "example.jp")


def test_many_entries_are_all_found_and_others_are_not() -> None:
    count = 20_000
    table = Table((f"user{number}@example{number % 7}.jp" for number in range(count)), count * 20)
    assert len(table) == count
    assert all(table.contains(f"user{number}", f"example{number % 7}.jp") for number in range(count))
    assert not any(table.contains(f"user{number}", f"example{number % 7 + 1}.jp") for number in range(count))


def test_what_is_no_entry_is_refused() -> None:
    with pytest.raises(BadEntry):
        Table(["a b"])
    with pytest.raises(BadPattern):
        Table(["/a(/"])
