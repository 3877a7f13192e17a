"""The journal keeps a line a message that names nobody, over days, threads and full disks, and is read back whole."""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from sekisho.core.content import Octets
from sekisho.core.facts import Facts
from sekisho.core.rule import Match, Mode
from sekisho.core.truth import Truth
from sekisho.records.journal import Journal, Keyed, checksum, jotted, key_of
from sekisho.records.segments import PIECE, entries_from, parse, read, retire, segments
from tests.support.messages import NOW, make_facts, make_rule

MATCHES = (
    Match(make_rule("first"), Truth(1)),
    Match(make_rule("tried", mode=Mode.MONITOR), Truth(1)),
)


def facts_of(
    subject: str = "Quotation",
    recipients: tuple[str, ...] = ("a@x.example", "Bob@example.co.jp"),
    body: bytes = b"hello",
    received: datetime = NOW,
) -> Facts:
    made = make_facts([("Subject", subject), ("From", "sato@example.co.jp")], recipients)
    transaction = replace(made.transaction, body=Octets(body), received=received)
    return Facts(transaction, made.site, made.reader, made.lists, {}, {})


def write(book: Journal, *facts: Facts, matches: tuple[Match, ...] = (), disposition: str = "accept") -> int:
    """Write messages at once; how many were lost."""
    return book.write([(jotted(one, matches), disposition) for one in facts])


def only(folder: Path) -> Path:
    (segment,) = segments(folder)
    return folder / segment.name


def test_a_message_is_one_line_from_which_nobody_can_be_named(tmp_path: Path) -> None:
    assert write(Journal(tmp_path, "w0"), facts_of(), matches=MATCHES, disposition="hold") == 0
    (entry,) = read(tmp_path)
    keyed = Keyed(key_of(tmp_path))
    assert (entry.at, entry.disposition, entry.outbound, entry.external, entry.size) == (NOW, "hold", True, 1, 5)
    assert entry.sender == keyed.of("sato@example.co.jp")
    assert entry.recipients == {keyed.of("a@x.example"), keyed.of("bob@EXAMPLE.co.jp")}
    assert entry.digest == keyed.digest(checksum(Octets(b"hello")))
    assert entry.rules == ("first", "tried:monitor")
    octets = only(tmp_path).read_bytes()
    assert octets.count(b"\n") == 1
    assert b"@" not in octets
    assert b"example" not in octets
    assert b"uotation" not in octets


def test_others_than_owner_and_group_cannot_read_it_and_the_key_is_the_owners(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write(Journal(tmp_path / "journal", "w0"), facts_of())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o750
    assert stat.S_IMODE(only(tmp_path / "journal").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "journal" / "key").stat().st_mode) == 0o600


