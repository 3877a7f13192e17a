"""What a held message allows of the fixes that a rule can offer: looked at once, when it is kept.

Header edits that would hide the recipients from each other, and each attached file with the octets of its part, or the
reason why it must stay. Plain values.
"""

from __future__ import annotations

from dataclasses import dataclass

from sekisho.core.changes import DropAttachment
from sekisho.core.edits import Edit

ENVELOPE_ONLY, DROP_ATTACHMENT = "envelope-only", "drop-attachment"
FIXES = frozenset({ENVELOPE_ONLY, DROP_ATTACHMENT})
"""Offers that change the message."""

PROTECTED = "protected"
"""Signed or encrypted: a change would break it (RFC 1847, RFC 8551, RFC 3156)."""
AMBIGUOUS = "ambiguous"
"""Receivers may take the message apart in other ways: a cut could leave the file where it is."""
WHOLE = "whole"
"""It is the message itself, not a part of it."""
ALTERNATIVE = "alternative"
"""It is one form of the text, and a note in its place would hide the others (RFC 2046 5.1.4)."""
INSIDE = "inside"
"""It is no part, but lies within one: in a text (uuencode) or a TNEF file."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message."""

    place: str
    """As in findings: ``attachment:list.xlsx``."""
    name: str
    type: str
    size: int
    """Octets, decoded."""
    start: int = 0
    """Of its part, in the body; meaningless where it must stay."""
    end: int = 0
    stays: str = ""
    """Why it cannot be cut out; empty where it can."""

    def dropped(self, note: str) -> DropAttachment:
        """The change that cuts it out."""
        return DropAttachment(self.place, self.name, self.start, self.end, note)


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be done with one message."""

    hide: tuple[Edit, ...] = ()
    """Edits, to be made after those of the policy, by which nobody sees who else got it; none where it has no more to
    hide, or must not be changed."""
    files: tuple[Attachment, ...] = ()
    made: tuple[str, ...] = ()
    """The fixes that somebody has chosen."""

    @property
    def can_hide(self) -> bool:
        """Whether the recipients can be hidden, and are not yet."""
        return bool(self.hide) and ENVELOPE_ONLY not in self.made

    @property
    def can_drop(self) -> bool:
        """Whether any file can be cut out."""
        return any(not file.stays for file in self.files)


NOTHING = Offers()
