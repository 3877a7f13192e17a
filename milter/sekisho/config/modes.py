"""The file in which ``sekisho policy mode`` keeps the modes that it has set; people may edit it too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from sekisho.config.policies import Placed
from sekisho.config.problems import ConfigurationError, whole_file
from sekisho.config.source import read_source, source_of
from sekisho.config.tree import read_tree
from sekisho.policy.modes import ModeEntry, ModesFile
from sekisho.policy.trouble import shape_troubles

_HEAD = """\
# Kept by `sekisho policy mode`, which puts every change on record. These modes count instead of those in the policy.
"""


@dataclass(frozen=True, slots=True)
class ModesSource:
    """A file of modes that has been read."""

    model: ModesFile
    placed: Placed


def read_modes(path: Path) -> ModesSource:
    """The file; where there is none, as if it were empty. `ConfigurationError` with all that is wrong with it."""
    source = read_source(path) if _is_there(path) else source_of(str(path), b"")
    placed = Placed(source, read_tree(source))
    value = placed.root.value if placed.root.value is not None else {}
    if not isinstance(value, dict):
        raise ConfigurationError([whole_file(source.name, "this file is not a mapping with `modes:`")])
    try:
        return ModesSource(ModesFile.model_validate(value), placed)
    except ValidationError as error:
        found = shape_troubles(error, root=ModesFile)
        raise ConfigurationError(placed.problem(trouble) for trouble in found) from None


def _is_there(path: Path) -> bool:
    """Whether there is something to be read, or nobody can say: then reading tells why."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        pass
    return True


def modes_text(entries: Iterable[ModeEntry]) -> str:
    """The file's text: an entry a line, in the part of YAML that is JSON, so that nothing needs quoting by rules."""
    lines = [f"- {json.dumps(_record(entry), ensure_ascii=False)}\n" for entry in entries]
    return f"{_HEAD}modes:{' []' if not lines else ''}\n{''.join(lines)}"


def _record(entry: ModeEntry) -> dict[str, object]:
    return entry.model_dump(mode="json", exclude_defaults=True)
