"""``python -m integration.bench.million``: how long lists and searches over a million holds take, on both databases.

Fills a store (`many_holds`) unless ``--url`` names one that was filled before; ``--keep FOLDER`` leaves SQLite's there.
Each question is asked for its first page and for one far down. Prints milliseconds, as the clock has them and as the
processors had to work for it (ours and the database's), which a busy machine does not change.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Connection, select, text

from integration.bench.many_holds import KNOWN, PAGE, Rows, pages
from integration.guard import Guard
from integration.postgresql import PostgreSQL
from sekisho.core.lifecycle import OPEN, State
from sekisho.store import Store, open_store
from sekisho.store.listing import counts, listing, next_due
from sekisho.store.search import Filter, choose
from sekisho.store.tables import holds, metadata

SHOWN = 50
"""Holds of an answer."""
_ALL = frozenset[State]()
_FATE = frozenset({State.RELEASED})
_K = KNOWN

QUESTIONS: Mapping[str, Filter] = {
    "open": Filter(),
    "all": Filter(_ALL),
    "released": Filter(_FATE),
    "failed": Filter(frozenset({State.FAILED})),
    "hot sender": Filter(_ALL, sender=_K.hot_sender),
    "hot sender, open": Filter(sender=_K.hot_sender),
    "sender who left, open": Filter(sender=_K.gone_sender),
    "rare sender": Filter(_ALL, sender=_K.rare_sender),
    "absent sender": Filter(_ALL, sender=_K.absent),
    "hot recipient": Filter(_ALL, recipient=_K.hot_recipient),
    "hot recipient, open": Filter(recipient=_K.hot_recipient),
    "rare recipient": Filter(_ALL, recipient=_K.rare_recipient),
    "absent recipient": Filter(recipient=_K.absent),
    "hot rule": Filter(_ALL, rule=_K.hot_rule),
    "hot rule, open": Filter(rule=_K.hot_rule),
    "rule of which none is open, open": Filter(rule=_K.silent_rule),
    "rare rule": Filter(_ALL, rule=_K.rare_rule),
    "absent rule": Filter(_ALL, rule=_K.absent),
    "hot sender and rule": Filter(_ALL, sender=_K.hot_sender, rule=_K.hot_rule),
    "hot recipient and rule": Filter(_ALL, recipient=_K.hot_recipient, rule=_K.hot_rule),
    "hot sender, rare rule": Filter(_ALL, sender=_K.hot_sender, rule=_K.rare_rule),
    "hot sender and recipient, never together": Filter(_ALL, sender=_K.hot_sender, recipient=_K.hot_recipient),
    "the same, open": Filter(sender=_K.hot_sender, recipient=_K.hot_recipient),
}


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds of many answers to one question."""

    question: str
    way: str
    found: int
    clock: tuple[float, float]
    """The median and the 99th percentile."""
    work: tuple[float, float]


def main() -> int:
    """The exit status."""
    options = _options()
    now = datetime.now(UTC)
    if options.url:
        with closing(open_store(options.url, Path("/nonexistent"))) as store:
            _tell(options.url.partition(":")[0], store, options.times)
        return 0
    with Guard() as guard:
        folder = options.keep or guard.directory("million-")
        with closing(open_store(f"sqlite:///{folder}/sekisho.db", folder / "content")) as store:
            fill(store, options.holds, now)
            _tell("sqlite", store, options.times)
        with PostgreSQL(guard) as server, closing(open_store(server.url(server.create()), folder)) as store:
            fill(store, options.holds, now)
            _tell("postgresql", store, options.times)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integration.bench.million", description="Lists and searches.")
    parser.add_argument("--holds", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--times", type=int, default=200, metavar="N", help="how often each question is asked")
    parser.add_argument("--url", default="", help="ask a store that was filled before")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave SQLite's store in this folder")
    return parser.parse_args()


def fill(store: Store, count: int, now: datetime) -> None:
    """Make the store and put so many holds in."""
    store.upgrade()

    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM audit_head"))
        begun = time.monotonic()
        for number, rows in enumerate(pages(count, now)):
            for table in (one.name for one in metadata.sorted_tables if one.name in rows):
                insert(connection, table, rows)
            done = min((number + 1) * PAGE, count)
            print(f"\r{done} holds in {time.monotonic() - begun:.0f} s ", end="", file=sys.stderr)
        if connection.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))

    store.write_in_bulk(work)
    print(file=sys.stderr)


