"""Where an entity lies: the octets it is cut from, and its position in the tree of parts."""

from __future__ import annotations

from sekisho.core.values import value


@value(frozen=True, slots=True)
class Spot:
    """A node of the tree; ``start`` and ``end`` limit its body."""

    data: bytes
    start: int
    end: int
    section: str = ""
    """``1.2`` as in IMAP (RFC 3501 6.4.5); empty for the message itself."""
    inside: str = ""
    """Place of the message around it, where the node is within an attached one."""
    depth: int = 0
    default: str = "text/plain"
    """Media type of a part that names none."""

    @property
    def name(self) -> str:
        """What anomalies call it."""
        return f"part:{self.section}" if self.section else "header:Content-Type"

    @property
    def octets(self) -> bytes:
        return self.data[self.start : self.end]

    def child(self, number: int, start: int, end: int, default: str = "text/plain") -> Spot:
        """The node of its part ``number``."""
        section = f"{self.section}.{number}" if self.section else str(number)
        return Spot(self.data, start, end, section, self.inside, self.depth + 1, default)
