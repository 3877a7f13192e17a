"""What can happen around us: the sentences of ``given:``.

- ``the re-injection listener is down`` · ``the re-injection listener is up``
- ``re-injection answers "450 4.2.0 not now" to RCPT TO:<b@x.example> once`` (or ``2 times``, or ``always``)
- ``re-injection answers "451 4.3.0 not now" to the message for b@x.example once`` (its first recipient)
- ``re-injection loses its answer to the message once``: the message is taken, then the connection breaks
- ``delivery answers …``: the same of the next hop, behind the MTA
- ``the store is locked`` · ``the store is free``
- ``bob@example.co.jp chooses approve with the code by his link`` and the like: see `choosing`
- ``bob@example.co.jp answers "approve" by mail``: to the address that the newest request to him names
- ``the MTA releases what it holds``: postsuper -H of its own hold queue
- ``24 hours go by`` (also seconds, minutes, days): what falls due meanwhile is done, by a clock that says so
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from integration import choosing
from integration.script import LOSE, end_of_data
from integration.world import World

Event = Callable[[World], None]

_ANSWERS = re.compile(
    r'(?P<where>re-injection|delivery) (?:answers "(?P<answer>[^"]+)"|loses its answer) to (?P<command>.+) '
    r"(?:(?P<always>always)|(?P<once>once)|(?P<times>\d+) times)"
)

_GO_BY = re.compile(r"(?P<number>\d+(?:\.\d+)?) (?P<unit>(?:second|minute|hour|day)s?) go(?:es)? by")


def event(sentence: str) -> Event | None:
    """What the sentence says, ready to happen; None when it says nothing known."""
    answered = choosing.ANSWER.fullmatch(sentence)
    if answered:
        return lambda world: choosing.answer(world, answered)
    chosen = choosing.SENTENCE.fullmatch(sentence)
    if chosen:
        return lambda world: choosing.choose(world, chosen)
    found = _ANSWERS.fullmatch(sentence)
    if found:
        return _answers(found)
    passed = _GO_BY.fullmatch(sentence)
    return _passes(passed) if passed else _PLAIN.get(sentence)


def _passes(found: re.Match[str]) -> Event:
    unit = found["unit"] if found["unit"].endswith("s") else f"{found['unit']}s"
    lasts = timedelta(**{unit: float(found["number"])})
    return lambda world: world.pass_time(lasts)


def _answers(found: re.Match[str]) -> Event:
    message = re.fullmatch(r"the message(?: for (\S+))?", found["command"])
    command = end_of_data([f"<{message[1]}>"] if message[1] else []) if message else found["command"]
    times = None if found["always"] else int(found["times"] or 1)

    def happen(world: World) -> None:
        script = world.reinjection if found["where"] == "re-injection" else world.delivery
        script.add(command, found["answer"] or LOSE, times)

    return happen


_PLAIN: dict[str, Event] = {
    "the re-injection listener is down": lambda world: world.shut_reinjection(),
    "the re-injection listener is up": lambda world: world.open_reinjection(),
    "the store is locked": lambda world: world.lock_store(),
    "the store is free": lambda world: world.free_store(),
    "the MTA releases what it holds": lambda world: world.release_mta_hold(),
}