def insert(connection: Connection, table: str, rows: Rows) -> None:
    """As they are, by the shortest way that the driver has."""
    names = list(rows[table][0])
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    values = [[row[name] for name in names] for row in rows[table]]
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
        return
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as target:
        for row in values:
            target.write_row(row)


def _tell(name: str, store: Store, times: int) -> None:
    # What filling left behind is not looked through by the collector at each hundredth question.
    gc.collect()
    gc.freeze()
    print(f"\n{name}\n\n| asked for | by way of | holds | p50 | p99 | processor p50 | p99 |\n|{'---|' * 7}")
    for took in measure(store, times):
        figures = " | ".join(f"{one:.1f}" for one in (*took.clock, *took.work))
        print(f"| {took.question} | {took.way} | {took.found} | {figures} |", flush=True)


def measure(store: Store, times: int) -> Iterator[Took]:
    """Ask every question, each for its first page and for one far down."""
    for name, wanted in QUESTIONS.items():
        way = store.read(partial(choose, wanted=wanted)).name
        for place, after in (("", ""), (", far down", _half_way(store, wanted))):
            yield _took(store, name + place, way, times, partial(_ask, store, wanted, after))
    week = timedelta(days=7)
    last = store.read(lambda view: view.connection.scalar(select(holds.c.created).order_by(holds.c.created.desc())))
    assert last is not None
    old = Filter(_ALL, since=last - 20 * week, until=last - 19 * week)
    yield _took(store, "all of one week", "state", times, partial(_ask, store, old, ""))
    yield _took(store, "the next to expire", "", times, lambda: len(next_due(store, SHOWN)))
    yield _took(store, "how many in each state", "", max(times // 20, 5), lambda: len(store.read(counts)))


def _ask(store: Store, wanted: Filter, after: str) -> int:
    return sum(1 for _ in listing(store, wanted, limit=SHOWN, after=after))


def _half_way(store: Store, wanted: Filter) -> str:
    """A hold in the middle of the time from which the answers are."""
    middle = 0.997 if wanted.states == OPEN else 0.5

    def find(connection: Connection) -> str:
        first, last = (
            connection.scalar(select(holds.c.created).order_by(order).limit(1))
            for order in (holds.c.created, holds.c.created.desc())
        )
        assert first and last
        query = select(holds.c.id).where(holds.c.created >= first + (last - first) * middle)
        return connection.scalar(query.order_by(holds.c.created).limit(1)) or ""

    return store.read(lambda view: find(view.connection))


def _took(store: Store, question: str, way: str, times: int, ask: Callable[[], int]) -> Took:
    found, backend = ask(), _backend(store)
    clock, work = [], []
    for _ in range(times):
        worked, begun = _worked(backend), time.perf_counter()
        ask()
        clock.append((time.perf_counter() - begun) * 1e3)
        work.append((_worked(backend) - worked) * 1e3)
    return Took(question, way, found, _middle_and_end(clock), _middle_and_end(work))


def _worked(backend: Path | None) -> float:
    """Seconds of processors' time: ours, and that of the server's process which reads for us (proc(5), schedstat)."""
    theirs = int(backend.read_text().split()[0]) / 1e9 if backend is not None else 0.0
    return time.process_time() + theirs


def _backend(store: Store) -> Path | None:
    """Where the kernel counts the time of the server's process; None where there is none."""

    def find(connection: Connection) -> Path | None:
        if connection.dialect.name == "sqlite":
            return None
        return Path(f"/proc/{connection.scalar(text('SELECT pg_backend_pid()'))}/schedstat")

    return store.read(lambda view: find(view.connection))


def _middle_and_end(values: list[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[98]


if __name__ == "__main__":
    sys.exit(main())
