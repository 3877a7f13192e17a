"""The registry: codes, settings, binding, and inspectors that a site installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.inspectors import registry
from sekisho.inspectors.settings import Settings


class SiteSettings(Settings):
    word: str = "x"


def site_inspect(facts: Facts, settings: SiteSettings) -> Iterator[Finding]:
    yield Finding("site-word", "header:Subject", facts.everyone, kind=settings.word)


def install(monkeypatch: pytest.MonkeyPatch, loaded: object) -> None:
    point = SimpleNamespace(name="site", value="site_package:inspector", load=lambda: loaded)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "sekisho.inspectors" else [])


def site(**changes: Any) -> SimpleNamespace:
    parts = {"CODES": ("site-word", "site-other"), "Settings": SiteSettings, "inspect": site_inspect}
    return SimpleNamespace(**(parts | changes))


def test_every_code_is_kebab_case_and_has_one_inspector() -> None:
    entries = registry.registered().values()
    every = [code for entry in entries for code in entry.codes]
    assert len(every) == len(set(every))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in every)


@pytest.mark.parametrize("entry", registry.registered().values(), ids=lambda entry: entry.name)
def test_settings_have_defaults_descriptions_and_refuse_what_they_do_not_know(entry: registry.Registered) -> None:
    default = entry.settings()
    assert entry.settings.model_validate(default.model_dump(by_alias=True)) == default
    for name, field in entry.settings.model_fields.items():
        assert field.description, name
        assert "_" not in (field.alias or ""), name
    with pytest.raises(ValueError, match="no-such-setting"):
        entry.settings.model_validate({"no-such-setting": 1})


@pytest.mark.parametrize("entry", registry.registered().values(), ids=lambda entry: entry.name)
def test_each_inspector_says_in_one_line_what_it_finds(entry: registry.Registered) -> None:
    assert entry.name in entry.summary
    assert len(entry.summary) < 120


def test_codes_of_one_inspector_share_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, site())
    bound = registry.bind({})
    assert bound["site-word"] is bound["site-other"]
    assert registry.codes(registry.registered().values()) == set(bound)


def test_an_installed_inspector_runs_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, site())
    bound = registry.bind({"site-word": SiteSettings(word="secret")})
    facts: Any = SimpleNamespace(everyone=3)
    assert [finding.kind for finding in bound["site-word"](facts)] == ["secret"]


@pytest.mark.parametrize(
    ("loaded", "said"),
    [
        (site(CODES=("mass-visible-recipients",)), "is taken by"),
        (site(CODES=()), "CODES is empty"),
        (site(Settings=dict), "no subclass"),
        (SimpleNamespace(CODES=("a",)), "has no Settings, inspect"),
    ],
)
def test_a_bad_installed_inspector_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, loaded: object, said: str
) -> None:
    install(monkeypatch, loaded)
    with pytest.raises(registry.RegistryError, match=rf"site_package:inspector.*{said}"):
        registry.registered()
