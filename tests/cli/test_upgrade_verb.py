"""``sekisho db upgrade`` says how far it is to whoever sits at a terminal, and to nobody else."""

from __future__ import annotations

import sys

from tests.cli.conftest import Site
from tests.support.terminal import terminal


def test_an_upgrade_shows_how_far_it_is(site: Site) -> None:
    for file in site.home.glob("sekisho.db*"):
        file.unlink()
    upgrade = [sys.executable, "-m", "sekisho.cli.main", "db", "upgrade", "-c", str(site.config)]
    with terminal(upgrade) as shown:
        assert shown.ended() == 0
        assert any(line.startswith("[####") and "indexes" in line for line in shown.lines)
        assert shown.lines[1].endswith(": ok")


def test_programs_get_no_line_that_is_written_over(site: Site) -> None:
    for file in site.home.glob("sekisho.db*"):
        file.unlink()
    done = site.run("db", "upgrade")
    assert (done.code, done.err) == (0, "")
