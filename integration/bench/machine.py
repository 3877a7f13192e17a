"""What the figures were measured on, and what else went on there: figures without it say nothing."""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def facts() -> Iterator[tuple[str, str]]:
    """Name and value of each thing that matters."""
    yield "date", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    yield "processor", f"{_processor()}, {len(os.sched_getaffinity(0))} cores"
    yield "memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
    yield "file system of the stores", _file_system(Path(tempfile.gettempdir()))
    yield "kernel", platform.release()
    yield "system", _pretty_name()
    yield (
        "Python",
        platform.python_version() + (", the system's" if sys.base_prefix == "/usr" else ", not the system's"),
    )
    yield "Sekisho", version("sekisho")
    yield "pymilter", version("pymilter")
    yield "libmilter", _package("libmilter1.0.1")
    yield "Postfix", _package("postfix")
    yield "rspamd", _package("rspamd")


class Neighbours:
    """How busy the machine is with what is not ours, from when this is made."""

    def __init__(self) -> None:
        self._before = self._busy() - self._ours()
        self._begun = time.monotonic()

    def share(self) -> float:
        """Processors' time that others used, of all there was; right only once our children have been waited for."""
        used = self._busy() - self._ours() - self._before
        share = used / (time.monotonic() - self._begun) / (os.cpu_count() or 1)
        return min(max(share, 0.0), 1.0)  # the kernel counts in ticks, which are more than a short time holds

    @staticmethod
    def _busy() -> float:
        """Seconds that the processors were in user, nice and system mode (proc(5), stat)."""
        ticks = Path("/proc/stat").read_text().split(maxsplit=4)[1:4]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _ours() -> float:
        """Seconds of this process and of every child that has been waited for."""
        usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)


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
