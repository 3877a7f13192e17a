"""YAML is read as 1.2, and every mistake is named with its line, its column and what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.config.problems import ConfigurationError, Problem, in_order
from sekisho.config.source import source_of
from sekisho.config.tree import Mark, Node, paths, read_tree


def tree(text: str) -> Node:
    return read_tree(source_of("f.yaml", text.encode()))


def problems(octets: bytes) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_tree(source_of("f.yaml", octets))
    return [str(problem) for problem in caught.value.problems]


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n" for before, name in zip("abcdef", "bcdefg", strict=True)
)

BROKEN: list[tuple[str, str]] = [
    ("a: 1\n\tb: 2\n", "2:1: a tab is used for indentation; use blanks"),
    ("a:\n\t- b\n", "2:1: a tab is used for indentation; use blanks"),
    ("a: b: c\n", "1:5: a second `:` in one line, or wrong indentation; put text with a colon in quotes"),
    ("a: 1\na: 2\n", "2:1: the key `a` is here a second time; the first is in line 1"),
    ("{a: 1, a: 2}\n", "1:8: the key `a` is here a second time; the first is in line 1"),
    ("a: [1, 2\nb: 3\n", "2:2: a list in [ ] is not closed, or a comma is missing"),
    ("a: {x: 1\nb: 3\n", "2:2: a mapping in { } is not closed, or a comma is missing"),
    ('a: "\\d+"\n', "1:5: a backslash in double quotes; use 'single quotes', or double the backslash"),
    ("a: 'x\nb: y\n", "1:4: a quote is opened and never closed"),
    ("a: 'b' c\n", "1:8: text after a closing quote; put all of it in one pair of quotes"),
    ("a: @foo\n", "1:4: text that starts with `@` must stand in quotes"),
    ("a: %x\n", "1:4: text that starts with `%` must stand in quotes"),
    ("a: *.yaml\n", "1:5: text that starts with * or & must stand in quotes"),
    ("a: *x\n", "1:4: `*x` names no anchor; write text that starts with * in quotes"),
    ("a: &x [*x]\n", "1:8: `*x` stands inside `&x` and would contain itself"),
    ("*a : x\n", "1:1: `*a` stands where a key is expected; write text that starts with * in quotes"),
    ("key\nother: 1\n", "2:6: a second `:` in one line, or wrong indentation; put text with a colon in quotes"),
    ("a: !env X\n", "1:4: tags (`!env`) are not used here; remove it, or write text that starts with ! in quotes"),
    ("<<: {a: 1}\n", "1:1: merge keys (`<<`) are not part of YAML 1.2; write the keys out"),
    ("---\na: 1\n---\nb: 2\n", "3:1: a second document begins here; a configuration file holds one: remove the `---`"),
    ("mode: 0660\n", '1:7: 0660 has leading zeros: write it in quotes ("0660") if it is text or octal'),
    ("a: .inf\n", "1:4: .inf is not a finite number: write it in quotes if it is text"),
    ("a: 1e999\n", "1:4: 1e999 is not a finite number: write it in quotes if it is text"),
    (f"a: {'1' * 5000}\n", "1:4: this number is too long: write it in quotes if it is text"),
    (
        "? [a]\n: 1\n",
        "1:3: a key must be a word, not a mapping or a list; write text that starts with { or [ in quotes",
    ),
    (
        "a:\n   b: 1\n  c: 2\n",
        "3:3: wrong indentation: this line is in no column that is open; use blanks, the same for each key",
    ),
    ("- a\nb: c\n", "2:1: wrong indentation in a list; its entries start with `- ` in one column"),
    ("a: - b\n", "1:4: a list entry cannot start here; put it in a line of its own, indented"),
    ("a: " + "[" * 65, "1:67: nested more than 64 deep"),
    ("a: " + "[" * 100_000, "1:67: nested more than 64 deep"),
    (BOMB, "6:35: more than 1000000 values, aliases unfolded; keep long lists in files of their own"),
    ("a: b\x00c\n", "1:5: the control character U+0000 cannot stand in a configuration file; remove it"),
    ("a: 1\nb: \x1b[31m\n", "2:4: the control character U+001B cannot stand in a configuration file; remove it"),
    ("日本: 社外秘: x\n", "1:8: a second `:` in one line, or wrong indentation; put text with a colon in quotes"),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN, ids=range(len(BROKEN)))
def test_a_mistake_is_named_with_its_place(text: str, expected: str) -> None:
    assert problems(text.encode())[0] == f"f.yaml:{expected}"


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (
            "# 例\na: 社外秘\n".encode("cp932"),
            "1:3: byte 0x97 is not UTF-8 (it looks like Shift_JIS); save the file as UTF-8",
        ),
        ("a: 社外秘\n".encode("euc_jp"), "1:4: byte 0xbc is not UTF-8 (it looks like EUC-JP); save the file as UTF-8"),
        (b"a: 1\nb: caf\xe9\n", "2:7: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("a: 1\n".encode("utf-16"), "1:1: this file is UTF-16; save it as UTF-8"),
    ],
)
def test_another_encoding_than_utf8_is_named(octets: bytes, expected: str) -> None:
    assert problems(octets) == [f"f.yaml:{expected}"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no\nb: off\nc: yes\nd: on\n", {"a": "no", "b": "off", "c": "yes", "d": "on"}),
        ("no: 1\non: 2\n7: 3\nnull: 4\n", {"no": 1, "on": 2, "7": 3, "null": 4}),
        ("[true, False, ~, null, '', 'true']", [True, False, None, None, "", "true"]),
        ("[14, -3, 0o14, 0x1f, 1_000, 1:30]", [14, -3, 12, 31, "1_000", "1:30"]),
        ("[1.5, .5, 1e3, 2024-01-01, 1.2.3, '']", [1.5, 0.5, 1000.0, "2024-01-01", "1.2.3", ""]),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("\ufeffa: 1\n", {"a": 1}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("", None),
        ("# nothing\n", None),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, value: object) -> None:
    assert tree(text).value == value


def test_every_key_and_value_knows_its_place() -> None:
    root = tree("a:\n  - b: 日本\n    key: [x, yz]\n")
    assert root.walk(("a", 0, "key"))[1] == Mark(3, 5, 3)
    assert root.walk(("a", 0, "b"))[0].mark == Mark(2, 8, 2)
    assert root.walk(("a", 0, "key", 1))[1] == Mark(3, 14, 2)


def test_steps_that_are_not_in_the_file_are_passed_over() -> None:
    root = tree("a:\n  - hold: {for: 1h}\n")
    assert root.walk(("a", 0, "variant", "hold", "for"))[1] == Mark(2, 12, 3)
    assert root.walk(("a", 0, "hold", "missing"))[1] == Mark(2, 5, 4)


def test_all_repeated_keys_of_a_file_are_named_at_once() -> None:
    assert len(problems(b"a: 1\na: 2\nb: 014\nb: 3\n")) == 3


def test_a_problem_quotes_its_line_and_points_at_the_word() -> None:
    problem = Problem("f.yaml", 2, 5, "no", source="宛先: abc", width=3)
    assert problem.rendered() == "f.yaml:2:5: no\n    2 | 宛先: abc\n      |       ^^^"


def test_of_a_very_long_line_only_the_part_around_the_place_is_quoted() -> None:
    problem = Problem("f.yaml", 1, 5001, "no", source="x" * 5000 + "y" + "x" * 5000)
    _, quoted, carets = problem.rendered().splitlines()
    assert len(quoted) < 200
    assert quoted[carets.index("^")] == "y"


def test_problems_come_file_by_file_from_top_to_bottom() -> None:
    first, second, third = Problem("b", 2, 1, "x"), Problem("b", 1, 1, "y"), Problem("a", 1, 1, "z")
    assert in_order([first, second, third, first]) == (second, first, third)


json_like: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("ab 日:-#'\"", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abno", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(json_like)
def test_what_json_can_say_is_read_as_json_says_it(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    root = tree(text)
    assert root.value == value
    for path in paths(root):
        assert root.walk(path)[1].line == 1


@given(st.text(max_size=60) | st.text("ab:-[]{}&*!|>'\"%@`#? \n\t,0.", max_size=40))
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    try:
        read_tree(source_of("f.yaml", text.encode("utf-8", "surrogatepass")))
    except ConfigurationError as error:
        assert all(problem.line >= 1 and problem.column >= 1 and problem.message for problem in error.problems)
