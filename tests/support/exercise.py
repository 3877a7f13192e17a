"""A document with an exercise, done as its reader would do it: files written, commands typed into one shell.

Known to it are fenced blocks ``yaml file=NAME`` and ``text file=NAME`` (a file), ``console`` (commands after ``$``,
continued after ``>``, and what they print, where ``…`` stands for anything), and comments for what happens meanwhile:
``<!-- test: offer N FILE -->`` and ``<!-- test: wait for N "TEXT" in FILE -->``.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PIECES = re.compile(
    r"^```(?:yaml|text) file=(?P<file>\S+)\n(?P<content>.*?)^```$"
    r"|^```console\n(?P<console>.*?)^```$"
    r"|^<!-- test: (?P<meanwhile>.*?) -->$",
    re.MULTILINE | re.DOTALL,
)
_END = "--- end of answer ---"
ANYTHING = "…"


@dataclass(frozen=True)
class File:
    """A file that the reader writes."""

    name: str
    content: str


@dataclass(frozen=True)
class Command:
    """What the reader types, and what the document says is printed."""

    typed: str
    printed: str


@dataclass(frozen=True)
class Meanwhile:
    """Something that happens around the reader."""

    what: str


def steps(document: str) -> Iterator[File | Command | Meanwhile]:
    """The document's steps in order."""
    for found in _PIECES.finditer(document):
        if found["file"]:
            yield File(found["file"], found["content"])
        elif found["meanwhile"]:
            yield Meanwhile(found["meanwhile"])
        else:
            yield from _commands(found["console"])


def _commands(block: str) -> Iterator[Command]:
    for one in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        first, *rest = one.splitlines()
        more = [line for line in rest if line.startswith("> ")]
        typed = [first, *(line.removeprefix("> ") for line in more)]
        yield Command("\n".join(typed), "\n".join(rest[len(more) :]))


def agrees(printed: str, written: str) -> bool:
    """Whether an answer is the one in the document, up to ``…``."""
    pattern = ".*".join(map(re.escape, written.split(ANYTHING)))
    return re.fullmatch(pattern, printed, re.DOTALL) is not None


class Shell:
    """One shell for all commands, as in a terminal; a context that leaves nothing running."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["/bin/bash", "--norc", "--noprofile"],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what the shell has started, and waits for it."""
        self.answer("kill $(jobs -p) 2> /dev/null; wait")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def answer(self, typed: str) -> str:
        """What a command prints, to both outputs."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{typed}\necho; echo '{_END}'\n")
        self._process.stdin.flush()
        lines: list[str] = []
        for line in self._process.stdout:
            if line.rstrip("\n") == _END:
                return "".join(lines)[:-1].rstrip("\n")
            lines.append(line)
        raise AssertionError(f"the shell has ended at: {typed}")
