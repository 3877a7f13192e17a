"""Choosing by a link: what may be chosen, what must come with it, and ten seconds to take it back.

A choice uses the link up and is committed at once; it takes effect a moment later, when `take_effect` (the release
role's work) hands it to `decide`, never after the hold's own deadline. Whatever sends needs the code that stands in the
mail: a program that follows links and submits forms has no code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekisho.core.lifecycle import State
from sekisho.core.terms import Preview
from sekisho.quarantine.decide import Fix, decide_within
from sekisho.quarantine.links import MOST_WRONG, UNDO, Closed, Links, Opened
from sekisho.quarantine.refusals import Actor, NotDecided
from sekisho.quarantine.rights import Choice, rights, waiting
from sekisho.store import Store, outbox, tokens
from sekisho.store.rows import HoldRow
from sekisho.store.tokens import ChoiceRow
from sekisho.store.unit import Entry, Unit

WINDOW = timedelta(seconds=10)
"""Between a choice and its effect."""
BATCH = 200
SAFE = frozenset({"reject", "cancel", "drop-recipient"})
"""Choices that send nothing."""
PICKED = "drop-recipient"
"""The choice for which somebody must be picked where several wait."""
OTHER = "other"
REJECTIONS = (
    "wrong-recipient",
    "use-bcc",
    "wrong-file",
    "remove-data",
    "fix-name",
    "fix-content",
    "not-allowed",
    "use-link",
    "no-longer",
    OTHER,
)
REASONS: Mapping[str, tuple[str, ...]] = {
    "reject": REJECTIONS,
    "send-with-reason": ("checked", "asked-for", "agreed", OTHER),
}
"""The ready reasons of the choices that need one."""

_PREVIEWS = (Preview.NONE, Preview.FINDINGS, Preview.FULL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody posted."""

    choice: str
    whom: tuple[int, ...] = ()
    """Ordinals of recipients; empty for all who wait."""
    reason: str = ""
    """One of the ready ones."""
    comment: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something is missing; the link is as good as before."""

    what: str
    """``choice``, ``recipients``, ``whom``, ``reason``, ``comment``, ``no-code`` or ``code``."""
    left: int = 0
    """For ``code``: attempts left; at 0 the link is closed and a new one on its way."""


@dataclass(frozen=True, slots=True)
class Noted:
    """It was chosen, or taken back."""

    token: str
    """Leads to where it can be taken back, or to choosing anew."""
    hold: str


def offers_of(hold: HoldRow, person: str) -> tuple[str, ...]:
    """What the person may choose by a link, the safest first. What asks for a second proof cannot be sent by one."""
    found = [choice for choice in rights(hold, person) if not (sends(hold, choice.value) and needs_step_up(hold))]
    # Who approves needs no second way to say yes.
    needless = Choice.SEND_WITH_REASON if Choice.APPROVE in found else None
    return tuple(choice.value for choice in found if choice is not needless)


def sends(hold: HoldRow, code: str) -> bool:
    """Whether something leaves because of the choice. What has gone already is only checked."""
    return hold.state is State.HELD and code not in SAFE


def needs_step_up(hold: HoldRow) -> bool:
    """Whether a lock that is still shut asks its approver to sign in."""
    return any(lock.terms.step_up for lock in hold.waits if lock.opened is None)


def preview_of(hold: HoldRow) -> Preview:
    """How much of the message is shown: the least that any lock allows."""
    return min((lock.terms.preview for lock in hold.waits), key=_PREVIEWS.index, default=Preview.FULL)


def choose(store: Store, links: Links, token: str, wanted: Wanted, now: datetime) -> Noted | Wrong | Closed:
    """Use a link. Nothing changes unless `Noted` is given, or a wrong code is counted. Raises `StoreUnavailable`."""

    def work(unit: Unit) -> Noted | Wrong | Closed:
        opened = links.opened(unit, token, now)
        if isinstance(opened, Closed):
            return opened
        if opened.row.action == UNDO:
            return _take_back(unit, links, opened, now)
        return _problem(unit, links, opened, wanted, now) or _note(unit, links, opened, wanted, now)

    return store.write(work)


def take_effect(store: Store, now: datetime, trouble: Callable[[str, Exception], None], *, language: str = "en") -> int:
    """Hand choices that can no longer be taken back to `decide`; gives how many. ``trouble``: choice and error.

    ``language``: of the note that stands in the place of a file that is left behind.
    """
    settled = 0
    for choice in store.read(lambda view: tokens.due(view, now, BATCH)):
        try:
            settled += _settle(store, choice, now, language)
        except Exception as error:
            trouble(choice, error)
    return settled


def _problem(unit: Unit, links: Links, opened: Opened, wanted: Wanted, now: datetime) -> Wrong | None:
    """The first thing that is missing."""
    if wanted.choice not in offers_of(opened.hold, opened.row.person):
        return Wrong("choice")
    people = opened.hold.recipients
    if any(not 0 <= ordinal < len(people) or people[ordinal].state is not State.HELD for ordinal in wanted.whom):
        return Wrong("recipients")
    if wanted.choice == PICKED and not wanted.whom and len(waiting(opened.hold)) > 1:
        return Wrong("whom")
    if wanted.reason not in REASONS.get(wanted.choice, ("",)):
        return Wrong("reason")
    if wanted.reason == OTHER and not wanted.comment.strip():
        return Wrong("comment")
    is_safe = not sends(opened.hold, wanted.choice)
    return None if is_safe else _code_problem(unit, links, opened, wanted.code, now)


def _code_problem(unit: Unit, links: Links, opened: Opened, code: str, now: datetime) -> Wrong | None:
    """A program that submits the form has typed nothing: then the link stays good for its person."""
    if not code.strip():
        return Wrong("no-code")
    return None if links.is_code(opened, code) else _wrong_code(unit, opened, now)


def _wrong_code(unit: Unit, opened: Opened, now: datetime) -> Wrong:
    """Count it; the third closes the link, and the person is mailed another."""
    row = opened.row
    tokens.count_wrong(unit, row.fingerprint)
    left = MOST_WRONG - row.wrong - 1
    if left <= 0:
        tokens.use(unit, row.fingerprint, now)
        outbox.add_again(unit, row.notice, now)
        unit.record(Entry(now, row.person, "person", "link-closed", row.hold))
    return Wrong("code", max(left, 0))


def _note(unit: Unit, links: Links, opened: Opened, wanted: Wanted, now: datetime) -> Noted:
    hold, row = opened.hold, opened.row
    tokens.use(unit, row.fingerprint, now)
    whom = wanted.whom or waiting(hold)
    choice = ChoiceRow(
        id=unit.new_id(),
        hold=hold.id,
        person=row.person,
        choice=wanted.choice,
        recipients=tuple(hold.recipients[ordinal].path.address for ordinal in whom),
        reason=": ".join(part for part in (wanted.reason, wanted.comment.strip()) if part),
        made=now,
        due=_due(hold, now),
    )
    tokens.put(unit, choice)
    details = {"choice": choice.choice, "recipients": list(choice.recipients)}
    unit.record(Entry(now, row.person, "person", "choose", hold.id, choice.reason, details))
    return Noted(links.take_back(unit, hold, choice, row.notice, now), hold.id)


def _take_back(unit: Unit, links: Links, opened: Opened, now: datetime) -> Noted | Closed:
    """Undo, as long as it has had no effect; the person can choose anew."""
    choice = opened.choice
    if choice is None or choice.due <= now or not tokens.finish(unit, choice.id, tokens.UNDONE):
        return Noted(opened.token, opened.hold.id)
    row = opened.row
    tokens.use(unit, row.fingerprint, now)
    unit.record(Entry(now, row.person, "person", "take-back", row.hold, details={"choice": choice.choice}))
    return Noted(links.decide_again(unit, opened.hold, row.person, row.notice, now), row.hold)


def _settle(store: Store, choice_id: str, now: datetime, language: str) -> bool:
    """Decide as was chosen; a choice that came too late is settled as refused."""

    def decided(unit: Unit) -> bool:
        choice = tokens.chosen(unit, choice_id)
        if choice is None or not tokens.finish(unit, choice_id, tokens.DONE):
            return False
        actor, wanted = Actor(choice.person), Choice(choice.choice)
        whom, reason, fix = choice.recipients, choice.reason, Fix(language=language)
        decide_within(unit, choice.hold, wanted, actor, now, recipients=whom, reason=reason, fix=fix)
        return True

    try:
        return store.write(decided)
    except NotDecided:
        return store.write(lambda unit: tokens.finish(unit, choice_id, tokens.REFUSED))


def _due(hold: HoldRow, now: datetime) -> datetime:
    """In ten seconds, or when the hold's own time is over, if that is sooner."""
    return hold.expires if hold.expires and now < hold.expires < now + WINDOW else now + WINDOW
