"""The reference says what the program does: generated pages are those in docs/, schemas accept what loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sekisho.config.describe import main, pages
from sekisho.config.schema import editors_schema, policy_schema, settings_schema
from sekisho.config.source import source_of
from sekisho.config.tree import read_tree
from sekisho.policy.actions.tree import ACTIONS
from sekisho.policy.conditions.tree import CONDITIONS

ROOT = Path(__file__).parents[2]
PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_in_docs_is_the_generated_one(name: str) -> None:
    """`make docs` writes it again."""
    assert (ROOT / "docs" / "reference" / name).read_text("utf-8") == PAGES[name]


def test_every_word_of_the_policy_has_its_heading() -> None:
    headings = {line.split()[1] for line in PAGES["policy.md"].splitlines() if line.startswith("### ")}
    assert headings == set(CONDITIONS) | set(ACTIONS)


@pytest.mark.parametrize("key", ["domains", "languages", "country", "url", "content", "records"])
def test_a_section_has_a_table_of_its_own_beside_those_below_it(key: str) -> None:
    assert f"\n| `{key}` | " in PAGES["configuration.md"]


def test_every_key_has_a_meaning() -> None:
    rows = [line for name in ("configuration.md", "policy.md") for line in PAGES[name].splitlines()]
    assert [row for row in rows if row.startswith("| `") and row.endswith("|  |")] == []


def test_pages_do_not_depend_on_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: {0})
    main(tmp_path)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == PAGES


def values(text: str) -> Any:
    return read_tree(source_of("x", text.encode())).value


def mistakes(schema: Any, text: str) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(values(text))]


def test_the_schemas_accept_the_sample_configuration() -> None:
    assert mistakes(settings_schema(), (ROOT / "conf" / "sekisho.yaml").read_text()) == []
    assert mistakes(policy_schema(), (ROOT / "conf" / "policy.yaml").read_text()) == []


def test_the_policy_schema_allows_what_the_loader_allows() -> None:
    text = """
rules:
  - id: a
    when: {recipient: {domain: a.jp, in: [x, y]}}
    unless: {size: 3}
    then: envelope-only
  - id: b
    when: {all: [{finding: x, count: ">= 3"}, {not: {time: {weekday: mon}}}]}
    then: [hold, {hold: {for: 8 business-hours}}, {notify: sender}, {notify: {whom: sender}}]
"""
    assert mistakes(policy_schema(), text) == []


def test_editors_accept_a_variable_in_place_of_any_value() -> None:
    text = """
variables: {many: ">= 3", out: {direction: outbound}, quiet: [a.jp]}
blocks: {b: "${out}"}
mode: ${mode}
rules:
  - id: a
    when: {all: [{use: b}, "${out}", {visible-recipients: {external: "${yes}", count: "${many}"}}]}
    unless: {sender: {in: "${quiet}", domain: [a.jp, "${d}"]}}
    then: [{hold: {for: "${long}"}}]
    severity: ${s}
"""
    assert mistakes(editors_schema(), text) == []
    assert mistakes(policy_schema(), text) != []
    assert mistakes(editors_schema(), "rules: [{id: a, when: {size: $many}, then: hold}]") != []
    assert mistakes(editors_schema(), "rules: [{id: a, when: {sizes: 1}, then: hold}]") != []


@pytest.mark.parametrize(
    "rule",
    [
        "{id: a, when: {size: 3}, then: [envelop-only]}",
        "{id: a, when: {sizes: 3}, then: [hold]}",
        "{id: a, when: {size: 3}, thn: [hold]}",
        "{id: a, when: {recipient: {extrenal: true}}, then: [hold]}",
        "{id: a, when: {size: 3}, then: [add-header]}",
    ],
)
def test_the_policy_schema_underlines_what_the_loader_refuses(rule: str) -> None:
    assert mistakes(policy_schema(), f"rules: [{rule}]")


def test_an_empty_section_is_no_mistake_for_editors() -> None:
    assert mistakes(settings_schema(), "organization: {domains: [a.jp]}\nmilter:\nlists:\npolicy: p.yaml\n") == []
    assert mistakes(settings_schema(), "organization: {domains: [a.jp]}\nmilter: {lisen: x}\n")


def test_the_schemas_are_json(tmp_path: Path) -> None:
    assert json.loads(PAGES["policy.schema.json"])["title"] == "policy.yaml of Sekisho"
