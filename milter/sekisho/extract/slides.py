"""PowerPoint presentations (ECMA-376 part 1, 19): slides, hidden slides, notes, comments."""

from __future__ import annotations

from sekisho.extract.drawn import Drawn
from sekisho.extract.job import Job
from sekisho.extract.package import numbered
from sekisho.extract.zip_archive import Archive

_COMMENT = frozenset({"t", "text"})


def read(archive: Archive, job: Job) -> None:
    """All texts of the presentation, slide by slide."""
    for number, name in numbered(archive, r"ppt/slides/slide(\d+)\.xml"):
        drawn = Drawn().read(archive.part(name), job.budget)
        is_hidden = drawn.slide.get("show") in ("0", "false")
        place = f"slide{number}(hidden)" if is_hidden else f"slide{number}"
        job.text(drawn.text, place)
        if is_hidden:
            job.hidden("slide", place, drawn.text)
    for number, name in numbered(archive, r"ppt/notesslides/notesslide(\d+)\.xml"):
        text = Drawn().read(archive.part(name), job.budget).text
        job.text(text, f"note{number}")
        # An empty note still shows the slide's number.
        if text.strip() and not text.strip().isdecimal():
            job.hidden("note", f"note{number}", text)
    for number, name in numbered(archive, r"ppt/comments/(?:moderncomment_)?\D*(\d+)\D*.*\.xml"):
        drawn = Drawn(_COMMENT).read(archive.part(name), job.budget)
        job.text(drawn.text, f"comment{number}")
        for comment in drawn.comments:
            job.hidden("comment", f"comment{number}", "".join(comment))
