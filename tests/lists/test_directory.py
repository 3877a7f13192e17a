"""People of a real directory: who they are, and what happens while it is down, slow, or talks nonsense."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from sekisho.core.people import Person
from sekisho.core.ports import Unavailable
from sekisho.lists import ldap
from sekisho.lists.opened import NamedLists
from sekisho.lists.people import Sourced
from sekisho.lists.people_models import PeopleModel
from sekisho.lists.staff import Opening, open_people
from sekisho.lists.watched import Clocks
from sekisho.store import Store
from tests.support.approval import Office, lock
from tests.support.openldap import ADMIN, PASSWORD, SUFFIX, OpenLdap
from tests.support.stores import POSTMASTER, opened

TARO, JIRO, SALES = "taro@example.com", "jiro@example.com", "sales@example.com"
NONSENSE: dict[str, bytes] = {
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "noughts": bytes(4096),
    "a length beyond all": b"\x30\x84\xff\xff\xff\xff",
    "an answer to nothing asked": bytes.fromhex("300c02017f61070a010004000400"),
    "a name that is no name": bytes.fromhex("300c020101640704013f30020400"),
    "silence": b"",
}


class Moments:
    """A clock that a test moves; what is to be done beside is done at once."""

    def __init__(self) -> None:
        self.now = 1000.0

    @property
    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, lambda: 1e9, _at_once)


def _at_once(work: Callable[[], object]) -> None:
    work()


def people_of(url: str, moments: Moments, folder: Path) -> Sourced:
    (folder / "password").write_text(PASSWORD)
    (folder / "password").chmod(0o600)
    place = {
        "ldap": url,
        "base": SUFFIX,
        "filter": "(mail=*)",
        "bind-dn": ADMIN,
        "password-file": str(folder / "password"),
        "every": "60s",
    }
    model = TypeAdapter(PeopleModel).validate_python(place)
    how = Opening(moments.clocks, ZoneInfo("Asia/Tokyo"), lambda: date(2026, 11, 24), logging.getLogger("test"))
    return open_people(model, {}, (), NamedLists({}, moments.clocks), how)


@contextmanager
def saying(octets: bytes) -> Iterator[str]:
    """Something on a port that says this to whoever comes, and hangs up; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(octets)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield f"ldap://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_people_managers_deputies_and_owners_are_found(directory: OpenLdap, tmp_path: Path) -> None:
    known = people_of(directory.url, Moments(), tmp_path)
    taro = known.find("t.yamada@example.com")
    assert taro == Person(TARO, "山田", "Sales", JIRO, "", "ja", ("t.yamada@example.com",))
    jiro = known.find(JIRO)
    assert jiro is not None
    assert (jiro.manager, jiro.deputy, known.section("sales")) == ("", TARO, [TARO])
    assert [known.answers_for(name) for name in (SALES, "t.yamada@example.com")] == [TARO, TARO]
    assert len(known.everybody()) == 3


def test_what_was_known_counts_while_the_directory_is_down_and_it_is_believed_when_it_is_back(
    directory: OpenLdap, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    moments = Moments()
    known = people_of(directory.url, moments, tmp_path)
    assert known.find(TARO) is not None
    assert known.ages() == {"approvals.people": 0}
    directory.stop()
    moments.now += 61
    assert known.find(TARO) is not None
    assert known.ages() == {"approvals.people": 61}
    assert [record.message for record in caplog.records] == ["list cannot be fetched"]
    directory.start()
    moments.now += 61
    caplog.clear()
    assert known.find(TARO) is not None
    assert caplog.records == []
    assert known.ages() == {"approvals.people": 0}


def test_a_directory_that_takes_connections_and_does_not_answer_is_given_up(
    directory: OpenLdap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ldap, "TIMEOUT", 0.2)
    known = people_of(directory.url, Moments(), tmp_path)
    directory.stall()
    with pytest.raises(Unavailable):
        known.find(TARO)


@pytest.mark.parametrize("octets", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_unavailable_never_nobody(octets: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("bonsai")
    monkeypatch.setattr(ldap, "TIMEOUT", 1.0)
    with saying(octets) as url, pytest.raises(Unavailable):
        people_of(url, Moments(), tmp_path).find(TARO)


def test_approvers_are_asked_when_the_directory_answers_and_the_fallback_when_it_never_does(
    directory: OpenLdap, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    store: Store = opened("sqlite", tmp_path / "store")
    store.upgrade()
    moments = Moments()
    office = Office(store, people_of(directory.url, moments, tmp_path), patience=60)
    directory.stop()
    hold = office.hold(lock("address:taro@example.co.jp"))
    assert office.asks(hold) == ()
    directory.start()
    for _ in range(2):
        moments.now += 36
        office.later(0.01)
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [("taro@example.co.jp", "")]
    directory.stop()
    office.desk = Office(store, people_of(directory.url, moments, tmp_path), patience=60).desk
    hold = office.hold(lock("manager"))
    for _ in range(6):
        moments.now += 36
        office.later(0.01)
    assert [(ask.person, ask.why) for ask in office.asks(hold)] == [(POSTMASTER, "directory-away")]
    assert ("approver", f"directory-away; asked instead: {POSTMASTER}") in office.alarms.said
    store.close()
