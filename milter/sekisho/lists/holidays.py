"""The organisation's holidays: dates as they are written, a file of them, a country's public holidays, or all of these.

A date is ``2026-12-29``, or ``12-29`` for every year. In a file each line begins with one; what follows after a comma
or a blank is its name, and ``#`` begins a comment. Countries need the library holidays.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from sekisho.core.worktime import Holidays
from sekisho.lists.entries import BadList, Flaw, decoded, read_lines

AROUND = 10
"""Public holidays are known for so many years before this one and after it."""
_DATE = re.compile(r"(?:(\d{4})[-/])?(\d{1,2})[-/](\d{1,2})")
_LEAP = 2024
_MOST_FLAWS = 10


def check_date(text: str) -> str:
    """The text itself, or ``ValueError`` where it is no date."""
    _add(text, set(), set())
    return text


def check_country(text: str) -> str:
    """The text itself, or ``ValueError`` where nobody knows the holidays of such a country."""
    if importlib.util.find_spec("holidays") is None:
        raise ValueError("holidays of a country need the library holidays; install sekisho[holidays]")
    if text not in importlib.import_module("holidays").list_supported_countries():
        raise ValueError(f"{text!r} is not a country whose holidays are known; write its two letters, such as JP")
    return text


def opened(dates: Iterable[str], file: Path | None, country: str | None, year: int) -> Holidays:
    """All of them. Raises `BadList` or `OSError` where the file cannot be used."""
    days, yearly = set(_public(country, year) if country else ()), set[tuple[int, int]]()
    for text in dates:
        _add(text, days, yearly)
    flaws = list(_read(file, days, yearly)) if file else []
    if flaws:
        raise BadList(flaws[:_MOST_FLAWS])
    return Holidays(frozenset(days), frozenset(yearly))


def _public(country: str, year: int) -> Iterator[date]:
    known = importlib.import_module("holidays")
    yield from known.country_holidays(country, years=range(year - AROUND, year + AROUND + 1))


def _read(file: Path, days: set[date], yearly: set[tuple[int, int]]) -> Iterator[Flaw]:
    """Add the dates of a file; gives what is wrong with it."""
    for number, line in enumerate(decoded(file, read_lines(file)), 1):
        words = line.partition("#")[0].replace(",", " ").split()
        try:
            if words:
                _add(words[0], days, yearly)
        except ValueError as error:
            yield Flaw(str(file), number, 1, str(error), line.rstrip("\r\n"))


def _add(text: str, days: set[date], yearly: set[tuple[int, int]]) -> None:
    found = _DATE.fullmatch(text.strip())
    try:
        if found and found[1]:
            days.add(date(int(found[1]), int(found[2]), int(found[3])))
            return
        if found:
            day = date(_LEAP, int(found[2]), int(found[3]))
            yearly.add((day.month, day.day))
            return
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a date; write 2026-12-29, or 12-29 for every year")
