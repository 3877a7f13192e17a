"""``sekisho VERB …``: reads the command line and calls the verb.

Exit codes are those of sysexits.h. A verb's module is imported only when it is asked for, so that a command answers at
once. Foreseen failures are one sentence on stderr, never a traceback.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import NoReturn, Protocol, cast

from sekisho.cli.output import EX_INTERNAL, EX_USAGE, CommandError, fail

VERBS = {
    "check": "is the configuration valid?",
    "explain": "what would happen to a message, and why",
    "serve": "run the daemon, or one role of it",
    "quarantine": "list, show, release, reject, cancel, export what is held",
    "policy": "check the site's own examples, set a rule to monitor and back",
    "approvals": "who can be asked, and who stands in?",
    "stats": "what was held and what became of it, by rule",
    "audit": "who decided what; verify that the record is whole",
    "notices": "what people are told by mail, and how it reads",
    "doctor": "by which ways does mail pass unasked, and what else is wrong around us?",
    "db": "upgrade or check the store",
}


class Verb(Protocol):
    """What a verb's module offers."""

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the verb's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code."""


class Parser(argparse.ArgumentParser):
    """Usage errors end with 64 (EX_USAGE), as sysexits has it."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"sekisho: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """The console script's entry point."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parse(arguments)
        return _verb(options.verb).run(options)
    except CommandError as error:
        return fail(error, as_json="--json" in arguments)
    except BrokenPipeError:
        # The reader of our output has seen enough (``sekisho … | head``); nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return fail(CommandError(EX_INTERNAL, f"internal error: {type(error).__name__}: {error}"), as_json=False)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="sekisho", description="Stops mail from being mis-sent.")
    parser.add_argument("--version", action="version", version=f"sekisho {version('sekisho')}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    wanted = next((word for word in arguments if word in VERBS), None)
    for name, text in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        if name == wanted:
            _verb(name).arguments(verb)
    return parser.parse_args(arguments)


def _verb(name: str) -> Verb:
    gc.disable()  # what is imported stays: looking for garbage among it takes a twelfth of the time
    try:
        return cast(Verb, import_module(f"sekisho.cli.{name}"))
    finally:
        gc.enable()


if __name__ == "__main__":
    sys.exit(main())
