"""Whether the database is the one that was here before: a file beside it says how far its audit had come.

A database that was restored from a backup has a shorter audit, or another: what was decided and sent since is not in
it. Only an audit that goes on from where the file says is the same. The file is written now and then, never in step
with each commit: it needs to be true, not new.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from sekisho.store import audit
from sekisho.store.unit import View

_TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True)
class EpochFile:
    """The file of one gateway."""

    path: Path

    def is_continued(self, view: View) -> bool:
        """Whether the database has what the file says; true where there is no file, or none that can be read."""
        try:
            sequence, last = json.loads(self.path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return True
        return sequence == 0 or audit.is_recorded(view.connection, (sequence, last))

    def write(self, view: View) -> None:
        """Say how far the audit has come. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self.path.with_name(self.path.name + _TEMPORARY)
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(audit.end(view), file)
            temporary.replace(self.path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
