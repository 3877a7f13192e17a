"""A trial strikes when it means to: the moments at which something is most delicate are seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from integration.script import end_of_data
from integration.torture.mail import SENDER
from integration.torture.moments import Lookout, Moment, Moments


class Seen(Moments):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(Path("/nonexistent"))
        self.told: list[Moment] = []

    def now(self, moment: Moment) -> None:
        self.told.append(moment)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("MAIL FROM:<a@example.co.jp>", []),
        (end_of_data(["<r0.c1-00001@held.example>"]), [Moment.RELEASE]),
        (end_of_data(["<r0.c1-00001@held.example>", "<r1.c1-00001@held.example>"]), [Moment.RELEASE]),
        (end_of_data([f"<{SENDER}>"]), []),
    ],
    ids=["a command", "a release", "a release to two", "a notice"],
)
def test_the_end_of_a_released_message_is_a_moment_and_that_of_a_notice_is_not(
    command: str, told: list[Moment]
) -> None:
    seen = Seen()
    assert Lookout(seen).answer(command) is None
    assert seen.told == told
