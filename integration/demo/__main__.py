"""Plays the demo. Exit 0 when everything went as it says, 1 when something did not, 69 where it cannot run."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from integration.demo import stories
from integration.demo.stage import Stage
from integration.postfix import why_not

STORIES: tuple[Callable[[Stage], None], ...] = (
    stories.clean,
    stories.newsletter,
    stories.confidential,
    stories.marked,
    stories.counted,
)


def main() -> int:
    """Set up, tell the stories, clean up."""
    if missing := why_not():
        print(f"The demo needs a private Postfix: {missing}", file=sys.stderr)
        return 69
    began = time.monotonic()
    print(stories.OPENING)
    try:
        with Stage() as stage:
            print(stories.scene(stage))
            for story in STORIES:
                story(stage)
    except AssertionError as error:
        print(f"\nThis should not have happened: {error}", file=sys.stderr)
        return 1
    print(f"\nAll as it should be, in {time.monotonic() - began:.0f} seconds. Postfix and Sekisho have been stopped,")
    print("and their files are gone. What to read next: README.md, and conf/policy.yaml for the rules you just saw.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
