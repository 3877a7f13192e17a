"""Who works here, from every place where that can be kept."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter, ValidationError

from sekisho.core.people import Person
from sekisho.core.ports import Unavailable
from sekisho.lists import ldap
from sekisho.lists.entries import BadList
from sekisho.lists.models import FilePlace
from sekisho.lists.opened import NamedLists
from sekisho.lists.people import Sourced
from sekisho.lists.people_models import AbsencesModel, PeopleModel
from sekisho.lists.staff import Opening, open_people
from sekisho.lists.watched import Clocks

CLOCKS = Clocks(lambda: 0.0, lambda: 1e9, lambda work: work())
HOW = Opening(CLOCKS, ZoneInfo("Asia/Tokyo"), lambda: date(2026, 11, 24), logging.getLogger("test"))
SATO = Person("sato@example.co.jp", "佐藤", "Sales", "suzuki@example.co.jp", "", "ja", ("t.sato@example.co.jp",))
BOOK = (
    "address,name,company,section,manager,deputy,language,aliases,valid-until\n"
    "Sato@example.co.jp,佐藤,,Sales,Suzuki@example.co.jp,,JA,T.Sato@example.co.jp,\n"
    "left@example.co.jp,gone,,Sales,,,,,2026-11-23\n"
    "partner.example,a company,P,,,,,,\n"
)


def opened(people: Any = None, groups: Any = None, absences: Any = (), lists: NamedLists | None = None) -> Sourced:
    model = TypeAdapter(PeopleModel).validate_python(people) if people is not None else None
    away = TypeAdapter(AbsencesModel).validate_python(absences)
    return open_people(model, groups or {}, away, lists or NamedLists({}, CLOCKS), HOW)


def test_an_address_book_knows_people_by_every_address_and_forgets_who_has_left(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(BOOK)
    known = opened({"csv": str(tmp_path / "people.csv")})
    assert known.find("T.SATO@example.co.jp") == known.find("sato@example.co.jp") == SATO
    assert [known.find(one) for one in ("left@example.co.jp", "x@partner.example", "", "nobody")] == [None] * 4
    assert known.section("SALES") == ["sato@example.co.jp"]
    assert known.known_as("t.sato@example.co.jp") == "sato@example.co.jp"
    assert (known.group("legal"), known.everybody()) == (None, (SATO,))


def test_a_shared_address_has_an_owner_and_an_alias_its_person(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        BOOK.replace("valid-until", "valid-until,owner")
        + "sales@example.co.jp,,,Sales,,,,,,T.Sato@example.co.jp\nout@saas.example,,,,,,,,,boss@else.example\n"
    )
    known = opened({"csv": str(tmp_path / "people.csv")})
    names = ("sales@example.co.jp", "t.sato@example.co.jp", "out@saas.example", "x@example.co.jp", "")
    assert [known.answers_for(name) for name in names] == [SATO.address, SATO.address, "boss@else.example", "", ""]
    assert known.section("sales") == [SATO.address]


def test_nobody_is_asked_and_waited_for_to_learn_whose_an_address_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "staff.db") as database:
        database.execute("CREATE TABLE staff (address TEXT, aliases TEXT)")
        database.execute("INSERT INTO staff VALUES ('sato@example.co.jp', 'sato')")
    waiting: list[Callable[[], object]] = []
    beside = replace(HOW, clocks=Clocks(lambda: 0.0, lambda: 1e9, waiting.append))
    query = {"sql": f"sqlite:///{tmp_path}/staff.db", "query": "SELECT * FROM staff"}
    model = TypeAdapter(PeopleModel).validate_python(query)
    known = open_people(model, {}, (), NamedLists({}, CLOCKS), beside)
    assert (known.answers_for("sato"), len(waiting)) == ("", 1)
    waiting.pop()()
    assert known.answers_for("sato") == SATO.address


def test_a_query_names_its_columns(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "staff.db") as database:
        database.execute("CREATE TABLE staff (mail TEXT, boss TEXT, team TEXT)")
        database.executemany(
            "INSERT INTO staff VALUES (?, ?, ?)", [("A@x.example", "B@x.example", "t"), (None, "", "")]
        )
    query = "SELECT mail AS address, boss AS Manager, team AS section FROM staff"
    known = opened({"sql": f"sqlite:///{tmp_path}/staff.db", "query": query})
    assert known.find("a@X.example") == Person("a@x.example", section="t", manager="b@x.example")


def test_nonsense_throughout_and_a_database_that_is_away_are_not_nobody(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "staff.db") as database:
        database.execute("CREATE TABLE staff (mail TEXT)")
        database.execute("INSERT INTO staff VALUES ('not an address')")
    for url, query in (("staff.db", "SELECT mail AS address FROM staff"), ("none.db", "SELECT 1")):
        known = opened({"sql": f"sqlite:///{tmp_path}/{url}", "query": query})
        with pytest.raises(Unavailable):
            known.find("a@x.example")
        assert known.known_as("A@x.example") == "A@x.example"


def test_a_directory_names_managers_by_their_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    names = (
        "mail",
        "displayName",
        "departmentNumber",
        "manager",
        "secretary",
        "preferredLanguage",
        "mailAlternateAddress",
        "owner",
    )

    def entry(**values: str) -> dict[str, list[str]]:
        return {name: values[name].split() if name in values else [] for name in names}

    found = [
        (
            "CN=Sato,dc=x",
            entry(mail="sato@x.example t.sato@x.example", manager="cn=Boss,DC=x", preferredLanguage="ja-JP"),
        ),
        ("cn=boss,dc=x", entry(mail="boss@x.example", secretary="deputy@x.example", manager="cn=unknown,dc=x")),
        ("cn=printer,dc=x", entry(displayName="printer")),
    ]
    monkeypatch.setattr(ldap, "search", lambda directory, attributes, password: found)
    monkeypatch.setattr("sekisho.lists.models.check_directory", lambda url: None)
    known = opened({"ldap": "ldaps://ldap.example", "base": "dc=x"})
    assert known.find("t.sato@x.example") == Person(
        "sato@x.example", manager="boss@x.example", language="ja", aliases=("t.sato@x.example",)
    )
    boss = known.find("boss@x.example")
    assert boss is not None
    assert (boss.manager, boss.deputy) == ("", "deputy@x.example")


@pytest.mark.skipif(shutil.which("postmap") is None, reason="needs Postfix")
def test_a_table_of_postfix_gives_managers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n")
    (tmp_path / "managers").write_text("sato@example.co.jp Suzuki@example.co.jp\n")
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    known = opened({"postfix": f"texthash:{tmp_path}/managers"})
    assert known.find("Sato@example.co.jp") == Person("sato@example.co.jp", manager="suzuki@example.co.jp")
    assert known.find("nobody@example.co.jp") is None


def test_a_group_is_a_list_whose_addresses_count(tmp_path: Path) -> None:
    (tmp_path / "legal.txt").write_text("b@x.example\n# comment\nA@x.example\nx.example\n")
    known = opened(groups={"legal": FilePlace(file=tmp_path / "legal.txt"), "one": ("c@x.example",)})
    assert known.group("legal") == ["a@x.example", "b@x.example"]
    assert known.approvers() == {"a@x.example", "b@x.example", "c@x.example"}


def test_absences_are_days_or_moments_of_the_local_clock(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(BOOK)
    (tmp_path / "away.csv").write_text(
        "Address,from,until,deputy\nT.Sato@example.co.jp,2026-12-01,2026/12/02,Ito@example.co.jp\n\n"
        "b@x.example,2026-12-01 13:00,2026-12-01 14:30,\n"
    )
    known = opened({"csv": str(tmp_path / "people.csv")}, absences={"file": str(tmp_path / "away.csv")})

    def away(address: str, moment: str) -> str | None:
        found = known.absence(address, datetime.fromisoformat(moment).replace(tzinfo=UTC))
        return found.deputy if found else None

    days = ("2026-11-30T14:59", "2026-11-30T15:00", "2026-12-02T14:59", "2026-12-02T15:00")
    assert [away("sato@example.co.jp", at) for at in days] == [None, "ito@example.co.jp", "ito@example.co.jp", None]
    moments = ("2026-12-01T03:59", "2026-12-01T04:00", "2026-12-01T05:30")
    assert [away("b@x.example", at) for at in moments] == [None, "", None]


@pytest.mark.parametrize(
    "rows",
    [
        "address,from\na@x.example,2026-12-01\n",
        "address,from,until,extra\n",
        "address,from,until\nnobody,2026-12-01,2026-12-02\n",
        "address,from,until\na@x.example,2026-12-03,2026-12-02\n",
        "address,from,until\na@x.example,tomorrow,2026-12-02\n",
        "address,from,until\na@x.example\n",
    ],
)
def test_a_file_of_absences_that_cannot_be_used_is_refused(tmp_path: Path, rows: str) -> None:
    (tmp_path / "away.csv").write_text(rows)
    with pytest.raises(BadList):
        opened(absences={"file": str(tmp_path / "away.csv")})


@pytest.mark.parametrize("people", [7, {}, {"file": "x"}, ["a@x.example"]])
def test_what_is_no_place_is_refused(people: Any) -> None:
    with pytest.raises(ValidationError, match="where the people are"):
        TypeAdapter(PeopleModel).validate_python(people)
