"""``sekisho check``: is the configuration valid? Every error as ``file:line:col: message``; 78 if there is any."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sekisho.cli.common import common
from sekisho.cli.output import EX_CONFIG, EX_OK, clean, print_json, say
from sekisho.config.load import load
from sekisho.config.problems import ConfigurationError, Problem


def arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""
    common(parser)


def run(options: argparse.Namespace) -> int:
    """Load as ``serve`` would, and report."""
    try:
        configuration = load(Path(options.config))
    except ConfigurationError as error:
        return _report(options, error.problems, EX_CONFIG)
    code = _report(options, configuration.warnings, EX_OK)
    if not options.json:
        say(f"{options.config}: valid, {len(configuration.policy.rules)} rules")
    return code


def _report(options: argparse.Namespace, problems: Sequence[Problem], code: int) -> int:
    if options.json:
        print_json({"valid": code == EX_OK, "problems": [problem.record() for problem in problems]})
    else:
        for problem in problems:
            print("\n".join(map(clean, problem.rendered().split("\n"))), file=sys.stderr)
    return code
