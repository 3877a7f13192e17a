"""Imports between the packages of sekisho point inward, as DESIGN's table of folders allows, and nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sekisho

ROOT = Path(sekisho.__file__).parent
WIRES = None  # may import any package
ALLOWED: dict[str, set[str] | None] = {
    "core": set(),
    "policy": {"core"},
    "inspectors": {"core"},
    "mime": {"core"},
    "extract": {"core", "mime"},
    "sandbox": {"core", "extract"},
    "lists": {"core"},
    "config": {"core", "policy", "inspectors", "lists"},
    "words": {"core"},
    "store": {"core"},
    "records": {"core", "policy", "store"},
    "transforms": {"core", "mime"},
    "notices": {"core", "words"},
    "quarantine": {"core", "store", "notices", "transforms"},
    "mta": {"core"},
    "web": WIRES,
    "cli": WIRES,
    "serve": WIRES,
}
ONLY_IN = {"Milter": "mta", "milter": "mta", "starlette": "web", "uvicorn": "web", "sqlalchemy": "store"}
FILES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module named by an import statement of the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_folder_may(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "sekisho" and len(path.relative_to(ROOT).parts) > 1:
            target = rest.split(".")[0]
            allowed = ALLOWED[folder]
            assert allowed is WIRES or target == folder or target in allowed, f"{path} imports {name}"
        if top in ONLY_IN:
            assert folder == ONLY_IN[top], f"{path} imports {name}: only {ONLY_IN[top]} may"


def test_every_folder_is_in_the_table() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders <= set(ALLOWED)
    assert folders
