"""What all verbs share: the two options, and a configuration or a clear refusal."""

from __future__ import annotations

import argparse
import getpass
import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from sekisho.cli.output import EX_CONFIG, EX_USAGE, CommandError
from sekisho.config.load import Configuration, load
from sekisho.config.problems import ConfigurationError
from sekisho.core.amounts import duration

if TYPE_CHECKING:
    from sekisho.quarantine.refusals import Actor

DEFAULT_CONFIG = "/etc/sekisho/sekisho.yaml"


def common(parser: argparse.ArgumentParser) -> None:
    """The two options of every verb."""
    parser.add_argument(
        "-c",
        "--config",
        default=os.environ.get("SEKISHO_CONFIG", DEFAULT_CONFIG),
        metavar="FILE",
        help=f"configuration file (default: $SEKISHO_CONFIG or {DEFAULT_CONFIG})",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def configuration_of(options: argparse.Namespace) -> Configuration:
    """The configuration asked for; 78 with every problem where it is not valid."""
    return configuration_at(Path(options.config))


def configuration_at(path: Path) -> Configuration:
    """The configuration in a file; 78 with every problem where it is not valid."""
    try:
        return load(path)
    except ConfigurationError as error:
        raise refused(error) from error


def actor_of(options: argparse.Namespace) -> Actor:
    """The operator at the gateway, or the person on whose behalf (``--as``) the command runs."""
    from sekisho.quarantine.refusals import Actor  # noqa: PLC0415  (few verbs decide, and it loads the store)

    return Actor(options.person, "operator") if options.person else operator()


def operator() -> Actor:
    """The operator at the gateway: who logged in, whoever they have become since."""
    from sekisho.quarantine.refusals import Actor  # noqa: PLC0415

    return Actor(os.environ.get("SUDO_USER") or getpass.getuser(), "operator")


def moment_of(text: str, zone: tzinfo, option: str) -> datetime | None:
    """A moment as people write it: a date, a date and time (the site's own, unless it names a zone), or ``7d`` ago."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    except ValueError:
        pass
    try:
        return datetime.now(UTC) - duration(text).delta
    except ValueError as error:
        raise CommandError(
            EX_USAGE, f"{option}: {text!r} is no moment; write 2026-11-24, 2026-11-24T09:00 or 7d"
        ) from error


def refused(error: ConfigurationError) -> CommandError:
    """78, with every problem."""
    problems = "\n".join(problem.rendered() for problem in error.problems)
    records = {"problems": [problem.record() for problem in error.problems]}
    return CommandError(EX_CONFIG, f"the configuration is not valid\n{problems}", records)
