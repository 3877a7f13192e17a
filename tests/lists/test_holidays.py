"""Holidays are what the site writes, a file, and a country's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sekisho.lists.entries import BadList
from sekisho.lists.holidays import check_country, check_date, opened


def test_dates_files_and_countries_count_together(tmp_path: Path) -> None:
    file = tmp_path / "days"
    file.write_text("# ours\n2026-08-14 Obon\n2027/1/4,Founding day\n12-29\n\n")
    found = opened(["2026-05-01"], file, None, 2026)
    assert found.days == {date(2026, 8, 14), date(2027, 1, 4), date(2026, 5, 1)}
    assert date(2040, 12, 29) in found
    assert date(2026, 12, 30) not in found


def test_public_holidays_are_known_for_years_around() -> None:
    pytest.importorskip("holidays")
    found = opened([], None, "JP", 2026)
    assert {date(2026, 11, 23), date(2016, 8, 11), date(2036, 1, 1)} <= found.days
    with pytest.raises(ValueError, match="'XX' is not a country"):
        check_country("XX")


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "13-01", "tomorrow", "", "20261224"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write 2026-12-29, or 12-29 for every year"):
        check_date(text)


def test_every_bad_line_of_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "days"
    file.write_text("2026-08-14\nsoon\n2026-02-30 never\n")
    with pytest.raises(BadList) as caught:
        opened([], file, None, 2026)
    assert [(flaw.line, flaw.source) for flaw in caught.value.flaws] == [(2, "soon"), (3, "2026-02-30 never")]
