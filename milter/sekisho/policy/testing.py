"""The site's own examples: "this mail must be held", checked against a policy.

A cases file names messages and what must become of them. This module knows what a case says (`CasesFile`) and whether
an outcome is as it says (`failures`); reading files, building facts and deciding are its caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sekisho.core.decision import Decision, Disposition
from sekisho.core.message import Client, Transaction
from sekisho.core.path import parse_path
from sekisho.policy.word import ONE_OR_MANY, Word

DispositionWord = Literal["accept", "hold", "reject", "tempfail"]


class CaseClient(Word):
    """Where the message comes from; a client of ours on this machine unless given."""

    address: str = Field(default="", description="Its IP address; none means the gateway itself")
    user: str = Field(default="", description="The user as whom it has logged in")
    listener: str = Field(default="", description="The listener ({daemon_name}) by which it came")
    tls: str = Field(default="", description="The TLS version, such as TLSv1.3")


class Expectation(Word):
    """What must become of the message; only what is given is checked."""

    EMPTY = False
    disposition: DispositionWord | None = Field(default=None, description="The strictest of its recipients'")
    recipients: Mapping[str, DispositionWord] | None = Field(
        default=None, description="Each recipient's, by address; those who are not named are not checked"
    )
    rules: tuple[str, ...] | None = Field(default=None, description="Exactly these rules match, in any order")
    matches: Annotated[tuple[str, ...], *ONE_OR_MANY] | None = Field(default=None, description="These rules match")
    misses: Annotated[tuple[str, ...], *ONE_OR_MANY] | None = Field(
        default=None, description="These rules do not match"
    )


class Case(Word):
    """One message and what must become of it."""

    name: str = Field(min_length=1, description="What the case shows, in a sentence")
    file: str | None = Field(default=None, description="A message file, relative to the cases file")
    message: str | None = Field(default=None, description="Or the message itself: header, empty line, text")
    sender: str = Field(default="", description="The envelope sender; empty is the null sender")
    recipients: Annotated[tuple[str, ...], *ONE_OR_MANY] = Field(description="The envelope recipients")
    client: CaseClient = Field(default=CaseClient(), description="Where it comes from")
    at: str | None = Field(default=None, description="When it comes, as 2026-11-24T09:00, by the site's clock; now")
    expect: Expectation = Field(description="What must become of it")

    @model_validator(mode="after")
    def _one_message(self) -> Self:
        if (self.file is None) is (self.message is None):
            raise ValueError("a case has either `file` or `message`")
        return self

    def smtp_client(self) -> Client:
        """The client of the transaction."""
        given = self.client
        return Client(address=given.address, user=given.user, listener=given.listener, tls=given.tls)


class CasesFile(Word):
    """The cases of one file."""

    cases: Annotated[tuple[Case, ...], *ONE_OR_MANY] = Field(description="The cases, in order")


def failures(case: Case, transaction: Transaction, decision: Decision, settled: tuple[Disposition, ...]) -> list[str]:
    """In what the outcome is not as the case says, a sentence each; ``settled`` are the plan's dispositions."""
    matched = {match.rule.id for match in decision.matches if match.truth.yes}
    return [
        *_wrong_disposition(case.expect, settled),
        *_wrong_recipients(case.expect, transaction, settled),
        *_wrong_rules(case.expect, matched),
    ]


def _wrong_disposition(expect: Expectation, settled: tuple[Disposition, ...]) -> Iterator[str]:
    word = max(settled, default=Disposition.ACCEPT).word
    if expect.disposition not in (None, word):
        yield f"the disposition is {word}, not {expect.disposition}"


def _wrong_recipients(expect: Expectation, transaction: Transaction, settled: tuple[Disposition, ...]) -> Iterator[str]:
    found: dict[str, set[str]] = {}
    for path, one in zip(transaction.recipients, settled, strict=True):
        found.setdefault(path.address.lower(), set()).add(one.word)
    for written, wanted in (expect.recipients or {}).items():
        address = parse_path(written.encode("utf-8", "surrogateescape")).address.lower()
        words = found.get(address)
        if words is None:
            yield f"{written} is not a recipient"
        elif words != {wanted}:
            yield f"for {written} the disposition is {' and '.join(sorted(words))}, not {wanted}"


def _wrong_rules(expect: Expectation, matched: set[str]) -> Iterator[str]:
    exactly = None if expect.rules is None else set(expect.rules)
    missing = set(expect.matches or ()) | (exactly or set())
    for rule in sorted(missing - matched):
        yield f"rule `{rule}` does not match"
    unwanted = set(expect.misses or ()) if exactly is None else matched - exactly | set(expect.misses or ())
    for rule in sorted(unwanted & matched):
        yield f"rule `{rule}` matches"


def unknown_rules(cases: CasesFile, rules: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Rules that cases name and the policy does not have: number of the case, and the rule."""
    for number, case in enumerate(cases.cases):
        expect = case.expect
        for rule in sorted({*(expect.rules or ()), *(expect.matches or ()), *(expect.misses or ())} - rules):
            yield number, rule