def test_all_slots_of_a_gateway_hash_with_one_key_and_other_gateways_with_others(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(key_of(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert key_of(tmp_path / "other") != keys[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "other"]


def test_subjects_that_differ_in_their_readers_are_the_same_and_others_are_not(tmp_path: Path) -> None:
    book = Journal(tmp_path, "w0")
    for subject in ("Invoice 11 for you", "Invoice 12 for you", "Recall"):
        write(book, facts_of(subject))
    one, other, third = read(tmp_path)
    assert one.subject == other.subject != third.subject


def test_another_body_has_another_digest() -> None:
    keyed = Keyed(b"k" * 32)
    one, other = checksum(Octets(b"a" * 9000)), checksum(Octets(b"b" + b"a" * 8999))
    assert keyed.digest(one) != keyed.digest(other)
    assert keyed.digest(one) != Keyed(b"l" * 32).digest(one)


def test_a_new_day_has_a_new_segment_and_a_late_line_of_yesterday_is_not_lost(tmp_path: Path) -> None:
    book = Journal(tmp_path, "w0")
    moments = [NOW, NOW + timedelta(days=1), NOW + timedelta(hours=1), NOW + timedelta(days=2)]
    assert write(book, *(facts_of(received=moment) for moment in moments)) == 0
    assert [segment.name for segment in segments(tmp_path)] == [
        "w0-20261124.journal",
        "w0-20261125.journal",
        "w0-20261126.journal",
    ]
    assert {entry.at for entry in read(tmp_path)} == set(moments)


def test_a_restarted_worker_goes_on_behind_what_is_there(tmp_path: Path) -> None:
    for size in (1, 2, 3):
        write(Journal(tmp_path, "w0"), facts_of(body=b"x" * size))
    assert [entry.size for entry in read(tmp_path)] == [1, 2, 3]


def test_slots_are_read_together_in_order_of_time(tmp_path: Path) -> None:
    for slot, minutes in (("w0", (0, 2, 4)), ("w1", (1, 3))):
        book = Journal(tmp_path, slot)
        for minute in minutes:
            write(book, facts_of(received=NOW + timedelta(minutes=minute)))
    assert [(entry.at - NOW).seconds // 60 for entry in read(tmp_path)] == [0, 1, 2, 3, 4]


def test_a_full_disk_drops_the_line_and_the_next_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Journal(tmp_path, "w0")
    assert write(book, facts_of(body=b"x")) == 0
    real = os.write

    def cut_short(descriptor: int, octets: bytes) -> int:
        return real(descriptor, octets[:20])

    def full(descriptor: int, octets: bytes) -> int:
        raise OSError(28, "No space left on device")

    for broken in (cut_short, full, cut_short):
        monkeypatch.setattr(os, "write", broken)
        assert write(book, facts_of(body=b"xx"), facts_of(body=b"xx")) == 2
    monkeypatch.setattr(os, "write", real)
    assert write(book, facts_of(body=b"xxx")) == 0
    assert [entry.size for entry in read(tmp_path)] == [1, 3]


def test_a_folder_that_cannot_be_made_drops_everything_and_raises_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert write(Journal(tmp_path / "file", "w0"), facts_of()) == 1
    assert segments(tmp_path / "absent") == []
    assert list(read(tmp_path / "absent")) == []


def test_reading_goes_on_where_it_stopped_and_waits_for_the_rest_of_a_line(tmp_path: Path) -> None:
    book = Journal(tmp_path, "w0")
    write(book, facts_of(body=b"x"))
    path = only(tmp_path)
    found, position = entries_from(path, 0)
    assert [entry.size for entry in found] == [1]
    assert entries_from(path, position) == ([], position)
    line = path.read_bytes()
    with path.open("ab") as file:
        file.write(line[:30])
        file.flush()
        assert entries_from(path, position) == ([], position)
        file.write(line[30:])
    found, last = entries_from(path, position)
    assert [entry.size for entry in found] == [1]
    assert last == path.stat().st_size


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"1",
        b"\xff\x00 1 2",
        b"2 1 a b accept outbound:1 3 d - -",
        b"1 x a b accept outbound:1 3 d - -",
        b"1 99999999999999999999999 a b accept outbound:1 3 d - -",
        b"1 1 a b accept outbound: 3 d - -",
    ],
)
def test_what_is_no_line_of_ours_is_passed_over(line: bytes, tmp_path: Path) -> None:
    assert parse(line) is None
    write(Journal(tmp_path, "w0"), facts_of())
    path = only(tmp_path)
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert len(list(read(tmp_path))) == 1


def test_an_endless_line_stops_no_reader(tmp_path: Path) -> None:
    write(Journal(tmp_path, "w0"), facts_of())
    path = only(tmp_path)
    path.write_bytes(b"x" * (2 * PIECE + 10) + b"\n" + path.read_bytes())
    assert len(list(read(tmp_path))) == 1


def test_segments_go_when_they_are_older_than_a_month_and_other_files_stay(tmp_path: Path) -> None:
    book = Journal(tmp_path, "w0")
    for days in (0, 30, 31):
        write(book, facts_of(received=NOW + timedelta(days=days)))
    (tmp_path / "notes.txt").write_text("mine")
    assert retire(tmp_path, (NOW + timedelta(days=31)).date()) == ["w0-20261124.journal"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "key", "notes.txt", "w0-20261224.journal", "w0-20261225.journal",
    ]  # fmt: skip


def test_days_are_those_of_utc(tmp_path: Path) -> None:
    write(Journal(tmp_path, "w0"), facts_of(received=datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)))
    assert segments(tmp_path)[0].day == date(2026, 11, 24)
