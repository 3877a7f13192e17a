"""A site's own forms of notices: files ``KIND.LANGUAGE.txt`` of a folder, checked when the configuration is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from sekisho.config.organization import Language
from sekisho.config.problems import ConfigurationError, Problem, whole_file
from sekisho.config.source import read_source, why
from sekisho.core.letters import KINDS, Letter, read_letter

SUFFIX = ".txt"
Letters = Mapping[tuple[str, str], Letter]
"""By kind and language."""


def read_letters(folder: Path) -> tuple[Letters, list[Problem]]:
    """The forms of a folder, and everything that is wrong with them or their names."""
    letters: dict[tuple[str, str], Letter] = {}
    problems: list[Problem] = []
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == SUFFIX)
    except OSError as error:
        return {}, [whole_file(str(folder), f"this folder cannot be read: {why(error)}")]
    for file in files:
        kind, _, language = file.stem.partition(".")
        if kind not in KINDS or language not in get_args(Language):
            problems.append(_misnamed(file))
            continue
        try:
            source = read_source(file)
        except ConfigurationError as error:
            problems += error.problems
            continue
        letters[kind, language], flaws = read_letter(kind, source.lines)
        problems += (source.problem(flaw.line, flaw.column, flaw.message, flaw.width) for flaw in flaws)
    return letters, problems


def _misnamed(file: Path) -> Problem:
    languages = ", ".join(get_args(Language))
    known = ", ".join(sorted(KINDS))
    return whole_file(str(file), f"a form is named KIND.LANGUAGE.txt; kinds are {known}; languages {languages}")
