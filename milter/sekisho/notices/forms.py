"""A page as plain text and as HTML. Everything from outside is escaped; no image, no style sheet, no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from sekisho.notices.layout import Page, Section
from sekisho.notices.texts import Texts

_BODY = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em"
_HEADING = "font-size:16px;margin:1em 0 0"
_LIST = "margin:0;padding-left:1.4em"
_FOOT = "color:#555;font-size:13px;margin-top:1.5em"


def plain(page: Page, texts: Texts) -> str:
    """Lines that end with LF."""
    blocks = [
        page.lead,
        *("\n".join(_plain_section(section, texts)) for section in page.sections),
        "\n".join(page.foot),
    ]
    return "\n\n".join(blocks) + "\n"


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


def html(page: Page, texts: Texts) -> str:
    """A whole document."""
    sections = "".join(map(_html_section, page.sections))
    foot = "<br>\n".join(map(escape, page.foot))
    return (
        f'<!DOCTYPE html>\n<html lang="{texts.language}">\n<head><meta charset="utf-8">'
        f"<title>{escape(page.subject)}</title></head>\n"
        f'<body style="{_BODY}">\n<p><strong><bdi>{escape(page.lead)}</bdi></strong></p>\n'
        f'{sections}<p style="{_FOOT}">{foot}</p>\n</body>\n</html>\n'
    )


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
