"""``sekisho explain MESSAGE --from A --rcpt B …``: what would happen to the message, and why. Stores nothing.

Runs the same code as the gateway from the collected transaction to the plan; MESSAGE may be ``-``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_DATA, EX_NO_INPUT, EX_OK, CommandError, heading, print_json, say
from sekisho.cli.tree import tell_tree
from sekisho.config.load import Configuration
from sekisho.core.memory import NO_MEMORY, Memory
from sekisho.core.message import Client
from sekisho.mime.reader import MimeReader
from sekisho.quarantine.memory import Remembered
from sekisho.sandbox.pool import Pool
from sekisho.serve.question import NoRecipient, Question, answer
from sekisho.serve.roles import store_of
from sekisho.serve.timings import timings
from sekisho.store import StoreUnavailable


def arguments(parser: argparse.ArgumentParser) -> None:
    """The message, its envelope, and its client."""
    common(parser)
    parser.add_argument("message", metavar="MESSAGE", help="message file, - for standard input")
    parser.add_argument("--from", dest="sender", metavar="A", help="envelope sender (default: the From field)")
    parser.add_argument("--rcpt", action="append", default=[], metavar="B", help="envelope recipient (default: To, Cc)")
    parser.add_argument("--client", default="127.0.0.1", metavar="IP", help="address of the SMTP client")
    parser.add_argument("--user", default="", help="authenticated user")
    parser.add_argument("--listener", default="", help="name of the MTA's listener ({daemon_name})")
    parser.add_argument("--language", choices=["en", "ja", "zh"], help="of the sentences (default: the site's first)")
    parser.add_argument("--all", action="store_true", help="run every inspector, whatever the policy asks")
    parser.add_argument("--timings", action="store_true", help="tell where the microseconds of a judgement go")


def run(options: argparse.Namespace) -> int:
    """Explain one message."""
    configuration = configuration_of(options)
    client = Client(address=options.client, user=options.user, listener=options.listener)
    question = Question(_octets(options.message), options.sender, options.rcpt, client)
    language = options.language or configuration.site.languages[0]
    reader, now = MimeReader(), datetime.now(UTC)
    try:
        with Pool() as files, _memory(configuration) as memory:
            # First, so that its first judgement meets empty caches.
            timed = timings(configuration, reader, question, now, files, memory) if options.timings else None
            report = answer(
                configuration,
                reader,
                question,
                now,
                language,
                thorough=options.all,
                files=files,
                memory=memory,
            )
    except NoRecipient as error:
        raise CommandError(EX_DATA, f"{error} (--rcpt ADDRESS)") from error
    if timed is not None:
        report["timings"] = timed
    if options.json:
        print_json(report)
    else:
        _tell(report)
    return EX_OK


@contextmanager
def _memory(configuration: Configuration) -> Iterator[Memory]:
    """What people agreed to before, where the store can be asked."""
    try:
        store = store_of(configuration.settings)
        store.check()
    except StoreUnavailable:
        yield NO_MEMORY
        return
    try:
        yield Remembered(store, on_record=False)
    finally:
        store.close()


def _octets(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(EX_NO_INPUT, f"{name}: cannot be read: {error.strerror}") from error


def _tell(report: Mapping[str, Any]) -> None:
    heading(f"disposition: {report['disposition']}")
    for address, outcome in report["recipients"].items():
        by = f"  ({', '.join(outcome['rules'])})" if outcome["rules"] else ""
        say(f"  {address}: {outcome['disposition']}{by}")
    tell_tree(report["parts"])
    _tell_facts(report)
    if report["findings"]:
        heading("findings")
    for finding in report["findings"]:
        say(f"  {finding['where']}: {finding['message']} [{finding['code']}]")
    heading("rules")
    for rule in report["rules"]:
        say(f"  {'+' if rule['matched'] else '-'} {rule['id']} ({rule['mode']}): {' '.join(rule['because'])}")
    for one in report["spared"]:
        say(f"  {one['rule']} does not ask for {one['recipient']}: {one['person']} agreed (hold {one['hold']})")
    if report["edits"]:
        heading("edits")
    for edit in report["edits"]:
        rest = " ".join(str(value) for key, value in edit.items() if key != "op")
        say(f"  {edit['op']} {rest}")
    if "timings" in report:
        _tell_timings(report["timings"])


def _tell_facts(report: Mapping[str, Any]) -> None:
    """What conditions see, and who speaks in which lines: a finding counts only in some of them."""
    known = report["facts"]
    heading("facts")
    trust = "trusted" if known["trusted"] else "not trusted"
    counts = f"{len(report['recipients'])} ({len(known['external'])} external, {len(known['visible'])} visible)"
    say(f"  from {known['sender'] or '<>'} ({trust}); recipients: {counts}; {known['size']:,} octets")
    for subject in known["subjects"]:
        say(f"  subject: {subject}")
    for place, stretches in known["lines"].items():
        said = ", ".join(f"{one['from']}-{one['to']} {one['voice']}" for one in stretches)
        say(f"  {place}: lines {said}")


def _tell_timings(timed: Mapping[str, Any]) -> None:
    heading(f"microseconds (median of {timed['runs']} judgements, and the first)")
    for row in (*timed["stages"], {"stage": "all", "microseconds": timed["total"], "first": timed["first"]}):
        say(f"  {row['microseconds']:9.1f} {row['first']:9.1f}  {row['stage']}")
