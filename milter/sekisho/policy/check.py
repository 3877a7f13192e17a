"""What is wrong with a policy as a whole, although each word of it is right.

Errors: names that nobody knows, ids given twice, words that the program cannot do yet where mail would pass because of
that. Warnings: what is legal and surely not meant. `troubles` gives them all at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from sekisho.policy.actions.deciding import LATER, Accept, NotifySettings
from sekisho.policy.actions.holding import HoldSettings
from sekisho.policy.blocks import block_troubles
from sekisho.policy.compiler import Known
from sekisho.policy.conditions.addresses import RecipientTest
from sekisho.policy.conditions.findings import Finding
from sekisho.policy.conditions.tests import AddressTest
from sekisho.policy.conditions.texts import TextTest
from sekisho.policy.conditions.times import TimeTest
from sekisho.policy.holds import hold_troubles, unsent
from sekisho.policy.logic import conflicts, contradictions, exemptions, shadowed
from sekisho.policy.models import ModeStep, PolicyFile
from sekisho.policy.trouble import Trouble
from sekisho.policy.word import Loc, Severity, Word, is_list_name, kebab, not_yet_of
from sekisho.policy.written import rules_of

WARNING = Severity.WARNING


def troubles(files: Sequence[PolicyFile], known: Known) -> tuple[Trouble, ...]:
    """Everything that is wrong or odd, file by file; each says which file by its number."""
    ids = frozenset(rule.id for file in files for rule in file.rules)
    found = [*_ids(files), *block_troubles(files), *_words(files, known, ids)]
    if not any(one.severity is Severity.ERROR for one in found):
        rules = rules_of(files)
        found += chain(
            contradictions(rules, known),
            shadowed(rules, known),
            conflicts(rules, known),
            exemptions(rules),
            unsent(rules),
        )
    return tuple(found)


def _ids(files: Sequence[PolicyFile]) -> Iterator[Trouble]:
    seen: dict[str, int] = {}
    for source, file in enumerate(files):
        for number, rule in enumerate(file.rules):
            said = _wrong_id(rule.id, seen, source, override=rule.override)
            if said:
                yield Trouble(("rules", number, "id"), said, word=rule.id, known=tuple(seen), source=source)
            seen[rule.id] = source


def _wrong_id(name: str, seen: dict[str, int], source: int, *, override: bool) -> str:
    if name in seen and seen[name] == source:
        return f"a second rule `{name}` in this file"
    if name in seen and not override:
        return f"rule `{name}` is in an earlier file already; write `override: true` to replace it"
    if override and name not in seen:
        return f"`override: true`, but no earlier file has a rule `{name}`"
    return ""


def _words(files: Sequence[PolicyFile], known: Known, rules: frozenset[str]) -> Iterator[Trouble]:
    for source, file in enumerate(files):
        for loc, word in below(file, ()):
            for one in chain(_later(loc, word), _names(loc, word, known, rules), _odd(loc, word)):
                yield replace(one, source=source)


def below(word: Word, loc: Loc) -> Iterator[tuple[Loc, Word]]:
    """A model and every model in it that was written, with its place."""
    yield loc, word
    for name in type(word).model_fields:
        if name in word.model_fields_set:
            yield from _inside(getattr(word, name), (*loc, kebab(name)))


def _inside(value: object, loc: Loc) -> Iterator[tuple[Loc, Word]]:
    if isinstance(value, Word):
        yield from below(value, loc)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _inside(item, (*loc, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _inside(item, (*loc, key))


def _later(loc: Loc, word: Word) -> Iterator[Trouble]:
    """Words that the schema knows and the program cannot do yet."""
    if word.NOT_YET is not None:
        key = kebab(next(iter(word.model_fields_set)))
        yield Trouble((*loc, key), f"`{key}` is not available yet", word.NOT_YET)
    for name, field in type(word).model_fields.items():
        severity = not_yet_of(field) if name in word.model_fields_set else None
        if severity is not None:
            effect = "is not available yet" if severity is Severity.ERROR else "is not available yet and has no effect"
            yield Trouble((*loc, kebab(name)), f"`{kebab(name)}` {effect}", severity)
    yield from _values_later(loc, word)


def _values_later(loc: Loc, word: Word) -> Iterator[Trouble]:
    """Values that the schema knows and the program cannot do yet."""
    if isinstance(word, NotifySettings) and word.whom in LATER:
        yield Trouble((*loc, "whom"), f"notices to `{word.whom}` are not available yet: nobody is told", WARNING)


def _names(loc: Loc, word: Word, known: Known, rules: frozenset[str]) -> Iterator[Trouble]:
    """Names of lists, dictionaries, findings and rules that nobody knows."""
    match word:
        case AddressTest():
            yield from _unknown((*loc, "in"), "list", _lists(word.in_), known.lists)
            yield from _unknown((*loc, "not-in"), "list", _lists(word.not_in), known.lists)
            yield from _labels(loc, word, known)
        case TextTest():
            yield from _unknown((*loc, "dictionary"), "dictionary", word.dictionary, known.dictionaries)
        case Finding():
            yield from _unknown((*loc, "dictionary"), "dictionary", word.dictionary, known.dictionaries)
            if word.finding not in known.findings:
                said = f"unknown finding `{word.finding}`"
                yield Trouble((*loc, "finding"), said, word=word.finding, known=_sorted(known.findings))
        case HoldSettings():
            yield from hold_troubles(loc, word, known)
        case TimeTest(holiday=bool()) if not known.holidays:
            said = "no holidays are known: say which in sekisho.yaml, `organization: {holidays: {country: JP}}`"
            yield Trouble((*loc, "holiday"), said)
        case ModeStep():
            yield from _unknown((*loc, "senders"), "list", _lists(word.senders), known.lists)
        case Accept():
            yield from _unknown((*loc, "accept", "rules"), "rule", word.accept.rules, rules)


def _labels(loc: Loc, word: AddressTest, known: Known) -> Iterator[Trouble]:
    for number, label in enumerate((word.label or ()) if isinstance(word, RecipientTest) else ()):
        if label.casefold() not in known.labels:
            said = f"nobody in an address book has the label `{label}`"
            yield Trouble((*loc, "label", number), said, WARNING, word=label, known=_sorted(known.labels))


def _lists(entries: tuple[str, ...] | None) -> tuple[str, ...]:
    """Members of ``in``, those that are no names left empty so that the numbers stay."""
    return tuple(entry if is_list_name(entry) else "" for entry in entries or ())


def _unknown(loc: Loc, kind: str, names: Iterable[str] | None, known: frozenset[str]) -> Iterator[Trouble]:
    for number, name in enumerate(names or ()):
        if name and name not in known:
            yield Trouble((*loc, number), f"unknown {kind} `{name}`", word=name, known=_sorted(known))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _odd(loc: Loc, word: Word) -> Iterator[Trouble]:
    """What is legal and surely not meant, seen in one word."""
    if isinstance(word, AddressTest):
        for key, entries in (("in", word.in_), ("not-in", word.not_in), ("domain", word.domain)):
            yield from _twice((*loc, key), entries or ())
    elif isinstance(word, Accept) and not word.accept.rules:
        said = "`accept` without `rules` exempts from nothing: write `accept: {rules: [...]}`, or `stop`"
        yield Trouble(loc, said, WARNING)


def _twice(loc: Loc, entries: Sequence[str]) -> Iterator[Trouble]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry in seen:
            yield Trouble((*loc, number), f"`{entry}` is in this list a second time", WARNING)
        seen.add(entry)
