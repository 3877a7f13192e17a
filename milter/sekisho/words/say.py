"""Sentences about findings and reasons, in Japanese, English and Chinese: a code and its values in, one line out.

Values come from messages and may hold anything; the sentence is one clean line. Never raises: an unknown language is
English, an unknown code is said as it is, with its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import ModuleType

from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.reason import Reason, Value
from sekisho.words import anomalies, en, ja, zh

LANGUAGES: Mapping[str, ModuleType] = {"ja": ja, "en": en, "zh": zh}
LONGEST = 600
"""Characters of a sentence about a finding."""
LONGEST_REASON = 4_000
_LONGEST_VALUE = 200
_STEPS = 200
"""Conditions of one explanation that are said; nobody reads more."""
_BODY = re.compile(r"body(?:\((?P<form>[^()]*)\))?(?:#\d+)?(?::(?P<line>\d+))?")
_SIZES = frozenset(("size", "limit"))


def finding(found: Finding, language: str) -> str:
    """One sentence: what was found, and where."""
    said = _catalogue(language)
    values = _shown(found.values)
    values |= {
        "code": found.code,
        "kind": said.KINDS.get(found.kind, one_line(found.kind, 80)),
        "count": f"{found.count:,}",
        "evidence": one_line(found.evidence, _LONGEST_VALUE),
        "where": place(_where(found), language),
    }
    template = said.FINDINGS.get(f"{found.code}/{found.kind}") or said.FINDINGS.get(found.code)
    if template is None:
        template = said.UNKNOWN_FINDING
        values["values"] = _listed({"kind": found.kind, "count": found.count, **found.values})
    sentence = _filled(template, values)
    if "more" in found.values and found.code == "header-anomaly":
        sentence = _filled(said.MORE_PLACES, {"said": sentence, "more": values["more"]})
    return one_line(sentence, LONGEST)


def _where(found: Finding) -> str:
    """The place to say: the structure's own is a field, of which no reader would think."""
    whole = found.code == "header-anomaly" and found.where == anomalies.WHOLE and found.kind in anomalies.SENTENCES
    return "message" if whole else found.where


def place(where: str, language: str) -> str:
    """A finding's place in words: ``body:12`` as *line 12 of the text*."""
    said = _catalogue(language)
    clean = one_line(where, _LONGEST_VALUE)
    text = _BODY.fullmatch(clean)
    if text:
        form = f" ({text['form']})" if text["form"] else ""
        return (_filled(said.PLACES["line"], {"line": text["line"]}) if text["line"] else said.PLACES["body"]) + form
    if clean in ("message", "envelope"):
        return str(said.PLACES[clean])
    kind, _, name = clean.partition(":")
    front, _, line = name.rpartition(":")
    if kind == "attachment" and front and line.isdecimal():
        return _filled(said.PLACES["part-line"], {"name": front, "line": line})
    return _filled(said.PLACES[kind], {"name": name}) if kind in ("header", "attachment", "part") and name else clean


def reason(why: Reason, language: str) -> str:
    """One line: matched or not, and because of what."""
    said = _catalogue(language)
    frame = {"no": said.NOT_MATCHED, "unknown": said.UNDECIDED}.get(_holds(why), said.MATCHED)
    if why.code == "off":
        frame = said.NOT_MATCHED
    return one_line(_filled(frame, {"because": _said(why, said, iter(range(_STEPS)))}) + said.STOP, LONGEST_REASON)


def _said(why: Reason, said: ModuleType, steps: Iterator[int]) -> str:
    """A reason without its frame; what stands inside it, said in turn."""
    if next(steps, None) is None:
        return "…"
    values = _shown(why.values)
    if "source" in why.values:
        return _filled(said.AWAY, values)
    match why.code:
        case "all" | "any":
            sentence = _several(why, said, steps)
        case "not":
            sentence = _joined(why.parts, said, steps)
        case "off" | "spared" | "unanswered":
            sentence = _filled(said.OUTSIDE[why.code], values | {"parts": _joined(why.parts, said, steps)})
        case _:
            sentence = _for_whom(_simple(why, said, values), why, said, values)
    return sentence


def _simple(why: Reason, said: ModuleType, values: Mapping[str, str]) -> str:
    """A condition's own sentence."""
    sentences = said.REASONS.get(why.code)
    if sentences is None:
        return _filled(said.UNKNOWN_REASON, {"code": one_line(why.code, 60), "values": _listed(why.values)})
    if why.code == "finding" and _holds(why) == "no" and why.values.get("count"):
        return _filled(said.FINDING_TOO_WEAK, values)
    return _filled(sentences[_holds(why) == "no"], values)


def _several(why: Reason, said: ModuleType, steps: Iterator[int]) -> str:
    """``all`` or ``any``: only the parts that settled it, where some did and others did not matter."""
    decisive = {"all": "no", "any": "yes"}[why.code]
    parts = [part for part in why.parts if _holds(part) == decisive] if _holds(why) == decisive else []
    # All parts of a failed `any` failed, so they are joined by "and", as are the parts of a true `all`.
    return _joined(parts or why.parts, said, steps)


def _joined(parts: tuple[Reason, ...] | list[Reason], said: ModuleType, steps: Iterator[int]) -> str:
    sentences = [_said(part, said, steps) for part in parts[:50]]
    grouped = [
        _filled(said.GROUP, {"parts": sentence}) if len(parts) > 1 and part.code in ("all", "any") else sentence
        for part, sentence in zip(parts, sentences, strict=False)
    ]
    return str(said.AND).join(grouped)


def _for_whom(sentence: str, why: Reason, said: ModuleType, values: Mapping[str, str]) -> str:
    if _holds(why) != "some" or "matching" not in values:
        return sentence
    return _filled(said.FOR, {"said": sentence, "matching": values["matching"]})


def _holds(why: Reason) -> str:
    return str(why.values.get("holds", "yes"))


def _catalogue(language: str) -> ModuleType:
    return LANGUAGES.get(language.partition("-")[0].lower(), en)


def _shown(values: Mapping[str, Value]) -> dict[str, str]:
    """Values as they are shown: clean, short, octets as sizes."""
    return {
        name: (size(value) if name in _SIZES else f"{value:,}")
        if isinstance(value, int)
        else one_line(str(value), _LONGEST_VALUE)
        for name, value in values.items()
    }


def size(octets: int) -> str:
    """``1.2 MB``."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if octets >= factor:
            return f"{octets / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{octets} B"


def _listed(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{name}: {one_line(str(value), _LONGEST_VALUE)}" for name, value in values.items())


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its values; a value that is missing shows as a dash."""
    return template.format_map(_Forgiving(values))


class _Forgiving(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"
