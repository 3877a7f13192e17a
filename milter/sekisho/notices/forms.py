"""A page as plain text and as HTML. Everything from outside is escaped; no image, no style sheet, no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from sekisho.core.letters import Letter, block_of, filled
from sekisho.notices.layout import Page, Section
from sekisho.notices.texts import Texts

_BODY = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em"
_HEADING = "font-size:16px;margin:1em 0 0"
_LIST = "margin:0;padding-left:1.4em"
_FOOT = "color:#555;font-size:13px;margin-top:1.5em"


def plain(page: Page, texts: Texts, letter: Letter | None = None) -> str:
    """Lines that end with LF; in the site's own form where there is one."""
    if letter is not None:
        return _without_gaps("\n".join(_plain_letter(page, texts, letter)))
    blocks = [
        page.lead,
        *("\n".join(_plain_section(section, texts)) for section in page.sections),
        "\n".join(page.foot),
    ]
    return "\n\n".join(blocks) + "\n"


def _plain_letter(page: Page, texts: Texts, letter: Letter) -> Iterator[str]:
    for line in letter.lines:
        block = block_of(line)
        if block == "foot":
            yield from page.foot
        elif block:
            yield "\n\n".join("\n".join(_plain_section(one, texts)) for one in page.sections if one.name == block)
        else:
            yield filled(line, page.values)


def _without_gaps(text: str) -> str:
    """Where a block had nothing to say, its empty lines are one."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _plain_section(section: Section, texts: Texts) -> Iterator[str]:
    if section.heading:
        yield texts.say("heading", heading=section.heading)
    listed, after = _split(section)
    for number, line in enumerate(listed, 1):
        yield f" {number}. {line}" if section.numbered else texts.say("bullet") + line
    yield from (f" {line}" for line in after)
    if section.link:
        yield f" {section.link}"
    yield from (f" {line}" for line in section.after)


def html(page: Page, texts: Texts, letter: Letter | None = None) -> str:
    """A whole document."""
    foot = f'<p style="{_FOOT}">{"<br>".join(map(escape, page.foot))}</p>\n'
    if letter is not None:
        body = "".join(_html_letter(page, letter, foot))
    else:
        lead = f"<p><strong><bdi>{escape(page.lead)}</bdi></strong></p>\n"
        body = lead + "".join(map(_html_section, page.sections)) + foot
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.language}">\n<head><meta charset="utf-8">'
        f'<title>{escape(page.subject)}</title></head>\n<body style="{_BODY}">\n{body}</body>\n</html>\n'
    )


def _html_letter(page: Page, letter: Letter, foot: str) -> Iterator[str]:
    """Lines of text that follow each other are one paragraph."""
    paragraph: list[str] = []
    for line in (*letter.lines, ""):
        block = block_of(line)
        if line.strip() and not block:
            paragraph.append(f"<bdi>{escape(filled(line, page.values))}</bdi>")
            continue
        if paragraph:
            yield f"<p>{'<br>'.join(paragraph)}</p>\n"
            paragraph = []
        if block == "foot":
            yield foot
        yield from (_html_section(one) for one in page.sections if block and one.name == block)


def _html_section(section: Section) -> str:
    listed, after = _split(section)
    tag = "ol" if section.numbered else "ul"
    items = "".join(f"<li><bdi>{escape(line)}</bdi></li>\n" for line in listed)
    shown = f'<{tag} style="{_LIST}">\n{items}</{tag}>\n' if items else ""
    rest = "".join(f"<p>{escape(line)}</p>\n" for line in after)
    link = f'<p><a href="{escape(section.link)}">{escape(section.link)}</a></p>\n' if section.link else ""
    below = "".join(f"<p>{escape(line)}</p>\n" for line in section.after)
    heading = f'<h2 style="{_HEADING}">{escape(section.heading)}</h2>\n' if section.heading else ""
    return f"{heading}{shown}{rest}{link}{below}"


def _split(section: Section) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The listed lines, and the line that introduces the link."""
    return (section.lines[:-1], section.lines[-1:]) if section.link else (section.lines, ())
