"""HTML as the text that it shows, with a line for each line that readers see.

Given a document as text, gives what is in its elements, hidden ones included: what one reader hides another shows, and
previews show it first; what stands in Outlook's conditional comments too. Left out are scripts, styles and other
comments; put in are the texts of ``alt``, ``title``, ``value`` and ``placeholder``. Quoted blocks get ``> `` before
each line. Never raises, linear in the document: tokens are told apart as by HTML 13.2.5, a tree (and the elements that
its building multiplies) is not needed. What is opened and never closed is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_BREAK, _QUOTE, _UNQUOTE = "\x1d", "\x1e", "\x1f"
_BLOCKS = (
    "p br div tr li table ul ol h1 h2 h3 h4 h5 h6 hr dl dt dd center section article header footer address form"
    " fieldset pre figure figcaption main nav aside details summary caption option title body"
)
_MARK_AT: Mapping[str, str] = {
    **{slash + name: _BREAK for name in _BLOCKS.split() for slash in ("", "/")},
    "td": " ",
    "th": " ",
    "blockquote": _QUOTE,
    "/blockquote": _UNQUOTE,
}
_MARKS = re.compile(f"[{_BREAK}{_QUOTE}{_UNQUOTE}]")
_AT_MARKS = re.compile(f"({_MARKS.pattern})")
_BLANKS = re.compile(r"[ \t\r\n\f]{2,}|[\t\r\n\f]")
_PRE = re.compile(r"(<(pre|textarea)\b[^>]*+>)(.*?)(?=</\2\b|\Z)", re.IGNORECASE | re.DOTALL)
_HAS_PRE = re.compile(r"<(?:pre|textarea)\b", re.IGNORECASE)
_BARE_BLOCK = re.compile(rf"</?(?:{'|'.join(_BLOCKS.split())})\s*/?>", re.IGNORECASE)
_OTHER_CLOSING = re.compile(r"</(?!(?:blockquote|script|style|template|xml)\b)[a-z][^<>]*+>", re.IGNORECASE)
"""The commonest tags, replaced by one constant each: a call for every tag would cost more than all the rest."""
_INSIDE = r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?)*+"""
"""A tag's attributes up to its ``>``, which does not count within a quoted value."""
_TOKEN = re.compile(
    rf"""<!--\[if[^>]*+>(?:<!-->|-->)? | <!\[(?:end)?if[^>]*+>
       | <!--(?P<comment>.*?)(?:-->|\Z)
       | <(?P<unseen>script|style|template|xml)\b{_INSIDE}>.*?(?:</(?P=unseen)\b[^>]*+>|(?P<open>\Z))
       | <(?P<name>/?[a-z][a-z0-9]*+)(?P<inside>{_INSIDE})(?:>|(?P<cut>\Z))
       | <[!?/][^>]*+(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""(?<![^\s"'/])(?:alt|title|value|placeholder|aria-label)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+))""",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"(?:class|id)\s*+=\s*+[\"']?[^\"'>]*\b(?:gmail_signature|moz-signature|AppleMailSignature|[\w-]*Signature)\b",
    re.IGNORECASE,
)
"""What mailers put around a signature; text below it begins with the usual separator."""
_MANY_LINES = re.compile(r"\n{3,}")


def shown_text(document: str) -> str:
    """What a reader of the document sees, and what it may see."""
    source = _MARKS.sub(" ", document)
    if _HAS_PRE.search(source):
        source = _PRE.sub(lambda found: found[1] + found[3].replace("\n", _BREAK), source)
    source = _BARE_BLOCK.sub(_BREAK, _BLANKS.sub(" ", source))
    text = _TOKEN.sub(_instead, _OTHER_CLOSING.sub("", source))
    return _lines(html.unescape(text) if "&" in text else text)


def _instead(token: re.Match[str]) -> str:
    """What stands for a token in the text."""
    name = token["name"]
    if name is None:
        end = ">" if token["comment"] is None else "-->"
        return "" if token["open"] is None and token.group().endswith(end) else token.group()[1:]
    if token["cut"] is not None:
        return token.group()[1:]
    mark = _MARK_AT.get(name.lower(), "")
    inside = token["inside"]
    if "=" in inside:
        if _SIGNATURE.search(inside):
            mark += f"{_BREAK}--{_BREAK}"
        for value in _ATTRIBUTE.findall(inside):
            mark += f" {''.join(value)} "
    return mark


def _lines(text: str) -> str:
    """Marks as line ends and ``> ``; no more than one empty line at a time."""
    text = text.replace("\xa0", " ")
    plain = _QUOTE not in text
    lines = [line.strip(" \n\t\x1f") for line in text.split(_BREAK)] if plain else _quoted(text)
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def _quoted(text: str) -> list[str]:
    lines: list[str] = []
    depth = 0
    for piece in _AT_MARKS.split(text):
        if piece in (_QUOTE, _UNQUOTE):
            depth = max(0, depth + (1 if piece == _QUOTE else -1))
        elif piece != _BREAK:
            line = piece.strip(" \n\t")
            lines.append("> " * min(depth, 9) + line if line else "")
    return lines
