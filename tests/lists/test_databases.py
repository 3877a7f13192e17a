"""Lists are fetched from SQL databases and directories; what goes wrong is unavailable, never an empty list."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sekisho.core.ports import Unavailable
from sekisho.lists import ldap, sql
from sekisho.lists.entries import BadList

SLAPD = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap")
SUFFIX = "dc=example,dc=com"


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


LDIF = f"""\
dn: {SUFFIX}
objectClass: organization
objectClass: dcObject
dc: example
o: Example

dn: cn=Taro,{SUFFIX}
objectClass: inetOrgPerson
cn: Taro
sn: Yamada
mail: taro@example.com
mail: SMTP:t.yamada@example.com

dn: cn=Jiro,{SUFFIX}
objectClass: inetOrgPerson
cn: Jiro
sn: Suzuki
mail: jiro@example.com

dn: cn=Nobody,{SUFFIX}
objectClass: inetOrgPerson
cn: Nobody
sn: Nobody
"""


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[str]:
    """A private OpenLDAP server."""
    pytest.importorskip("bonsai")
    if not SLAPD:
        pytest.skip("slapd is not installed")
    (tmp_path / "data").mkdir()
    (tmp_path / "data.ldif").write_text(LDIF)
    (tmp_path / "slapd.conf").write_text(
        "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n"
        "include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"
        f"pidfile {tmp_path}/pid\ndatabase mdb\nmaxsize 10485760\nsuffix {SUFFIX}\nrootdn cn=admin,{SUFFIX}\n"
        f"rootpw geheim\ndirectory {tmp_path}/data\naccess to * by users read by anonymous auth\n"
    )
    subprocess.run([str(SLAPD), "-T", "add", "-f", tmp_path / "slapd.conf", "-l", tmp_path / "data.ldif"], check=True)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"ldap://127.0.0.1:{unused.getsockname()[1]}"
    server = subprocess.Popen([str(SLAPD), "-d", "0", "-h", url, "-f", tmp_path / "slapd.conf"])
    try:
        _wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    host, _, port = url.removeprefix("ldap://").partition(":")
    for _ in range(500):
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.01)
        else:
            return


def test_an_attribute_of_all_entries_that_a_filter_finds_is_fetched(directory: str) -> None:
    wanted = ldap.Directory(directory, SUFFIX, "(sn=Yamada)", "mail", bind_dn=f"cn=admin,{SUFFIX}")
    table = ldap.fetch(wanted, "geheim")
    assert len(table) == 2
    assert table.contains("t.yamada", "example.com")
    assert not table.contains("jiro", "example.com")


def test_a_directory_that_refuses_is_unavailable(directory: str) -> None:
    admin = f"cn=admin,{SUFFIX}"
    for wanted, password in (
        (ldap.Directory(directory, SUFFIX, "(mail=*)", "mail", bind_dn=admin), "wrong"),
        (ldap.Directory(directory, "dc=nowhere", "(mail=*)", "mail", bind_dn=admin), "geheim"),
        (ldap.Directory(directory, SUFFIX, "((broken", "mail", bind_dn=admin), "geheim"),
    ):
        with pytest.raises(Unavailable):
            ldap.fetch(wanted, password)


def test_a_directory_that_is_away_is_unavailable() -> None:
    pytest.importorskip("bonsai")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unavailable):
        ldap.fetch(ldap.Directory(f"ldap://127.0.0.1:{port}", SUFFIX, "(mail=*)", "mail"), None)
