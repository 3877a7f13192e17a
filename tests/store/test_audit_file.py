"""An exported record proves by itself that it is whole."""

from __future__ import annotations

import json

import pytest

from sekisho.store import Store, audit
from sekisho.store.audit_file import export, verify_lines
from sekisho.store.types import dumps
from sekisho.store.unit import Entry, Unit
from tests.support.stores import NOW


@pytest.fixture
def lines(store: Store) -> list[str]:
    """Five entries."""

    def work(unit: Unit) -> None:
        for n in range(5):
            unit.record(
                Entry(NOW, f"who{n}\0\udc80", "person", "release", f"H{n}", "w\u2028y", {"n": n, "o": "\udc80"})
            )

    store.write(work)
    return [dumps(record) for record in export(store)]


def test_an_untouched_file_is_whole(lines: list[str]) -> None:
    assert len(lines) == 7
    assert verify_lines(lines) == audit.Verified(5)


def test_every_changed_value_is_found(lines: list[str]) -> None:
    record = json.loads(lines[3])
    for name, value in record.items():
        changed = {**record, name: value + 1 if isinstance(value, int) else {} if name == "details" else f"{value}x"}
        found = verify_lines([*lines[:3], dumps(changed), *lines[4:]])
        assert (found.rows, found.broken_at) == (2, 3), name


@pytest.mark.parametrize(
    ("places", "broken"),
    [
        ((0, 1, 2, 4, 5, 6), 3),
        ((0, 1, 3, 2, 4, 5, 6), 2),
        ((0, 1, 2, 3, 4, 5), 6),
        ((0, 1, 2, 3, 4, 6), 5),
        ((1, 2, 3, 4, 5, 6), 1),
        ((0, 1, 2, 3, 4, 5, 6, 5), 6),
        ((), 1),
    ],
    ids=["removed", "exchanged", "no end", "cut", "no beginning", "more", "empty"],
)
def test_removed_exchanged_and_cut_off_entries_are_found(
    lines: list[str], places: tuple[int, ...], broken: int
) -> None:
    assert verify_lines([lines[place] for place in places]).broken_at == broken


@pytest.mark.parametrize("line", ["", "{", "[]", "null", '{"sequence": 3}', "[" * 5000, '{"at": "never"}'])
def test_what_is_no_entry_is_damage(lines: list[str], line: str) -> None:
    assert verify_lines([*lines[:3], line, *lines[4:]]).broken_at == 3
