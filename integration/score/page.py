"""The scoreboard in words: a table for people and for docs/detection.md, and an object for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from integration.score.alarms import BUDGET, WORDS, Alarm
from integration.score.judged import Judged
from integration.score.tally import Row

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"
_TABLE = re.compile(r"(?s)(<!-- figures -->\n).*?(<!-- end of figures -->\n)")


def table(rows: Mapping[str, Row]) -> str:
    """Markdown: a line a code."""
    head = "| finding | has it | looks like it | missed | false | recall | precision |\n"
    head += "|---|---:|---:|---:|---:|---:|---:|\n"
    return head + "".join(
        f"| {row.code} | {row.hits + row.missed} | {row.negatives} | {row.missed} | {row.false} "
        f"| {row.recall:.3f} | {row.precision:.3f} |\n"
        for row in rows.values()
    )


def budget(found: Mapping[str, Sequence[Alarm]], count: int) -> str:
    """Markdown: alarms of each policy on clean mail, in a thousand, beside what is allowed."""
    head = (
        f"| clean mail ({count} messages), in a thousand | " + " | ".join(WORDS.values()) + " |\n|---|---:|---:|---:|\n"
    )
    allowed = "| allowed | " + " | ".join(str(BUDGET[trouble]) for trouble in WORDS) + " |\n"
    return head + allowed + "".join(f"| {name} | {_of(alarms, count)} |\n" for name, alarms in found.items())


def _of(alarms: Sequence[Alarm], count: int) -> str:
    return " | ".join(f"{1000 * sum(one.trouble is trouble for one in alarms) / count:.0f}" for trouble in WORDS)


def wrong(judged: Sequence[Judged]) -> Iterator[str]:
    """A line for each miss and each false alarm."""
    for one in judged:
        yield from (f"missed  {one.told.name}: {label}" for label in sorted(one.missed))
        yield from (f"false   {one.told.name}: {label} ({one.evidence(label)})" for label in sorted(one.false))


def written(page: str, figures: str) -> str:
    """The page with these figures in place of its own."""
    return _TABLE.sub(lambda found: found[1] + figures + found[2], page)


def record(rows: Mapping[str, Row], judged: Sequence[Judged], found: Mapping[str, Sequence[Alarm]]) -> dict[str, Any]:
    """All of it for programs."""
    return {
        "codes": {
            row.code: {
                "positive": row.hits + row.missed,
                "negative": row.negatives,
                "missed": row.missed,
                "false": row.false,
                "recall": round(row.recall, 4),
                "precision": round(row.precision, 4),
            }
            for row in rows.values()
        },
        "wrong": [
            {"message": one.told.name, "missed": sorted(one.missed), "false": sorted(one.false)}
            for one in judged
            if one.missed or one.false
        ],
        "alarms": {
            name: [
                {"message": one.told.name, "trouble": one.trouble.name.lower(), "rules": one.rules} for one in alarms
            ]
            for name, alarms in found.items()
        },
    }
