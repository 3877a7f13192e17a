"""The page behind a link: GET shows and changes nothing, POST acts once, and nothing else does anything."""

from __future__ import annotations

import http.client
import re
import threading
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import text

from sekisho.core.amounts import Duration
from sekisho.core.approval import parse
from sekisho.core.terms import Preview, Review, Terms
from sekisho.quarantine.choose import WINDOW
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.store import Store, StoreUnavailable, audit
from sekisho.store.unit import View
from tests.support.links import SATO, SUZUKI, held, terms
from tests.support.stores import loaded
from tests.web.conftest import Answer, Office

HTML = (
    b'<p onclick="x()">Hello <b>world</b><script>alert(1)</script><img src="https://track.example/p.gif">'
    b'<a href="https://evil.example/">click</a><style>p{}</style><svg><circle/></svg><iframe src=x></iframe></p>'
)


def states(office: Office, hold: str) -> list[str]:
    return [person.state.value for person in loaded(office.store, hold).recipients]


def everything(store: Store) -> dict[str, Any]:
    """All rows of the store but what was looked at, to be compared."""

    def rows(view: View) -> dict[str, Any]:
        names = ("holds", "recipients", "waits", "asks", "outbox", "tokens", "choices", "releases")
        found = {name: view.connection.execute(text(f"SELECT * FROM {name}")).all() for name in names}
        return found | {"audit": [row for row in audit.entries(view) if row.action != "view"]}

    return store.read(rows)


def test_an_approver_rejects_with_a_ready_reason(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SUZUKI)
    answer = office.post(path, choice="reject", **{"reason:reject": "use-bcc", "comment:reject": "please"})
    assert answer.status == 303
    office.now += WINDOW
    office.settle()
    assert states(office, hold) == ["rejected", "rejected"]
    assert office.store.read(audit.entries)[-1].reason == "use-bcc: please"


def test_the_sender_removes_one_address(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SATO)
    office.post(path, choice="drop-recipient", whom="drop-recipient:1")
    office.now += WINDOW
    office.settle()
    assert states(office, hold) == ["held", "cancelled"]


def test_an_approval_needs_the_code_of_the_mail(office: Office) -> None:
    hold = held(office.store)
    path, code = office.link(hold, SUZUKI)
    assert code not in office.get(path).text + office.get(f"{path}?see=approve").text
    wrong = office.post(path, choice="approve", code="ZZZZ")
    assert (wrong.status, "Attempts left: 2." in wrong.text) == (200, True)
    assert office.post(path, choice="approve", code=code.lower()).status == 303
    office.now += WINDOW
    office.settle()
    assert states(office, hold) == ["releasing", "releasing"]


def test_after_three_wrong_codes_the_link_is_dead_and_says_so_once(office: Office) -> None:
    path, code = office.link(held(office.store), SUZUKI)
    mark = office.get(path).mark
    answers = [office.ask("POST", path, {"mark": mark, "choice": "approve", "code": "ZZZZ"}) for _ in range(3)]
    assert "this link is closed" in answers[2].text
    assert office.ask("POST", path, {"mark": mark, "choice": "approve", "code": code}).status == 404


def test_after_the_choice_it_can_be_taken_back_on_the_next_page(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SUZUKI)
    moved = office.post(path, choice="cancel")
    undo = path[: path.rindex("/") + 1] + moved.headers["location"]
    page = office.get(undo)
    assert "It takes effect in 10 seconds." in page.text
    again = office.ask("POST", undo, {"mark": page.mark, "choice": "undo"})
    anew = path[: path.rindex("/") + 1] + again.headers["location"]
    office.now += WINDOW
    office.settle()
    assert states(office, hold) == ["held", "held"]
    assert office.get(anew).status == 200
    office.post(anew, choice="cancel")
    office.now += WINDOW
    office.settle()
    assert states(office, hold) == ["cancelled", "cancelled"]


def test_when_it_has_taken_effect_the_page_says_so(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SUZUKI)
    undo = path[: path.rindex("/") + 1] + office.post(path, choice="cancel").headers["location"]
    office.now += WINDOW
    assert 'name="mark"' not in office.get(undo).text
    office.settle()
    page = office.get(undo)
    assert "Done: Cancel what is held" in page.text
    assert 'name="mark"' not in page.text


