"""A message on its way in: which entrance, which SMTP commands, which octets."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Send:
    """A message goes in."""

    line: int
    """Of the case file."""
    entrance: str
    """``public``, ``submission`` or ``sendmail``."""
    arguments: tuple[str, ...]
    """Of sendmail."""
    chunk: int
    """Size of BDAT chunks; 0 for DATA."""
    commands: tuple[str, ...]
    """Everything before DATA; a greeting is said for those who do not."""
    message: bytes

    @property
    def recipients(self) -> tuple[str, ...]:
        """The forward-paths without their outer brackets."""
        paths = (re.match(r"RCPT TO:<(.*)>(?: |$)", command, re.IGNORECASE) for command in self.commands)
        return tuple(path[1] for path in paths if path)
