"""The key of links in notices: made when it is first needed, read by the roles that write links and open them.

Gateways that share a store share the key too: whoever opens a link need not be the one who sent it. Another key makes
all links that are on their way worthless, and does no other harm.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from sekisho.config.settings import Settings
from sekisho.lists.secret import read_secret
from sekisho.notices.links import SHORTEST_KEY
from sekisho.quarantine.links import Links


def make_link_key(file: Path) -> bool:
    """Put a random key into a file that only we can read; False, and nothing done, where there is one.

    Raises `OSError`.
    """
    if file.exists():
        return False
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(f"{secrets.token_hex(SHORTEST_KEY)}\n")
            opened.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            file.hardlink_to(temporary)
    finally:
        temporary.unlink()
    return True


def links_of(settings: Settings) -> Links | None:
    """Links as they are configured; None without ``http.base-url``. Raises `OSError`, and `ValueError` on a bad key."""
    if settings.http.base_url is None:
        return None
    make_link_key(settings.link_key_file)
    key = read_secret(settings.link_key_file).encode()
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"{settings.link_key_file} should hold {SHORTEST_KEY} characters or more")
    return Links(settings.http.base_url, key, secrets.token_bytes)
