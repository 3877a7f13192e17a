"""What `quarantine list` shows of checks that are still to be made, and of what waits for one person."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from sekisho.config.load import load
from sekisho.core.lifecycle import State
from sekisho.quarantine.asking import ask_due
from sekisho.serve.asking import desk_of
from sekisho.serve.metrics import Metrics, clear
from sekisho.serve.roles import metrics_folder, store_of
from sekisho.serve.watching import Watching
from sekisho.store.tables import holds, recipients, waits
from sekisho.store.unit import Unit
from tests.cli.conftest import MESSAGE, Site
from tests.support.messages import NOW

PEOPLE = """\
approvals:
  groups: {legal: [ito@example.co.jp, kato@example.co.jp]}
"""
POLICY = """\
rules:
  - id: looked-at
    when: {subject: {contains: Kaguya}}
    then: [{hold: {review: {by: "group:legal", within: 8h}}}]
  - id: asked
    when: {subject: {contains: Orihime}}
    then: [{hold: {approval: {any-of: [self, "address:ito@example.co.jp"]}}}]
"""
ITO, KATO, SATO = "ito@example.co.jp", "kato@example.co.jp", "sato@example.co.jp"


class Lists:
    """One mail that was sent and is to be checked, two that wait."""

    def __init__(self, site: Site) -> None:
        self.site = site
        site.config.write_text(site.config.read_text() + PEOPLE)
        (site.home / "policy.yaml").write_text(POLICY)
        self.first = site.hold(MESSAGE.replace(b"Kaguya", b"Orihime"))
        self.check = site.hold()
        self.second = site.hold(MESSAGE.replace(b"Kaguya", b"Orihime 2"))
        configuration = load(site.config)
        folder = metrics_folder(configuration.settings)
        clear(folder)
        store = store_of(configuration.settings)
        ask_due(
            store,
            desk_of(configuration),
            datetime.now(UTC),
            Watching(Metrics(folder, "test"), logging.getLogger("test")),
        )
        store.write(self._in_order)
        store.close()

    def _in_order(self, unit: Unit) -> None:
        for minutes, hold in enumerate((self.first, self.check, self.second)):
            made = {"created": NOW + timedelta(minutes=minutes)}
            unit.connection.execute(update(holds).where(holds.c.id == hold).values(made))
            for table in (recipients, waits):
                unit.connection.execute(update(table).where(table.c.hold == hold).values(made))

    def ids(self, *words: str) -> list[str]:
        answer = self.site.run("quarantine", "list", "--quiet", *words)
        assert answer.code == 0, answer.err
        return answer.out.split()


@pytest.fixture
def lists(site: Site) -> Lists:
    return Lists(site)


def sent(lists: Lists) -> None:
    """The mail that went at once has left."""
    store = store_of(load(lists.site.config).settings)

    def work(unit: Unit) -> None:
        for table in (holds, recipients):
            state = {"state": State.RELEASED if table is holds else State.SENT}
            of = table.c.id if table is holds else table.c.hold
            unit.connection.execute(update(table).where(of == lists.check).values(state))

    store.write(work)
    store.close()


def test_what_has_gone_and_is_to_be_checked_is_listed_among_what_waits(lists: Lists) -> None:
    sent(lists)
    assert lists.ids() == [lists.second, lists.check, lists.first]
    assert lists.ids("--state", "held") == [lists.second, lists.first]
    rows = lists.site.run("quarantine", "list", "--json").lines
    assert [(row["state"], row["to_check"]) for row in rows] == [("held", False), ("released", True), ("held", False)]
    line = lists.site.run("quarantine", "list").out.splitlines()[1]
    assert "to be checked  [looked-at]" in line


def test_the_list_goes_on_and_ends_in_one_order(lists: Lists) -> None:
    sent(lists)
    assert lists.ids("--limit", "2") == [lists.second, lists.check]
    assert lists.ids("--after", lists.second) == [lists.check, lists.first]
    assert lists.ids("--after", lists.check) == [lists.first]
    assert lists.ids("--rule", "looked-at", "--recipient", "B@y.example", "--sender", SATO) == [lists.check]
    assert lists.ids("--rule", "looked-at", "--recipient", "n@y.example") == []
    assert lists.ids("--until", "2000-01-01") == []


def test_a_check_that_was_made_is_not_listed(lists: Lists) -> None:
    sent(lists)
    assert lists.site.run("quarantine", "approve", lists.check, "--as", ITO).code == 0
    assert lists.ids() == [lists.second, lists.first]


def test_everybody_sees_what_waits_for_an_own_answer(lists: Lists) -> None:
    sent(lists)
    assert lists.ids("--for", ITO) == [lists.second, lists.check, lists.first]
    assert lists.ids("--for", KATO) == [lists.check]
    assert lists.ids("--for", SATO) == [lists.second, lists.first]
    assert lists.ids("--for", "nobody@example.co.jp") == []
    assert lists.ids("--for", ITO, "--limit", "1", "--after", lists.second) == [lists.check]
    assert lists.site.run("quarantine", "approve", lists.second, "--as", SATO).code in (0, 75)
    assert lists.ids("--for", ITO) == [lists.check, lists.first]
