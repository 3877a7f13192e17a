"""lookalike-domain: a recipient's domain is nearly, or only to the eye, one that the site knows.

Compared are registered domains, international names decoded, with the site's own, those it names as known, the big
providers, and the domain that several other recipients of the same message share. Kinds: ``typo`` (an edit or two
away: gmai.com), ``homograph`` (other letters that look alike: rn for m, Cyrillic а for a). One company's regional
variants and real domains of a few letters are left alone. Concerns the recipients at that domain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import idna
from pydantic import Field
from rapidfuzz.distance import OSA

from sekisho.core.domains import DomainSet, normal_domain
from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.oneline import one_line
from sekisho.core.registered import is_known_suffix, public_suffix, registered_domain
from sekisho.core.truth import Mask, members
from sekisho.inspectors import settings as base
from sekisho.inspectors.providers import FREE_MAIL, NEIGHBOURS, NOT_JAPANESE, OFTEN_MISTYPED, ONE_SUFFIX

CODES = ("lookalike-domain",)

DOMAINS = 500
"""Distinct outside domains of one message that are compared."""
_TWO_EDITS = 10
"""Shortest label that may be two edits away; one edit needs half of that."""
_SUFFIX_TYPOS = frozenset({"co", "cm", "om", "con", "cpm", "comm", "ocm", "vom", "xom", "cim"})
_SECOND_LEVEL = frozenset({"co", "ne", "or", "ac", "go", "ad", "ed", "gr", "lg", "com", "net", "org"})
_ALIKE = {
    "a": "аαɑ",
    "b": "ьЬ",
    "c": "сϲ",
    "d": "ԁ",
    "e": "еёε3",
    "g": "ɡ",
    "h": "һн",
    "i": "іıιї1l|!",
    "j": "јϳ",
    "k": "кκ",
    "m": "м",
    "n": "пη",
    "o": "оοσ0",
    "p": "рρ",
    "q": "ԛ",
    "r": "гᴦ",
    "s": "ѕ5$",
    "t": "тτ",
    "u": "υџ",
    "v": "ѵν",
    "w": "ԝω",
    "x": "хχ",
    "y": "уγ",
    "z": "ᴢ2",
}
_SKELETON = str.maketrans({other: letter for letter, others in _ALIKE.items() for other in others})
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


class Settings(base.Settings):
    score: float = Field(default=0.8, ge=0, le=100, description="What one finding adds to a message's score")
    known: tuple[str, ...] = Field(default=(), description="Domains of partners that people may mistype")
    genuine: tuple[str, ...] = Field(default=(), description="Domains that resemble a known one and are right")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """A finding for each domain; values: ``address`` (the first), ``domain``, ``like``."""
    seats: dict[str, Mask] = {}
    for index in members(facts.external):
        domain = _owner(facts.transaction.recipients[index].domain)
        if domain:
            seats[domain] = seats.get(domain, 0) | 1 << index
    known, right = _names(settings.known, settings.genuine, facts.site.domains)
    for domain, mask in list(seats.items())[:DOMAINS]:
        if domain not in right:
            likeness = _known_likeness(domain, known) or _likeness(domain, _crowded(seats, domain))
            if likeness:
                yield _finding(facts, settings, domain, mask, *likeness)


@lru_cache(maxsize=16)
def _names(
    partners: tuple[str, ...], genuine: tuple[str, ...], own: DomainSet
) -> tuple[tuple[str, ...], frozenset[str]]:
    """The domains to compare with, and those that are right as they are."""
    named = {registered_domain(normal_domain(name)) for name in (*partners, *own)}
    right = FREE_MAIL | NEIGHBOURS | named | {normal_domain(name) for name in genuine}
    return tuple(sorted(OFTEN_MISTYPED | named)), right


def _finding(facts: Facts, settings: Settings, domain: str, mask: Mask, like: str, kind: str) -> Finding:
    first = facts.transaction.recipients[(mask & -mask).bit_length() - 1]
    address = one_line(f"{first.local}@{_unicode(first.domain)}", 120)
    values = {"address": address, "domain": one_line(_unicode(domain), 80), "like": one_line(like, 80)}
    return Finding(
        CODES[0], "envelope", mask, kind=kind, count=1, score=settings.score, evidence=address, values=values
    )


def _owner(domain: str) -> str:
    """The registered domain; three labels where a slip in the last one (``ne.jo``) hides a suffix of two."""
    registered = registered_domain(domain)
    labels = domain.split(".")
    if len(labels) >= 3 and _skeleton(labels[-2]) in _SECOND_LEVEL and registered == f"{labels[-2]}.{labels[-1]}":
        return ".".join(labels[-3:])
    return registered


def _crowded(seats: dict[str, Mask], domain: str) -> list[str]:
    """Domains to which several write in this message, where only one writes to ``domain``."""
    if seats[domain].bit_count() > 1 or len(seats) > 50:
        return []
    return [other for other, mask in seats.items() if mask.bit_count() > 1]


@lru_cache(maxsize=4096)
def _known_likeness(domain: str, known: tuple[str, ...]) -> tuple[str, str] | None:
    """The same for the domains that every message is compared with: most mail goes where mail went before."""
    return _likeness(domain, known)


def _likeness(domain: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The known domain that this one resembles, and how."""
    label, suffix, skeleton = _parts(domain)
    for other in known:
        other_label, other_suffix, other_skeleton = _parts(other)
        if _is_homograph(domain, other) and not _differ_in_digits(label, other_label):
            return other, "homograph"
        if _slipped(domain, other, suffix, other_suffix):
            return other, "typo"
        if label == other_label:
            if _is_suffix_typo(domain, suffix, other_suffix) or _is_foreign(label, suffix):
                return other, "typo"
        elif skeleton == other_skeleton and len(label) >= 4 and not _differ_in_digits(label, other_label):
            if _are_near(suffix, other_suffix):
                return other, "homograph"
        elif _is_label_typo(label, other_label) and _are_near(suffix, other_suffix):
            return other, "typo"
    return None


