"""Text of the format ``flowed``: the lines that a mailer broke, joined again as readers show them (RFC 3676 4).

Given lines ended by LF, gives paragraphs, a line each; quoted ones begin with ``>`` for each level. A line that ends
in a blank goes on in the next one of the same level; with DelSp the blank itself is not part of the text, which is how
Japanese and Chinese are broken. Blanks that only protect a line's beginning (space-stuffing) are taken off, and ``-- ``
stays a line of its own. Never raises, linear.
"""

from __future__ import annotations

_SEPARATOR = "-- "


def unfolded(text: str, *, delsp: bool) -> str:
    """The text with its paragraphs whole."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    level = -1
    for line in text.split("\n"):
        depth, content = _quoted(line)
        if pieces and (depth != level or content == _SEPARATOR):
            paragraphs.append(_shown(level, pieces))
            pieces = []
        level = depth
        if content.endswith(" ") and content != _SEPARATOR:
            pieces.append(content[:-1] if delsp else content)
        else:
            paragraphs.append(_shown(level, [*pieces, content]))
            pieces = []
    if pieces:
        paragraphs.append(_shown(level, pieces))
    return "\n".join(paragraphs)


def _quoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and what it says."""
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _shown(level: int, pieces: list[str]) -> str:
    content = "".join(pieces)
    return f"{'>' * level} {content}" if level else content
