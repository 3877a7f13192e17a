"""The figures of a trial as people read them."""

from __future__ import annotations

from integration.torture.judgement import Judgement

MOST = 40
"""Violations that are printed in full."""


def table(found: Judgement, seconds: float) -> str:
    """Figures in groups, then every violation, and one line that says it all."""
    width = max(len(name) for name in found.figures)
    lines = [f"  {name:<{width}}  {found.figures[name]:>7}" for name in sorted(found.figures)]
    lines += [f"VIOLATION  {violation}" for violation in found.violations[:MOST]]
    return "\n".join([*lines, f"{len(found.violations)} violations, {seconds:.0f} s"])
