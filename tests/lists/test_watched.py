"""Lists kept in files follow their files, and keep their last good copy when those break."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sekisho.core.ports import Unavailable
from sekisho.lists.entries import BadList
from sekisho.lists.models import CsvPlace, DirectoryPlace, FilePlace
from sekisho.lists.opened import NamedLists, dictionary_words, open_list
from sekisho.lists.table import Table
from sekisho.lists.watched import SMALL, Asked, Clocks, Watched

LOG = logging.getLogger("test")


class Time:
    """A clock that tests move, and work that waits until a test runs it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.started: list[Callable[[], None]] = []
        self.clocks = Clocks(lambda: self.now, lambda: self.now, self.started.append)


def write(path: Path, text: str, time: Time, ago: float = 60.0) -> None:
    """Write in place, as an editor does, some seconds ago."""
    path.write_text(text)
    os.utime(path, (time.now - ago, time.now - ago))


def opened(path: Path, time: Time) -> Watched[Asked]:
    found = open_list("p", FilePlace(file=path), time.clocks, date.today, LOG)
    assert isinstance(found, Watched)
    return found


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_file_that_changes_is_read_again(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    assert found.contains("x", "a.jp")
    write(path, "b.jp\n", time, ago=30)
    time.now += 1
    assert found.contains("x", "b.jp")
    assert not found.contains("x", "a.jp")


def test_files_are_looked_at_once_a_second_at_most(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    write(path, "b.jp\n", time, ago=30)
    time.now += 0.5
    assert found.contains("x", "a.jp")
    time.now += 0.5
    assert not found.contains("x", "a.jp")


def test_a_file_that_is_being_written_is_left_for_later(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    time.now += 5
    write(path, "", time, ago=0.1)
    assert found.contains("x", "a.jp")
    write(path, "b.jp\n", time, ago=0)
    time.now += 2
    assert found.contains("x", "b.jp")


def test_a_file_that_is_put_in_its_place_counts_at_once(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    time.now += 5
    write(tmp_path / "new", "b.jp\n", time, ago=0)
    (tmp_path / "new").rename(path)
    assert found.contains("x", "b.jp")


@pytest.mark.parametrize("broken", ["not an entry\n", "\x00", None])
def test_a_file_that_breaks_changes_nothing_until_it_is_good_again(
    tmp_path: Path, time: Time, caplog: pytest.LogCaptureFixture, broken: str | None
) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    if broken is None:
        path.unlink()
    else:
        write(path, broken, time, ago=30)
    for _ in range(5):
        time.now += 10
        assert found.contains("x", "a.jp")
    assert found.stale
    assert len(caplog.records) == 1
    write(path, "b.jp\n", time, ago=20)
    time.now += 10
    assert found.contains("x", "b.jp")
    assert not found.stale


def test_a_big_file_is_read_beside_the_traffic(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)
    found = opened(path, time)
    write(path, "b.jp\n" * SMALL, time, ago=30)
    time.now += 1
    assert found.contains("x", "a.jp")
    time.now += 1
    assert found.contains("x", "a.jp")
    assert len(time.started) == 1
    time.started[0]()
    assert found.contains("x", "b.jp")


def test_when_no_thread_can_be_had_the_next_look_tries_again(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.txt"
    write(path, "a.jp\n", time)

    def refuse(_work: Callable[[], None]) -> None:
        time.started.append(_work)
        raise RuntimeError("can't start new thread")

    clocks = Clocks(time.clocks.steady, time.clocks.wall, refuse)
    found = open_list("p", FilePlace(file=path), clocks, date.today, LOG)
    write(path, "b.jp\n" * SMALL, time, ago=30)
    for _ in range(2):
        time.now += 1
        assert found.contains("x", "a.jp")
    assert len(time.started) == 2


def test_a_folder_is_all_its_files(tmp_path: Path, time: Time) -> None:
    write(tmp_path / "a", "a.jp\n", time)
    write(tmp_path / ".hidden", "no entry\n", time)
    write(tmp_path / "a~", "no entry\n", time)
    (tmp_path / "sub").mkdir()
    found = open_list("d", DirectoryPlace(directory=tmp_path), time.clocks, date.today, LOG)
    assert found.contains("x", "a.jp")
    write(tmp_path / "b", "b.jp\n", time, ago=30)
    time.now += 1
    assert found.contains("x", "b.jp")
    (tmp_path / "a").unlink()
    time.now += 1
    assert not found.contains("x", "a.jp")


def test_an_address_book_is_read_again_too(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "p.csv"
    write(path, "address\na@x.jp\n", time)
    found = open_list("c", CsvPlace(csv=path), time.clocks, date.today, LOG)
    write(path, "address,label\nb@x.jp,partner\n", time, ago=30)
    time.now += 1
    assert found.contains("b", "x.jp")
    assert not found.contains("a", "x.jp")


def test_labels_come_from_every_address_book_that_is_still_valid(tmp_path: Path, time: Time) -> None:
    first, second = tmp_path / "p.csv", tmp_path / "q.csv"
    write(first, "address,label,valid-until\na@x.jp,Rival,\n.jp,domestic,\nb@x.jp,old,2020-01-01\n", time)
    write(second, "address,label\nx.jp,customer\n", time)
    lists = NamedLists(
        {
            name: open_list(name, CsvPlace(csv=path), time.clocks, date.today, LOG)
            for name, path in (("p", first), ("q", second))
        },
        time.clocks,
    )
    assert lists.labels("A", "x.jp") == {"rival", "domestic", "customer"}
    assert lists.labels("b", "x.jp") == {"domestic", "customer"}
    assert lists.labels("", "") == frozenset()
    assert lists.all_labels() == {"rival", "domestic", "old", "customer"}


def test_the_age_of_a_file_grows_while_it_cannot_be_used(tmp_path: Path, time: Time) -> None:
    path = tmp_path / "l"
    write(path, "a.jp\n", time)
    lists = NamedLists({"l": opened(path, time), "inline": Table(["x.jp"])}, time.clocks)
    time.now += 500
    assert lists.ages() == {"l": 0}
    write(path, "not an entry\n", time, ago=30)
    time.now += 10
    assert lists.ages() == {"l": 10}
    time.now += 10
    assert lists.ages() == {"l": 20}
    write(path, "b.jp\n", time, ago=30)
    time.now += 10
    assert lists.ages() == {"l": 0}


def test_a_list_that_cannot_be_read_at_first_is_refused(tmp_path: Path, time: Time) -> None:
    with pytest.raises(FileNotFoundError):
        opened(tmp_path / "nix", time)
    with pytest.raises(OSError, match="not a regular file"):
        opened(tmp_path, time)
    write(tmp_path / "bad", "a b\n", time)
    with pytest.raises(BadList):
        opened(tmp_path / "bad", time)


def test_lists_are_asked_by_name_and_an_unknown_one_is_unavailable(time: Time) -> None:
    lists = NamedLists({"p": open_list("p", ("a.jp", "b@c.jp"), time.clocks, date.today, LOG)}, time.clocks)
    assert lists.contains("p", "x", "a.jp")
    assert lists.contains("p", "B", "c.jp")
    assert not lists.contains("p", "x", "c.jp")
    with pytest.raises(Unavailable, match="there is no list of that name"):
        lists.contains("q", "x", "a.jp")


def test_dictionaries_are_words_files_and_folders(tmp_path: Path, time: Time) -> None:
    write(tmp_path / "a", "apollo\n", time)
    write(tmp_path / "b", "gemini # two\n", time)
    assert dictionary_words(("x", "y")) == ("x", "y")
    assert dictionary_words(FilePlace(file=tmp_path / "a")) == ("apollo",)
    assert dictionary_words(DirectoryPlace(directory=tmp_path)) == ("apollo", "gemini")
