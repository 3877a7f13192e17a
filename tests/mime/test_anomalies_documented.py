"""Every kind of anomaly that the reader can report is explained in the guide."""

from __future__ import annotations

import re
from pathlib import Path

import sekisho.mime

ROOT = Path(__file__).parents[2]
_NOTED = re.compile(
    r'(?:note|oddities\.append|Anomaly|margin)\(\s*"([a-z0-9-]+)"|oddities=\(\*[\w.]+, "([a-z0-9-]+)"\)'
)
_PASSED = re.compile(r'"(encoded-[a-z]+|[a-z]+-text|byte-order-mark)"')


def test_the_guide_names_every_kind() -> None:
    sources = "".join(path.read_text() for path in Path(sekisho.mime.__path__[0]).glob("*.py"))
    kinds = {first or second for first, second in _NOTED.findall(sources)} | set(_PASSED.findall(sources))
    rows = "".join(
        line for line in (ROOT / "docs/guide/odd-messages.md").read_text().splitlines(True) if line[:1] == "|"
    )
    assert len(kinds) > 25
    assert {kind for kind in kinds if not re.search(rf"(?<![a-z-]){kind}(?![a-z-])", rows)} == set()
