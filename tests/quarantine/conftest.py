"""A fresh store for each test, on every kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.store import Store
from tests.support import postgresql
from tests.support.stores import KINDS, opened


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    fresh = opened(kind, tmp_path)
    fresh.upgrade()
    yield fresh
    fresh.close()
    postgresql.forget(tmp_path)
