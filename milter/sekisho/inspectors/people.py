"""Whether a name in a text and a mailbox may be the same person, across scripts, orders, titles and nicknames.

Answers yes, no, or that nobody can tell: an address like ``info@`` or an unknown reading of a name says nothing, and
then nothing is to be said. Given folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sekisho.core.folding import fold, is_east_asian, kana_spellings
from sekisho.core.parts import Mailbox
from sekisho.inspectors.name_lists import japanese_names, plain_latin
from sekisho.inspectors.salutation import LEGAL, UNIT, Addressee
from sekisho.inspectors.surnames import CHINESE, JAPANESE, LATIN, VARIANTS, nicknames

_WORDS = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_ROLE_WORDS = """
info sales support contact admin office mail postmaster webmaster help desk service hello team staff all billing hr
jobs recruit order orders invoice account accounts marketing press pr soumu eigyo keiri no reply noreply company co
inc ltd corp group list ml member members customer tokyo osaka japan
"""
_ROLES = frozenset(_ROLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Identity:
    """What a mailbox tells of its owner."""

    eastern: str
    """The display name without blanks where it is written in Han or kana and names a person."""
    latin: frozenset[str]
    """Latin words of display name and local part."""
    local: str

    @classmethod
    def of(cls, box: Mailbox) -> Identity:
        """Read a mailbox."""
        name = fold(box.name[:200]).text
        local = fold(box.local[:100]).text
        plain = re.sub(r"[(\[【<].*", "", name)
        is_person = any(map(is_east_asian, plain)) and not re.search(rf"{LEGAL}|{UNIT}(?:\s|$)|担当|会社", plain)
        words = frozenset(_WORDS.findall(name)) | frozenset(_WORDS.findall(local))
        return cls("".join(plain.split()) if is_person else "", words - _ROLES, local)


def same(addressee: Addressee, identity: Identity) -> bool | None:
    """Whether they may be the same; None where nobody can tell."""
    name = addressee.name.replace(" ", "")
    if any(map(is_east_asian, name)):
        return _eastern(name, addressee.language, identity)
    return _latin(frozenset(_WORDS.findall(addressee.name)), identity)


def _eastern(name: str, language: str, identity: Identity) -> bool | None:
    """A name in Han or kana."""
    readings = _readings(name, language)
    if identity.eastern:
        shown = identity.eastern
        if _share(name, shown) or readings & _readings(shown, language):
            return True
        return _by_reading(name, shown) if _is_kana(name) != _is_kana(shown) else False
    if not readings:
        return None
    if readings & identity.latin or any(len(reading) >= 4 and reading in identity.local for reading in readings):
        return True
    return False if _has_surname(identity.latin) else None


def _latin(words: frozenset[str], identity: Identity) -> bool | None:
    """A name in Latin letters."""
    words = frozenset(word for word in words if len(word) > 1)
    called = frozenset().union(*map(nicknames, words)) if words else words
    if not words:
        return None
    if called & identity.latin or any(len(word) >= 3 and word in identity.local for word in called):
        return True
    if any(_begins(word, other) for word in words for other in identity.latin):
        return True
    if identity.eastern:
        readings = _readings(identity.eastern, "ja") | _readings(identity.eastern, "zh")
        if readings & words:
            return True
        return False if readings and _has_surname(words) else None
    personal = [word for word in identity.latin if len(word) > 1]
    return False if len(personal) >= 2 or _has_surname(identity.latin) else None


def _begins(word: str, other: str) -> bool:
    """``alexandr`` and ``alexander``, ``jsmith`` and ``smith``."""
    return (len(word) >= 4 and len(other) >= 4 and word[:4] == other[:4]) or (len(word) >= 4 and other.endswith(word))


def _share(name: str, shown: str) -> bool:
    """Whether both have the same surname, or one stands in the other."""
    name, shown = name.translate(VARIANTS), shown.translate(VARIANTS)
    ours, theirs = _surname(name), _surname(shown)
    if ours and theirs:
        given = shown.removeprefix(theirs)
        return ours == theirs or (bool(given) and given in (name, name.removeprefix(ours)))
    spellings = kana_spellings(name)
    if any(one in shown for one in spellings) or shown in name:
        return True
    surname = name[:2] if len(name) > 1 else name
    return surname in shown or (len(shown) > 1 and shown[:2] in name)


def _surname(name: str) -> str:
    """The surname of a Japanese name in Han characters: all of it, or what a given name leaves."""
    known = japanese_names()
    if name in known.surnames:
        return name
    sizes = [size for size in (2, 3, 1, 4) if name[:size] in known.surnames and name[size:] in known.given]
    return name[: sizes[0]] if sizes else ""


def _by_reading(name: str, shown: str) -> bool | None:
    """A name in kana against one in Han characters: another's where no spelling of it shares a letter."""
    kana, han = (name, shown) if _is_kana(name) else (shown, name)
    spoken = next(iter(kana_spellings(kana) & japanese_names().spellings.keys()), "")
    surname = _surname(han.translate(VARIANTS))
    if not spoken or not surname or spoken in japanese_names().given_readings:
        return None
    return None if set(surname) & set("".join(japanese_names().spellings[spoken])) else False


def _has_surname(words: frozenset[str]) -> bool:
    """Whether any word is a surname in Latin letters; short ones only where they are common."""
    latin = japanese_names().surnames_latin
    return any(word in LATIN or (len(word) >= 5 and plain_latin(word) in latin) for word in words)


def _readings(name: str, language: str) -> frozenset[str]:
    """Latin spellings of the surname; empty where it is not a known one."""
    if language == "zh":
        return CHINESE.get(name[:1], frozenset())
    common = next((JAPANESE[name[:size]] for size in (3, 2, 1) if name[:size] in JAPANESE), frozenset())
    return common or japanese_names().latin.get(_surname(name) or name[:2], frozenset())


def _is_kana(name: str) -> bool:
    return all("\u3040" <= char <= "\u30ff" for char in name)
