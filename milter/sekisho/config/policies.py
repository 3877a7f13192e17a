"""The policy files that sekisho.yaml names: found, read, and shaped into the policy's own models.

A name with ``*``, ``?`` or ``[`` stands for all files that fit, in the order of their names, and there may be none; any
other name is a file that must be there. No file counts twice.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sekisho.config.problems import ConfigurationError, Problem, Severity, did_you_mean, nearest, whole_file
from sekisho.config.source import Source, read_source
from sekisho.config.tree import Node, read_tree
from sekisho.policy.models import PolicyFile
from sekisho.policy.shape import BadShape, policy_file
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Loc
from sekisho.policy.word import Severity as PolicySeverity


@dataclass(frozen=True, slots=True)
class Placed:
    """A file's values with their places."""

    source: Source
    root: Node

    def place(self, loc: Loc) -> str:
        """``file:line`` of keys and indexes from the top of the file."""
        return f"{self.source.name}:{self.root.walk(loc)[1].line}"

    def problem(self, trouble: Trouble) -> Problem:
        """What the policy says of itself, at its place: of a key at the key, of a plain value at the value."""
        node, mark = self.root.walk(trouble.loc)
        about_key = bool(trouble.loc) and trouble.loc[-1] == trouble.word
        if not about_key and node.value is not None and not isinstance(node.value, dict | list):
            mark = node.mark
        message = trouble.message + _advice(trouble)
        severity = Severity.ERROR if trouble.severity is PolicySeverity.ERROR else Severity.WARNING
        return self.source.problem(mark.line, mark.column, message, mark.width, severity)


@dataclass(frozen=True, slots=True)
class PolicySource:
    """A policy file that has been read."""

    model: PolicyFile
    placed: Placed


def _advice(trouble: Trouble) -> str:
    if not trouble.word or trouble.word in trouble.known:
        return ""
    advice = did_you_mean(trouble.word, trouble.known)
    says_it_already = all(word in trouble.message for word in trouble.known)
    return "" if says_it_already and not nearest(trouble.word, trouble.known) else advice


def policy_files(patterns: Sequence[str], base: Path) -> list[tuple[int, Path]]:
    """The files that each pattern stands for, with the pattern's index; a file that is there twice comes twice."""
    return [(index, path) for index, pattern in enumerate(patterns) for path in _matching(pattern, base)]


def _matching(pattern: str, base: Path) -> list[Path]:
    if not glob.has_magic(pattern):
        return [base / pattern]
    names = glob.glob(pattern, root_dir=base, recursive=True)  # noqa: PTH207  (Path.glob takes no absolute patterns)
    return [base / name for name in sorted(names)]


def read_policy(path: Path) -> PolicySource:
    """One policy file, or `ConfigurationError` with all that is wrong with its shape."""
    source = read_source(path)
    placed = Placed(source, read_tree(source))
    value = placed.root.value
    if not isinstance(value, dict):
        said = "empty; write `rules: []` for a policy without rules" if value is None else "not a mapping with `rules:`"
        raise ConfigurationError([whole_file(source.name, f"this policy file is {said}")])
    try:
        return PolicySource(policy_file(value), placed)
    except BadShape as error:
        raise ConfigurationError(map(placed.problem, error.troubles)) from None
