"""What would happen to a message, and why: asked from the command line or over HTTP, answered without storing anything.

A `Question` is a message file with its envelope and client; `answer` runs the gateway's own judgement on it and gives
the object that DESIGN section 7 fixes for ``explain --json``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sekisho.config.load import Configuration
from sekisho.core.content import Octets
from sekisho.core.decision import Decision
from sekisho.core.edits import to_json
from sekisho.core.facts import VISIBLE
from sekisho.core.finding import Finding
from sekisho.core.memory import NO_MEMORY, Memory, Spared
from sekisho.core.message import Client, Field, Path, Transaction
from sekisho.core.parse import parse_message
from sekisho.core.path import parse_path
from sekisho.core.ports import NO_FILES, Files, Reader
from sekisho.core.reason import Reason
from sekisho.core.rule import Rule
from sekisho.core.truth import Mask, Truth, members
from sekisho.policy.explain import explain
from sekisho.serve.judge import judge
from sekisho.serve.portrait import facts_of
from sekisho.serve.tree import tree
from sekisho.words import say as words

LOCAL = Client(address="127.0.0.1")
"""The client of a question that names none: the gateway itself, which is trusted."""


class NoRecipient(ValueError):
    """Neither the envelope nor the header names one."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message and how it would be sent."""

    octets: bytes
    sender: str | None = None
    """Envelope sender; the From field's address where None."""
    recipients: Sequence[str] = ()
    """Envelope recipients; those of To, Cc and Bcc where empty."""
    client: Client = LOCAL


def answer(
    configuration: Configuration,
    reader: Reader,
    question: Question,
    now: datetime,
    language: str,
    *,
    thorough: bool,
    files: Files = NO_FILES,
    memory: Memory = NO_MEMORY,
) -> dict[str, Any]:
    """What would happen. ``thorough`` runs every inspector, whatever the policy asks. Raises `NoRecipient`."""
    judged = judge(configuration, reader, transaction_of(question, reader, now), files, memory)
    explained = list(explain(configuration.policy, judged.facts))
    if thorough:
        for code in configuration.inspectors:
            judged.facts.findings(code)
    facts, made = judged.facts, judged.plan
    paths = facts.transaction.recipients
    pairs = enumerate(zip(paths, made.dispositions, strict=True))
    return {
        "disposition": made.strictest.word,
        "recipients": {
            path.address: {"disposition": one.word, "rules": _rules_of(judged.decision, 1 << index)}
            for index, (path, one) in pairs
        },
        "parts": tree(facts),
        "facts": facts_of(facts),
        "findings": [finding_record(finding, paths, language) for finding in facts.found],
        "rules": [_rule(rule, truth, reason, language) for rule, truth, reason in explained],
        "edits": [to_json(edit) for edit in made.edits],
        "spared": [_spared(one) for one in judged.spared],
        "score": round(judged.decision.score, 4),
        "reply": made.reply.verdict.value,
    }


def transaction_of(question: Question, reader: Reader, now: datetime) -> Transaction:
    """The transaction as the MTA would hand it over. Raises `NoRecipient`."""
    fields, body = parse_message(question.octets)
    authors = _addresses(fields, ("from",), reader)
    sender = question.sender if question.sender is not None else next(iter(authors), "")
    recipients = question.recipients or _addresses(fields, (*VISIBLE, "bcc"), reader)
    if not recipients:
        raise NoRecipient("the message names no recipient: give the envelope's recipients")
    macros = {"auth_authen": question.client.user} if question.client.user else {}
    paths = tuple(map(_path, recipients))
    return Transaction(question.client, _path(sender), paths, fields, Octets(body), macros, now)


def _addresses(fields: Sequence[Field], keys: tuple[str, ...], reader: Reader) -> list[str]:
    boxes = (box for field in fields if field.key in keys for box in reader.addresses(field.value).mailboxes)
    return list(dict.fromkeys(box.address for box in boxes))


def _path(address: str) -> Path:
    text = address if address.startswith("<") else f"<{address}>"
    return parse_path(text.encode("utf-8", "surrogateescape"))


def _rules_of(decision: Decision, bit: Mask) -> list[str]:
    return [match.rule.id for match in decision.matches if match.truth.yes & bit]


def finding_record(finding: Finding, recipients: Sequence[Path], language: str) -> dict[str, Any]:
    """A finding as programs see it, with its sentence in a language."""
    return {
        "code": finding.code,
        "kind": finding.kind,
        "count": finding.count,
        "score": round(finding.score, 4),
        "where": finding.where,
        "recipients": [recipients[index].address for index in members(finding.recipients)],
        "evidence": finding.evidence,
        "message": words.finding(finding, language),
    }


def _spared(one: Spared) -> dict[str, str]:
    """A question that is not asked, because a person agreed to the same about an earlier hold."""
    return {"rule": one.rule, "recipient": one.recipient, "hold": one.answer.hold, "person": one.answer.person}


def _rule(rule: Rule, truth: Truth, reason: Reason, language: str) -> dict[str, Any]:
    return {
        "id": rule.id,
        "mode": rule.mode.value,
        "matched": bool(truth.yes),
        "because": [words.reason(reason, language)],
    }
