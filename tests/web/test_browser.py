"""In a real Chromium of a telephone's size: people do what they came for, programs that press buttons do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.core.finding import Finding
from sekisho.quarantine.choose import WINDOW
from sekisho.store import Store, audit
from tests.support.browser import CHROMIUM, DRIVER, HEIGHT, Browser, browser
from tests.support.links import SATO, SUZUKI, held, terms
from tests.support.stores import loaded
from tests.web.conftest import Office

pytestmark = pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="Chromium and chromedriver are not installed")

FINDINGS = (
    Finding("lookalike-domain", "envelope", 0b1, score=0.9, values={"address": "tanaka@gmai.com", "like": "gmail.com"}),
    Finding("personal-data", "attachment:名簿.xlsx/顧客(hidden)!B2", 0b11, "phone", 1204, 0.8, "090-****-**12"),
    Finding("hidden-content", "attachment:名簿.xlsx/顧客", 0b11, "sheet", 1, 0.4, "顧客"),
)
THREE = ("<tanaka@gmai.com>", "<hanako@other.example>", "<jiro@other.example>")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as one:
        yield one


def at(office: Office, path: str) -> str:
    return f"http://127.0.0.1:{office.port}{path}"


def hold_of_three(store: Store, approval: str = "manager") -> str:
    offer = ("drop-recipient", "cancel", "send-with-reason")
    return held(store, terms(approval, offer), recipients=THREE, findings=FINDINGS)


def states(office: Office, hold: str) -> list[str]:
    return [person.state.value for person in loaded(office.store, hold).recipients]


def settled(office: Office) -> None:
    office.now += WINDOW
    office.settle()


def test_the_sender_removes_an_address_in_two_taps_and_a_confirmation(office: Office, chromium: Browser) -> None:
    hold = hold_of_three(office.store)
    path, _ = office.link(hold, SATO)
    chromium.open(at(office, path))
    chromium.click("input[value=drop-recipient]")
    chromium.click("input[value='drop-recipient:0']")
    chromium.click("button")
    chromium.until_it_says("Noted: Remove this recipient")
    settled(office)
    assert states(office, hold) == ["cancelled", "held", "held"]


def test_an_approver_rejects_with_a_reason(office: Office, chromium: Browser) -> None:
    hold = hold_of_three(office.store)
    path, _ = office.link(hold, SUZUKI)
    chromium.open(at(office, path))
    chromium.click("input[value=reject]")
    chromium.click("option[value=remove-data]")
    chromium.click("button")
    chromium.until_it_says("It takes effect in 10 seconds.")
    settled(office)
    assert states(office, hold) == ["rejected"] * 3
    assert office.store.read(audit.entries)[-1].reason == "remove-data"


def test_an_approver_sees_the_evidence_types_the_code_and_approves(office: Office, chromium: Browser) -> None:
    hold = hold_of_three(office.store)
    path, code = office.link(hold, SUZUKI)
    chromium.open(at(office, path))
    chromium.click("a[href='?see=approve']")
    chromium.until_it_says("1,204")
    chromium.type("input[name=code]", code.lower())
    chromium.click("button")
    chromium.until_it_says("Noted: Approve it")
    settled(office)
    assert states(office, hold) == ["releasing"] * 3


def test_the_undo_button_takes_it_back(office: Office, chromium: Browser) -> None:
    hold = hold_of_three(office.store)
    path, _ = office.link(hold, SUZUKI)
    chromium.open(at(office, path))
    chromium.click("input[value=cancel]")
    chromium.click("button")
    chromium.until_it_says("Undo")
    chromium.click("button")
    chromium.until_it_says("Choose")
    settled(office)
    assert states(office, hold) == ["held"] * 3


@pytest.mark.parametrize("language", ["ja", "en", "zh"])
@pytest.mark.parametrize("person", [SATO, SUZUKI])
def test_what_matters_is_on_the_first_screen(
    office: Office, chromium: Browser, language: str, person: str, tmp_path: Path
) -> None:
    office.language = language
    path, _ = office.link(hold_of_three(office.store), person)
    chromium.open(at(office, path))
    chromium.picture(tmp_path / f"{language}-{person}.png")
    assert chromium.run("return document.documentElement.scrollWidth") == 390
    assert chromium.bottom("button") <= HEIGHT


def test_the_text_is_in_a_frame_that_reads_well_and_reaches_nothing(office: Office, chromium: Browser) -> None:
    html = b'<p>\xe3\x81\x93\xe3\x82\x93\xe3\x81\xab\xe3\x81\xa1\xe3\x81\xaf</p><img src="http://127.0.0.1:1/x.png">'
    fields = [("MIME-Version", "1.0"), ("Content-Type", "text/html; charset=utf-8")]
    path, _ = office.link(held(office.store, body=html, fields=fields), SUZUKI)
    chromium.open(at(office, f"{path}?see=message"))
    assert chromium.frame_text("iframe") == "こんにちは"


def test_a_program_that_runs_scripts_and_presses_every_button_releases_nothing(
    office: Office, chromium: Browser
) -> None:
    hold = hold_of_three(office.store)
    path, code = office.link(hold, SUZUKI)
    for _ in range(10):
        for query in ("", "?see=approve", "?see=send-with-reason", "?see=evidence", "?see=message"):
            chromium.open(at(office, path + query))
            chromium.run(
                "for (const form of document.forms) { form.noValidate = true; form.submit(); }"
                "for (const one of document.querySelectorAll('button, a')) one.click();"
            )
    settled(office)
    assert states(office, hold) == ["held"] * 3
    chromium.open(at(office, f"{path}?see=approve"))
    chromium.type("input[name=code]", code)
    chromium.click("button")
    chromium.until_it_says("Noted: Approve it")
    settled(office)
    assert states(office, hold) == ["releasing"] * 3


def test_of_ten_thousand_visits_by_programs_none_releases_and_the_link_still_works(office: Office) -> None:
    hold = hold_of_three(office.store)
    path, code = office.link(hold, SUZUKI)
    mark = office.get(path).mark
    visits = [
        ("GET", path, None),
        ("HEAD", path, None),
        ("GET", f"{path}?see=approve", None),
        ("GET", f"{path}?see=message", None),
        ("POST", path, {}),
        ("POST", path, {"mark": mark}),
        ("POST", path, {"mark": mark, "reason:reject": "", "comment:reject": ""}),
        ("POST", f"{path}?see=approve", {"mark": mark, "choice": "approve"}),
        ("OPTIONS", path, None),
        ("GET", f"{path}?choice=approve&code={code}&mark={mark}", None),
    ]

    def visit() -> None:
        with office.visitor() as ask:
            for number in range(2500):
                ask(*visits[number % len(visits)])

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settled(office)
    assert states(office, hold) == ["held"] * 3
    assert [row.action for row in office.store.read(audit.entries)].count("choose") == 0
    assert office.post(path, choice="approve", code=code).status == 303
    settled(office)
    assert states(office, hold) == ["releasing"] * 3
