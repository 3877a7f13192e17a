"""``python -m integration.score [--json] [--only FOLDER]``: precision and recall of each code, and what went wrong.

Writes the table of docs/detection.md, unless asked for JSON or for another folder of messages.
Exit status 0 whatever came out: tests/test_score.py says what is good enough.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integration.score import page
from integration.score.alarms import Alarm, alarms, policies
from integration.score.judged import MESSAGES, SITE, Judged, judged_all
from integration.score.tally import Row, tally
from integration.score.told import Told, read_all
from sekisho.config.load import load
from sekisho.sandbox.pool import Pool


@dataclass(frozen=True)
class Scored:
    """Everything that one run measures."""

    judged: tuple[Judged, ...]
    rows: dict[str, Row]
    alarms: dict[str, tuple[Alarm, ...]]
    clean: int

    @property
    def figures(self) -> str:
        """As they stand in docs/detection.md."""
        return f"\n{page.table(self.rows)}\n{page.budget(self.alarms, self.clean)}\n"


def scored() -> Scored:
    """The labelled messages and the clean ones, all of them."""
    clean = read_all(MESSAGES / "clean")
    with Pool() as files, policies() as known:
        judged = tuple(judged_all((*read_all(MESSAGES), *clean), load(SITE), files))
        found = {name: tuple(alarms(clean, configuration, files)) for name, configuration in known.items()}
    return Scored(judged, dict(tally(judged)), found, len(clean))


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(prog="python -m integration.score", description="What is found in labelled mail.")
    parser.add_argument("--json", action="store_true", help="one object for programs")
    parser.add_argument("--only", type=Path, metavar="FOLDER", help="the messages of this folder, and no table")
    options = parser.parse_args()
    if options.only:
        _part(read_all(options.only))
        return 0
    result = scored()
    if options.json:
        print(json.dumps(page.record(result.rows, result.judged, result.alarms), ensure_ascii=False, indent=1))
        return 0
    print(result.figures)
    print("\n".join((*page.wrong(result.judged), *_disturbing(result.alarms))))
    page.PAGE.write_text(page.written(page.PAGE.read_text(encoding="utf-8"), result.figures), encoding="utf-8")
    return 0


def _part(told: Sequence[Told]) -> None:
    with Pool() as files:
        judged = tuple(judged_all(told, load(SITE), files))
    print(page.table(tally(judged)))
    print("\n".join(page.wrong(judged)))


def _disturbing(found: dict[str, tuple[Alarm, ...]]) -> list[str]:
    return [
        f"alarm   {one.told.name}: {name}: {one.trouble.name.lower()} by {', '.join(one.rules)}"
        for name, alarms in found.items()
        for one in alarms
    ]


if __name__ == "__main__":
    raise SystemExit(main())
