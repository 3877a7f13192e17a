"""One file being read: its place, where what is found in it goes, and what may still be spent on it.

A reader of a format is ``read(data, job)``: it calls the methods of the job for what it finds and raises `Unreadable`
when it can go no further. Whatever else it raises is taken as a broken file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sekisho.core.content import Octets
from sekisho.core.facts import PICTURES
from sekisho.core.oneline import one_line
from sekisho.core.opened import FileInside, FileText, Hidden, Opened, Problem
from sekisho.extract.limits import Budget, Spent, Unreadable
from sekisho.mime.magic import media_type_of

LONGEST_NAME = 255
SHOWN = 200
"""Characters of what is hidden that are kept for evidence."""
_MOST = 5_000
"""Hidden things, problems and macros kept of each sort; more say nothing new."""


@dataclass(slots=True)
class Found:
    """What was found so far, in all files together."""

    texts: list[FileText] = field(default_factory=list)
    files: list[FileInside] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    macros: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def opened(self) -> Opened:
        """The same, to be handed out."""
        problems = tuple(dict.fromkeys(self.problems))
        return Opened(tuple(self.texts), tuple(self.files), tuple(self.hidden), tuple(self.macros), problems)


class Job:
    """A file in its place."""

    def __init__(
        self, place: str, names: Sequence[str], budget: Budget, found: Found, enter: Callable[[Job, bytes], None]
    ) -> None:
        """``enter`` reads a file within this one."""
        self.place = place
        self.names = tuple(names)
        self.budget = budget
        self._found = found
        self._enter = enter
        self._depth = 0

    def at(self, inner: str) -> str:
        """The place of something in the file."""
        clean = one_line(inner, LONGEST_NAME)
        return f"{self.place}/{clean}" if self.place and clean else self.place or clean

    def text(self, text: str, inner: str = "", cells: Sequence[tuple[int, int]] = ()) -> None:
        """A text that people read, or may find."""
        kept = self.budget.characters(len(text))
        if text.strip():
            self._found.texts.append(FileText(self.at(inner), text[:kept], tuple(cells)))
        if kept < len(text):
            raise Spent("too-big")

    def hidden(self, kind: str, inner: str = "", text: str = "", count: int = 1) -> None:
        """Something that is not seen at once."""
        if len(self._found.hidden) < _MOST:
            self._found.hidden.append(Hidden(kind, self.at(inner), one_line(text.strip(), SHOWN), count))

    def macros(self) -> None:
        """The document has macros."""
        if self.place not in self._found.macros[-1:]:
            self._found.macros.append(self.place)

    def problem(self, kind: str, inner: str = "", file_format: str = "") -> None:
        """Something in it cannot be read."""
        if len(self._found.problems) < _MOST:
            self._found.problems.append(Problem(kind, self.at(inner), one_line(file_format, 80)))

    def known_as(self, kind: str) -> None:
        """This file stands in another one and is of this media type."""
        self.budget.file()
        kept = tuple(name if len(name) <= LONGEST_NAME else name[:200] + name[-50:] for name in self.names)
        self._found.files.append(FileInside(self.place, kept, kind))

    def inside(self, names: Sequence[str], data: bytes) -> None:
        """Read a file that stands within it."""
        job = self.inner(names)
        if job.is_too_deep:
            job.known_as("")
            job.problem("too-deep")
        else:
            self._enter(job, data)

    @property
    def is_too_deep(self) -> bool:
        """Whether it stands within more files than are opened."""
        return self._depth > self.budget.limits.depth

    def unread(self, names: Sequence[str], problem: Unreadable) -> None:
        """A file stands within it that cannot be read."""
        job = self.inner(names)
        job.known_as("")
        job.problem(problem.kind, file_format=problem.format)

    def picture(self, names: Sequence[str], head: bytes) -> bool:
        """Whether a file that begins like this is one in which there is nothing to read; it is then noted."""
        kind = media_type_of(Octets(head))
        seen = kind.startswith(PICTURES) and kind != "image/svg+xml"
        if seen:
            self.inner(names).known_as(kind)
        return seen

    def inner(self, names: Sequence[str]) -> Job:
        """The job of a file that stands within it."""
        job = Job(self.at(names[0] if names else ""), names, self.budget, self._found, self._enter)
        job._depth = self._depth + 1
        return job
