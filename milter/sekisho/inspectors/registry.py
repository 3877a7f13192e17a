"""All inspectors by their codes: ours, and those that the site installed as entry points ``sekisho.inspectors``.

An inspector is a module or object with ``CODES`` (the first one is its name), ``Settings`` (a subclass of
`sekisho.inspectors.settings.Settings` with a default for everything) and ``inspect(facts, settings)``. `registered`
raises `RegistryError` when an installed one lacks any of these or claims a code that is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from sekisho.core.facts import Facts, Inspector
from sekisho.core.finding import Finding
from sekisho.inspectors import (
    addressee_mismatch,
    closed_attachment,
    confidential_marking,
    dangerous_attachment,
    dictionary_word,
    free_mail_recipient,
    header_anomaly,
    hidden_content,
    large_message,
    lookalike_domain,
    mass_visible_recipients,
    missing_attachment,
    mixed_external_domains,
    other_party_in_file,
    personal_data,
    protected_message,
    unrendered_merge_field,
    unusual_time,
)
from sekisho.inspectors.settings import Settings

GROUP = "sekisho.inspectors"
OURS = (
    mass_visible_recipients,
    mixed_external_domains,
    dictionary_word,
    confidential_marking,
    dangerous_attachment,
    closed_attachment,
    header_anomaly,
    protected_message,
    large_message,
    unusual_time,
    free_mail_recipient,
    lookalike_domain,
    missing_attachment,
    unrendered_merge_field,
    personal_data,
    addressee_mismatch,
    hidden_content,
    other_party_in_file,
)


class RegistryError(Exception):
    """An installed inspector cannot be used; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class Registered:
    """One inspector: what it can find, how it is set, how it is run."""

    codes: tuple[str, ...]
    settings: type[Settings]
    inspect: Callable[[Facts, Any], Iterator[Finding]]
    summary: str
    """One line for the reference."""

    @property
    def name(self) -> str:
        """The key of its settings under ``inspectors:``."""
        return self.codes[0]


def registered() -> Mapping[str, Registered]:
    """Every inspector by name, ours first."""
    found: dict[str, Registered] = {}
    taken: dict[str, str] = {}
    for origin, candidate in _candidates():
        entry = _entry(origin, candidate)
        for code in entry.codes:
            if code in taken:
                raise RegistryError(f"inspector {origin}: code {code} is taken by {taken[code]}")
            taken[code] = origin
        found[entry.name] = entry
    return found


def codes(inspectors: Iterable[Registered]) -> frozenset[str]:
    """Every code that any of them can find."""
    return frozenset(code for entry in inspectors for code in entry.codes)


def bind(settings: Mapping[str, Settings], inspectors: Iterable[Registered] | None = None) -> Mapping[str, Inspector]:
    """Each code's inspector with its settings, given by inspector's name; defaults where none are given.

    Codes of one inspector share one object, by which `Facts` knows that it has run.
    """
    bound: dict[str, Inspector] = {}
    for entry in registered().values() if inspectors is None else inspectors:
        chosen = settings.get(entry.name)
        bound |= dict.fromkeys(entry.codes, _with(entry.inspect, entry.settings() if chosen is None else chosen))
    return bound


def _with(inspect: Callable[[Facts, Any], Iterator[Finding]], settings: Settings) -> Inspector:
    def run(facts: Facts) -> Iterator[Finding]:
        return inspect(facts, settings)

    return run


def _candidates() -> Iterator[tuple[str, object]]:
    for module in OURS:
        yield module.__name__, module
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            yield point.value, point.load()
        except Exception as error:
            raise RegistryError(f"inspector {point.value}: cannot be loaded: {error}") from error


def _entry(origin: str, candidate: Any) -> Registered:
    missing = [name for name in ("CODES", "Settings", "inspect") if not hasattr(candidate, name)]
    if missing:
        raise RegistryError(f"inspector {origin}: has no {', '.join(missing)}")
    found = tuple(candidate.CODES)
    if not found:
        raise RegistryError(f"inspector {origin}: CODES is empty")
    if not (isinstance(candidate.Settings, type) and issubclass(candidate.Settings, Settings)):
        raise RegistryError(f"inspector {origin}: Settings is no subclass of sekisho.inspectors.settings.Settings")
    summary = (candidate.__doc__ or "").strip().partition("\n")[0]
    return Registered(found, candidate.Settings, candidate.inspect, summary)
