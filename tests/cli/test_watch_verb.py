"""``sekisho quarantine watch`` on a real terminal, with a real store."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from sekisho.config.load import load
from sekisho.serve.roles import store_of
from sekisho.store import audit
from sekisho.store.rows import AuditRow
from tests.cli.conftest import MESSAGE, Site
from tests.support.terminal import Terminal, terminal

WIDE = "Subject: Kaguya 契約書の件について至急ご確認ください\r\n\r\n.plan\r\n".encode()
JAPANESE = b"From: sato@example.co.jp\r\nTo: a@x.example\r\n" + WIDE
MODES = re.compile(rb"\x1b\[[0-9;]*m")
COLOURS = re.compile(rb"\x1b\[(?:[0-9;]*;)?3[0-7](?:;[0-9;]*)?m")


def command(site: Site, *words: str) -> list[str]:
    return [sys.executable, "-m", "sekisho.cli.main", "quarantine", "watch", "-c", str(site.config), *words]


@contextmanager
def watching(
    site: Site, *words: str, columns: int = 100, environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    with terminal(command(site, "--every", "1s", *words), columns, environment=environment) as shown:
        shown.until_shown("q quit")
        yield shown


def recorded(site: Site, hold: str) -> list[AuditRow]:
    store = store_of(load(site.config).settings)
    try:
        return store.read(lambda view: audit.entries(view, hold=hold))
    finally:
        store.close()


def test_holds_come_and_go_by_themselves(site: Site) -> None:
    """What others hold and decide is seen without a key."""
    first = site.hold()
    with watching(site) as shown:
        shown.until_shown(first[:8])
        assert "1 open, the newest first" in shown.lines[0]
        second = site.hold(MESSAGE + b"more\r\n", ("c@z.example",))
        shown.until_shown(second[:8])
        site.run("quarantine", "cancel", first)
        shown.until(lambda: first[:8] not in shown.text)
        assert "1 open" in shown.lines[0]


def test_wide_characters_take_two_columns(site: Site) -> None:
    """Every row ends within the screen, whatever it says and however narrow it is."""
    hold = site.hold(JAPANESE)
    with watching(site, columns=60) as shown:
        shown.until_shown("契約書")
        row = next(number for number, line in enumerate(shown.lines) if line.startswith(hold[:8]))
        assert shown.lines[row].endswith("…")
        assert shown.lines[row + 1] == ""


def test_a_rejection_asks_for_a_reason_and_once_more(site: Site) -> None:
    hold = site.hold()
    with watching(site, "--as", "boss@example.co.jp") as shown:
        shown.press("x")
        shown.until_shown("Why is it rejected")
        shown.press("宛先がちがうx\x7f\r")
        shown.until_shown(f"Reject {hold[:8]}")
        shown.press("y\r")
        shown.until_shown(f"{hold}: rejected")
        shown.until_shown("0 open")
    (last,) = [entry for entry in recorded(site, hold) if entry.action == "reject"]
    assert (last.actor, last.reason) == ("boss@example.co.jp", "宛先がちがう")


def test_a_release_is_confirmed(site: Site) -> None:
    """Anything but a yes leaves it held; a yes is the operator's, on record as such."""
    hold = site.hold()
    with watching(site, "--as", "root") as shown:
        shown.press("r")
        shown.until_shown(f"Release {hold[:8]}")
        shown.press("\r")
        shown.until(lambda: "Release" not in shown.text)
        assert [entry.action for entry in recorded(site, hold)] == ["held"]
        shown.press("r")
        shown.until_shown(f"Release {hold[:8]}")
        shown.press("y\r")
        shown.until_shown("releasing")
        shown.until_shown("sends")
    (_, decided) = recorded(site, hold)
    assert (decided.action, decided.actor, decided.role) == ("release", "root", "operator")


def test_escape_breaks_a_question_off(site: Site) -> None:
    hold = site.hold()
    with watching(site) as shown:
        shown.press("x")
        shown.until_shown("Why is it rejected")
        shown.press("\x1b")
        shown.until(lambda: "Why" not in shown.text)
    assert [entry.action for entry in recorded(site, hold)] == ["held"]


def test_what_somebody_else_decided_is_said(site: Site) -> None:
    hold = site.hold()
    with terminal(command(site, "--every", "1h"), 100) as shown:
        shown.until_shown(hold[:8])
        site.run("quarantine", "cancel", hold)
        shown.press("r")
        shown.until_shown(f"Release {hold[:8]}")
        shown.press("y\r")
        shown.until_shown("cancelled")


