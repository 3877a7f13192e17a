"""One target with atheris (the extra ``fuzz``): ``python -m tests.fuzz.guided TARGET SECONDS SEED``.

Cases are mutated as always; those that reach new code are kept in `.cache/fuzz-corpus/TARGET/` and mutated further.
"""

from __future__ import annotations

import random
import sys
from hashlib import sha256

import atheris

with atheris.instrument_imports(include=["sekisho"]):
    from tests.fuzz.all_targets import TARGETS
from tests.fuzz.keep import KEPT, folder, keep

_MOST_OCTETS = 200_000


def main(name: str, seconds: float, seed: int) -> None:
    """Goes on for so long; libFuzzer ends the process."""
    target, count = TARGETS[name], 0

    def one(octets: bytes) -> None:
        nonlocal count
        count += 1
        keep(target, octets)
        if not count % 100:
            print(f"cases {count}", flush=True)

    def changed(octets: bytes, _most: int, number: int) -> bytes:
        chance = random.Random(number)
        return target.mutate(octets or target.seeds[0], target.seeds, chance)[:_MOST_OCTETS]

    corpus = KEPT.parent / "fuzz-corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for octets in target.seeds:
        (corpus / sha256(octets).hexdigest()[:16]).write_bytes(octets)
    limits = [f"-max_total_time={int(seconds)}", f"-max_len={_MOST_OCTETS}", "-timeout=900", "-rss_limit_mb=2048"]
    kept = f"-artifact_prefix={folder(target)}/"
    atheris.Setup([name, f"-seed={seed}", *limits, kept, str(corpus)], one, custom_mutator=changed)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
