"""A value is like a frozen dataclass, but for what only mypy sees."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import pytest

from sekisho.core.message import Field, Path
from sekisho.core.truth import Truth

ONE = Path(b"<a@b.example>", "a", "b.example")


def test_values_compare_and_hash_by_their_fields() -> None:
    assert Path(b"<a@b.example>", "a", "b.example") == ONE
    assert hash(Path(b"<a@b.example>", "a", "b.example")) == hash(ONE)
    assert replace(ONE, params=("SIZE=1",)) != ONE
    assert {Truth(1): "yes"}[Truth(1, 0)] == "yes"


def test_values_are_copied_and_pickled_whole() -> None:
    assert pickle.loads(pickle.dumps(ONE)) == copy.deepcopy(ONE) == ONE


def test_a_value_has_no_room_for_more() -> None:
    with pytest.raises(AttributeError):
        ONE.remark = "more"  # type: ignore[attr-defined]


def mypy_refuses(field: Field, path: Path) -> None:
    """Never called: a type checker that no longer minded would call the comments unused, which is an error too."""
    field.name = b"Subject"  # type: ignore[misc]
    path.params = ()  # type: ignore[misc]
