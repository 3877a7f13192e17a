"""Purging and legal holds from the command line, and what is said of a hold whose content has gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from sekisho.config.load import load
from sekisho.config.problems import ConfigurationError
from sekisho.serve.roles import retention_of, store_of
from sekisho.store.tables import outbox
from sekisho.store.unit import Unit
from tests.cli.conftest import MESSAGE, Site

SHORT = "{content: 1s, records: 1w}, duplicate-window: 1s"


def keep(site: Site, retention: str) -> None:
    """Have the site keep what has ended as is said."""
    text = site.config.read_text()
    site.config.write_text(text.replace("min-free: 0", f"min-free: 0, retention: {retention}"))


@pytest.fixture
def ended(site: Site) -> str:
    """A hold that ended long ago, by a decision that is backdated; nothing is left to be told."""
    hold = site.hold()
    assert site.run("quarantine", "reject", hold).code == 0

    def work(unit: Unit) -> None:
        unit.connection.execute(update(outbox).values(due=None))
        unit.connection.exec_driver_sql("UPDATE recipients SET decided = 1")
        unit.connection.exec_driver_sql("UPDATE holds SET created = created - 100000000000")

    store = store_of(load(site.config).settings)
    store.write(work)
    store.close()
    return hold


def test_what_would_go_is_said_first_and_goes_then(site: Site, ended: str, tmp_path: Path) -> None:
    keep(site, SHORT)
    numbers = {"bodies": 1, "octets": len(MESSAGE), "records": 0, "kept": 0, "notices": 0}
    assert site.run("quarantine", "purge", "--dry-run", "--json").json == {**numbers, "dry_run": True}
    assert site.run("quarantine", "export", ended, "-o", str(tmp_path / "m")).code == 0
    assert "would go: the content of 1 messages" in site.run("quarantine", "purge", "--dry-run").out
    assert site.run("quarantine", "show", ended, "--json").json["content_purged"] is None
    assert site.run("quarantine", "purge", "--json").json == {**numbers, "dry_run": False}
    shown = site.run("quarantine", "show", ended, "--json").json
    assert (shown["state"], shown["content_purged"] is None) == ("rejected", False)
    assert "content  purged" in site.run("quarantine", "show", ended).out
    refused = site.run("quarantine", "export", ended)
    assert (refused.code, "purged at" in refused.err) == (66, True)
    refused = site.run("quarantine", "release", ended)
    assert (refused.code, "its content was purged at" in refused.err) == (65, True)
    assert [row["action"] for row in site.run("audit", "list", "--action", "purge", "--json").lines] == ["purge"]
    assert site.run("quarantine", "purge").out.startswith("purged: the content of 0 messages")


def test_a_legal_hold_keeps_it_and_is_shown(site: Site, ended: str) -> None:
    keep(site, SHORT)
    assert site.run("quarantine", "legal-hold", ended).code == 64
    assert site.run("quarantine", "legal-hold", "0" * 26, "--reason", "x").code == 66
    assert site.run("quarantine", "legal-hold", ended, "--reason", "case 12", "--json").json["legal_hold"] == "case 12"
    (row,) = site.run("quarantine", "list", "--all", "--json").lines
    assert row["legal_hold"] == "case 12"
    assert "under legal hold: case 12" in site.run("quarantine", "show", ended).out
    assert "kept because of a legal hold: 1 holds" in site.run("quarantine", "purge").out
    assert site.run("quarantine", "legal-hold", ended, "--lift", "--reason", "settled").code == 0
    assert site.run("quarantine", "show", ended, "--json").json["legal_hold"] == ""
    assert site.run("quarantine", "purge", "--json").json["bodies"] == 1
    assert "legal-hold-lifted" in site.run("audit", "list").out


def test_how_long_things_are_kept_unless_the_site_says_otherwise(site: Site) -> None:
    kept = retention_of(load(site.config).settings)
    assert (kept.content.days, kept.records.days) == (90, 400)


def test_records_are_kept_as_long_as_content(site: Site) -> None:
    keep(site, "{content: 100d, records: 90d}")
    with pytest.raises(ConfigurationError) as caught:
        load(site.config)
    (problem,) = caught.value.problems
    assert "content is kept for 100d, but its records only for 90d" in str(problem)
