"""What processes use (proc(5)): memory from smaps_rollup in MB of 10⁶ octets, processor time from stat in seconds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_LINE = re.compile(r"^(\w+): +(\d+) kB$", re.MULTILINE)


def children(pid: int) -> list[int]:
    """The processes that this one has started and that still run."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    with suppress(OSError):
        for child in children(pid):
            yield from family(child)


def workers(supervisor: int) -> list[int]:
    """The forked workers: children that still have their parent's command line."""
    own = _command(supervisor)
    return [child for child in children(supervisor) if _command(child) == own]


def private(pid: int) -> float:
    """Memory that this process alone has."""
    sizes = _sizes(pid)
    return (sizes["Private_Clean"] + sizes["Private_Dirty"]) / 1e3


def proportional(pid: int) -> float:
    """Memory of this process, what it shares divided by those who share it; 0 when it has gone."""
    with suppress(OSError):
        return _sizes(pid)["Pss"] / 1e3
    return 0.0


def processor_time(people: Iterable[int]) -> float:
    """User and system seconds that these processes have used, as far as they still run."""
    ticks = 0
    for pid in people:
        with suppress(OSError):
            # User and system time are the fields 14 and 15; those after the name in brackets begin with the third.
            after_name = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _sizes(pid: int) -> dict[str, float]:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(size) * 1.024 for name, size in _LINE.findall(text)}


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
