"""A DKIM signer that stands after Sekisho: a real OpenDKIM (RFC 6376, opendkim.conf(5))."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import dkim

from integration import waiting
from integration.guard import Guard

DOMAIN, SELECTOR = "example.co.jp", "gate"
_FILE = """\
Domain {domain}
Selector {selector}
KeyFile {home}/{selector}.private
Socket inet:{port}@127.0.0.1
Mode s
Canonicalization simple/simple
RequireSafeKeys no
Syslog no
"""


def why_no_signer() -> str:
    """What is missing; empty when nothing is."""
    if shutil.which("opendkim") is None or shutil.which("opendkim-genkey") is None:
        return "OpenDKIM is not installed (Debian: apt-get install opendkim opendkim-tools)"
    return ""


class Signer:
    """One that signs all mail of `DOMAIN` with a key made for it; ``milter`` is where it answers."""

    def __init__(self, guard: Guard) -> None:
        self._home = guard.directory("seki-dkim-")
        (port,) = waiting.free_ports(1)
        self.milter = f"inet:127.0.0.1:{port}"
        make = ["opendkim-genkey", "-b", "2048", "-d", DOMAIN, "-s", SELECTOR, "-D", str(self._home)]
        subprocess.run(make, check=True, capture_output=True)
        settings = self._home / "opendkim.conf"
        settings.write_text(_FILE.format(domain=DOMAIN, selector=SELECTOR, home=self._home, port=port))
        guard.start(["opendkim", "-f", "-x", settings], self._home / "log")
        waiting.until(lambda: waiting.answers(port), f"OpenDKIM answers: {self._log()}")

    def _log(self) -> str:
        log = self._home / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    def verifies(self, message: bytes) -> bool:
        """Whether the topmost signature is good, as the recipient's MTA would find with our key in DNS."""
        return bool(dkim.verify(message, dnsfunc=self._published))

    def _published(self, name: bytes, timeout: int = 5) -> bytes | None:
        """The TXT record that opendkim-genkey wrote for the zone."""
        if name.rstrip(b".") != f"{SELECTOR}._domainkey.{DOMAIN}".encode():
            return None
        record = Path(self._home / f"{SELECTOR}.txt").read_text()
        return "".join(re.findall(r'"([^"]*)"', record)).encode()
