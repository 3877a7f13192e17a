"""Values: dataclasses that nobody changes, made dozens of times a message.

A frozen dataclass sets each of its fields by a call, which makes it three times as dear as one that assigns. A value is
the latter, and compares and hashes as the former. That nobody assigns to it is seen to by mypy, for which it is a
frozen dataclass; at run time nothing stops an assignment. Write ``@value(frozen=True, slots=True)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    def value(*, frozen: bool, slots: bool):
        """Decorator of a class."""
        return dataclass(unsafe_hash=frozen, slots=slots)
