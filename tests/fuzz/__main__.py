"""``make fuzz``, ``python -m tests.fuzz [MINUTES] [TARGET ...]``: new cases for every parser, as long as is wanted.

Each target runs in a process of its own, so that a parser in C may die. With the extra ``fuzz`` (atheris) cases are
guided by coverage; without it octets are mutated at random. What breaks a promise is kept below `.cache/fuzz/TARGET/`.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from importlib.util import find_spec

from tests.fuzz.all_targets import TARGETS
from tests.fuzz.keep import KEPT, keep
from tests.fuzz.target import Target

_ROUND = 60.0
"""Seconds for which a process goes on."""
_ADVICE = "To make a test of one: cp FILE tests/regress/TARGET/what-was-wrong.bin, then mend until `make test` passes."


def main(words: list[str]) -> int:
    """Go round all targets until the time is over. Gives the number of crashers, at most 100."""
    minutes = float(words[0]) if words else 10.0
    names = words[1:] or list(TARGETS)
    end = time.monotonic() + 60 * minutes
    share = min(_ROUND, max(60 * minutes / len(names), 1.0))
    guided = find_spec("atheris") is not None
    print(f"{len(names)} targets, {minutes:g} minutes, " + ("guided by coverage" if guided else "at random"))
    while time.monotonic() < end:
        for name in names:
            _one_process(name, min(share, max(end - time.monotonic(), 1.0)), guided=guided)
    return _told()


def _one_process(name: str, seconds: float, *, guided: bool) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    how = ["tests.fuzz.guided"] if guided else ["tests.fuzz", "--random"]
    command = [sys.executable, "-m", *how, name, str(seconds), str(seed)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    told = (line for line in reversed(done.stdout.splitlines()) if line.startswith("cases "))
    print(f"{name}: {next(told, 'no case')}" + (f" (status {done.returncode})" if done.returncode else ""), flush=True)


def _told() -> int:
    found = sorted(KEPT.glob("*/*.bin"))
    for path in found:
        print(f"broke a promise: {path}\n{path.with_suffix('.txt').read_text('utf-8')}")
    if found:
        print(_ADVICE)
    return min(len(found), 100)


def at_random(target: Target, seconds: float, seed: int) -> None:
    """Mutate and check, in this process."""
    end, count = time.monotonic() + seconds, 0
    chance = random.Random(seed)
    while time.monotonic() < end:
        keep(target, target.mutate(chance.choice(target.seeds), target.seeds, chance))
        count += 1
    print(f"cases {count}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--random", name, seconds, seed]:
            at_random(TARGETS[name], float(seconds), int(seed))
        case words:
            sys.exit(main(words))
