"""How often clean mail would disturb somebody, by the policies of ``conf/`` (all rules enforced), and by how much.

A message counts once, for the greatest disturbance that any rule causes: another person must act, the sender must
act, a header or notice only, a timer that nobody sees.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from integration.score.judged import judgement
from integration.score.told import Told
from sekisho.config.load import Configuration, load
from sekisho.core.actions import Action, Drop, Hold, OnExpiry, PutOnMtaHold, Refuse
from sekisho.core.approval import Role
from sekisho.core.ports import Files
from sekisho.core.terms import Terms

CONF = Path(__file__).parents[2] / "conf"


class Trouble(IntEnum):
    """What an alarm costs people; the worse is the greater."""

    NONE = 0
    TIMER = 1
    NOTICE = 2
    SENDER = 3
    OTHERS = 4


BUDGET = {Trouble.OTHERS: 3, Trouble.SENDER: 15, Trouble.NOTICE: 30}
"""The most of each in a thousand messages to outsiders."""
WORDS = {Trouble.OTHERS: "another person must act", Trouble.SENDER: "the sender must act", Trouble.NOTICE: "mark only"}


@dataclass(frozen=True)
class Alarm:
    """A clean message that disturbs somebody, and the rules that do it."""

    told: Told
    trouble: Trouble
    rules: tuple[str, ...]


def alarms(clean: Iterable[Told], configuration: Configuration, files: Files) -> Iterator[Alarm]:
    """Every clean message of which somebody sees anything."""
    for told in clean:
        decision = judgement(told, configuration, files).decision
        troubles = {m.rule.id: max(map(_trouble, m.rule.actions)) for m in decision.enforced if m.truth.yes}
        worst = max(troubles.values(), default=Trouble.NONE)
        if worst > Trouble.TIMER:
            yield Alarm(told, worst, tuple(rule for rule, trouble in troubles.items() if trouble == worst))


def _trouble(action: Action) -> Trouble:
    match action:
        case Hold(on_expiry=OnExpiry.SEND):
            return Trouble.TIMER if action.is_brief else Trouble.NOTICE
        case Hold(terms=Terms(approval=Role("self"))) | Drop() | Refuse():
            return Trouble.SENDER
        case Hold() | PutOnMtaHold():
            return Trouble.OTHERS
    return Trouble.NOTICE


@contextmanager
def policies() -> Iterator[Mapping[str, Configuration]]:
    """The sample policy and the whole cookbook at once, for the organisation of the messages, every rule enforced."""
    with tempfile.TemporaryDirectory() as home:
        place = Path(home) / "conf"
        shutil.copytree(CONF, place)
        site = place / "cookbook" / "site" / "sekisho.yaml"
        _change(place / "sekisho.yaml", "example.com", "example.co.jp")
        _change(site, r"large-message: \{size: 2kB\}", "large-message: {}")
        for path in (place / "policy.yaml", *place.glob("cookbook/*.yaml")):
            _change(path, r"(?m)^(\s*)mode: \w+$", r"\1mode: enforce")
        yield {"sample": load(place / "sekisho.yaml"), "cookbook": load(site)}


def _change(path: Path, pattern: str, replacement: str) -> None:
    path.write_text(re.sub(pattern, replacement, path.read_text(encoding="utf-8")), encoding="utf-8")