def test_enter_shows_a_hold_and_puts_on_record_who_looked(site: Site) -> None:
    hold = site.hold()
    with watching(site, "--as", "tanaka") as shown:
        shown.press("\r")
        shown.until_shown("from     sato@example.co.jp")
        shown.press("j" * 40)
        shown.until(lambda: "from     sato" not in shown.text)
        shown.press("q")
        shown.until_shown("q quit")
    assert [(entry.action, entry.actor) for entry in recorded(site, hold)][1:] == [("view", "tanaka")]


def test_the_order_can_be_turned_and_the_choice_moved(site: Site) -> None:
    """The chosen hold stays chosen when others come before it."""
    holds = [site.hold(MESSAGE + b"%d\r\n" % number) for number in range(3)]
    with watching(site, "--due") as shown:
        shown.until_shown("3 open, the next to expire first")
        shown.press("o")
        shown.until_shown("3 open, the newest first")
        order = [line[:8] for line in shown.lines[1:4]]
        assert sorted(order) == sorted(hold[:8] for hold in holds)
        shown.press("jr")
        shown.until_shown(f"Release {order[1]}")


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda shown: shown.press("q"), 0),
        (lambda shown: shown.press("\x03"), 130),
        (lambda shown: shown.child.send_signal(signal.SIGTERM), 143),
    ],
    ids=["q", "ctrl-c", "SIGTERM"],
)
def test_the_terminal_is_left_as_it_was(site: Site, end: object, status: int) -> None:
    site.hold()
    with watching(site, environment={"TERM": "xterm-256color"}) as shown:
        assert shown.modes() != shown.before
        assert callable(end)
        end(shown)
        assert shown.ended() == status
        assert shown.modes() == shown.before
        assert shown.octets.count(b"\x1b[?1049h") == shown.octets.count(b"\x1b[?1049l") == 1


def test_an_exception_leaves_the_terminal_as_it_was(site: Site) -> None:
    """Here the store's configuration is good, and its folder is gone in the middle: the list stays, a line says why."""
    hold = site.hold()
    with watching(site, "--every", "1s") as shown:
        shown.until_shown(hold[:8])
        (site.home / "sekisho.db").rename(site.home / "away")
        (site.home / "sekisho.db").mkdir()
        shown.press("\r")
        shown.until_shown("cannot be")
        assert hold[:8] in shown.text
        shown.press("q")
        shown.ended()
        assert shown.modes() == shown.before


def test_another_size_is_another_screen(site: Site) -> None:
    for number in range(9):
        site.hold(MESSAGE + b"%d\r\n" % number)
    with watching(site, columns=100) as shown:
        shown.until_shown("9 open")
        shown.resize(50, 6)
        shown.until(lambda: "q quit" in shown.text or shown.lines[5].startswith("j/k move"))
        shown.until(lambda: shown.lines[5].endswith("…"))
        shown.resize(120, 20)
        shown.until(lambda: shown.lines[19].endswith("q quit"))
        assert sum("sato@example.co.jp" in line for line in shown.lines) == 9


def test_no_colour_where_it_is_not_wanted(site: Site) -> None:
    site.hold()
    with watching(site, environment={"NO_COLOR": "1"}) as shown:
        shown.press("q")
        assert shown.ended() == 0
        assert MODES.search(shown.octets)
        assert not COLOURS.search(shown.octets)


def test_an_unknown_terminal_is_named(site: Site) -> None:
    site.hold()
    with terminal(command(site), environment={"TERM": "no-such-terminal"}) as shown:
        assert shown.ended() == 69
        assert "the terminal cannot be used" in shown.text


def test_what_is_no_terminal_is_sent_elsewhere(site: Site) -> None:
    site.hold()
    answer = site.run("quarantine", "watch")
    assert answer.code == 64
    assert "--json" in answer.err


def test_programs_read_one_object_a_change(site: Site) -> None:
    """What is open comes first; then each change with who made it, and nothing for somebody who only looked."""
    hold = site.hold()
    child = subprocess.Popen(command(site, "--json", "--every", "1s"), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        first = json.loads(child.stdout.readline())
        assert (first["change"], first["hold_id"], first["state"]) == ("open", hold, "held")
        site.run("quarantine", "show", hold)
        other = site.hold(MESSAGE + b"more\r\n", ("c@z.example",))
        site.run("quarantine", "reject", hold, "--as", "boss", "--reason", "no")
        said = [json.loads(child.stdout.readline()) for _ in range(2)]
        assert [(one["change"], one["hold_id"], one["by"]) for one in said] == [
            ("held", other, ""),
            ("reject", hold, "boss"),
        ]
        assert said[1]["state"] == "rejected"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
