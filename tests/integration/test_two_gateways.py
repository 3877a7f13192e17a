"""Two gateways on one store: of two who decide at the same instant, one wins."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor, AlreadyDecided
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, audit, releases
from tests.support import postgresql
from tests.support.stores import KINDS, NOW, a_transaction, hold_one, loaded, opened

ROUNDS = 60


@pytest.mark.parametrize("kind", KINDS)
def test_of_two_who_decide_at_the_same_instant_on_two_gateways_one_wins(kind: str, tmp_path: Path) -> None:
    gateways = [opened(kind, tmp_path), opened(kind, tmp_path)]
    gateways[0].upgrade()
    together = threading.Barrier(2)

    def choose(store: Store, hold: str, choice: Choice, name: str) -> str:
        together.wait(30)
        try:
            decide(store, hold, choice, Actor(name, "operator"), NOW)
        except AlreadyDecided:
            return ""
        return name

    with ThreadPoolExecutor(2) as threads:
        for number in range(ROUNDS):
            hold = hold_one(gateways[0], transaction=a_transaction(body=b"%d" % number))
            choices = (Choice.RELEASE, Choice.RELEASE if number % 2 else Choice.REJECT)
            asked = [
                threads.submit(choose, store, hold, choice, name)
                for store, choice, name in zip(gateways, choices, ("first", "second"), strict=True)
            ]
            (winner,) = filter(None, [one.result() for one in asked])
            after = loaded(gateways[0], hold)
            assert [one.decided_by for one in after.recipients] == [winner]
            entries = gateways[0].read(partial(audit.entries, hold=hold))
            assert [row.actor for row in entries if row.action in {"release", "reject"}] == [winner]
    claimed = gateways[1].write(lambda unit: releases.claim(unit, "me", NOW, timedelta(1), 10 * ROUNDS))
    let_go = [row.hold for row in claimed]
    assert len(set(let_go)) == len(let_go) >= ROUNDS // 2
    assert {loaded(gateways[0], hold).state for hold in let_go} == {State.RELEASING}
    for store in gateways:
        store.close()
    postgresql.forget(tmp_path)
