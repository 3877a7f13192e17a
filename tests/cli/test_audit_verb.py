"""`sekisho audit` and `db copy` as people use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Site
from tests.support import postgresql


def test_looks_and_exports_are_on_record_and_can_be_asked_for(site: Site, tmp_path: Path) -> None:
    hold = site.hold()
    site.run("quarantine", "show", hold, "--as", "suzuki@example.co.jp")
    site.run("quarantine", "export", hold, "-o", str(tmp_path / "mail"))
    views = site.run("audit", "list", "--action", "view", "--json").lines
    assert [one["details"] for one in views] == [{"what": "evidence"}, {"what": "message"}]
    (mine,) = site.run("audit", "list", "--actor", "SUZUKI@example.co.jp", "--since", "1h", "--json").lines
    assert mine["hold_id"] == hold
    assert site.run("audit", "list", "--until", "2000-01-01", "--json").lines == []


def test_a_moment_that_is_none_is_named(site: Site) -> None:
    site.hold()
    answer = site.run("audit", "list", "--since", "yesterday")
    assert (answer.code, "'yesterday' is no moment" in answer.err) == (64, True)


def test_an_export_can_be_proved_apart_from_the_store(site: Site, tmp_path: Path) -> None:
    site.hold()
    site.hold(b"Subject: Kaguya\r\n\r\nkaguya\r\n", ("c@z.example",))
    file = tmp_path / "audit.jsonl"
    assert site.run("audit", "export", "-o", str(file)).code == 0
    proved = site.run("audit", "verify", str(file), "--json")
    assert (proved.code, proved.json["whole"], proved.json["entries"]) == (0, True, 2)
    lines = file.read_text().splitlines()
    changed = json.loads(lines[1])
    changed["reason"] = "something else"
    file.write_text("\n".join([lines[0], json.dumps(changed), *lines[2:]]))
    broken = site.run("audit", "verify", str(file))
    assert (broken.code, "damaged at entry 1" in broken.out) == (65, True)
    assert site.run("audit", "verify", str(tmp_path / "none")).code == 66


def test_a_site_moves_to_postgresql_with_one_command(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hold = site.hold()
    url = postgresql.url_for(tmp_path).replace("+psycopg", "")
    new = tmp_path / "new.yaml"
    new.write_text(site.config.read_text().replace("sqlite:///sekisho.db", url))
    copied = site.run("db", "copy", "--to", str(new), "--json")
    assert (copied.code, copied.json["ok"], copied.json["missing"]) == (0, True, [])
    again = site.run("db", "copy", "--to", str(new))
    assert (again.code, "not empty" in again.err) == (73, True)
    moved = Site(tmp_path, capsys)
    moved.config = new
    assert [one["hold_id"] for one in moved.run("quarantine", "list", "--json").lines] == [hold]
    assert moved.run("audit", "verify").code == 0
    postgresql.forget(tmp_path)
