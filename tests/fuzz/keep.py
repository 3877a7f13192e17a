"""Cases that broke a promise, kept as files: the octets, and beside them what went wrong."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from tests.fuzz.target import Target

KEPT = Path(".cache/fuzz")


def folder(target: Target) -> Path:
    """Where the cases of a target are kept."""
    found = KEPT / target.name
    found.mkdir(parents=True, exist_ok=True)
    return found


def keep(target: Target, octets: bytes) -> None:
    """Run a case, and keep it if anything goes wrong; one that kills the process is left behind as ``last``."""
    last = folder(target) / "last"
    last.write_bytes(octets)
    try:
        target.run(octets)
    except Exception as error:
        name = sha256(octets).hexdigest()[:16]
        (folder(target) / f"{name}.bin").write_bytes(octets)
        told = f"{type(error).__name__}: {error}"[:2000]
        (folder(target) / f"{name}.txt").write_text(told, "utf-8", "backslashreplace")
