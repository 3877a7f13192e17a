"""One command sets a rule or a group to a mode: recorded, undone as easily, and told to the daemon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.core.rule import Mode
from sekisho.mta.lock import SocketLock, owner
from sekisho.serve.roles import store_of
from sekisho.store import audit
from tests.cli.conftest import SETTINGS, Site

HOLDER = """
import signal, sys
from pathlib import Path
from sekisho.mta.lock import SocketLock
signal.signal(signal.SIGHUP, lambda *_: (print("told", flush=True), sys.exit()))
lock = SocketLock.take(Path(sys.argv[1]))
print("held", flush=True)
signal.pause()
"""


@pytest.fixture(autouse=True)
def stored(site: Site) -> None:
    assert site.run("db", "upgrade").code == 0


def in_force(site: Site) -> dict[str, Mode]:
    return {rule.id: rule.mode for rule in load(site.config).policy.rules}


def recorded(site: Site) -> list[tuple[str, str, str, dict[str, object]]]:
    store = store_of(load(site.config).settings)
    rows = [(row.actor, row.action, row.reason, dict(row.details)) for row in store.read(audit.entries)]
    store.close()
    return rows


def test_a_rule_is_set_to_monitor_and_back_on_record(site: Site) -> None:
    policy = (site.home / "policy.yaml").read_text()
    answer = site.run("policy", "mode", "hidden-crowd", "monitor", "--reason", "too loud", "--as", "suzuki")
    assert answer.code == 0
    assert "hidden-crowd: monitor (was as-written)" in answer.out
    assert "--reload" in answer.out
    assert in_force(site)["hidden-crowd"] is Mode.MONITOR
    assert site.run("policy", "mode", "hidden-crowd", "as-written", "--json").json["was"] == "monitor"
    assert in_force(site)["hidden-crowd"] is Mode.ENFORCE
    assert (site.home / "policy.yaml").read_text() == policy
    first, second = recorded(site)
    assert first == ("suzuki", "mode", "too loud", {"rule": "hidden-crowd", "mode": "monitor", "was": "as-written"})
    assert second[3] == {"rule": "hidden-crowd", "mode": "as-written", "was": "monitor"}


def test_check_and_explain_show_it(site: Site) -> None:
    site.run("policy", "mode", "hidden-crowd", "monitor", "--as", "suzuki", "--reason", "早すぎた")
    told = site.run("check")
    assert told.code == 0
    assert "modes.yaml:3:12: warning: rule `hidden-crowd` is set to monitor" in told.out + told.err
    assert "by suzuki" in told.out + told.err
    (site.home / "m.eml").write_bytes(b"Subject: x\n\nx\n")
    words = ("explain", str(site.home / "m.eml"), "--from", "a@example.co.jp", "--rcpt", "b@x.example", "--json")
    modes = {rule["id"]: rule["mode"] for rule in site.run(*words).json["rules"]}
    assert modes == {"project-outside": "enforce", "hidden-crowd": "monitor"}


def test_a_group_of_senders_is_set(site: Site) -> None:
    site.config.write_text(SETTINGS.format(home=site.home) + "lists: {sales: [sales.example.co.jp]}\n")
    assert site.run("policy", "mode", "--group", "sales", "monitor").code == 0
    assert site.run("policy", "mode", "--group", "sales", "off").code == 0
    entries = (site.home / "modes.yaml").read_text().splitlines()[2:]
    assert [json.loads(line[2:])["mode"] for line in entries] == ["off"]
    assert site.run("policy", "mode", "--group", "sales", "as-written").code == 0
    assert (site.home / "modes.yaml").read_text().endswith("modes: []\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("hidden-crowds", "monitor"), 65, "there is no rule `hidden-crowds`; did you mean `hidden-crowd`?"),
        (("hidden-crowd", "monitr"), 64, "`monitr` is not a mode"),
        (("monitor",), 64, "say what to set"),
        (("--group", "nobody", "off"), 65, "there is no list `nobody`"),
    ],
)
def test_what_is_not_there_is_refused_and_nothing_is_written(
    site: Site, words: tuple[str, ...], code: int, said: str
) -> None:
    answer = site.run("policy", "mode", *words)
    assert (answer.code, said in answer.err) == (code, True)
    assert not (site.home / "modes.yaml").exists()
    assert recorded(site) == []


def test_what_cannot_be_recorded_is_not_done(site: Site) -> None:
    (site.home / "sekisho.db").write_bytes(b"damaged" * 1000)
    assert site.run("policy", "mode", "hidden-crowd", "monitor").code == 69
    assert not list(site.home.glob("*modes*"))


def test_a_broken_file_of_modes_is_an_error_at_its_place(site: Site) -> None:
    (site.home / "modes.yaml").write_text("modes:\n- {rule: hidden-crowd, mode: monitr}\n")
    answer = site.run("check")
    assert answer.code == 78
    assert "modes.yaml:2:30: `monitr` is not one of monitor, warn, enforce, off; did you mean `monitor`?" in (
        answer.out + answer.err
    )


def test_the_daemon_is_told_to_reload(site: Site) -> None:
    command = [sys.executable, "-Ic", HOLDER, str(site.home / "m.sock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline() == "held\n"
        answer = site.run("policy", "mode", "hidden-crowd", "monitor", "--reload")
        assert (answer.code, f"(pid {daemon.pid})" in answer.out) == (0, True)
        assert daemon.stdout.readline() == "told\n"
    answer = site.run("policy", "mode", "hidden-crowd", "off", "--reload")
    assert (answer.code, "it does not run" in answer.err) == (69, True)
    assert in_force(site)["hidden-crowd"] is Mode.OFF


def test_nobody_owns_a_lock_that_is_free_or_was_never_taken(tmp_path: Path) -> None:
    assert owner(tmp_path / "s") is None
    SocketLock.take(tmp_path / "s").release()
    assert owner(tmp_path / "s") is None
