"""What a notice says, in order: what happened, why, what went and what waits, what can be done, what happens otherwise.

Given the facts and a language's texts, gives a `Page`: lines of text that any form (plain, HTML) can show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sekisho.core.oneline import one_line
from sekisho.notices import digest
from sekisho.notices.facts import Notice
from sekisho.notices.layout import Page, Section
from sekisho.notices.shapes import ASKING, DECIDING, SHAPES, TO_APPROVER, variant_of
from sekisho.notices.texts import Texts
from sekisho.notices.why import LONGEST_SENTENCE, why

MOST_ADDRESSES = 20
MOST_REASONS = 10
LONGEST_SUBJECT = 60


_OUTCOMES = frozenset({"released", "rejected", "cancelled", "expired"})
_PROBLEMS = frozenset({"word", "right", "step-up"})


def page_of(notice: Notice, texts: Texts, contact: str, now: datetime) -> Page:
    """What the notice says at ``now``. ``contact``: whom to ask, empty where the site does not say."""
    whom = contact or texts.say("contact.default")
    if notice.kind in digest.KINDS:
        return digest.daily_page(notice, texts, whom, now)
    return _Writer(notice, texts, whom, now).page()


class _Writer:
    """Writes one page."""

    def __init__(self, notice: Notice, texts: Texts, contact: str, now: datetime) -> None:
        self._kind = variant_of(notice)
        self._facts = notice.facts
        self._texts = texts
        self._contact = contact
        self._now = now
        self._shape = SHAPES[self._kind]

    def page(self) -> Page:
        sections = (section for section in self._sections() if section.lines or section.link)
        return Page(self._subject(), self._lead(), tuple(sections), tuple(self._foot()), self._values())

    def _values(self) -> dict[str, str]:
        facts = self._facts
        return {
            "lead": self._lead(),
            "subject": self._quoted_subject(),
            "sender": one_line(facts.sender_name or facts.sender),
            "rule": one_line(facts.rule),
            "ref": facts.ref,
            "code": facts.code,
            "link": facts.link,
            "contact": self._contact,
            "deadline": self._deadline(),
            "received": self._texts.moment(facts.received, self._now),
            "count": f"{len(self._concerned()):,}",
            "actor": one_line(facts.actor),
            "comment": one_line(self._reason(facts.comment), LONGEST_SENTENCE),
        }

    def _sections(self) -> Iterator[Section]:
        facts = self._facts
        if self._kind in ASKING:
            yield self._section("why", self._why(), "check")
            yield self._section("waiting", self._listing(), self._shape.listing)
            yield self._section("gone", self._by_domain(facts.gone))
            yield self._section("explanation", [one_line(facts.comment, LONGEST_SENTENCE)] if facts.comment else [])
        else:
            yield self._section("decision", self._decision())
            yield self._section("why", self._why() if self._kind != "unanswered" else [])
            yield self._section("gone", self._by_domain(facts.gone))
            yield self._section("waiting", self._listing(), self._shape.listing)
        yield self._do()
        yield self._section("otherwise", self._otherwise())

    def _section(self, name: str, lines: Sequence[str], heading: str = "") -> Section:
        return Section(name, self._texts.say(f"heading.{heading or name}"), tuple(lines))

    def _subject(self) -> str:
        facts = self._facts
        subject = self._quoted_subject()
        domains = ", ".join(sorted({_domain(address) for address in facts.waiting})[:2])
        deadline = self._deadline() if self._shape.is_open else ""
        values = {
            "subject": subject,
            "sender": facts.sender_name or facts.sender,
            "domains": domains,
            "rule": facts.rule,
        }
        return one_line(self._texts.by(f"{self._kind}.subject", deadline, **values))

    def _lead(self) -> str:
        facts = self._facts
        sender = f"{facts.sender_name} <{facts.sender}>" if facts.sender_name else facts.sender
        values = {"sender": sender, "subject": self._quoted_subject(), "rule": facts.rule}
        lead = self._texts.counted(f"{self._kind}.lead", len(self._concerned()), **values)
        return f"{lead} {self._texts.say('instead', address=facts.instead_of)}" if facts.instead_of else lead

    def _concerned(self) -> tuple[str, ...]:
        failed = tuple(failure.recipient for failure in self._facts.failures)
        return failed or self._facts.waiting

    def _quoted_subject(self) -> str:
        return one_line(self._facts.subject, LONGEST_SUBJECT).strip() or self._texts.say("subject.none")

    def _decision(self) -> list[str]:
        facts = self._facts
        lines = [self._texts.say(f"decided.{facts.outcome}")] if facts.outcome in _OUTCOMES else []
        if facts.outcome in _PROBLEMS:
            lines.append(self._texts.say(f"unanswered.{facts.outcome}", words=" / ".join(facts.replies)))
        if facts.actor:
            at = self._texts.moment(facts.decided, self._now) if facts.decided else ""
            lines.append(self._texts.by("by", at, actor=facts.actor))
        if facts.comment:
            lines.append(self._texts.say("comment", comment=self._reason(facts.comment)))
        return lines

    def _reason(self, comment: str) -> str:
        """A ready reason in the reader's words, with what was added to it; anything else as it is."""
        code, colon, rest = comment.partition(": ")
        ready = self._texts.templates.get(f"reason.{code}")
        return f"{ready}{colon}{rest}" if ready else comment

    def _why(self) -> list[str]:
        """What the listener refused is explained by its replies, which stand beside the addresses."""
        if self._kind == "undeliverable":
            return []
        facts = self._facts
        return why(facts.findings, facts.messages, facts.reasons, self._texts.language)[:MOST_REASONS]

    def _listing(self) -> list[str]:
        """Every address, as far as a person reads; refused ones with the answer."""
        facts = self._facts
        if facts.failures:
            lines = [self._failure(failure.recipient, failure.code, failure.text) for failure in facts.failures]
        else:
            lines = [self._address(address) for address in self._ordered()]
        shortened = [*self._shortened(lines, [1] * len(lines)), *self._alike()]
        return [self._summary(), *shortened] if self._kind in DECIDING else shortened

    def _alike(self) -> list[str]:
        """That more messages follow the decision, now or later."""
        members = self._facts.members
        if members is None:
            return []
        return [self._texts.counted("alike", members) if members else self._texts.say("alike.none")]

    def _ordered(self) -> Sequence[str]:
        """Approvers see those of a domain together."""
        waiting = self._facts.waiting
        return sorted(waiting, key=_domain) if self._kind in TO_APPROVER else waiting

    def _summary(self) -> str:
        facts = self._facts
        hidden = len(set(facts.hidden) & set(facts.waiting))
        return self._texts.say("waiting-summary", waiting=len(facts.waiting), gone=len(facts.gone), hidden=hidden)

    def _failure(self, recipient: str, code: int, text: str) -> str:
        reply = f"{code} {text}" if code else text
        return self._texts.say("failure", address=recipient, reply=reply) if reply else one_line(recipient)

    def _address(self, address: str) -> str:
        if self._kind in TO_APPROVER and address in self._facts.hidden:
            return self._texts.say("hidden", address=address)
        return one_line(address, 320)

    def _by_domain(self, addresses: Sequence[str]) -> list[str]:
        counts = Counter(map(_domain, addresses)).most_common()
        lines = [self._texts.say("domain-count", domain=domain, count=count) for domain, count in counts]
        return self._shortened(lines, [count for _, count in counts])

    def _shortened(self, lines: list[str], counts: list[int]) -> list[str]:
        """At most `MOST_ADDRESSES` lines, and how many recipients are not shown."""
        if len(lines) <= MOST_ADDRESSES:
            return lines
        return [*lines[:MOST_ADDRESSES], self._texts.say("and-more", count=sum(counts[MOST_ADDRESSES:]))]

    def _do(self) -> Section:
        """What is offered, with the page to do it; people without a page are sent to the operator."""
        say, facts = self._texts.say, self._facts
        heading = say("heading.do")
        if self._has_page():
            page = say("do.page.approver" if self._kind in ASKING and not facts.replies else "do.page")
            return Section(
                "do", heading, (*self._choices(), page), bool(facts.choices), facts.link, tuple(self._extras())
            )
        ask = say(f"do.{self._shape.do}", **self._whom_to_ask())
        return Section("do", heading, (ask,), after=tuple(self._extras()) if self._kind in DECIDING else ())

    def _has_page(self) -> bool:
        return bool(self._facts.link) and (self._shape.is_open or self._kind == "review")

    def _extras(self) -> Iterator[str]:
        if self._facts.code:
            yield self._texts.say("do.code", code=self._facts.code)
        if self._facts.replies:
            yield self._texts.say("do.replies", words=" / ".join(self._facts.replies))

    def _whom_to_ask(self) -> dict[str, str]:
        return {"contact": self._contact, "ref": self._facts.ref}

    def _choices(self) -> list[str]:
        known = [code for code in self._facts.choices if f"choice.{code}" in self._texts.templates]
        frame = "choice.review" if self._kind == "review" else "choice"
        lines = [self._texts.counted(f"{frame}.{code}", len(self._facts.waiting)) for code in known]
        safest = 0 if self._kind != "review" else None
        return [self._texts.say("do.recommended", choice=line) if i == safest else line for i, line in enumerate(lines)]

    def _deadline(self) -> str:
        deadline = self._facts.deadline
        return self._texts.moment(deadline, self._now) if deadline else ""

    def _otherwise(self) -> list[str]:
        if self._shape.is_open:
            return [*self._deputy(), self._texts.by(f"otherwise.{self._facts.on_expiry.value}", self._deadline())]
        return [self._texts.say("otherwise.ended")] if self._shape.do in ("resend", "check") else []

    def _deputy(self) -> Iterator[str]:
        facts = self._facts
        if facts.deputy and facts.deputy_at:
            time = self._texts.moment(facts.deputy_at, self._now)
            yield self._texts.say("otherwise.deputy", time=time, deputy=facts.deputy)

    def _foot(self) -> Iterator[str]:
        say, facts = self._texts.say, self._facts
        yield self._texts.say("foot.between").join(self._foot_facts())
        if self._has_page():
            yield say("foot.forward")
        if self._kind in DECIDING:
            yield say("foot.first")
        yield say("foot.help", contact=self._contact)
        if not facts.replies or self._kind == "unanswered":
            yield say("foot.automatic")

    def _foot_facts(self) -> Iterator[str]:
        say, facts = self._texts.say, self._facts
        yield say(
            "foot.sent", time=self._texts.moment(facts.received, self._now), zone=self._texts.offset(facts.received)
        )
        if facts.files is not None:
            yield say("foot.files", files=facts.files)
        yield say("foot.code", code=facts.code, ref=facts.ref) if facts.code else say("foot.ref", ref=facts.ref)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