def closed(office: Office) -> dict[str, tuple[str, str]]:
    """A path for each way in which a token is not good, and why."""
    used, _ = office.link(held(office.store), SUZUKI)
    office.post(used, choice="cancel")
    overtaken_hold = held(office.store, body=b"two\r\n")
    overtaken, _ = office.link(overtaken_hold, SUZUKI)
    decide(office.store, overtaken_hold, Choice.RELEASE, Actor("root", "operator"), office.now)
    good, _ = office.link(held(office.store, body=b"three\r\n"), SUZUKI)
    altered = good[:-1] + ("A" if good[-1] != "A" else "B")
    expired, _ = office.link(held(office.store, body=b"four\r\n"), SUZUKI)
    return {
        "unknown": ("/h/" + "A" * 64, "unknown"),
        "altered": (altered, "unknown"),
        "short": ("/h/x", "unknown"),
        "used": (used, "used"),
        "overtaken": (overtaken, "overtaken"),
        "expired": (expired, "expired"),
    }


def test_tokens_that_are_not_good_look_alike_whatever_is_wrong(office: Office) -> None:
    paths = closed(office)
    office.now += timedelta(hours=25)
    seen = set()
    for path, _ in paths.values():
        for answer in (office.get(path), office.ask("POST", path, {"choice": "cancel"})):
            headers = {name: value for name, value in answer.headers.items() if name != "date"}
            seen.add((answer.status, answer.body, tuple(sorted(headers.items()))))
    assert len(seen) == 1
    assert next(iter(seen))[0] == 404


def test_they_are_answered_at_the_same_moment_and_the_log_knows_why(office: Office) -> None:
    paths = closed(office)
    office.now += timedelta(hours=24, seconds=-1)
    office.noted.clear()
    for path, _ in paths.values():
        office.get(path)
    assert [why for what, _, why in office.noted if what == "refused"] == [
        why if name != "expired" else "" for name, (_, why) in paths.items() if name != "expired"
    ]
    assert len(office.waited) == len(paths) - 1
    assert all(0.2 < waited <= 0.3 for waited in office.waited)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_only_post_changes_anything(office: Office, method: str) -> None:
    hold = held(office.store)
    path, code = office.link(hold, SUZUKI)
    before = everything(office.store)
    for query in ("", "?see=evidence", "?see=message", "?see=approve", "?choice=approve&code=" + code, "?file=1"):
        office.ask(method, path + query)
    assert everything(office.store) == before


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"choice": "cancel"},
        {"choice": "cancel", "mark": "1.00"},
        {"choice": "cancel", "mark": "x"},
        {"choice": "cancel", "mark": "9" * 400 + ".00"},
    ],
)
def test_a_form_that_did_not_come_from_the_page_does_nothing(office: Office, form: dict[str, str]) -> None:
    path, _ = office.link(held(office.store), SUZUKI)
    before = everything(office.store)
    answer = office.ask("POST", path, form)
    assert (answer.status, "open too long" in answer.text) == (200, True)
    assert everything(office.store) == before


def test_a_form_from_another_site_or_another_link_does_nothing(office: Office) -> None:
    path, _ = office.link(held(office.store), SUZUKI)
    other, _ = office.link(held(office.store), SATO)
    before = everything(office.store)
    form = {"choice": "cancel", "mark": office.get(path).mark}
    assert office.ask("POST", path, form, Sec_Fetch_Site="cross-site").status == 200
    assert office.ask("POST", path, {**form, "mark": office.get(other).mark}).status == 200
    assert everything(office.store) == before


@pytest.mark.parametrize("body", [b"\xff\xfe", b"&" * 10_000, b"choice=" + b"x" * 30_000, b"=&=&%zz", b"whom=1&" * 600])
def test_whatever_is_posted_is_answered(office: Office, body: bytes) -> None:
    path, _ = office.link(held(office.store), SUZUKI)
    connection = http.client.HTTPConnection("127.0.0.1", office.port)
    connection.request("POST", path, body)
    assert connection.getresponse().status == 200
    connection.close()


