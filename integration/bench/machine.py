"""What the figures were measured on: figures without it say nothing."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def facts() -> Iterator[tuple[str, str]]:
    """Name and value of each thing that matters."""
    yield "date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield "processor", f"{_processor()}, {len(os.sched_getaffinity(0))} cores"
    yield "memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    yield "load before", f"{os.getloadavg()[0]:.2f} (one minute)"
    yield "file system of the stores", _file_system(Path(tempfile.gettempdir()))
    yield "kernel", platform.release()
    yield "system", _pretty_name()
    yield "Python", platform.python_version()
    yield "Sekisho", version("sekisho")
    yield "pymilter", version("pymilter")
    yield "libmilter", _package("libmilter1.0.1")
    yield "Postfix", _package("postfix")
    yield "rspamd", _package("rspamd")


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _pretty_name() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def _package(name: str) -> str:
    """The version of a Debian package."""
    command = ["dpkg-query", "-W", "-f", "${Version}", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "not installed"


def _file_system(folder: Path) -> str:
    done = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
