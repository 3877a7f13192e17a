"""What is known of a message before anybody judges it, for ``explain``: its facts, and who speaks in its lines.

A finding counts only in some of the lines of a text, so they are told: from which line to which what was written now,
quoted, a signature. Given facts, gives plain objects. Never raises.
"""

from __future__ import annotations

from itertools import groupby, islice
from typing import Any

from sekisho.core.facts import Facts
from sekisho.core.oneline import one_line
from sekisho.core.prose import EVERYTHING, Prose
from sekisho.core.truth import members

_LONGEST = 200
_STRETCHES = 50
"""Stretches of lines that are told of one text."""


def facts_of(facts: Facts) -> dict[str, Any]:
    """The facts that conditions ask about, apart from texts and files."""
    transaction = facts.transaction
    return {
        "sender": transaction.sender.address,
        "sender_of_record": facts.sender_of_record,
        "authors": [box.address for box in facts.authors],
        "trusted": facts.trusted,
        "external": [transaction.recipients[index].address for index in members(facts.external)],
        "visible": [box.address for box in facts.visible],
        "subjects": [one_line(subject, _LONGEST) for subject in facts.subjects],
        "size": transaction.size,
        "received": transaction.received.astimezone(facts.site.zone).isoformat(timespec="seconds"),
        "protected": facts.structure.protected,
        "lines": {one_line(prose.place, _LONGEST): _stretches(prose) for prose in facts.prose},
    }


def _stretches(prose: Prose) -> list[dict[str, Any]]:
    """Who speaks from which line to which."""
    voices = ((prose.line(start), prose.voice(start).name.lower()) for start, _ in prose.lines(EVERYTHING))
    stretches = []
    for voice, lines in islice(groupby(voices, key=lambda pair: pair[1]), _STRETCHES):
        numbers = [number for number, _ in lines]
        stretches.append({"from": numbers[0], "to": numbers[-1], "voice": voice})
    return stretches
