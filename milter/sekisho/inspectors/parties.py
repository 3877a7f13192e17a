"""Who takes part in a message: what is theirs is no leak when they read it.

Given the header and envelope; asked about addresses and names found in the text.
"""

from __future__ import annotations

import re

from sekisho.core.facts import Facts
from sekisho.core.folding import is_east_asian
from sekisho.core.lazy import lazy
from sekisho.core.parts import Mailbox
from sekisho.inspectors.evidence import Passage
from sekisho.inspectors.people import Identity, same
from sekisho.inspectors.persons import NAME
from sekisho.inspectors.salutation import HONORIFIC, Addressee
from sekisho.inspectors.sighting import Sighting

_TITLE = rf"(?:{HONORIFIC}|女士|小姐|总?经理|總經理|老师|总)"
_HONOURED = re.compile(
    rf"[ \t\u3000\r\n]{{0,2}}{_TITLE}[，,、:：!！ \t]{{0,3}}(?:您好|你好)?[，,、:：!！。 \t\r]{{0,3}}(?:\n|$)"
)
_GREETED = re.compile(r"(?i:^\W*(?:dear|hi|hello|hey|good (?:morning|afternoon|evening))[ ,]+(?:\w{2,4}\.? )?)$")
_TOP = 600
"""Characters within which a salutation stands."""
_LONGEST = 60


class Parties:
    """Senders and recipients of one message."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def have(self, sighting: Sighting, passage: Passage, offset: int) -> bool:
        """Whether the value is one of theirs, or names whom the text addresses."""
        if sighting.kind == "email-address":
            return sighting.key in self._addresses or sighting.key.rpartition("@")[2] in self._facts.site.domains
        if sighting.kind == NAME:
            return self._is_named(sighting.key) or _is_addressed(passage, offset, sighting.key)
        return False

    @lazy
    def _addresses(self) -> frozenset[str]:
        boxes = [box.address for box in self._boxes]
        paths = [path.address for path in (self._facts.transaction.sender, *self._facts.transaction.recipients)]
        return frozenset(address.lower() for address in (*boxes, *paths))

    @lazy
    def _boxes(self) -> tuple[Mailbox, ...]:
        return tuple(box for addresses in self._facts.addresses.values() for box in addresses.mailboxes)

    @lazy
    def _identities(self) -> tuple[Identity, ...]:
        return tuple(map(Identity.of, self._boxes[:100]))

    def _is_named(self, name: str) -> bool:
        return any(_is_name_of(name, identity) for identity in self._identities)


def _is_name_of(name: str, identity: Identity) -> bool:
    """A whole name against a mailbox: by its letters where both have the same ones, else by the family name."""
    if is_east_asian(name[0]):
        if identity.eastern:
            return name.startswith(identity.eastern)
        return same(Addressee("person", name, 0, "ja"), identity) is True
    words = set(name.split())
    if len(words & identity.latin) >= 2 or (len(identity.latin) == 1 and words & identity.latin):
        return True
    return bool(identity.eastern) and same(Addressee("person", name, 0, "en"), identity) is True


def _is_addressed(passage: Passage, offset: int, name: str) -> bool:
    """Whether the name is in the salutation: near the top, on a line that says nothing else behind it."""
    if passage.prose is None or offset > _TOP:
        return False
    text = passage.text
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    end = _end(text, offset, name)
    if _GREETED.search(before[-_LONGEST:]):
        return True
    behind = text[end : end + _LONGEST]
    return len(before) <= _LONGEST and _HONOURED.match(behind) is not None


def _end(text: str, offset: int, name: str) -> int:
    """Where a name ends that is written with blanks."""
    for char in name.replace(" ", ""):
        while text[offset].isspace():
            offset += 1
        offset += len(char)
    return offset
