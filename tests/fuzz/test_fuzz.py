"""A fixed number of cases for each parser, always the same; `make fuzz` goes on for as long as you like."""

from __future__ import annotations

import pytest

from tests.fuzz.all_targets import TARGETS
from tests.fuzz.target import Target


@pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))
def test_whatever_it_is_given_a_parser_keeps_its_promises(target: Target) -> None:
    for seed in target.seeds:
        target.run(seed)
    for number in range(target.cases):
        octets = target.case(number)
        try:
            target.run(octets)
        except BaseException as error:
            error.add_note(f"fuzz target {target.name}, case {number}: {octets[:200]!r}")
            raise
