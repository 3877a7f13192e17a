"""Lists are fetched from SQL databases and directories; what goes wrong is unavailable, never an empty list."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest

from sekisho.core.ports import Unavailable
from sekisho.lists import ldap, sql
from sekisho.lists.entries import BadList
from tests.support.openldap import ADMIN, PASSWORD, SUFFIX, OpenLdap


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "site's%20.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE partners (address TEXT, active INT)")
        rows = [("Taro@X.jp", 1), (" y.jp ", 1), (None, 1), ("", 1), ("old.jp", 0), ("no entry", 2)]
        connection.executemany("INSERT INTO partners VALUES (?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def test_the_first_column_of_a_query_is_the_entry(database: str) -> None:
    table = sql.fetch(database, "SELECT address FROM partners WHERE active = 1", None)
    assert len(table) == 2
    assert table.contains("taro", "x.jp")
    assert not table.contains("x", "old.jp")


def test_a_row_that_is_no_entry_is_named(database: str) -> None:
    with pytest.raises(BadList, match="'no entry' is not an address"):
        sql.fetch(database, "SELECT address FROM partners", None)


@pytest.mark.parametrize(
    "query", ["SELECT nix FROM partners", "SELEC", "SELECT address FROM nix", "DELETE FROM partners"]
)
def test_a_query_that_fails_or_writes_is_unavailable(database: str, query: str) -> None:
    with pytest.raises(Unavailable):
        sql.fetch(database, query, None)


def test_a_database_that_is_not_there_is_unavailable_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="unable to open"):
        sql.fetch(f"sqlite:///{tmp_path}/nix.db", "SELECT 1", None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:///", "sqlite:x", "x"])
def test_what_is_no_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not a database"):
        sql.check_database(url)


def test_what_is_not_installed_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ValueError, match=r"install sekisho\[postgresql\]"):
        sql.check_database("postgresql://u@h/d")
    with pytest.raises(ValueError, match=r"install sekisho\[ldap\]"):
        ldap.check_directory("ldaps://h")


@pytest.mark.parametrize("url", ["http://h", "ldap://h/dc=x", "h", ""])
def test_what_is_no_directory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="is not a directory's address"):
        ldap.check_directory(url)


def test_an_attribute_of_all_entries_that_a_filter_finds_is_fetched(directory: OpenLdap) -> None:
    table = ldap.fetch(ldap.Directory(directory.url, SUFFIX, "(sn=Yamada)", "mail", bind_dn=ADMIN), PASSWORD)
    assert len(table) == 2
    assert table.contains("t.yamada", "example.com")
    assert not table.contains("jiro", "example.com")


def test_a_directory_that_refuses_is_unavailable(directory: OpenLdap) -> None:
    for wanted, password in (
        (ldap.Directory(directory.url, SUFFIX, "(mail=*)", "mail", bind_dn=ADMIN), "wrong"),
        (ldap.Directory(directory.url, "dc=nowhere", "(mail=*)", "mail", bind_dn=ADMIN), PASSWORD),
        (ldap.Directory(directory.url, SUFFIX, "((broken", "mail", bind_dn=ADMIN), PASSWORD),
    ):
        with pytest.raises(Unavailable):
            ldap.fetch(wanted, password)


def test_a_directory_that_is_away_is_unavailable() -> None:
    pytest.importorskip("bonsai")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unavailable):
        ldap.fetch(ldap.Directory(f"ldap://127.0.0.1:{port}", SUFFIX, "(mail=*)", "mail"), None)
