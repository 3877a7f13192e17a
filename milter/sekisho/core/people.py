"""Who works here, who leads whom, who is away: what approvals need to know. Addresses are in small letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom more than an address is known."""

    address: str
    """The one by which the person is known; others are ``aliases``."""
    name: str = ""
    section: str = ""
    manager: str = ""
    """The manager's address."""
    deputy: str = ""
    """Who decides while the person is away, or does not answer; an address."""
    language: str = ""
    """``ja``, ``en`` or ``zh``; empty where it is not known."""
    aliases: tuple[str, ...] = ()
    """Also names by which the person logs in."""
    owner: str = ""
    """Who answers for it, where the address is shared; an address."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away; the deputy named for just this time, or empty."""

    address: str
    since: datetime
    until: datetime
    """The first moment at which the person is back."""
    deputy: str = ""


class People(Protocol):
    """What a site knows of its people. Every question raises `Unavailable` where nobody can answer it now."""

    def find(self, address: str) -> Person | None:
        """The person to whom an address or alias belongs; None for somebody unknown."""

    def section(self, name: str) -> Sequence[str]:
        """Everybody of a section."""

    def group(self, name: str) -> Sequence[str] | None:
        """Everybody of a group of approvers; None if there is no such group."""

    def approvers(self) -> frozenset[str]:
        """Everybody of any group."""

    def absence(self, address: str, at: datetime) -> Absence | None:
        """Whether somebody is away then."""


class Nobody:
    """Where a site has said nothing of its people."""

    def find(self, address: str) -> Person | None:  # noqa: ARG002
        return None

    def section(self, name: str) -> Sequence[str]:  # noqa: ARG002
        return ()

    def group(self, name: str) -> Sequence[str] | None:  # noqa: ARG002
        return None

    def approvers(self) -> frozenset[str]:
        return frozenset()

    def absence(self, address: str, at: datetime) -> Absence | None:  # noqa: ARG002
        return None
