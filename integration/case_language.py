r"""The language of `cases/*.case`: a story of one message in sections, read from top to bottom.

A section's head stands at the margin and ends with a colon; what belongs to it is indented by four blanks. Lines at the
margin that begin with ``#`` are for the reader, the first of them are the case's title.

- ``config:`` YAML, laid over the configuration that all cases share;
- ``policy:`` YAML, the policy file; ``file NAME:`` another file beside it;
- ``only on postfix: WHY`` this story makes no sense on the imitation;
- ``send:`` a message (also ``send to submission:``, ``send by sendmail ARGUMENTS:``, ``send in chunks of N:``,
  ``send again:``): SMTP commands, a trailing ``for # in 1..12`` repeats one, then the message after bars, each line
  ended by CRLF unless a single backslash ends it (notation: `octets`);
- ``given:`` what happens around us, a sentence a line (`events`);
- ``run: sekisho …`` a command line of ours, ``HOLD`` standing for the hold's id;
- ``expect:`` what must be so, a claim a line (`claims`), and nothing else: a copy, a hold or an error that no claim
  speaks of fails the case.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from integration.claims import Claim, claim
from integration.events import Event, event
from integration.octets import BadNotation, octets
from integration.sending import Send

INDENT = "    "


class CaseError(Exception):
    """A case file that cannot be read; the text begins with ``file:line:``."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of the file without its indentation."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Given:
    line: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Run:
    line: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expect:
    line: int
    claims: tuple[Claim, ...]


Step = Send | Given | Run | Expect


@dataclass(frozen=True, slots=True)
class Case:
    """One story."""

    path: Path
    title: str
    steps: tuple[Step, ...]
    config: Mapping[str, Any] = field(default_factory=dict)
    policy: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    only_on: str = ""

    @property
    def name(self) -> str:
        return self.path.stem


def read_case(path: Path) -> Case:
    """The case in a file; `CaseError` where it makes no sense."""
    return _Reader(path, path.read_text(encoding="utf-8")).case()


