"""Cases that once broke a parser's promise, a folder a fuzz target: each is checked as the fuzzer checks it.

A new one is made of what `make fuzz` kept: ``cp .cache/fuzz/TARGET/….bin tests/regress/TARGET/what-was-wrong.bin``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.all_targets import TARGETS

CASES = sorted(Path(__file__).parent.glob("*/*.bin"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_once_went_wrong_goes_right(path: Path) -> None:
    TARGETS[path.parent.name].run(path.read_bytes())
