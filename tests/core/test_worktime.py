"""When time is over, on the organisation's clock: working hours, holidays, and the days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.amounts import Duration
from sekisho.core.worktime import Calendar, Holidays, ends

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
TWENTIES = datetime(2020, 1, 1, tzinfo=UTC)
JAPAN = Calendar(TOKYO, holidays=Holidays(frozenset({date(2026, 11, 23)}), frozenset({(12, 31)})))


def hours(number: int) -> Duration:
    return Duration(number * 3600, business=True)


def in_tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2026-11-24 09:00", 8, "2026-11-24 17:00"),
        ("2026-11-24 10:30", 8, "2026-11-25 09:30"),
        ("2026-11-24 03:00", 1, "2026-11-24 10:00"),
        ("2026-11-24 18:00", 1, "2026-11-25 10:00"),
        ("2026-11-20 17:00", 2, "2026-11-24 10:00"),  # over a weekend and a Monday that is a holiday
        ("2026-11-21 12:00", 9, "2026-11-24 18:00"),
        ("2026-12-30 17:30", 1, "2027-01-01 09:30"),  # a holiday of every year
        ("2026-11-24 09:00", 0, "2026-11-24 09:00"),
    ],
)
def test_business_hours_are_counted_on_working_days_only(start: str, number: int, end: str) -> None:
    assert ends(in_tokyo(start), hours(number), None, JAPAN) == in_tokyo(end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-24 09:00", "2026-11-24 18:00"),
        ("2026-11-24 17:59", "2026-11-24 18:00"),
        ("2026-11-24 18:00", "2026-11-25 18:00"),
        ("2026-11-24 23:00", "2026-11-25 18:00"),
    ],
)
def test_until_a_time_of_day_is_the_next_one(start: str, end: str) -> None:
    assert ends(in_tokyo(start), None, time(18), JAPAN) == in_tokyo(end)


def test_the_earlier_of_two_counts_and_neither_is_never() -> None:
    start = in_tokyo("2026-11-24 12:00")
    assert ends(start, Duration(3600), time(18), JAPAN) == in_tokyo("2026-11-24 13:00")
    assert ends(start, Duration(86400), time(18), JAPAN) == in_tokyo("2026-11-24 18:00")
    assert ends(start, None, None, JAPAN) is None


def test_an_hour_is_an_hour_on_the_night_when_clocks_are_changed() -> None:
    always = Calendar(BERLIN, frozenset(range(7)), ((time(0), time(0)),))
    spring, autumn = datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    for midnight, length in ((spring, 23), (autumn, 25)):
        assert midnight.astimezone(BERLIN).time() == time(0)
        assert ends(midnight, hours(length), None, always) == midnight + timedelta(hours=length)
        assert ends(midnight, Duration(86400), None, always) == midnight + timedelta(days=1)
        assert ends(midnight, None, time(0), always) == midnight + timedelta(hours=length)


def test_a_time_that_a_day_leaves_out_or_has_twice_comes_once() -> None:
    before = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 01:00 local; 02:00 to 03:00 does not exist
    assert ends(before, None, time(2, 30), Calendar(BERLIN)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    before = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # 01:00 local; 02:00 to 03:00 comes twice
    assert ends(before, None, time(2, 30), Calendar(BERLIN)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_may_end_at_midnight_and_have_breaks() -> None:
    calendar = Calendar(BERLIN, frozenset({5}), ((time(9), time(12)), (time(22), time(0))))
    friday = datetime(2026, 11, 27, 20, 0, tzinfo=BERLIN)
    assert ends(friday, hours(4), None, calendar) == datetime(2026, 11, 28, 23, 0, tzinfo=BERLIN)
    assert ends(friday, hours(5), None, calendar) == datetime(2026, 11, 29, 0, 0, tzinfo=BERLIN)
    assert ends(friday, hours(6), None, calendar) == datetime(2026, 12, 5, 10, 0, tzinfo=BERLIN)


def test_work_that_never_comes_ends_some_time() -> None:
    never = Calendar(UTC, frozenset(), ((time(9), time(18)),))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert ends(start, hours(1), None, never) == start + timedelta(days=3660)


@given(
    start=st.integers(0, 15 * 366 * 86_400).map(
        lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
    ),
    later=st.timedeltas(timedelta(), timedelta(days=9)),
    number=st.integers(0, 60),
    zone=st.sampled_from([TOKYO, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_who_begins_later_ends_no_sooner_and_no_time_ends_before_it_begins(
    start: datetime, later: timedelta, number: int, zone: ZoneInfo
) -> None:
    calendar = Calendar(zone)
    for lasts, until in ((hours(number), None), (None, time(number % 24)), (Duration(number), time(2, 30))):
        first, second = ends(start, lasts, until, calendar), ends(start + later, lasts, until, calendar)
        assert first is not None and second is not None
        assert start <= first <= second
