"""The private Postfix, the sink, the door and the client do what the cases rely on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration import waiting
from integration.client import Client, stuffed
from integration.door import Door
from integration.guard import Guard
from integration.postfix import Postfix, why_not
from integration.script import END_OF_DATA, LOSE
from integration.sink import Sink, unstuffed

ODD = b"From: a@x.example\r\n\r\n.dot\r\n..two\r\n.\rlone\0nul \xff" + b"x" * 3000 + b"\r\n"


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard() as one:
        yield one


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as one:
        yield one


@given(st.lists(st.sampled_from([b".", b"\r\n", b"a", b"\n", b"\r"])).map(b"".join))
def test_stuffing_dots_is_undone_by_the_receiver(lines: bytes) -> None:
    message = lines + b"\r\n"
    assert unstuffed(stuffed(message)) == message


def test_the_sink_keeps_octets_and_parameters(sink: Sink) -> None:
    with Client(sink.port) as client:
        assert client.command("EHLO here.example").ok
        assert client.command("MAIL FROM:<a@x.example> BODY=8BITMIME RET=HDRS").ok
        assert client.command('RCPT TO:<"b c"@y.example> NOTIFY=FAILURE ORCPT=rfc822;b').ok
        assert client.data(ODD).ok
    (arrival,) = sink.arrivals
    assert arrival.data == ODD
    assert (arrival.helo, arrival.sender.path) == ("here.example", "<a@x.example>")
    assert arrival.sender.params == ("BODY=8BITMIME", "RET=HDRS")
    assert arrival.recipients[0].address == '"b c"@y.example'
    assert arrival.recipients[0].params == ("NOTIFY=FAILURE", "ORCPT=rfc822;b")


def test_the_sink_takes_no_bare_line_end_for_an_end_of_data(sink: Sink) -> None:
    smuggled = b"x\r\n\n.\r\nMAIL FROM:<evil@x.example>\r\n"
    with Client(sink.port) as client:
        client.send("a@x.example", ["b@y.example"], smuggled)
    assert [arrival.data for arrival in sink.arrivals] == [smuggled]


def test_the_sink_follows_its_script_and_then_forgets_it(sink: Sink) -> None:
    sink.script.add("RCPT TO:<b@y.example>", "450 4.2.0 not now", 1)
    with Client(sink.port) as client:
        assert client.send("a@x.example", ["b@y.example"], b"x\r\n").code == 450
        assert client.send("a@x.example", ["b@y.example"], b"x\r\n").ok


def test_an_answer_can_be_lost_after_the_sink_has_the_message(sink: Sink) -> None:
    sink.script.add(END_OF_DATA, LOSE, 1)
    with Client(sink.port) as client, pytest.raises(ConnectionError):
        client.send("a@x.example", ["b@y.example"], b"x\r\n")
    assert len(sink.arrivals) == 1


def test_a_door_can_be_shut_opened_and_scripted(sink: Sink) -> None:
    (port,) = waiting.free_ports(1)
    with Door(port, sink.port) as door:
        with Client(port) as client:
            assert client.send("a@x.example", ["b@y.example"], ODD).ok
            door.script.add(END_OF_DATA, "451 4.3.0 not now", 1)
            assert client.send("a@x.example", ["b@y.example"], ODD).code == 451
        door.shut()
        with pytest.raises(ConnectionError):
            Client(port)
        door.open()
        door.script.add(END_OF_DATA, LOSE, 1)
        with Client(port) as client, pytest.raises(ConnectionError):
            client.send("a@x.example", ["b@y.example"], ODD)
    assert [arrival.data for arrival in sink.arrivals] == [ODD, ODD]


def test_the_guard_outlives_whoever_it_guards(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from integration.guard import Guard\n"
        "guard = Guard()\n"
        "home = guard.directory()\n"
        "child = guard.start(['sleep', '1000'], home / 'out')\n"
        "print(child.pid, home, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    pid, home = done.stdout.split()
    waiting.until(lambda: not Path(home).exists(), "the directory is gone")
    assert not _alive(int(pid))


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_postfix_relays_octets_untouched_below_its_own_received_field(guard: Guard, sink: Sink) -> None:
    with Postfix(guard, sink.port, milter="") as postfix:
        with Client(postfix.ports.public) as client:
            client.command("EHLO here.example")
            client.command("MAIL FROM:<a@x.example> BODY=8BITMIME RET=HDRS ENVID=q1")
            client.command("RCPT TO:<b@y.example> NOTIFY=FAILURE ORCPT=rfc822;b@y.example")
            assert client.data(ODD).queue_id
        (arrival,) = sink.wait_for(bool, "the message")
        assert arrival.data.endswith(b"\r\n" + ODD)
        assert arrival.data.startswith(b"Received: from here.example")
        assert {"BODY=8BITMIME", "RET=HDRS", "ENVID=q1"} <= set(arrival.sender.params)
        assert set(arrival.recipients[0].params) == {"NOTIFY=FAILURE", "ORCPT=rfc822;b@y.example"}
        postfix.wait_until_idle("deferred")
        assert postfix.queue() == []
        postfix.sendmail("-t", "-f", "a@x.example", message=b"To: c@y.example\nSubject: local\n\nhello\n")
        sink.wait_for(lambda all_of_them: len(all_of_them) == 2, "the local message")
        assert sink.arrivals[1].recipients[0].path == "<c@y.example>"


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_postfix_leaves_no_process_behind(guard: Guard, sink: Sink) -> None:
    with Postfix(guard, sink.port, milter="") as postfix:
        assert _processes_in(postfix.home)
    assert not _processes_in(postfix.home)


def _processes_in(home: Path) -> set[str]:
    """Who works in the folder; Postfix's daemons work in their queue directory."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").readlink().is_relative_to(home):
                found.add(path.name)
        except OSError:
            continue
    return found
