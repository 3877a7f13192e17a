"""The benchmarks measure what they say: the generator, the configurations, and the arithmetic of the table."""

from __future__ import annotations

import email
import os
import sys
from functools import partial
from pathlib import Path

import pytest
import yaml

from integration import waiting
from integration.bench import files, machine, messages, ours, processes, table
from integration.bench.contenders import WORKERS, Absent, Place, accepts, start
from integration.bench.goals import Ratio, p99, verdict
from integration.bench.load import Broken, Load, Milterload, Run, read
from integration.bench.measure import FULL, Series
from integration.bench.peers import empty
from integration.bench.works import GOALS, comparisons
from integration.guard import Guard
from sekisho.config.load import load as load_configuration
from sekisho.core.content import Octets
from sekisho.core.parts import Part
from sekisho.sandbox.pool import Answers, Pool, PoolSettings

FILES = {name: (Path(name), Path("more")) for name in ("workbook", "PDF")}
MAILS = {name: Path(name) for name in ("4 kB", "120 kB", "50 MB")}


OPENED = {"workbook": files.workbooks, "PDF": files.pdfs}
"""What makes the mails with a file that rules open."""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(Guard(), tmp_path, 9)


def test_the_generator_gets_a_reply_to_every_message_whatever_the_filter_leaves_unanswered(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(messages.text_mail(4_000))
    program = Milterload(tmp_path)
    with Guard() as guard:
        for answering in (True, False):
            at = empty(Place(guard, tmp_path, 9), answering=answering).socket
            for per_connection in (1, 100):
                run = program.run(at, Load("4 kB", mail, per_connection=per_connection), 60)
                assert run.replies == {"c": 60}
                assert 0 < run.p50 <= run.p99 <= run.longest


def test_the_generator_says_when_nobody_answers(tmp_path: Path) -> None:
    mail = tmp_path / "mail.eml"
    mail.write_bytes(messages.text_mail(4_000))
    with pytest.raises(Broken):
        Milterload(tmp_path).run(f"unix:{tmp_path}/nobody", Load("4 kB", mail), 5)


def test_what_the_generator_prints_is_read() -> None:
    run = read(
        "1000 of 1000 transactions in 0.40 s: 2500 msg/s, 10 connections, 0 failed\n"
        "transaction ms p50 3.10 p99 12.00 max 14.20\n"
        "end-of-message ms p50 0.80 p99 6.10 max 9.00\n"
        "replies: a=10 c=990  modifications: h=990\n"
    )
    assert run == Run(2500, 0.8, 6.1, 9.0, {"a": 10, "c": 990})


def test_the_mails_have_the_sizes_that_they_are_called_by() -> None:
    texts = [messages.text_mail(4_000, number) for number in range(messages.TEXTS)]
    assert len(set(texts)) == messages.TEXTS
    assert all(len(text) == pytest.approx(4_000, rel=0.05) for text in texts)
    assert len(messages.attachment_mail(120_000)) == pytest.approx(120_000, rel=0.05)


@pytest.mark.parametrize("policy", [ours.ENVELOPE_AND_HEADER, None, ours.HOLD, ours.HOLD_QUIETLY])
def test_the_measured_policies_are_valid(place: Place, policy: ours.Yaml | None) -> None:
    with place.guard:
        assert load_configuration(ours.configured(place, policy)).policy.rules


def test_every_inspector_is_asked_by_a_rule(place: Place) -> None:
    with place.guard:
        configuration = load_configuration(ours.every_inspector(place))
        asked = {rule.id.removeprefix("watch-") for rule in configuration.policy.rules}
        assert set(configuration.inspectors) <= asked


def test_a_contender_that_ends_says_why(place: Place, tmp_path: Path) -> None:
    with place.guard, pytest.raises(Absent, match="no such option"):
        start(place, [sys.executable, "-c", "raise SystemExit('no such option')"], "unix:/nowhere", tmp_path / "log")


def test_memory_is_that_of_a_process_and_its_descendants(place: Place, tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'])"
    with place.guard:
        child = place.guard.start(
            [sys.executable, "-c", script.replace("input()", "import time; time.sleep(60)")], tmp_path / "log"
        )
        (grandchild,) = waiting.until(partial(processes.children, child.pid), "a child")
        assert list(processes.family(child.pid)) == [child.pid, grandchild]
        assert 0 < processes.proportional(grandchild) < 1_000
        # A child that is just being started still has its parent's command line for a moment.
        waiting.until(lambda: processes.workers(child.pid) == [], "a child with a command line of its own")


def test_every_goal_is_about_something_that_is_measured() -> None:
    measured = {
        (one.load.name, name)
        for one in comparisons(MAILS["120 kB"], tuple(MAILS.values()), FILES)
        for name in one.names
    }
    for goal in GOALS:
        assert (goal.load, goal.ours) in measured
        if isinstance(goal, Ratio):
            assert (goal.their_load or goal.load, goal.theirs) in measured


def test_a_goal_is_judged_by_the_median_of_the_rounds_ratios() -> None:
    ours_, theirs = Series(), Series()
    ours_.runs += [Run(rate, 1, 1, 1) for rate in (100, 400, 90)]
    theirs.runs += [Run(rate, 1, 1, 1) for rate in (50, 100, 100)]
    row = Ratio("work", "load", "ours", "theirs", 2.5).row({("load", "ours"): ours_, ("load", "theirs"): theirs})
    assert (row.figure, row.against, row.ratio, row.spread) == ("100 msg/s", "100 msg/s", "2.00×", "0.90–4.00")
    assert row.verdict == "**missed by 20%**"


def test_a_goal_whose_peer_is_absent_says_so() -> None:
    series = {("load", "ours"): Series([Run(1, 1, 1, 1)]), ("load", "theirs"): Series(why="not installed")}
    row = Ratio("work", "load", "ours", "theirs", 2, p99, at_most=True).row(series)
    assert (row.goal, row.verdict) == ("≤ 2× theirs", "not measured: not installed")
    assert "| theirs | – |" in table.page([row], series, [("kernel", "6")], FULL)


def test_a_limit_is_missed_by_what_is_above_it() -> None:
    assert verdict(80, 80, at_most=True) == "reached"
    assert verdict(100, 80, at_most=True) == "**missed by 25%**"


def test_nothing_accepts_at_a_socket_that_is_not_there(tmp_path: Path) -> None:
    assert not accepts(f"unix:{tmp_path}/none")


def test_lists_of_the_sample_are_named_from_the_root(place: Place) -> None:
    with place.guard:
        written = yaml.safe_load(ours.configured(place, None).read_text(encoding="utf-8"))
        assert Path(written["lists"]["partners"]["file"]).is_file()


def test_processor_time_is_that_of_the_processes_which_still_run() -> None:
    before = processes.processor_time([os.getpid()])
    while processes.processor_time([os.getpid()]) == before:
        hash(b"x" * 100_000)
    assert processes.processor_time([2**22 + 1]) == 0


def test_the_machine_is_told_and_how_much_others_used_it() -> None:
    assert {"processor", "kernel", "Python", "libmilter"} <= dict(machine.facts()).keys()
    assert all(0 <= machine.Neighbours().share() <= 1 for _ in range(2_000))


@pytest.mark.parametrize("kind", OPENED)
def test_a_worker_forgets_what_was_in_a_file_before_it_comes_again(kind: str) -> None:
    mail = email.message_from_bytes(next(OPENED[kind](120_000)))
    (data,) = (part.get_payload(decode=True) for part in mail.walk() if part.get_filename())
    assert isinstance(data, bytes)
    with Pool(settings=PoolSettings(processes=1)) as pool:
        opened = pool.open(Part("attachment:file", ("file",), "application/octet-stream", Octets(data), attached=True))
    answers = Answers(PoolSettings().remembered)
    # About so many others come to a worker in between.
    for number in range(round(0.8 * files.MAILS[kind] / WORKERS)):
        answers.put(b"%d" % number, opened)
    assert answers.get(b"0") is None
