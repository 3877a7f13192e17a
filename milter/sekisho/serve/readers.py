"""What is known of those who read notices and the page: never a reason not to write to them."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.config.load import Configuration
from sekisho.core.people import Person


def reader_of(configuration: Configuration) -> Callable[[str], Person | None]:
    """Gives a person by address; None for somebody unknown, and where nobody can be asked now."""

    def reader(address: str) -> Person | None:
        try:
            return configuration.people.find(address) if address else None
        except Exception:
            return None

    return reader
