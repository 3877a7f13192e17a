"""``sekisho check``: is the configuration valid? Every error as ``file:line:col: message``; 78 if there is any.

``--diff OLD NEW`` says in words what one policy file changes in another.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from sekisho.cli.common import common, refused
from sekisho.cli.output import EX_CONFIG, EX_OK, print_json, say
from sekisho.config.load import load
from sekisho.config.policies import read_policy
from sekisho.config.problems import ConfigurationError, Problem
from sekisho.policy.diff import differences


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to check, or to compare."""
    common(parser)
    parser.add_argument(
        "--diff", nargs=2, metavar=("OLD", "NEW"), help="say in words what the policy file NEW changes in OLD"
    )


def run(options: argparse.Namespace) -> int:
    """Load as ``serve`` would, and report; or compare two policy files."""
    if options.diff:
        return _compare(*map(Path, options.diff), as_json=options.json)
    try:
        configuration = load(Path(options.config))
    except ConfigurationError as error:
        return _report(options, error.problems, EX_CONFIG)
    code = _report(options, configuration.warnings, EX_OK)
    if not options.json:
        say(f"{options.config}: valid, {len(configuration.policy.rules)} rules")
    return code


def _compare(old: Path, new: Path, *, as_json: bool) -> int:
    try:
        found = differences([read_policy(old).model], [read_policy(new).model])
    except ConfigurationError as error:
        raise refused(error) from error
    for one in found:
        if as_json:
            print_json({"rule": one.rule, "change": one.kind.value, "details": list(one.details)})
        else:
            say(str(one))
    if not found and not as_json:
        say("nothing changes")
    return EX_OK


def _report(options: argparse.Namespace, problems: Sequence[Problem], code: int) -> int:
    if options.json:
        print_json({"valid": code == EX_OK, "problems": [problem.record() for problem in problems]})
    else:
        for problem in problems:
            for line in problem.rendered().split("\n"):
                say(line)
    return code
