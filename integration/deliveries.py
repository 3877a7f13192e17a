"""Claims about copies: who got the message, and as what.

``WHO gets it`` (WHO: addresses, ``everybody``, or ``everybody but c@y.example``), one copy each, with any of

- ``unchanged``: the octets that were sent, below the gateway's own Received field;
- ``released``: one Received field more, ours, because it was held before;

and below, indented, any of

- ``header NAME: VALUE`` that field once, unfolded; ``no header NAME``; ``2 headers NAME``
- ``unchanged but for NAME, NAME``: body and all other fields as they were, in their order
- ``the same body``
- ``MAIL FROM:<path> PARAM …`` that path and at least those parameters; ``RCPT TO:<path> PARAM …``
- message lines after bars: exactly those octets below the trace.

``WHO gets a bounce``: a delivery status notification of the MTA. ``nobody gets it`` is what holds when nothing is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from integration.message_octets import Message, apart, without_trace
from integration.seen import Copy, Seen

_GETS = re.compile(r"(?P<who>.+?) gets? it(?P<released> released)?(?P<unchanged>,? unchanged)?,?(?: with)?")
_BOUNCE = re.compile(r"(?P<who>\S+) gets a bounce")
_NOBODY = re.compile("nobody gets (it|anything)")
_DETAIL = re.compile(
    r"header (?P<name>[^:\s]+): ?(?P<value>.*)|no header (?P<absent>\S+)|(?P<count>\d+) headers (?P<counted>\S+)"
    r"|unchanged but for (?P<but>.+)|(?P<body>the same body)"
    r"|(?P<command>MAIL FROM|RCPT TO):(?P<path><.*>)(?P<params>(?: \S+)*)"
)


@dataclass(frozen=True, slots=True)
class Gets:
    """One claim about one copy for each of some recipients."""

    line: int
    who: str
    released: bool = False
    unchanged: bool = False
    bounce: bool = False
    details: tuple[str, ...] = ()
    exactly: bytes | None = None

    @classmethod
    def read(cls, text: str, details: list[str], exactly: bytes | None, line: int) -> Gets | None:
        """The claim in a sentence and its details; None for another sentence, ValueError for an unknown detail."""
        if _NOBODY.fullmatch(text):
            return cls(line, "nobody")
        bounce = _BOUNCE.fullmatch(text)
        found = bounce or _GETS.fullmatch(text)
        if found is None:
            return None
        for detail in details:
            if not _DETAIL.fullmatch(detail):
                raise ValueError(f"unknown detail {detail!r}")
        if bounce:
            return cls(line, bounce["who"], bounce=True, details=tuple(details))
        kind = bool(found["released"]), bool(found["unchanged"])
        return cls(line, found["who"], *kind, details=tuple(details), exactly=exactly)

    def check(self, seen: Seen) -> None:
        if self.who == "nobody":
            assert not [copy for copy in seen.copies if not copy.is_notice], "somebody got it"
            return
        for address in self._whom(seen):
            self._check_copy(seen, self._copy(seen, address))

    def _whom(self, seen: Seen) -> list[str]:
        everybody, _, missing = self.who.partition(" but ")
        if everybody != "everybody":
            return re.split(r",\s*", self.who)
        assert seen.story.send is not None, "nothing was sent"
        return [one for one in seen.story.send.recipients if one not in re.split(r",\s*", missing)]

    def _copy(self, seen: Seen, address: str) -> Copy:
        """The copy that this claim speaks of, named."""
        for copy in seen.copies_for(address):
            if copy.number not in seen.named and self.bounce is _is_bounce(copy):
                seen.name(copy.number)
                return copy
        others = sorted({copy.recipient.address for copy in seen.copies})
        raise AssertionError(f"{address} got nothing of the kind; mail came for {others}")

    def _check_copy(self, seen: Seen, copy: Copy) -> None:
        sent = seen.story.send.message if seen.story.send else b""
        # A bounce is nobody's copy of the message: nothing above it is ours to count.
        trace = 0 if self.bounce else seen.world.trace + self.released
        got = copy.data if self.bounce else without_trace(copy.data, trace)
        assert got is not None, f"not {trace} Received fields on top: {copy.data[:1500]!r}"
        if self.unchanged:
            _same(got, sent)
        if self.exactly is not None:
            _same(got, self.exactly)
        for detail in self.details:
            found = _DETAIL.fullmatch(detail)
            assert found is not None
            _check_detail(found, apart(got), apart(sent), copy)


def _check_detail(detail: re.Match[str], got: Message, sent: Message, copy: Copy) -> None:
    if detail["name"]:
        values = [line.value for line in got.fields(detail["name"])]
        assert values == [detail["value"].strip()], f"{detail['name']} is {values}"
    elif detail["absent"]:
        assert not got.fields(detail["absent"]), f"there is {got.fields(detail['absent'])}"
    elif detail["count"]:
        found = got.fields(detail["counted"])
        assert len(found) == int(detail["count"]), f"there are {found}"
    elif detail["but"]:
        _same_but_for(detail["but"], got, sent)
    elif detail["body"]:
        _same(got.body, sent.body)
    else:
        path = copy.sender if detail["command"] == "MAIL FROM" else copy.recipient
        assert path.path == detail["path"], f"{detail['command']}:{path.path}"
        assert set(detail["params"].split()) <= set(path.params), f"{path}"


def _same_but_for(names: str, got: Message, sent: Message) -> None:
    apart_from = {name.strip().lower() for name in names.split(",")}
    here = [line.octets for line in got.header if line.name.lower() not in apart_from]
    there = [line.octets for line in sent.header if line.name.lower() not in apart_from]
    _same(b"".join(here), b"".join(there))
    _same(got.body, sent.body)


def _same(got: bytes, wanted: bytes) -> None:
    """Assert equality, and point at the first difference."""
    if got == wanted:
        return
    pairs = zip(got, wanted, strict=False)
    place = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(got), len(wanted)))
    around = slice(max(0, place - 60), place + 120)
    raise AssertionError(f"octets differ at {place}: got {got[around]!r}, wanted {wanted[around]!r}")


def _is_bounce(copy: Copy) -> bool:
    return b"MAILER-DAEMON" in copy.data[:4096] and copy.sender.path == "<>"
