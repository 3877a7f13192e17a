"""What an operator sees and decides with ``sekisho quarantine``, ``stats``, ``audit`` and ``db``."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path

import pytest

from sekisho.config.load import load
from sekisho.notices.build import Letterhead
from sekisho.quarantine.asking import ask_due
from sekisho.quarantine.paused import pause
from sekisho.quarantine.smtp import Kind, Outcome
from sekisho.quarantine.worker import ReleaseWorker
from sekisho.quarantine.writing import Stationery
from sekisho.serve.asking import desk_of
from sekisho.serve.metrics import Metrics, clear
from sekisho.serve.roles import metrics_folder, store_of
from tests.cli.conftest import MESSAGE, Site
from tests.support.stores import a_desk

KEYS = {
    "hold_id", "state", "created", "expires", "sender", "recipients", "subject",
    "size", "rules", "findings", "queue_id", "members", "legal_hold", "to_check",
}  # fmt: skip


class Silent:
    def released(self, hold: str, outcome: str, recipients: int, lag: float) -> None: ...
    def noticed(self, kind: str, outcome: str) -> None: ...
    def alarmed(self, what: str, subject: str, why: str) -> None:
        raise AssertionError(f"{what} {subject}: {why}")


def release_worker(site: Site, kind: Kind, code: int) -> tuple[threading.Thread, threading.Event]:
    """A release role whose listener gives every recipient the same answer."""
    settings = load(site.config).settings
    store = store_of(settings)

    def send(sender: object, recipients: object, pieces: object, size: int) -> list[Outcome]:
        assert isinstance(recipients, list | tuple)
        return [Outcome(path, kind, code, "so be it") for path in recipients]

    stationery = Stationery(Letterhead("check@example.co.jp", UTC), "en", "postmaster@example.co.jp")
    worker = ReleaseWorker(store, send, stationery, a_desk(), Silent(), lambda: datetime.now(UTC))
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    return thread, stop


def test_list_prints_one_object_a_line_with_the_contracts_keys(site: Site) -> None:
    hold = site.hold()
    (row,) = site.run("quarantine", "list", "--json").lines
    assert set(row) == KEYS
    assert row["hold_id"] == hold
    assert row["recipients"] == {"a@x.example": "held", "b@y.example": "held"}
    assert (row["state"], row["sender"], row["subject"]) == ("held", "sato@example.co.jp", "Kaguya")
    assert (row["rules"], row["findings"], row["queue_id"]) == (["project-outside"], ["dictionary-word"], "4ABC")


def test_list_filters(site: Site) -> None:
    first, second = site.hold(), site.hold(MESSAGE + b"more\r\n", ("c@z.example",))
    site.run("quarantine", "reject", first)
    assert site.run("quarantine", "list", "--quiet").out.split() == [second]
    assert site.run("quarantine", "list", "--quiet", "--state", "rejected").out.split() == [first]
    assert set(site.run("quarantine", "list", "--quiet", "--all").out.split()) == {first, second}
    assert site.run("quarantine", "list", "--quiet", "--recipient", "C@Z.example").out.split() == [second]
    assert site.run("quarantine", "list", "--quiet", "--all", "--recipient", "n@z.example").out == ""


def test_show_says_why(site: Site) -> None:
    hold = site.hold()
    shown = site.run("quarantine", "show", hold)
    assert shown.code == 0
    assert "Kaguya" in shown.out
    assert "project-outside: matched" in shown.out
    full = site.run("quarantine", "show", hold, "--json").json
    assert full["evidence"][0]["where"] == "header:Subject"
    assert full["waits"][0]["rule"] == "project-outside"


def test_export_gives_the_exact_octets(site: Site, tmp_path: Path) -> None:
    hold = site.hold()
    file = tmp_path / "out.eml"
    assert site.run("quarantine", "export", hold, "--output", str(file)).code == 0
    assert file.read_bytes() == MESSAGE


def test_export_shows_what_would_leave(site: Site, tmp_path: Path) -> None:
    crowd = MESSAGE.replace(b"To: a@x.example", b"To: a@x.example, b@y.example, c@z.example")
    hold = site.hold(crowd)
    file = tmp_path / "out.eml"
    assert site.run("quarantine", "export", hold, "--changed", "--output", str(file)).code == 0
    assert file.read_bytes() == MESSAGE.replace(b"To: a@x.example", b"To: undisclosed-recipients:;")
    assert site.run("quarantine", "export", hold, "--output", str(file)).code == 0
    assert file.read_bytes() == crowd


@pytest.mark.parametrize(
    ("kind", "code", "status", "state"),
    [
        (Kind.ACCEPTED, 250, 0, "released"),
        (Kind.REFUSED, 550, 69, "failed"),
    ],
)
def test_release_waits_for_the_outcome(site: Site, kind: Kind, code: int, status: int, state: str) -> None:
    hold = site.hold()
    thread, stop = release_worker(site, kind, code)
    try:
        answer = site.run("quarantine", "release", hold, "--json", "--as", "suzuki", "--reason", "checked")
    finally:
        stop.set()
        thread.join()
    assert (answer.code, answer.json["state"]) == (status, state)
    (entry,) = [row for row in site.run("audit", "list", "--json").lines if row["action"] == "release"]
    assert (entry["actor"], entry["reason"], entry["hold_id"]) == ("suzuki", "checked", hold)


def test_release_that_cannot_be_sent_yet_ends_with_75(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.cli.deciding.PATIENCE", 0.3)
    answer = site.run("quarantine", "release", site.hold(), "--json")
    assert (answer.code, answer.json["state"]) == (75, "releasing")


def test_release_for_one_recipient_leaves_the_others_held(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.cli.deciding.PATIENCE", 0.3)
    answer = site.run("quarantine", "release", site.hold(), "--recipient", "B@y.example", "--json")
    assert answer.json["recipients"] == {"a@x.example": "held", "b@y.example": "releasing"}
    assert answer.json["state"] == "held"


def test_who_comes_second_is_told_who_was_first(site: Site) -> None:
    hold = site.hold()
    assert site.run("quarantine", "cancel", hold, "--as", "sato").code == 0
    second = site.run("quarantine", "reject", hold)
    assert second.code == 65
    assert "already cancelled" in second.err
    assert "by sato" in second.err


def test_unknown_holds_and_recipients_are_named(site: Site) -> None:
    hold = site.hold()
    unknown = site.run("quarantine", "show", "N0SUCH", "--json")
    assert unknown.code == 66
    assert "N0SUCH" in unknown.json["error"]
    wrong = site.run("quarantine", "reject", hold, "--recipient", "x@nowhere.example")
    assert (wrong.code, "x@nowhere.example" in wrong.err) == (66, True)
    assert site.run("quarantine", "list", "--json").lines[0]["state"] == "held"


def test_of_several_holds_each_has_its_turn(site: Site) -> None:
    first, second = site.hold(), site.hold(MESSAGE + b"more\r\n")
    answer = site.run("quarantine", "reject", first, "N0SUCH", second)
    assert answer.code == 66
    assert "N0SUCH" in answer.err
    assert site.run("quarantine", "list", "-q").out == ""


def test_a_hold_id_may_be_typed_as_it_was_read_out(site: Site) -> None:
    hold = site.hold()
    typed = f"{hold[:13]}-{hold[13:]}".lower().replace("1", "l").replace("0", "o")
    assert site.run("quarantine", "show", typed, "--json").json["hold_id"] == hold


def test_extend_puts_timers_off_and_says_what_a_duration_is(site: Site) -> None:
    hold = site.hold()
    assert site.run("quarantine", "extend", hold, "--by", "2h").code == 0
    wrong = site.run("quarantine", "extend", hold, "--by", "soon")
    assert (wrong.code, "60s, 15m, 24h" in wrong.err) == (64, True)


def test_resume_lets_all_be_sent_again_once_somebody_has_looked(site: Site) -> None:
    site.hold()
    store = store_of(load(site.config).settings)
    pause(store, "many timers", datetime.now(UTC))
    store.close()
    said = site.run("doctor", "--json").lines
    (check,) = [line for line in said if line["check"] == "release"]
    assert (check["level"], "sekisho quarantine resume" in check["message"]) == ("error", True)
    assert site.run("quarantine", "resume", "--as", "sato", "--reason", "looked", "--json").json == {"resumed": True}
    assert site.run("quarantine", "resume").out == "nothing was paused\n"
    *_, last = site.run("audit", "list", "--json").lines
    assert (last["actor"], last["action"], last["reason"]) == ("sato", "resumed", "looked")


def test_an_absent_store_is_a_sentence(site: Site) -> None:
    answer = site.run("quarantine", "list")
    assert answer.code == 69
    assert "db upgrade" in answer.err
    assert site.run("db", "check").code == 69
    assert site.run("db", "upgrade").code == 0
    assert site.run("quarantine", "list").code == 0


def test_stats_count_by_state_and_by_rule(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.cli.stats.WINDOW", timedelta(days=36_500))
    site.run("quarantine", "reject", site.hold())
    site.hold(MESSAGE + b"2\r\n")
    assert site.run("stats", "--json").json["holds"]["held"] == 1
    first, second = site.run("stats", "rules", "--json").lines
    assert (first["rule"], first["mode"], first["holds"]) == ("project-outside", "enforce", 2)
    assert (first["states"], first["outcomes"]) == ({"held": 1, "rejected": 1}, {"rejected": 1})
    assert (first["useful"], first["for_monitor"], first["alarms_per_thousand"]) == (1.0, False, None)
    assert site.run("stats", "alarms", "--json").json["alarms"]["other"]["alarms"] == 0
    assert "100% changed, cancelled or rejected" in site.run("stats", "rules").out
    assert (second["rule"], second["holds"], second["matches"]) == ("hidden-crowd", 0, {})


def test_stats_show_what_a_rule_in_monitor_would_have_done(site: Site) -> None:
    policy = site.home / "policy.yaml"
    policy.write_text(policy.read_text().replace("then: [envelope-only]", "then: [envelope-only]\n    mode: monitor"))
    site.run("db", "upgrade")
    folder = metrics_folder(load(site.config).settings)
    clear(folder)
    pid = os.fork()
    if pid == 0:
        Metrics(folder, "w0").rule_matches.labels("hidden-crowd", "monitor").inc(7)
        os._exit(0)
    os.waitpid(pid, 0)
    rows = {row["rule"]: row for row in site.run("stats", "rules", "--json").lines}
    assert rows["hidden-crowd"]["matches"] == {"monitor": 7}
    assert "matched 7 in monitor" in site.run("stats", "rules").out


def test_audit_verify_says_that_the_record_is_whole(site: Site) -> None:
    site.hold()
    assert site.run("audit", "verify", "--json").json["whole"] is True


def test_hostile_subjects_cannot_move_the_cursor(site: Site) -> None:
    site.hold(MESSAGE.replace(b"Kaguya", b"=?utf-8?q?=1b[31m_Kaguya=0d=0aX:_=e2=80=ae?="))
    shown = site.run("quarantine", "show", site.run("quarantine", "list", "-q").out.strip())
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "\nX:" not in shown.out


def test_explain_follows_the_contract(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(MESSAGE.replace(b"a@x.example", b"a@x.example, b@y.example, c@z.example"))
    answer = site.run("explain", str(file), "--rcpt", "a@x.example", "--rcpt", "in@example.co.jp", "--json")
    report = answer.json
    assert report["disposition"] == "hold"
    assert report["recipients"]["a@x.example"] == {
        "disposition": "hold",
        "rules": ["project-outside", "hidden-crowd"],
    }
    assert report["recipients"]["in@example.co.jp"]["disposition"] == "accept"
    (finding,) = report["findings"]
    assert (finding["code"], finding["kind"], finding["where"]) == ("dictionary-word", "projects", "header:Subject")
    assert finding["recipients"] == ["a@x.example", "in@example.co.jp"]
    assert finding["message"]
    rule = report["rules"][0]
    assert (rule["id"], rule["mode"], rule["matched"]) == ("project-outside", "enforce", True)
    assert rule["because"]
    assert {"op": "change-header", "name": "To", "index": 1, "value": "undisclosed-recipients:;"} in report["edits"]
    assert not (site.home / "sekisho.db").exists()


def test_explain_takes_the_envelope_from_the_header_where_none_is_given(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "m.eml"
    file.write_bytes(MESSAGE)
    assert list(site.run("explain", str(file), "--json").json["recipients"]) == ["a@x.example"]
    file.write_bytes(b"Subject: nobody\r\n\r\n")
    assert site.run("explain", str(file)).code == 65
    assert site.run("explain", str(tmp_path / "none.eml")).code == 66


def test_the_notice_to_the_sender_waits_in_the_outbox(site: Site) -> None:
    site.hold()
    sent: list[bytes] = []
    settings = load(site.config).settings
    store = store_of(settings)

    def send(sender: object, recipients: list[object], pieces: list[bytes], size: int) -> list[Outcome]:
        sent.append(b"".join(pieces))
        return [Outcome(path, Kind.ACCEPTED, 250, "ok") for path in recipients]  # type: ignore[arg-type]

    stationery = Stationery(Letterhead("check@example.co.jp", UTC), "en", "postmaster@example.co.jp")
    worker = ReleaseWorker(store, send, stationery, a_desk(), Silent(), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    assert worker.run_once(datetime.now(UTC)) == 1
    worker.close()
    store.close()
    (notice,) = sent
    mail = message_from_string(notice.decode())
    assert mail["To"] == "<sato@example.co.jp>"
    assert mail["Auto-Submitted"].startswith("auto-generated")
    assert b"plan" not in notice


PEOPLE = "address,manager,aliases\nsato@example.co.jp,suzuki@example.co.jp,\nsuzuki@example.co.jp,,boss@example.co.jp\n"


@pytest.fixture
def asked(site: Site) -> str:
    """A hold about which the sender's manager was asked."""
    (site.home / "people.csv").write_text(PEOPLE)
    with site.config.open("a") as file:
        file.write("approvals: {people: {csv: people.csv}, remind: 24h}\n")
    policy = site.home / "policy.yaml"
    policy.write_text(policy.read_text().replace("approval: operator", "approval: [manager, operator]"))
    hold = site.hold()
    loaded = load(site.config)
    store = store_of(loaded.settings)
    assert ask_due(store, desk_of(loaded), datetime.now(UTC), Silent()) == 1
    store.close()
    return hold


