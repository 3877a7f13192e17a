"""YAML to plain values, with the place of every key and value.

Given a `Source`, gives a `Node`: ``value`` is made of dict, list, str, int, float, bool and None only, and every node
knows where it stands. YAML is read as 1.2 (`sekisho.config.scalars`); keys are always text. What YAML allows and people
do not mean is refused with its place: a key twice, tags, merge keys, several documents, an alias that contains itself
or that unfolds into more than a million values, nesting beyond 64. All other mistakes of a file are the first one only,
since nothing after a syntax error can be trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from sekisho.config.mistakes import sentence
from sekisho.config.problems import ConfigurationError, Problem
from sekisho.config.scalars import plain
from sekisho.config.source import Source

MOST_VALUES = 1_000_000
"""Values a file may have once all its aliases are unfolded."""
DEEPEST = 64
_NOTHING: Mapping[Any, Any] = MappingProxyType({})
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Mark(NamedTuple):
    """A place in a file: line and column from 1, and how many characters are meant."""

    line: int
    column: int
    width: int = 1


class Node(NamedTuple):
    """A value, its place, and what is in it: by key for a mapping, by index for a list."""

    value: Any
    mark: Mark
    children: Mapping[str | int, Node] = _NOTHING
    keys: Mapping[str, Mark] = _NOTHING
    weight: int = 1
    """How many values it unfolds into."""

    def walk(self, path: Iterable[str | int]) -> tuple[Node, Mark]:
        """The node that a path leads to, as far as it leads there, and the mark of its key (or of itself).

        Steps that are not in the file are passed over: names of variants that pydantic puts into its paths, and keys
        that are missing.
        """
        node, mark = self, self.mark
        for step in path:
            child = node.children.get(step)
            if child is not None:
                mark = node.keys.get(step, child.mark) if isinstance(step, str) else child.mark
                node = child
        return node, mark


def read_tree(source: Source) -> Node:
    """The whole file; an empty one is a node whose value is None. Raises `ConfigurationError`."""
    builder = _Builder(source)
    try:
        for event in yaml.parse(source.text, _LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_syntax_problem(source, error))
    except yaml.YAMLError as error:
        builder.problems.append(source.problem(1, 1, f"not YAML: {error}"))
    if builder.problems:
        raise ConfigurationError(builder.problems)
    return builder.root


def _syntax_problem(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    quoted = source.lines[line] if line < len(source.lines) else ""
    said = sentence(error.problem or "", error.context or "", quoted, column)
    if not quoted.strip() and error.context_mark:  # the end of the file: show where it began to go wrong
        line, column = error.context_mark.line, error.context_mark.column
    return source.problem(line + 1, column + 1, said)


@dataclass(slots=True)
class _Open:
    """A mapping or list that has not been closed yet."""

    value: Any
    mark: Mark
    anchor: str | None
    children: dict[str | int, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)
    weight: int = 1
    key: tuple[str, Mark] | None = None

    def node(self) -> Node:
        return Node(self.value, self.mark, self.children, self.keys, self.weight)


class _Builder:
    """Makes nodes of libyaml's events, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.root = Node(None, Mark(1, 1))
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._documents = 0
        self._values = 0
        self._takers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._start,
            yaml.SequenceStartEvent: self._start,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def take(self, event: Any) -> None:
        taker = self._takers.get(type(event))
        if taker:
            taker(event)

    def _say(self, mark: Mark, message: str) -> None:
        self.problems.append(self.source.problem(mark.line, mark.column, message, mark.width))

    def _stop(self, mark: Mark, message: str) -> None:
        self._say(mark, message)
        raise ConfigurationError(self.problems)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(_mark(event), "a second document begins here; a configuration file holds one: remove the `---`")

    def _scalar(self, event: Any) -> None:
        mark = _mark(event)
        if self._expects_key():
            self._key(event, mark)
            return
        self._refuse_tag(event, mark)
        value: Any = event.value
        if event.implicit[0]:
            try:
                value = plain(value)
            except ValueError as error:
                self._say(mark, str(error))
        self._add(Node(value, mark), mark, event.anchor)

    def _expects_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].value, dict) and self._open[-1].key is None

    def _key(self, event: Any, mark: Mark) -> None:
        opened = self._open[-1]
        name = event.value
        if name == "<<" and event.implicit[0]:
            self._say(mark, "merge keys (`<<`) are not part of YAML 1.2; write the keys out")
        first = opened.keys.get(name)
        if first:
            self._say(mark, f"the key `{name}` is here a second time; the first is in line {first.line}")
        opened.key = (name, mark)

    def _refuse_tag(self, event: Any, mark: Mark) -> None:
        if event.tag is not None:
            self._say(
                mark, f"tags (`{event.tag}`) are not used here; remove it, or write text that starts with ! in quotes"
            )

    def _start(self, event: Any) -> None:
        mark = _mark(event)
        if self._expects_key():
            self._stop(
                mark, "a key must be a word, not a mapping or a list; write text that starts with { or [ in quotes"
            )
        self._refuse_tag(event, mark)
        if len(self._open) >= DEEPEST:
            self._stop(mark, f"nested more than {DEEPEST} deep")
        if event.anchor:
            self._anchors[event.anchor] = None
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, mark, event.anchor))

    def _end(self, event: Any) -> None:  # noqa: ARG002  (every taker is given the event)
        opened = self._open.pop()
        self._add(opened.node(), opened.mark, opened.anchor)

    def _alias(self, event: Any) -> None:
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1, len(event.anchor) + 1)
        if self._expects_key():
            self._stop(
                mark, f"`*{event.anchor}` stands where a key is expected; write text that starts with * in quotes"
            )
        if event.anchor not in self._anchors:
            self._stop(mark, f"`*{event.anchor}` names no anchor; write text that starts with * in quotes")
        node = self._anchors[event.anchor]
        if node is None:
            self._stop(mark, f"`*{event.anchor}` stands inside `&{event.anchor}` and would contain itself")
        else:
            self._add(node, mark)

    def _add(self, node: Node, mark: Mark, anchor: str | None = None) -> None:
        """Put a finished node into the collection that is open, or make it the root."""
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.weight += node.weight
        if parent.weight > MOST_VALUES:
            self._stop(mark, f"more than {MOST_VALUES} values, aliases unfolded; keep long lists in files of their own")
        _attach(parent, node)


def _attach(parent: _Open, node: Node) -> None:
    if parent.key is None:
        parent.children[len(parent.value)] = node
        parent.value.append(node.value)
        return
    name, mark = parent.key
    parent.key = None
    if name not in parent.keys:
        parent.keys[name] = mark
        parent.children[name] = node
        parent.value[name] = node.value


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Mark(start.line + 1, start.column + 1, max(width, 1))


def paths(node: Node) -> Iterator[tuple[str | int, ...]]:
    """The path of every value of a tree, aliases unfolded."""
    yield ()
    for step, child in node.children.items():
        for rest in paths(child):
            yield (step, *rest)
