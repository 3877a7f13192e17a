"""The site's own examples, read from a file: `sekisho.policy.testing.CasesFile` with the place of everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sekisho.config.invalid import problems_of
from sekisho.config.policies import Placed
from sekisho.config.problems import ConfigurationError, did_you_mean, whole_file
from sekisho.config.source import read_source
from sekisho.config.tree import read_tree
from sekisho.policy.testing import CasesFile, unknown_rules


@dataclass(frozen=True, slots=True)
class CasesSource:
    """A cases file that has been read."""

    model: CasesFile
    placed: Placed


def read_cases(path: Path, rules: frozenset[str]) -> CasesSource:
    """One cases file, or `ConfigurationError` with all that is wrong with it; ``rules`` are those that it may name."""
    source = read_source(path)
    placed = Placed(source, read_tree(source))
    if not isinstance(placed.root.value, dict):
        raise ConfigurationError([whole_file(source.name, "this file is not a mapping with `cases:`")])
    try:
        model = CasesFile.model_validate(placed.root.value)
    except ValidationError as error:
        raise ConfigurationError(problems_of(error, CasesFile, source, placed.root)) from None
    unknown = [
        source.problem(*_position(placed, number), f"there is no rule `{rule}`{did_you_mean(rule, sorted(rules))}")
        for number, rule in unknown_rules(model, rules)
    ]
    if unknown:
        raise ConfigurationError(unknown)
    return CasesSource(model, placed)


def _position(placed: Placed, number: int) -> tuple[int, int]:
    mark = placed.root.walk(("cases", number, "expect"))[1]
    return mark.line, mark.column
