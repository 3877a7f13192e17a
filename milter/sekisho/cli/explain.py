"""``sekisho explain MESSAGE --from A --rcpt B …``: what would happen to the message, and why. Stores nothing.

Runs the same code as the gateway from the collected transaction to the plan; MESSAGE may be ``-``. The JSON form is the
contract of DESIGN section 7.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_DATA, EX_NO_INPUT, EX_OK, CommandError, heading, print_json, say
from sekisho.config.load import Configuration
from sekisho.core.content import Octets
from sekisho.core.decision import Decision
from sekisho.core.edits import to_json
from sekisho.core.facts import VISIBLE, Facts
from sekisho.core.finding import Finding
from sekisho.core.message import Client, Field, Transaction
from sekisho.core.message import Path as SmtpPath
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.core.reason import Reason
from sekisho.core.rule import Rule
from sekisho.core.truth import Mask, Truth, members
from sekisho.mime.reader import MimeReader
from sekisho.policy.explain import explain
from sekisho.serve.judge import Judgement, judge
from sekisho.words import say as words


def arguments(parser: argparse.ArgumentParser) -> None:
    """The message, its envelope, and its client."""
    common(parser)
    parser.add_argument("message", metavar="MESSAGE", help="message file, - for standard input")
    parser.add_argument("--from", dest="sender", metavar="A", help="envelope sender (default: the From field)")
    parser.add_argument("--rcpt", action="append", metavar="B", help="envelope recipient (default: To, Cc and Bcc)")
    parser.add_argument("--client", default="127.0.0.1", metavar="IP", help="address of the SMTP client")
    parser.add_argument("--user", default="", help="authenticated user")
    parser.add_argument("--listener", default="", help="name of the MTA's listener ({daemon_name})")
    parser.add_argument("--all", action="store_true", help="run every inspector, whatever the policy asks")


def run(options: argparse.Namespace) -> int:
    """Explain one message."""
    configuration = configuration_of(options)
    reader = MimeReader()
    transaction = _transaction(options, reader)
    judged = judge(configuration, reader, transaction)
    explained = list(explain(configuration.policy, judged.facts))
    if options.all:
        for code in configuration.inspectors:
            judged.facts.findings(code)
    report = _report(configuration, judged, explained)
    if options.json:
        print_json(report)
    else:
        _tell(report)
    return EX_OK


def _transaction(options: argparse.Namespace, reader: MimeReader) -> Transaction:
    fields, body = parse_message(_octets(options.message))
    client = Client(address=options.client, user=options.user, listener=options.listener)
    sender = options.sender if options.sender is not None else _first(_addresses(fields, ("from",), reader))
    recipients = options.rcpt or _addresses(fields, (*VISIBLE, "bcc"), reader)
    if not recipients:
        raise CommandError(EX_DATA, "the message names no recipient: say --rcpt ADDRESS for each envelope recipient")
    macros = {"auth_authen": options.user} if options.user else {}
    paths = tuple(map(_path, recipients))
    return Transaction(client, _path(sender), paths, fields, Octets(body), macros, datetime.now(UTC))


def _octets(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(EX_NO_INPUT, f"{name}: cannot be read: {error.strerror}") from error


def _addresses(fields: tuple[Field, ...], keys: tuple[str, ...], reader: MimeReader) -> list[str]:
    boxes = (box for field in fields if field.key in keys for box in reader.addresses(field.value).mailboxes)
    return list(dict.fromkeys(box.address for box in boxes))


def _first(addresses: list[str]) -> str:
    return addresses[0] if addresses else ""


def _path(address: str) -> SmtpPath:
    text = address if address.startswith("<") else f"<{address}>"
    return parse_path(text.encode("utf-8", "surrogateescape"))


def _report(
    configuration: Configuration, judged: Judgement, explained: list[tuple[Rule, Truth, Reason]]
) -> dict[str, Any]:
    facts, decision, made = judged.facts, judged.decision, judged.plan
    language = configuration.site.languages[0]
    recipients = facts.transaction.recipients
    return {
        "disposition": made.strictest.word,
        "recipients": {
            path.address: {"disposition": one.word, "rules": _rules_of(decision, 1 << index)}
            for index, (path, one) in enumerate(zip(recipients, made.dispositions, strict=True))
        },
        "findings": [_finding(finding, facts, language) for finding in facts.found],
        "rules": [_rule(rule, truth, reason, language) for rule, truth, reason in explained],
        "edits": [to_json(edit) for edit in made.edits],
        "score": round(decision.score, 4),
        "reply": made.reply.verdict.value,
    }


def _rules_of(decision: Decision, bit: Mask) -> list[str]:
    return [match.rule.id for match in decision.matches if match.truth.yes & bit]


def _finding(finding: Finding, facts: Facts, language: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "kind": finding.kind,
        "count": finding.count,
        "score": round(finding.score, 4),
        "where": finding.where,
        "recipients": [facts.transaction.recipients[index].address for index in members(finding.recipients)],
        "evidence": finding.evidence,
        "message": words.finding(finding, language),
    }


def _rule(rule: Rule, truth: Truth, reason: Reason, language: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "mode": rule.mode.value,
        "matched": bool(truth.yes),
        "because": [words.reason(reason, language)],
    }


def _tell(report: Mapping[str, Any]) -> None:
    heading(f"disposition: {report['disposition']}")
    for address, outcome in report["recipients"].items():
        by = f"  ({', '.join(outcome['rules'])})" if outcome["rules"] else ""
        say(f"  {address}: {outcome['disposition']}{by}")
    if report["findings"]:
        heading("findings")
    for finding in report["findings"]:
        say(f"  {finding['where']}: {finding['message']} [{finding['code']}]")
    heading("rules")
    for rule in report["rules"]:
        say(f"  {'+' if rule['matched'] else '-'} {rule['id']} ({rule['mode']}): {' '.join(rule['because'])}")
    if report["edits"]:
        heading("edits")
    for edit in report["edits"]:
        rest = " ".join(str(value) for key, value in edit.items() if key != "op")
        say(f"  {edit['op']} {rest}")
