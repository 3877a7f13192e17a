"""What is put off is done: all of it, by the time of close, whoever adds it and however much."""

from __future__ import annotations

import threading

import pytest

from sekisho.serve import batches
from sekisho.serve.batches import Batches


def test_everything_is_done_once_when_close_returns() -> None:
    done: list[int] = []
    work = Batches(done.extend)

    def add(first: int) -> None:
        for number in range(first, first + 1_000):
            work.add(number)

    adders = [threading.Thread(target=add, args=(n * 1_000,)) for n in range(8)]
    for one in adders:
        one.start()
    for one in adders:
        one.join()
    work.close()
    assert sorted(done) == list(range(8_000))


def test_one_adders_items_keep_their_order() -> None:
    done: list[int] = []
    work = Batches(done.extend)
    for number in range(5_000):
        work.add(number)
    work.close()
    assert done == list(range(5_000))


def test_a_single_item_is_done_without_anybody_asking() -> None:
    happened = threading.Event()
    work = Batches[int](lambda _: happened.set())
    work.add(1)
    assert happened.wait(30)
    work.close()


def test_who_adds_too_much_works_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST", 3)
    monkeypatch.setattr(batches, "PAUSE", 3600)
    done: list[int] = []
    started = threading.Event()

    def take(batch: list[int]) -> None:
        done.extend(batch)
        started.set()

    work = Batches(take)
    work.add(0)
    assert started.wait(30)
    for number in range(1, 5):
        work.add(number)
    # The thread pauses for an hour: the fourth that waited was one too many, and all four were done by its adder.
    assert done == [0, 1, 2, 3, 4]
    work.close()