class _Reader:
    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = [Numbered(number, line) for number, line in enumerate(text.splitlines(), 1)]
        self._config: dict[str, Any] = {}
        self._policy = ""
        self._files: dict[str, str] = {}
        self._only_on = ""
        self._steps: list[Step] = []

    def case(self) -> Case:
        title = "\n".join(line.text[1:].strip() for line in _leading_comments(self._lines))
        for head, body in self._sections():
            self._section(head, body)
        if not any(isinstance(step, Expect) for step in self._steps):
            raise CaseError(f"{self._path}: a case without expect: proves nothing")
        return Case(self._path, title, tuple(self._steps), self._config, self._policy, self._files, self._only_on)

    def _wrong(self, line: Numbered, what: object) -> CaseError:
        return CaseError(f"{self._path}:{line.number}: {what}")

    def _sections(self) -> Iterator[tuple[Numbered, list[Numbered]]]:
        """Each head at the margin, with the lines under it."""
        head: Numbered | None = None
        body: list[Numbered] = []
        for line in self._lines:
            if line.text.startswith(INDENT) or not line.text.strip():
                body.append(Numbered(line.number, line.text.removeprefix(INDENT)))
                if head is None and line.text.strip():
                    raise self._wrong(line, "this belongs to no section")
            elif not line.text.startswith("#"):
                if head is not None:
                    yield head, body
                head, body = line, []
        if head is not None:
            yield head, body

    def _section(self, head: Numbered, body: list[Numbered]) -> None:
        word, colon, rest = head.text.partition(":")
        if not colon:
            raise self._wrong(head, f"a section's head ends with a colon: {head.text!r}")
        lines = [line for line in body if line.text.strip()]
        match word.split():
            case ["config"]:
                self._config = self._yaml(head, body)
            case ["policy"]:
                self._policy = _text(body)
                self._yaml(head, body)
            case ["file", name]:
                self._files[name] = _text(body)
            case ["only", "on", "postfix"]:
                self._only_on = rest.strip() or "postfix"
            case ["send", *how]:
                self._steps.append(self._send(head, how, lines))
            case ["given"]:
                self._steps.append(Given(head.number, tuple(self._event(line) for line in lines)))
            case ["run"]:
                self._steps.append(self._run(head, rest))
            case ["expect"]:
                self._steps.append(Expect(head.number, tuple(self._claims(lines))))
            case _:
                raise self._wrong(head, f"unknown section {word!r}")

    def _yaml(self, head: Numbered, body: Sequence[Numbered]) -> dict[str, Any]:
        try:
            value = yaml.safe_load(_text(body))
        except yaml.YAMLError as error:
            raise self._wrong(head, error) from None
        if not isinstance(value, dict):
            raise self._wrong(head, "a mapping is expected here")
        return value

    def _send(self, head: Numbered, how: list[str], lines: list[Numbered]) -> Send:
        if how == ["again"]:
            return self._again(head)
        sending = self._how(head, how)
        bars = [line for line in lines if line.text.startswith("|")]
        commands = [word for line in lines if not line.text.startswith("|") for word in self._repeated(line)]
        return replace(sending, commands=tuple(commands), message=b"".join(map(self._octets, bars)))

    def _how(self, head: Numbered, how: list[str]) -> Send:
        match how:
            case []:
                return Send(head.number, "public", (), 0, (), b"")
            case ["to", "submission"]:
                return Send(head.number, "submission", (), 0, (), b"")
            case ["by", "sendmail", *arguments]:
                return Send(head.number, "sendmail", tuple(arguments), 0, (), b"")
            case ["in", "chunks", "of", size] if size.isdigit():
                return Send(head.number, "public", (), int(size), (), b"")
        raise self._wrong(head, f"unknown way to send: {' '.join(how)!r}")

    def _again(self, head: Numbered) -> Send:
        for step in reversed(self._steps):
            if isinstance(step, Send):
                return replace(step, line=head.number)
        raise self._wrong(head, "nothing was sent before")

    def _repeated(self, line: Numbered) -> Iterator[str]:
        found = re.fullmatch(r"(.*?) +for # in (\d+)\.\.(\d+)", line.text)
        if found is None:
            yield self._octets_of(line, line.text).decode("utf-8", "surrogateescape")
            return
        for number in range(int(found[2]), int(found[3]) + 1):
            yield found[1].replace("#", str(number))

    def _octets(self, line: Numbered) -> bytes:
        """A message line after its bar, which one blank may follow."""
        text = line.text[1:].removeprefix(" ")
        if re.search(r"(?<!\\)(\\\\)*\\$", text):
            return self._octets_of(line, text[:-1])
        return self._octets_of(line, text) + b"\r\n"

    def _octets_of(self, line: Numbered, text: str) -> bytes:
        try:
            return octets(text)
        except BadNotation as error:
            raise self._wrong(line, error) from None

    def _event(self, line: Numbered) -> Event:
        found = event(line.text.strip())
        if found is None:
            raise self._wrong(line, f"unknown event {line.text.strip()!r}")
        return found

    def _run(self, head: Numbered, rest: str) -> Run:
        words = shlex.split(rest)
        if words[:1] != ["sekisho"]:
            raise self._wrong(head, "only sekisho can be run")
        return Run(head.number, tuple(words[1:]))

    def _claims(self, lines: list[Numbered]) -> Iterator[Claim]:
        """Each line is a claim; lines indented further are its details."""
        groups: list[tuple[Numbered, list[Numbered]]] = []
        for line in lines:
            if not line.text.startswith(INDENT):
                groups.append((line, []))
            elif groups:
                groups[-1][1].append(line)
            else:
                raise self._wrong(line, "a detail of no claim")
        for head, details in groups:
            yield self._claim(head, details)

    def _claim(self, head: Numbered, details: list[Numbered]) -> Claim:
        text = head.text.strip().removesuffix(":") if details else head.text.strip()
        plain = [line.text.strip() for line in details if not line.text.strip().startswith("|")]
        bars = [Numbered(line.number, line.text.strip()) for line in details if line.text.strip().startswith("|")]
        try:
            found = claim(text, plain, b"".join(map(self._octets, bars)) if bars else None, head.number)
        except ValueError as error:
            raise self._wrong(head, error) from None
        if found is None:
            raise self._wrong(head, f"unknown claim {text!r}")
        return found


def _text(lines: Sequence[Numbered]) -> str:
    return "".join(f"{line.text}\n" for line in lines)


def _leading_comments(lines: Sequence[Numbered]) -> Iterator[Numbered]:
    for line in lines:
        if not line.text.startswith("#"):
            return
        yield line