def test_show_says_who_was_asked_and_what_may_be_done(site: Site, asked: str) -> None:
    full = site.run("quarantine", "show", asked, "--json").json
    (wait,) = full["waits"]
    assert (wait["approval"], wait["step"], wait["steps"]) == ("[manager, operator]", 1, 2)
    (ask,) = wait["asks"]
    assert (ask["person"], ask["for"], ask["role"], ask["answer"]) == ("suzuki@example.co.jp",) * 2 + ("manager", "")
    assert full["rights"] == {
        "sato@example.co.jp": ["cancel"],
        "suzuki@example.co.jp": ["reject", "cancel", "approve"],
    }
    told = site.run("quarantine", "show", asked).out
    assert "manager: suzuki@example.co.jp: asked" in told
    assert "suzuki@example.co.jp may: reject, cancel, approve" in told


def test_approve_counts_one_persons_yes(site: Site, asked: str) -> None:
    for stranger in ("sato@example.co.jp", "root"):
        answer = site.run("quarantine", "approve", asked, "--as", stranger)
        assert (answer.code, answer.out) == (65, "")
        assert f"{stranger} may not do this" in answer.err
    answer = site.run("quarantine", "approve", asked, "--as", "Boss@example.co.jp", "--reason", "fine")
    assert (answer.code, "still needed for project-outside: operator (step 2 of 2)" in answer.out) == (0, True)
    (entry,) = [row for row in site.run("audit", "list", "--json").lines if row["action"] == "approve"]
    assert (entry["actor"], entry["role"], entry["reason"]) == ("suzuki@example.co.jp", "person", "fine")
    full = site.run("quarantine", "show", asked, "--json").json
    assert [ask["answer"] for ask in full["waits"][0]["asks"]] == ["approve"]
