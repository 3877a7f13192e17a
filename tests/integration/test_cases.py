"""Every case of `integration/cases`, on the imitation and on real Postfix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import integration
from integration import configuration
from integration.case_language import Case, read_case
from integration.imitation import Imitation
from integration.postfix import why_not
from integration.real import RealWorld
from integration.runner import play

FOLDER = Path(integration.__file__).with_name("cases")
CASES = sorted(map(read_case, FOLDER.glob("*.case")), key=lambda case: (configuration.key(case), case.name))


@pytest.fixture(scope="module")
def imitation() -> Iterator[Imitation]:
    with Imitation() as world:
        yield world


@pytest.fixture(scope="module")
def real() -> Iterator[RealWorld]:
    if missing := why_not():
        pytest.skip(missing)
    with RealWorld() as world:
        yield world


@pytest.mark.parametrize("case", [case for case in CASES if not case.only_on], ids=lambda case: case.name)
def test_on_the_imitation(case: Case, imitation: Imitation) -> None:
    imitation.prepare(case)
    play(case, imitation)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_on_real_postfix(case: Case, real: RealWorld) -> None:
    real.prepare(case)
    play(case, real)


def test_every_case_says_what_it_is_about() -> None:
    assert CASES
    assert [case.name for case in CASES if not case.title] == []
