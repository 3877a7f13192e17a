"""``python -m integration.torture``: kill -9 at random moments under load; prints what became of every message.

With ``--shared`` two gateways on one PostgreSQL, of which one is killed whole or the server is restarted.
Exit 0 when every message is where it must be, 1 when one is not, 69 where it cannot run. The same ``--seed`` kills the
same kinds of processes in the same order; what they were doing then is up to the machine.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

from integration import postfix, postgresql
from integration.torture.table import table
from integration.torture.trial import ALONE, SHARED, Extent, Trial

KEPT = Path(__file__).parents[2] / ".cache"
"""Logs and store of the last trials."""


def main() -> int:
    """Play it and tell."""
    options = _options()
    if missing := postfix.why_not() or (options.shared and postgresql.why_not()):
        print(f"this needs private servers: {missing}", file=sys.stderr)
        return 69
    print(f"{options.rounds} rounds, seed {options.seed}", flush=True)
    began = time.monotonic()
    kept = KEPT / ("torture-shared" if options.shared else "torture")
    extent = Extent(options.rounds, options.seed, options.minutes, stall=150.0, keep=kept)

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True)

    with Trial(SHARED if options.shared else ALONE, extent, say) as trial:
        found = trial.run()
    print(table(found, time.monotonic() - began))
    print(f"logs and store: {kept}")
    return 1 if found.violations else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integration.torture", description=__doc__)
    parser.add_argument("--shared", action="store_true", help="two gateways on one PostgreSQL")
    parser.add_argument("--rounds", type=int, default=200, metavar="N", help="how many blows (200)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30), metavar="S", help="repeat a trial")
    parser.add_argument("--minutes", type=float, default=30.0, metavar="M", help="begin no round after that (30)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
