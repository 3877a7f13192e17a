"""Plays a case in a world, step by step. A failure is an `AssertionError` that begins with ``file:line:``.

An expectation has time to come true, as long as it could; what nobody expected is looked for when all is quiet.
"""

from __future__ import annotations

import time

from integration.case_language import Case, Expect, Given, Run, Step
from integration.seen import Seen, Story, samples
from integration.sending import Send
from integration.world import World

PATIENCE = 20.0
"""Seconds for an expectation to come true."""


def play(case: Case, world: World) -> None:
    """Play all steps in a world that is prepared for the case."""
    story = Story(world, frozenset(world.holds()), samples(world.metrics()))
    for step in case.steps:
        try:
            _take(step, story)
        except Exception as error:
            failure = AssertionError(f"{case.path}:{step.line}: {error}")
            failure.add_note(world.troubles())
            raise failure from error


def _take(step: Step, story: Story) -> None:
    match step:
        case Send():
            story.log_before = len(story.world.log())
            story.send = step
            story.answer = story.world.send(step)
        case Given(events=events):
            for happen in events:
                happen(story.world)
        case Run():
            _run(step, story)
        case Expect():
            _expect(step, story)


def _run(step: Run, story: Story) -> None:
    words = [one for word in step.words for one in (story.hold if word == "HOLD" else (word,))]
    story.ran = story.world.sekisho(*words)


def _expect(step: Expect, story: Story) -> None:
    """Ask until every claim is true, wait until all is quiet, then ask once more and for what is unexpected."""
    end = time.monotonic() + PATIENCE
    while _complaint(step, Seen(story)):
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    story.world.settle()
    seen = Seen(story)
    complaint = _complaint(step, seen)
    assert not complaint, complaint
    unexpected = seen.unexpected()
    assert not unexpected, "nobody expected: " + "; ".join(unexpected)
    story.spoken_of |= seen.named
    story.hold = seen.hold


def _complaint(step: Expect, seen: Seen) -> str:
    """What is not so; empty when all is."""
    for claim in step.claims:
        try:
            claim.check(seen)
        except AssertionError as error:
            return f"line {claim.line}: {error}"
    return ""
