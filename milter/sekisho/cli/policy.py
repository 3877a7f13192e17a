"""``sekisho policy``: the site's own examples, and modes that are set by command.

``test CASES.yaml``: each case says which message, sent how, must become what. 0 when all are as they say, 65 when one
is not. ``mode``: `sekisho.cli.mode`.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from sekisho.cli import mode
from sekisho.cli.common import common, configuration_of, refused
from sekisho.cli.output import EX_DATA, EX_NO_INPUT, EX_OK, CommandError, print_json, say
from sekisho.config.cases import CasesSource, read_cases
from sekisho.config.load import Configuration
from sekisho.config.problems import ConfigurationError
from sekisho.core.ports import Files, Reader
from sekisho.mime.reader import MimeReader
from sekisho.policy.testing import Case, failures
from sekisho.sandbox.pool import Pool
from sekisho.serve.judge import judge
from sekisho.serve.question import Question, transaction_of


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``policy``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    test = verbs.add_parser("test", help="do the site's own examples come out as they should?")
    common(test)
    test.add_argument("cases", nargs="+", metavar="CASES", help="files of cases")
    mode.arguments(verbs.add_parser("mode", help="set a rule, or what rules may do to a group of senders, to a mode"))


def run(options: argparse.Namespace) -> int:
    """Set a mode; or check every case of every file, one line, or one JSON object, each."""
    if options.action == "mode":
        return mode.run(options)
    configuration = configuration_of(options)
    rules = frozenset(rule.id for rule in configuration.policy.rules)
    sources = [_read(Path(name), rules) for name in options.cases]
    wrong = total = 0
    with Pool() as files:
        for source in sources:
            for number, case in enumerate(source.model.cases):
                found = _failures(configuration, MimeReader(), files, source, case)
                _report(source.placed.place(("cases", number)), case, found, as_json=options.json)
                wrong += bool(found)
                total += 1
    if not options.json:
        say(f"{total - wrong} of {total} cases are as they should be")
    return EX_DATA if wrong else EX_OK


def _read(path: Path, rules: frozenset[str]) -> CasesSource:
    try:
        return read_cases(path, rules)
    except ConfigurationError as error:
        raise refused(error) from error


def _failures(configuration: Configuration, reader: Reader, files: Files, source: CasesSource, case: Case) -> list[str]:
    now = _moment(case, configuration)
    question = Question(_octets(case, source), case.sender, case.recipients, case.smtp_client())
    judged = judge(configuration, reader, transaction_of(question, reader, now), files)
    return failures(case, judged.facts.transaction, judged.decision, judged.plan.dispositions)


def _octets(case: Case, source: CasesSource) -> bytes:
    if case.file is None:
        return (case.message or "").encode()
    path = Path(source.placed.source.name).parent / case.file
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(EX_NO_INPUT, f"{path}: cannot be read: {error.strerror} (case {case.name!r})") from error


def _moment(case: Case, configuration: Configuration) -> datetime:
    if case.at is None:
        return datetime.now(UTC)
    try:
        written = datetime.fromisoformat(case.at)
    except ValueError as error:
        raise CommandError(EX_DATA, f"case {case.name!r}: `at`: {error}") from error
    return written if written.tzinfo else written.replace(tzinfo=configuration.site.zone)


def _report(place: str, case: Case, found: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json({"case": case.name, "place": place, "passed": not found, "failures": found})
        return
    say(f"{'FAILED' if found else 'ok    '}  {case.name}  ({place})")
    for failure in found:
        say(f"        {failure}")