@lru_cache(maxsize=4096)
def _parts(domain: str) -> tuple[str, str, str]:
    """Label, public suffix, and what the eye makes of the label."""
    suffix = public_suffix(domain)
    label = _unicode(domain.removesuffix(f".{suffix}") if suffix else domain)
    return label, suffix, _skeleton(label[:255])


def _is_homograph(domain: str, other: str) -> bool:
    """Whether they look alike as a whole: ``partner.c0.jp``."""
    return domain != other and len(domain) == len(other) and _skeleton(domain) == _skeleton(other)


def _slipped(domain: str, other: str, suffix: str, other_suffix: str) -> bool:
    """``docomo.ne.jo`` for ``docomo.ne.jp``: nobody registers names below the slip."""
    if not suffix.count(".") < other_suffix.count(".") == other.count(".") - 1:
        return False
    return OSA.distance(domain, other, score_cutoff=1) <= 1


def _is_suffix_typo(domain: str, suffix: str, other: str) -> bool:
    """The same name below another suffix is usually a regional variant; not below one that is a slip."""
    if other == "com" and suffix in _SUFFIX_TYPOS:
        return True
    return not is_known_suffix(domain) and OSA.distance(suffix, other, score_cutoff=1) <= 1


def _is_foreign(label: str, suffix: str) -> bool:
    """A provider's name below a suffix where the provider has no mail: ``gmail.co.jp``, ``yahoo.jp``."""
    return label in ONE_SUFFIX or (label in NOT_JAPANESE and suffix.endswith("jp"))


def _are_near(suffix: str, other: str) -> bool:
    return suffix == other or OSA.distance(suffix, other, score_cutoff=1) <= 1


def _is_label_typo(label: str, other: str) -> bool:
    shorter = min(len(label), len(other))
    edits = 2 if shorter >= _TWO_EDITS else 1 if shorter >= 4 and max(len(label), len(other)) >= 5 else 0
    if not edits or OSA.distance(label, other, score_cutoff=edits) > edits or _differ_in_digits(label, other):
        return False
    return edits == 1 or not _differ_in_a_word(label, other)


def _differ_in_a_word(label: str, other: str) -> bool:
    """``yamada-kogyo`` and ``yamato-kogyo``: a word of its own with two letters changed is another name."""
    words, others = label.split("-"), other.split("-")
    pairs = [(word, there) for word, there in zip(words, others, strict=False) if word != there]
    if len(words) != len(others) or len(words) == 1 or len(pairs) != 1:
        return False
    word, there = pairs[0]
    return min(len(word), len(there)) < _TWO_EDITS and OSA.distance(word, there) > 1


def _differ_in_digits(label: str, other: str) -> bool:
    """``shop1`` and ``shop2``, ``shop`` and ``shop2`` are neighbours, not mistakes."""
    return label.rstrip("0123456789-") == other.rstrip("0123456789-")


def _skeleton(label: str) -> str:
    """What the eye sees: accents off, look-alike letters as the Latin one."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", label) if not unicodedata.combining(char))
    plain = plain.casefold().translate(_SKELETON)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain


def _unicode(domain: str) -> str:
    """A-labels decoded; what is none stays."""
    if "xn--" not in domain or len(domain) > 255:
        return domain
    return ".".join(map(_decoded, domain.split(".")))


def _decoded(label: str) -> str:
    try:
        return idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        return _punycode(label)


def _punycode(label: str) -> str:
    """Labels that mix scripts are no valid names, and all the more worth seeing."""
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label
