"""A site's own forms of notices are checked to the placeholder, and say nothing that nobody put in."""

from __future__ import annotations

import pytest

from sekisho.core.letters import Flaw, block_of, filled, read_letter

GOOD = ["Subject: {subject} from {sender}", "", "Dear {{colleague}},", "{why}", "  {do}  ", "", ""]


def flaws(*lines: str, kind: str = "held") -> list[Flaw]:
    return list(read_letter(kind, lines)[1])


def test_a_good_form_has_no_flaws_and_loses_empty_lines_at_its_end() -> None:
    letter, found = read_letter("held", GOOD)
    assert found == ()
    assert letter.subject == "{subject} from {sender}"
    assert letter.lines == ("Dear {{colleague}},", "{why}", "  {do}  ")


@pytest.mark.parametrize(
    ("lines", "line", "column", "said"),
    [
        (["Subject: x", "", "{do}", "of {sendr}"], 4, 4, "unknown placeholder {sendr}"),
        (["Subject: {nope}", "", "{do}"], 1, 10, "unknown placeholder {nope}"),
        (["Subject: x", "", "{do}", "a } b"], 4, 3, "a single brace"),
        (["Subject: x", "", "{do}", "a {why}"], 4, 3, "a line of its own"),
        (["Subject: {why}", "", "{do}"], 1, 10, "a line of its own"),
        (["Subject: x", "{do}"], 2, 1, "an empty line stands"),
        (["Dear you", "", "{do}"], 1, 1, "write `Subject: …`"),
        (["Subject: ", "", "{do}"], 1, 1, "write `Subject: …`"),
        (["Subject: x", "", "text"], 1, 1, "put `{do}`"),
        (["Subject: x", "", "{do}", "{}"], 4, 1, "unknown placeholder {}"),
        ([], 1, 1, "write `Subject: …`"),
    ],
)
def test_a_flaw_is_named_with_its_place(lines: list[str], line: int, column: int, said: str) -> None:
    found = next(flaw for flaw in flaws(*lines) if said in flaw.message)
    assert (found.line, found.column) == (line, column)


def test_what_asks_for_no_choice_need_not_say_how() -> None:
    assert flaws("Subject: x", "", "text", kind="released") == []


def test_values_are_put_in_once_and_not_read_again() -> None:
    values = {"subject": "{code}", "code": "K7Q2"}
    assert filled("{{{subject}}} {sender}", values) == "{{code}} "


@pytest.mark.parametrize(("line", "block"), [("{why}", "why"), (" {foot} ", "foot"), ("{sender}", ""), ("x {why}", "")])
def test_a_block_stands_alone(line: str, block: str) -> None:
    assert block_of(line) == block
