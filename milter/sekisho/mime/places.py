"""Names of places in a message: ``body``, ``body(html)``, ``attachment:list.xlsx``, ``attachment:fw.eml/body``.

A place is unique in its message: the second of a name ends in ``#2``, as in ``body#2`` or ``attachment:a.txt#2``.
"""

from __future__ import annotations


class Places:
    """Gives out places."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def text(self, inside: str, media_type: str) -> str:
        """The place of a text that readers show; ``inside`` is empty or the place of the message around it."""
        base = f"{inside}/body" if inside else "body"
        subtype = media_type.partition("/")[2]
        if subtype != "plain" and base in self._given:
            base = f"{base}({subtype})"
        return self._unique(base)

    def attachment(self, inside: str, name: str) -> str:
        """The place of an attachment."""
        return self._unique(f"{inside}/{name}" if inside else f"attachment:{name}")

    def other(self, inside: str, name: str) -> str:
        """The place of a text that stands outside the parts."""
        return self._unique(f"{inside}/{name}" if inside else name)

    def _unique(self, place: str) -> str:
        count = self._given[place] = self._given.get(place, 0) + 1
        return place if count == 1 else f"{place}#{count}"