def test_the_page_can_be_neither_framed_cached_nor_told_to_others_and_runs_nothing(office: Office) -> None:
    path, _ = office.link(held(office.store), SUZUKI)
    moved = office.post(path, choice="cancel")
    pages = [office.get(path + query) for query in ("", "?see=message")]
    path, _ = office.link(held(office.store, body=b"two\r\n"), SUZUKI)
    pages += [office.get(path + query) for query in ("", "?see=message", "?see=approve", "?see=evidence")]
    for page in (*pages, moved):
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert policy.endswith("'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
        assert "<script" not in page.text
        assert page.headers["x-content-type-options"] == "nosniff"


def test_nothing_of_a_message_is_markup(office: Office) -> None:
    evil = "<x><script>alert(1)</script>\"'&@evil.example"
    hold = held(office.store, recipients=(f'<"{evil.rpartition("@")[0]}"@evil.example>', "<y@other.example>"))
    path, _ = office.link(hold, SUZUKI)
    for query in ("", "?see=evidence", "?see=approve"):
        assert "<script" not in office.get(path + query).text


def framed(page: Answer) -> list[str]:
    """The documents in a page's frames."""
    return [unescape(found) for found in re.findall(r'<iframe sandbox srcdoc="([^"]*)"', page.text)]


def held_mail(office: Office, preview: Preview = Preview.FULL) -> str:
    """A hold of a mail of HTML and a file."""
    body = (
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + HTML + b"\r\n"
        b'--b\r\nContent-Type: image/svg+xml\r\nContent-Disposition: attachment; filename="../a b\\\\c.svg"\r\n\r\n'
        b"<svg onload='alert(1)'/>\r\n--b--\r\n"
    )
    fields = [("MIME-Version", "1.0"), ("Content-Type", 'multipart/mixed; boundary="b"')]
    return held(office.store, terms(preview=preview), body=body, fields=fields)


def test_the_text_is_shown_without_anything_that_runs_or_fetches(office: Office) -> None:
    path, _ = office.link(held_mail(office), SUZUKI)
    page = office.get(f"{path}?see=message")
    (document,) = framed(page)
    assert "Hello <b>world</b>" in document
    assert not re.search(r"script|img|href|style=|onclick|svg|evil|track|iframe", document.partition("<body>")[2])
    assert 'href="?file=1"' in page.text


def test_a_file_is_saved_never_shown(office: Office) -> None:
    path, _ = office.link(held_mail(office), SUZUKI)
    file = office.get(f"{path}?file=1")
    assert file.body == b"<svg onload='alert(1)'/>"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert "%2F" not in file.headers["content-disposition"]
    assert "sandbox" in file.headers["content-security-policy"]
    for number in ("0", "2", "-1", "x", "9" * 30, "%D9%A1"):
        assert office.get(f"{path}?file={number}").status == 404


@pytest.mark.parametrize("preview", [Preview.FINDINGS, Preview.NONE])
def test_where_the_policy_hides_the_mail_neither_text_nor_files_are_given(office: Office, preview: Preview) -> None:
    path, _ = office.link(held_mail(office, preview), SUZUKI)
    assert "see=message" not in office.get(path).text
    assert office.get(f"{path}?see=message").status == 404
    assert office.get(f"{path}?file=1").status == 404


def test_the_strictest_lock_decides_what_is_shown(office: Office) -> None:
    hold = held(office.store, terms(), terms(preview=Preview.NONE))
    path, _ = office.link(hold, SUZUKI)
    assert "The policy shows this mail to nobody." in office.get(path).text


def test_who_saw_what_is_on_record_once_in_five_minutes(office: Office) -> None:
    hold = held_mail(office)
    path, _ = office.link(hold, SUZUKI)
    for query in ("", "", "?see=message", "?file=1", "?file=1"):
        office.get(path + query)
    office.ask("HEAD", path)
    office.now += timedelta(minutes=5)
    office.get(path)
    views = [row for row in office.store.read(lambda view: audit.entries(view, hold=hold)) if row.action == "view"]
    assert [(row.actor, row.details["what"]) for row in views] == [
        (SUZUKI, what) for what in ("page", "message", "file 1", "page")
    ]


def test_what_needs_a_second_proof_is_not_offered_and_the_page_says_who_can_help(office: Office) -> None:
    path, _ = office.link(held(office.store, terms(step_up=True)), SUZUKI)
    page = office.get(path).text
    assert "Approval needs a second proof of who you are." in page
    assert "see=approve" not in page
    assert 'value="reject"' in page


def test_a_store_that_is_away_is_said_and_nothing_is_lost(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = office.link(held(office.store), SUZUKI)

    def away(*_: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "read", away)
        assert office.get(path).status == 503
    assert office.get(path).status == 200


def test_two_posts_at_once_are_one_choice(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SUZUKI)
    mark = office.get(path).mark
    statuses: list[int] = []

    def post() -> None:
        statuses.append(office.ask("POST", path, {"mark": mark, "choice": "cancel"}).status)

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [404] * 7
    assert [row.action for row in office.store.read(audit.entries)].count("choose") == 1


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "保留を続け、送信しません。"), ("en", "It keeps waiting"), ("zh", "继续暂缓")]
)
def test_the_page_speaks_its_reader_s_language(office: Office, language: str, said: str) -> None:
    office.language = language
    path, _ = office.link(held(office.store), SUZUKI)
    page = office.get(path).text
    assert f'<html lang="{language}">' in page
    assert said in page


