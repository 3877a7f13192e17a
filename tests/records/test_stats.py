"""Rules are judged by what their holds came to, and alarms by how many mails they interrupt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sekisho.core.actions import OnExpiry
from sekisho.core.alarms import Alarm, alarm_of, dearest
from sekisho.core.approval import SELF, Chain, Role
from sekisho.core.terms import Terms
from sekisho.records.stats import budget, by_rule
from sekisho.store.statistics import Kept
from tests.support.stores import NOW


def kept(
    outcome: str = "", alarm: Alarm = Alarm.SENDER, waited: float | None = None, rules: frozenset[str] = frozenset("r")
) -> Kept:
    return Kept("H", rules, "released" if outcome else "held", outcome, alarm, waited)


def test_outcomes_are_counted_and_shares_are_of_what_has_ended() -> None:
    (use,) = by_rule([kept("unchanged"), kept("corrected"), kept("rejected"), kept("cancelled"), kept()], 1000)
    assert (use.holds, use.useful) == (5, 0.75)
    assert dict(use.outcomes) == {"corrected": 1, "cancelled": 1, "rejected": 1, "unchanged": 1}
    assert dict(use.states) == {"released": 4, "held": 1}
    assert use.per_thousand == 1.0


def test_a_hold_of_two_rules_counts_for_both() -> None:
    uses = by_rule([kept("unchanged", rules=frozenset({"a", "b"})), kept(rules=frozenset({"b"}))], 0)
    assert [(use.rule, use.holds, use.per_thousand) for use in uses] == [("b", 2, None), ("a", 1, None)]


@pytest.mark.parametrize(
    ("useful", "rest", "flagged"), [(3, 17, True), (4, 16, False), (0, 19, False), (0, 20, True), (40, 159, False)]
)
def test_a_rule_of_little_use_is_for_monitor(useful: int, rest: int, flagged: bool) -> None:
    """Twenty holds or more, under a fifth of use."""
    (use,) = by_rule([kept("rejected")] * useful + [kept("unchanged")] * rest, 1)
    assert use.for_monitor is flagged


def test_holds_that_nobody_was_asked_about_flag_no_rule() -> None:
    (use,) = by_rule([kept("unchanged", Alarm.FREE)] * 50, 1000)
    assert (use.for_monitor, use.per_thousand) == (False, 0.0)


def test_holds_that_still_wait_flag_no_rule() -> None:
    (use,) = by_rule([kept("unchanged")] * 19 + [kept()] * 20, 1)
    assert not use.for_monitor


def test_decision_times_are_those_of_people() -> None:
    times = [float(n) for n in range(1, 101)]
    (use,) = by_rule([kept("unchanged", waited=time) for time in times] + [kept("unchanged")], 1)
    assert (use.median, use.p95, use.hasty) == (50.0, 95.0, 4)
    (one,) = by_rule([kept("unchanged", waited=7.0)], 1)
    assert (one.median, one.p95, one.hasty) == (7.0, 7.0, 0)


def test_the_budget_counts_alarms_on_clean_mail() -> None:
    holds = [
        *[kept("unchanged", Alarm.OTHER)] * 4,
        *[kept("false-alarm", Alarm.SENDER)] * 2,
        *[kept("rejected", Alarm.OTHER)] * 9,
        *[kept("unchanged", Alarm.FREE)] * 9,
        kept(),
    ]
    found = budget(holds, 30, 1000)
    assert {alarm: found.per_thousand(alarm) for alarm in found.alarms} == {
        Alarm.OTHER: 4.0,
        Alarm.SENDER: 2.0,
        Alarm.NOTICE: 30.0,
    }
    assert [found.is_kept(alarm) for alarm in (Alarm.OTHER, Alarm.SENDER, Alarm.NOTICE)] == [False, True, True]
    assert budget(holds, 0, 0).per_thousand(Alarm.OTHER) is None


@pytest.mark.parametrize(
    ("terms", "on_expiry", "lasts", "alarm"),
    [
        (Terms(SELF), OnExpiry.RETURN, 3600, Alarm.SENDER),
        (Terms(SELF), OnExpiry.SEND, 60, Alarm.FREE),
        (Terms(SELF, notice=True), OnExpiry.SEND, 60, Alarm.NOTICE),
        (Terms(SELF, notice=False), OnExpiry.SEND, 3600, Alarm.FREE),
        (Terms(SELF), OnExpiry.SEND, 61, Alarm.NOTICE),
        (Terms(Role("manager")), OnExpiry.RETURN, 3600, Alarm.OTHER),
        (Terms(Chain((SELF, Role("manager")))), OnExpiry.KEEP, None, Alarm.OTHER),
        (Terms(SELF), OnExpiry.SEND, None, Alarm.SENDER),
        (Terms(), OnExpiry.KEEP, None, Alarm.OTHER),
    ],
)
def test_what_a_lock_costs(terms: Terms, on_expiry: OnExpiry, lasts: int | None, alarm: Alarm) -> None:
    expires = NOW + timedelta(seconds=lasts) if lasts is not None else None
    assert alarm_of(terms, on_expiry, expires, NOW) is alarm


def test_a_hold_costs_what_its_dearest_lock_costs() -> None:
    assert dearest([Alarm.FREE, Alarm.OTHER, Alarm.SENDER]) is Alarm.OTHER
    assert dearest([]) is Alarm.FREE
