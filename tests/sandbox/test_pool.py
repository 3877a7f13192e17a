"""The extractor's process: what it gives is what the readers give, and nothing that a file does reaches further."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.core.content import Octets
from sekisho.core.opened import Opened, Problem
from sekisho.core.parts import Part
from sekisho.core.ports import Unavailable
from sekisho.extract.limits import Limits
from sekisho.extract.opener import open_file
from sekisho.sandbox.extractor import Walls
from sekisho.sandbox.pool import Answers, Pool, PoolSettings
from tests.support import archives, files

MADE = Path(__file__).parents[1] / "extract" / "files"


def part(data: bytes, name: str = "file") -> Part:
    return Part(f"attachment:{name}", (name,), "application/octet-stream", Octets(data), attached=True)


@pytest.fixture
def pool() -> Iterator[Pool]:
    with Pool(settings=PoolSettings(processes=1)) as made:
        yield made


SAMPLES = {
    "a.xlsx": files.workbook(),
    "a.docx": files.document(),
    "a.pptx": files.presentation(),
    "a.xls": files.old_workbook(),
    "a.pdf": files.pdf(),
    "a.tgz": files.taped({"a.txt": "社外秘".encode("euc_jp"), "b.rtf": b"{\\rtf1\\ansicpg932 hello}"}, "w:gz"),
    "a.lzh": archives.lha({"顧客.txt": b"hello"}),
    "a.rar": archives.rar5({"顧客.txt": b"hello"}),
    "a.doc": (MADE / "document.doc").read_bytes(),
    "a.rtf": (MADE / "document.rtf").read_bytes(),
    "a.ods": (MADE / "workbook.ods").read_bytes(),
    "a.msg": (MADE / "message.msg").read_bytes(),
    "b.pdf": (MADE / "document.pdf").read_bytes(),
    "unknown": b"\0\1\2\3" * 100,
    "empty.zip": b"PK\x05\x06" + b"\0" * 18,
}


def test_behind_the_walls_every_kind_is_read_as_before_them(pool: Pool) -> None:
    for name, data in SAMPLES.items():
        assert pool.open(part(data, name)) == open_file(data, (name,), Limits(), lambda: 0.0), name


def test_an_answer_is_kept_for_the_same_file(pool: Pool) -> None:
    assert pool.open(part(SAMPLES["a.xlsx"])) is pool.open(part(SAMPLES["a.xlsx"]))


def test_threads_may_ask_at_once() -> None:
    found: list[Opened] = []
    with Pool(settings=PoolSettings(processes=2, remembered=0)) as pool:
        work = [threading.Thread(target=lambda: found.append(pool.open(part(SAMPLES["a.docx"])))) for _ in range(8)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_larger_file_than_is_read_is_too_big() -> None:
    with Pool(settings=PoolSettings(largest=10)) as pool:
        assert pool.open(part(b"x" * 11)).problems == (Problem("too-big", ""),)


def test_an_extractor_that_cannot_be_started_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    with Pool() as pool, pytest.raises(Unavailable):
        pool.open(part(SAMPLES["a.docx"]))


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    answers = Answers(1_100)
    first, second, third = (Opened(macros=(name,)) for name in "abc")
    answers.put(b"1", first)
    answers.put(b"2", second)
    assert answers.get(b"1") is first
    answers.put(b"3", third)
    assert (answers.get(b"1"), answers.get(b"2"), answers.get(b"3")) == (first, None, third)


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_and_no_process_is_left_behind() -> None:
    before = _descriptors()
    for _ in range(3):
        with Pool(settings=PoolSettings(processes=1, jobs=1, remembered=0)) as pool:
            pool.open(part(b"hello"))
            pool.open(part(b"hello"))
    assert _descriptors() == before


def test_an_extractor_keeps_to_no_processor_though_its_worker_does() -> None:
    everywhere = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(everywhere)})
    try:
        with Pool(settings=PoolSettings(processes=1)) as pool:
            pool.open(part(b"hello"))
            extractor = pool._idle.get_nowait()
            assert extractor is not None
            assert os.sched_getaffinity(extractor._process.pid) == everywhere
            pool._idle.put(extractor)
    finally:
        os.sched_setaffinity(0, everywhere)


def test_a_job_that_never_ends_is_killed_and_replaced() -> None:
    """Processor time for nothing: the kernel ends it, the next file is read by another process."""
    walls = Walls(seconds=0.02)
    big = files.workbook(4_000)
    with Pool(walls, PoolSettings(processes=1, remembered=0)) as pool:
        assert pool.open(part(big)).problems == (Problem("time-out", ""),)
        assert pool.open(part(b"hello world", "a.txt")).texts[0].text == "hello world"


def test_an_answer_is_not_waited_for_beyond_patience() -> None:
    with Pool(Walls(patience=0.0), PoolSettings(processes=1)) as pool:
        assert pool.open(part(files.workbook())).problems == (Problem("time-out", ""),)