def test_choices_stand_in_the_order_of_the_rule_and_what_sends_has_a_page_of_its_own(office: Office) -> None:
    hold = held(office.store, terms(offer=("envelope-only", "drop-recipient", "cancel")))
    path, _ = office.link(hold, SUZUKI)
    page = office.get(path).text
    places = [page.index(part) for part in ('value="reject"', "see=envelope-only", 'value="cancel"', "see=approve")]
    assert places == sorted(places)
    assert 'name="code"' not in page
    assert 'name="code"' in office.get(f"{path}?see=envelope-only").text


def test_somebody_must_be_picked_to_be_removed(office: Office) -> None:
    hold = held(office.store)
    path, _ = office.link(hold, SATO)
    assert "Choose whom to remove." in office.post(path, choice="drop-recipient").text


def test_what_has_gone_already_is_checked_without_a_code(office: Office) -> None:
    """Nothing leaves because somebody says that it was right."""
    checked = Terms(parse("manager"), review=Review(parse("manager"), Duration(8 * 3600)))
    hold = held(office.store, checked)
    assert loaded(office.store, hold).passed
    path, _ = office.link(hold, SUZUKI)
    page = office.get(path).text
    assert "It has been sent. Say whether that was right." in page
    assert 'name="code"' not in page + office.get(f"{path}?see=approve").text
    assert office.post(path, choice="approve").status == 303
    office.now += WINDOW
    office.settle()
    assert [entry.answer for entry in loaded(office.store, hold).asks] == ["approve"]


def test_of_many_recipients_all_are_named_and_the_first_screen_stays_short(office: Office) -> None:
    many = [f"<r{number}@d{number % 40}.example>" for number in range(120)]
    path, _ = office.link(held(office.store, recipients=many), SUZUKI)
    page = office.get(path).text
    assert page.count("<li><bdi>") < 20
    assert "and 84 more" in page
    assert 'type="checkbox"' not in page
    assert all(f"r{number}@d{number % 40}.example" in office.get(f"{path}?see=evidence").text for number in (0, 119))


def test_no_token_is_logged_whatever_happens(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the web server's own loggers nor an unexpected failure write the path."""
    path, code = office.link(held(office.store), SUZUKI)
    token = path.rpartition("/")[2]
    caplog.set_level(0)
    office.get(path)
    office.post(path, choice="approve", code="ZZZZ")
    with monkeypatch.context() as patched:
        patched.setattr(Store, "read", lambda *_: 1 / 0)
        assert office.get(path).status == 500
    assert office.post(path, choice="approve", code=code).status == 303
    office.get(path)
    written = caplog.text + str([vars(record) for record in caplog.records]) + str(office.noted)
    assert token not in written
