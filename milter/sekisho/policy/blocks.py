"""What can be wrong with reusable conditions: names given twice or unknown, circles, and blocks that unfold too far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sekisho.policy.conditions.base import ConditionWord
from sekisho.policy.conditions.tree import Use
from sekisho.policy.models import PolicyFile
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Loc
from sekisho.policy.written import inner

MOST = 10_000
"""Conditions into which a block may unfold."""
DEEPEST = 100
"""How deep they may be nested."""


def block_troubles(files: Sequence[PolicyFile]) -> Iterator[Trouble]:
    """Everything that is wrong with the blocks of these files and with their use."""
    blocks: dict[str, ConditionWord] = {}
    for source, file in enumerate(files):
        for name, block in file.blocks.items():
            if name in blocks:
                said = f"a block `{name}` is in an earlier file already; give this one another name"
                yield Trouble(("blocks", name), said, source=source)
            blocks.setdefault(name, block)
    sizes: dict[str, tuple[int, int]] = {}
    for source, file in enumerate(files):
        for loc, word in _conditions(file):
            for one in _use(loc, word, blocks, sizes):
                yield replace(one, source=source)


def _conditions(file: PolicyFile) -> Iterator[tuple[Loc, ConditionWord]]:
    """Every condition of a file that stands by itself, with its place."""
    for name, block in file.blocks.items():
        yield ("blocks", name), block
    for number, rule in enumerate(file.rules):
        yield ("rules", number, "when"), rule.when
        for index, exception in enumerate(rule.unless or ()):
            yield ("rules", number, "unless", index), exception


def _use(
    loc: Loc, word: ConditionWord, blocks: Mapping[str, ConditionWord], sizes: dict[str, tuple[int, int]]
) -> Iterator[Trouble]:
    names = list(_used(word))
    unknown = [name for name in names if name not in blocks]
    if unknown:
        yield Trouble(loc, f"unknown block `{unknown[0]}`", word=unknown[0], known=tuple(sorted(blocks)))
        return
    try:
        count, depth = _size(word, blocks, sizes, ())
    except _Circle as circle:
        if loc[0] == "blocks":
            yield Trouble(loc, f"blocks use each other in a circle: {' uses '.join(circle.names)}")
        return
    if count > MOST or depth > DEEPEST:
        yield Trouble(loc, f"with its blocks this unfolds into more than {MOST} conditions, or {DEEPEST} levels")


def _used(word: ConditionWord) -> Iterator[str]:
    if isinstance(word, Use):
        yield word.use
    for part in inner(word):
        yield from _used(part)


class _Circle(Exception):
    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names)
        self.names = names


def _size(
    word: ConditionWord,
    blocks: Mapping[str, ConditionWord],
    sizes: dict[str, tuple[int, int]],
    within: tuple[str, ...],
) -> tuple[int, int]:
    """How many conditions this unfolds into, and how deep; an unknown block counts as one."""
    if isinstance(word, Use) and word.use in blocks:
        name = word.use
        if name in within:
            raise _Circle((*within[within.index(name) :], name))
        if name not in sizes:
            sizes[name] = _size(blocks[name], blocks, sizes, (*within, name))
        return sizes[name]
    parts = [_size(part, blocks, sizes, within) for part in inner(word)]
    return 1 + sum(count for count, _ in parts), 1 + max((depth for _, depth in parts), default=0)
