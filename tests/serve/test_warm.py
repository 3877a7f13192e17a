"""Before workers are forked the policy's inspectors have run once; nothing outside was asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from sekisho.config.load import Configuration, load
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.lists.opened import NamedLists
from sekisho.serve.warm import warm

CODES = ("personal-data", "unrendered-merge-field", "addressee-mismatch", "confidential-marking", "missing-attachment")


def configured(folder: Path) -> Configuration:
    rules = [{"id": code, "when": {"finding": code}, "then": ["hold"]} for code in CODES]
    rules.append({"id": "known", "when": {"recipient": {"in": "partners"}}, "then": ["hold"]})
    (folder / "policy.yaml").write_text(yaml.safe_dump({"rules": rules}))
    settings = {
        "organization": {"domains": ["example.com"]},
        "policy": ["policy.yaml"],
        "lists": {"partners": ["a@b.example"]},
    }
    (folder / "sekisho.yaml").write_text(yaml.safe_dump(settings))
    return load(folder / "sekisho.yaml")


def test_what_the_policy_asks_for_is_made_and_no_list_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NamedLists, "contains", lambda *_: pytest.fail("a list was asked"))
    configuration = configured(tmp_path)
    ran: dict[str, int] = {}

    def counted(code: str, inspect: Callable[[Facts], Iterable[Finding]]) -> Callable[[Facts], Iterable[Finding]]:
        def run(facts: Facts) -> Iterable[Finding]:
            found = tuple(inspect(facts))
            ran[code] = len(found)
            return found

        return run

    before = set(threading.enumerate())
    inspectors = {code: counted(code, one) for code, one in configuration.inspectors.items()}
    warm(replace(configuration, inspectors=inspectors))
    assert set(ran) == set(CODES)
    assert ran["personal-data"]
    assert ran["unrendered-merge-field"]
    assert set(threading.enumerate()) <= before


def test_a_broken_inspector_keeps_nobody_from_starting(tmp_path: Path) -> None:
    def broken(_facts: Facts) -> Iterable[Finding]:
        raise RuntimeError("broken")

    warm(replace(configured(tmp_path), inspectors=dict.fromkeys(CODES, broken)))
