"""What is not asked again is listed, explained, and forgotten from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sekisho.config.load import load
from sekisho.quarantine.decide import decide
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice
from sekisho.serve.roles import store_of
from tests.cli.conftest import MESSAGE, Site

POLICY = """\
rules:
  - id: project-outside
    when: {all: [{finding: dictionary-word, dictionary: projects}, {recipient: {external: true}}]}
    then: [{hold: {approval: operator, remember: {pair: 180d}}}]
"""


def explained(site: Site, folder: Path) -> dict[str, Any]:
    file = folder / "m.eml"
    file.write_bytes(MESSAGE)
    answer = site.run("explain", str(file), "--from", "sato@example.co.jp", "--rcpt", "a@x.example", "--json")
    found: dict[str, Any] = answer.json
    return found


def test_an_answer_is_listed_explained_and_forgotten(site: Site, tmp_path: Path) -> None:
    (site.home / "policy.yaml").write_text(POLICY)
    hold = site.hold(recipients=("a@x.example",))
    assert explained(site, tmp_path)["disposition"] == "hold"
    store = store_of(load(site.config).settings)
    decide(store, hold, Choice.RELEASE, Actor("root", "operator"), datetime.now(UTC))
    store.close()
    (row,) = site.run("quarantine", "remembered", "list", "--json").lines
    assert (row["kind"], row["rule"], row["hold"], row["person"]) == ("pair", "project-outside", hold, "root")
    assert (row["sender"], row["recipient"]) == ("sato@example.co.jp", "a@x.example")
    assert row["findings"] == ["dictionary-word:projects"]
    told = explained(site, tmp_path)
    assert told["disposition"] == "accept"
    assert told["spared"] == [{"rule": "project-outside", "recipient": "a@x.example", "hold": hold, "person": "root"}]
    assert site.run("quarantine", "remembered", "list", "--rule", "other").out == ""
    assert row["id"] in site.run("quarantine", "remembered", "list").out
    assert site.run("quarantine", "remembered", "forget", row["id"]).code == 0
    assert site.run("quarantine", "remembered", "forget").code == 64
    again = site.run("quarantine", "remembered", "forget", row["id"])
    assert (again.code, row["id"] in again.err) == (66, True)
    assert explained(site, tmp_path)["disposition"] == "hold"
    assert "forget" in site.run("audit", "list").out


def test_explaining_needs_no_store(site: Site, tmp_path: Path) -> None:
    (site.home / "policy.yaml").write_text(POLICY)
    assert explained(site, tmp_path)["spared"] == []
