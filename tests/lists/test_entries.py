"""List files are read line by line, address books column by column, and every bad line is named."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from sekisho.lists.entries import BadList, decoded, plain_table, read_book, read_lines, words

FILE = Path("list.txt")
TODAY = date(2026, 4, 1)


def lines(text: str) -> list[bytes]:
    return text.encode().splitlines(keepends=True)


def flaws(text: str) -> list[str]:
    with pytest.raises(BadList) as caught:
        plain_table([(FILE, lines(text))])
    return [str(flaw) for flaw in caught.value.flaws]


def test_a_line_is_an_entry_and_comments_are_left_out() -> None:
    table = plain_table([(FILE, lines("# partners\r\n\r\na@x.jp  # Abe\r\n  y.jp\r\n/^z#[0-9]@/ # pattern\r\n"))])
    assert len(table) == 3
    assert table.contains("a", "x.jp")
    assert table.contains("anybody", "y.jp")
    assert table.contains("z#1", "z.jp")


def test_a_pattern_may_hold_a_blank_and_a_hash() -> None:
    assert plain_table([(FILE, lines("/a #b/\n"))]).contains("a #b", "x.jp")


def test_every_bad_line_is_named() -> None:
    assert flaws("a@x.jp\nb c\n  @y.jp\n/(/\n") == [
        "list.txt:2:1: 'b c' is not an address, a domain, a .domain or a /pattern/",
        "list.txt:3:3: '@y.jp' is not an address, a domain, a .domain or a /pattern/; for a whole domain write y.jp",
        "list.txt:4:1: not a pattern (RE2 syntax): missing ): (",
    ]


def test_of_very_many_bad_lines_the_first_ten_are_named() -> None:
    assert len(flaws("a b\n" * 1000)) == 10


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"a.jp\n# " + "顧客".encode("cp932") + b"\n")
    with pytest.raises(BadList, match=r"list\.txt:2:3: byte 0x8c is not UTF-8"):
        list(decoded(path, read_lines(path)))


def test_a_byte_order_mark_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("a.jp\n".encode("utf-8-sig"))
    assert list(decoded(path, read_lines(path))) == ["a.jp\n"]


@pytest.mark.parametrize("name", ["/dev/zero", "pipe"])
def test_a_device_or_a_pipe_is_not_read(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        next(read_lines(tmp_path / name))


def test_a_word_of_a_dictionary_may_hold_blanks() -> None:
    assert list(words(FILE, lines("# names\ncompany secret\n社外秘 # ja\n"))) == ["company secret", "社外秘"]


def test_an_address_book_knows_its_contacts() -> None:
    text = 'Address,Name,Company,Valid Until\na@x.jp,"Abe, Taro",X,\ny.jp,,Y,2026-04-01\n'
    book = read_book(FILE, lines(text), lambda: TODAY)
    assert book.contacts["a@x.jp"].name == "Abe, Taro"
    assert book.contains("A", "x.jp")
    assert book.contains("anybody", "y.jp")
    assert not book.contains("b", "x.jp")


def test_an_entry_counts_until_the_end_of_its_last_day() -> None:
    today = [TODAY]
    book = read_book(FILE, lines("address,valid-until\na@x.jp,2026-04-01\ny.jp,2026/04/02\n"), lambda: today[0])
    assert book.contains("a", "x.jp")
    today[0] = date(2026, 4, 2)
    assert not book.contains("a", "x.jp")
    assert book.contains("b", "y.jp")


def test_an_address_whose_day_is_over_is_out_although_its_domain_is_in() -> None:
    book = read_book(FILE, lines("address,valid-until\na@x.jp,2026-03-31\nx.jp,\n"), lambda: TODAY)
    assert not book.contains("a", "x.jp")
    assert book.contains("b", "x.jp")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "list.txt:1:1: the first row must name the columns, `address` among them"),
        ("a@x.jp,Abe\n", "list.txt:1:1: the first row must name the columns, `address` among them"),
        ("address,adress\n", "list.txt:1:1: unknown column `adress`; known: address, name, company"),
        ("address,address\n", "list.txt:1:1: the column `address` is here twice"),
        ("address,name\n,Abe\n", "list.txt:2:1: this row has no address"),
        ("address,name\na b,Abe\n", "list.txt:2:1: 'a b' is not an address"),
        ("address,valid-until\na@x.jp,soon\n", "list.txt:2:1: 'soon' is not a date; write it as 2026-03-31"),
        ('address,name\na@x.jp,"Abe\n', "list.txt:2:1: not CSV: unexpected end of data"),
    ],
)
def test_what_is_wrong_with_an_address_book_is_named(text: str, expected: str) -> None:
    with pytest.raises(BadList) as caught:
        read_book(FILE, lines(text), lambda: TODAY)
    assert str(caught.value.flaws[0]).startswith(expected)
