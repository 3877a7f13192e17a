"""``sekisho doctor``: each listener or setting by which mail passes unasked, and what else is wrong around us.

0 when nothing is lost, stuck or unchecked, else 69.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_OK, EX_UNAVAILABLE, print_json, say
from sekisho.quarantine.paused import require_running
from sekisho.serve.examine import Level, examinations
from sekisho.serve.names import why_no_mail
from sekisho.serve.probes import probes_of
from sekisho.serve.roles import store_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which MTA to look at."""
    common(parser)
    parser.add_argument("--postfix", default="", metavar="DIR", help="Postfix's configuration directory")


def run(options: argparse.Namespace) -> int:
    """Look at everything, and say what is found."""
    settings = configuration_of(options).settings
    store = store_of(settings)
    probes: dict[str, Callable[[], None]] = {**probes_of(settings, store), "release": partial(require_running, store)}
    worst = EX_OK
    for check in examinations(settings, probes, why_no_mail, options.postfix):
        if options.json:
            print_json({"check": check.name, "level": check.level.value, "message": check.message})
        else:
            say(f"{check.level.value:<8} {check.name}: {check.message}")
        if check.level is Level.ERROR:
            worst = EX_UNAVAILABLE
    return worst
