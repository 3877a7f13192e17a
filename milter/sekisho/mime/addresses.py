"""Address lists of header fields (RFC 5322 3.4 with 4.4, RFC 6532), in every way that they can be read.

Given a field's value as octets, gives all mailboxes that any reading shows, each once and in order, and whether the
readings differ. Never raises, linear in the octets. What contains an ``@`` is a recipient: "no valid address" never
means "nobody". Ordinary values are recognised by one expression; everything else goes to the careful scanner.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sekisho.core.domains import normal_domain
from sekisho.core.parts import Addresses, Mailbox
from sekisho.mime.address_scan import Found, scanned, split_anyhow
from sekisho.mime.charsets import decode
from sekisho.mime.encoded_words import decode_words, without_controls

_ATEXT = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_SPEC = rb"(%b++(?:\.%b++)*+)@([A-Za-z0-9](?:[A-Za-z0-9.-]*+))" % (_ATEXT, _ATEXT)
_QUOTED = rb'"([^"\\\x00-\x1f\x7f-\xff]*+)"[ \t\r\n]*+'
_PHRASE = rb"((?:%b++(?:[ \t]++|\r?\n[ \t]++|(?=<)|\.(?= )))*+)" % _ATEXT
_PLAIN = re.compile(rb"[ \t\r\n]*+(?:(?:%b|%b)<%b>|%b)[ \t\r\n]*+(?:,|$)" % (_QUOTED, _PHRASE, _SPEC, _SPEC))
_SHORT = 4096
_FOLD = re.compile(rb"\r?\n(?=[ \t]|$)")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f]")
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHIFTS = re.compile(rb"\x1b\$[@B](?:[^\x1b\n<>]*+(?=\x1b))?|\x1b\([BJI]")


def read_addresses(value: bytes) -> Addresses:
    """The mailboxes of an address field's value."""
    return _short(value) if len(value) <= _SHORT else _read(value)


@lru_cache(maxsize=1024)
def _short(value: bytes) -> Addresses:
    return _read(value)


def _read(value: bytes) -> Addresses:
    plain = _plainly(value)
    return _carefully(value) if plain is None else Addresses(plain)


def _plainly(value: bytes) -> tuple[Mailbox, ...] | None:
    """The mailboxes of a value in the everyday forms; None when anything else is in it."""
    boxes: dict[tuple[str, str], Mailbox] = {}
    position, length = 0, len(value.rstrip())
    while position < length:
        found = _PLAIN.match(value, position)
        if found is None:
            return None
        quoted, phrase, local, domain, bare, bare_domain = found.groups()
        box = Mailbox(
            _name((quoted or phrase or b"").decode("ascii")),
            (local or bare).decode("ascii"),
            normal_domain((domain or bare_domain).decode("ascii")),
        )
        boxes.setdefault((box.local, box.domain), box)
        position = found.end()
    return tuple(boxes.values())


def _carefully(value: bytes) -> Addresses:
    """All readings: by charset, with controls dropped or as blanks, by the grammar, and by separators alone."""
    boxes: dict[tuple[str, str], Mailbox] = {}
    sets: set[frozenset[tuple[str, str]]] = set()
    regular = True
    unfolded = _FOLD.sub(b"", value)
    for number, text in enumerate(_texts(unfolded)):
        scan = scanned(text)
        # A lone backslash that is half of a letter (表, ソ, 能 in CP932) confuses nobody about the addresses.
        regular &= scan.regular or (number > 0 and "\\" in text)
        readings = [scan.found]
        if scan.encoded:
            readings.append(scanned(decode_words(unfolded)).found)
        if scan.careless_differ or not scan.regular:
            readings.append(split_anyhow(text))
        for reading in readings:
            found = [_mailbox(one) for one in reading if one.domain or number == 0]
            keyed = {(box.local.lower(), box.domain): box for box in found}
            boxes |= {key: box for key, box in keyed.items() if key not in boxes}
            sets.add(frozenset(keyed))
    return Addresses(tuple(boxes.values()), len(sets) > 1 or not regular)


def _texts(unfolded: bytes) -> list[str]:
    """The value as text, once for each way in which receivers may take its octets."""
    texts = [decode(unfolded)]
    if b"\x1b" in unfolded or not _is_utf8(unfolded):
        texts.append(_octet_by_octet(unfolded))
    if _CONTROL.search(texts[0]):
        blank = [_CONTROL.sub(" ", text) for text in texts]
        texts = [*blank, *(_CONTROL.sub(" ", _DROPPED.sub("", text)) for text in texts)]
    return list(dict.fromkeys(texts))


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf_8")
    except UnicodeDecodeError:
        return False
    return True


def _octet_by_octet(unfolded: bytes) -> str:
    """As software reads it that knows no charset: signs count wherever their octets stand."""
    return _SHIFTS.sub(b" ", unfolded).decode("ascii", "ignore")


def _mailbox(found: Found) -> Mailbox:
    return Mailbox(_name(found.name), without_controls(found.local), normal_domain(without_controls(found.domain)))


def _name(phrase: str) -> str:
    """A display name, decoded."""
    if "=?" in phrase:
        phrase = decode_words(phrase.encode("utf_8", "replace"))
    return without_controls(phrase).strip()
