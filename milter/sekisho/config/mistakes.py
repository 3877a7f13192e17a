"""libyaml's words for broken YAML, said so that an administrator knows what to change."""

from __future__ import annotations

_SENTENCES = (
    (
        "mapping values are not allowed",
        "a second `:` in one line, or wrong indentation; put text with a colon in quotes",
    ),
    ("could not find expected ':'", "a key without its colon; write `key: value`, with a blank after the colon"),
    ("did not find expected '-' indicator", "wrong indentation in a list; its entries start with `- ` in one column"),
    ("did not find expected ',' or ']'", "a list in [ ] is not closed, or a comma is missing"),
    ("did not find expected ',' or '}'", "a mapping in { } is not closed, or a comma is missing"),
    ("found unexpected end of stream", "a quote is opened and never closed"),
    ("found unknown escape character", "a backslash in double quotes; use 'single quotes', or double the backslash"),
    (
        "did not find expected hexdecimal number",
        "a backslash in double quotes; use 'single quotes', or double the backslash",
    ),
    ("did not find expected alphabetic or numeric", "text that starts with * or & must stand in quotes"),
    ("block sequence entries are not allowed", "a list entry cannot start here; put it in a line of its own, indented"),
    ("found a tab character", "a tab is used for indentation; use blanks"),
    ("did not find expected <document start>", "text after the end of the document; check the indentation"),
    ("did not find expected the document start", "text after the end of the document; check the indentation"),
    ("found unexpected document indicator", "`---` or `...` stands inside a quoted text"),
    (
        "did not find expected key",
        "wrong indentation: this line is in no column that is open; use blanks, the same for each key",
    ),
    ("did not find expected node content", "a value is missing here, or text that starts with a sign needs quotes"),
    ("exceeded maximum", "nested too deep"),
)


def sentence(problem: str, context: str, line: str, column: int) -> str:
    """What is wrong: libyaml's problem and context, and the line and column (from 0) where it stopped."""
    if "cannot start any token" in problem:
        return _bad_start(line[column : column + 1])
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab is used for indentation; use blanks"
    if "did not find expected key" in problem and line[:column].rstrip().endswith(("'", '"')):
        return "text after a closing quote; put all of it in one pair of quotes"
    for known, said in _SENTENCES:
        if known in problem:
            return said
    return f"not YAML: {problem}{f' ({context})' if context else ''}"


def _bad_start(here: str) -> str:
    if here == "\t":
        return "a tab is used for indentation; use blanks"
    return f"text that starts with `{here}` must stand in quotes" if here else "this cannot start a value; use quotes"
