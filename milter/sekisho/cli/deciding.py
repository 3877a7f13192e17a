"""Deciding about a hold from the command line: how, as whom, and what came of it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sekisho.cli import shown
from sekisho.cli.common import actor_of
from sekisho.cli.output import (
    EX_DATA,
    EX_NO_INPUT,
    EX_OK,
    EX_TRY_AGAIN,
    EX_UNAVAILABLE,
    CommandError,
    print_json,
    say,
)
from sekisho.config.load import Configuration
from sekisho.core.lifecycle import State
from sekisho.quarantine.decide import Fix, decide
from sekisho.quarantine.refusals import Actor, AlreadyDecided, Impossible, NotAllowed, NotDecided
from sekisho.quarantine.rights import Choice, rights
from sekisho.store import Store, holds
from sekisho.store.rows import HoldRow, RecipientRow
from sekisho.store.unit import Entry

PATIENCE = 10.0
"""Seconds for which ``release`` waits for the outcome."""

_POLL = 0.1
_STILL_GOING = {State.RELEASING, State.DEFERRED}
_AS_IT_IS = Fix()


def fixing(parser: argparse.ArgumentParser) -> None:
    """How it is changed before it goes."""
    fix = parser.add_mutually_exclusive_group()
    fix.add_argument("--envelope-only", action="store_true", help="so that the recipients do not see each other")
    fix.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="FILE",
        help="without this attachment (name or place; repeatable)",
    )
    parser.add_argument(
        "--false-alarm", action="store_true", help="there was no reason to hold it; counted by `stats rules`"
    )


def load(store: Store, hold_id: str) -> HoldRow:
    """The hold; 66 where there is none."""
    hold = store.read(lambda view: holds.load(view, hold_id))
    if hold is None:
        raise CommandError(EX_NO_INPUT, f"no hold {hold_id}; `sekisho quarantine list --all` shows every hold")
    return hold


def seen(store: Store, options: argparse.Namespace, hold_id: str, what: str) -> HoldRow:
    """The hold, once it is on record who looks at what of it."""
    hold = load(store, hold_id)
    actor = actor_of(options)
    entry = Entry(datetime.now(UTC), actor.name, actor.role, "view", hold_id, details={"what": what})
    store.write(lambda unit: unit.record(entry))
    return hold


def decided(
    store: Store,
    options: argparse.Namespace,
    hold_id: str,
    choice: Choice,
    actor: Actor,
    fix: Fix = _AS_IT_IS,
    *,
    false_alarm: bool = False,
) -> HoldRow:
    """Decide for the recipients and with the reason of the command line; gives the hold as it is then."""
    now, whom = datetime.now(UTC), options.recipient

    def work() -> HoldRow:
        reason = options.reason
        return decide(
            store, hold_id, choice, actor, now, recipients=whom, reason=reason, fix=fix, false_alarm=false_alarm
        )

    return or_refused(work)


def let_go(
    configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str, plain: Choice, actor: Actor
) -> HoldRow:
    """Decide as ``plain``, or with the change that is wanted."""
    choice = Choice.ENVELOPE_ONLY if options.envelope_only else Choice.DROP_ATTACHMENT if options.without else plain
    fix = Fix(tuple(options.without), configuration.settings.notices_language)
    return decided(store, options, hold_id, choice, actor, fix, false_alarm=options.false_alarm)


def rejected(configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> HoldRow:
    """Somebody who was asked gives an answer of one's own; anybody else's no is the operator's."""
    person = Actor(configuration.people.known_as(options.person)) if options.person else None
    own = person is not None and Choice.REJECT in rights(load(store, hold_id), person.name)
    actor = person if person is not None and own else actor_of(options)
    return decided(store, options, hold_id, Choice.REJECT, actor)


def sent(store: Store, options: argparse.Namespace, hold: HoldRow) -> int:
    """Wait for what was let go, and report."""
    hold_id = hold.id
    deadline = time.monotonic() + PATIENCE
    while _going(hold, options.recipient) and time.monotonic() < deadline:
        time.sleep(_POLL)
        hold = load(store, hold_id)
    report(options, hold)
    if _going(hold, options.recipient):
        print(f"sekisho: {hold_id}: released, still to be sent; it is tried again by itself", file=sys.stderr)
        return EX_TRY_AGAIN
    if any(one.state is State.BOUNCED for one in _concerned(hold, options.recipient)):
        print(f"sekisho: {hold_id}: the MTA refused it for a recipient; the sender is told", file=sys.stderr)
        return EX_UNAVAILABLE
    return EX_OK


def or_refused(work: Callable[[], HoldRow]) -> HoldRow:
    """What the work gives; 65 or 66 with a sentence where it was not done."""
    try:
        return work()
    except (AlreadyDecided, Impossible, NotAllowed) as error:
        raise CommandError(EX_DATA, str(error)) from error
    except NotDecided as error:
        raise CommandError(EX_NO_INPUT, str(error)) from error


def _going(hold: HoldRow, recipients: list[str]) -> bool:
    return any(one.state in _STILL_GOING for one in _concerned(hold, recipients))


def _concerned(hold: HoldRow, recipients: list[str]) -> list[RecipientRow]:
    wanted = {address.lower() for address in recipients}
    return [one for one in hold.recipients if not wanted or one.path.address.lower() in wanted]


def report(options: argparse.Namespace, hold: HoldRow) -> None:
    """A line about the hold."""
    if options.json:
        print_json(shown.as_json(hold))
    else:
        states = ", ".join(f"{one.path.address}: {one.state.value}" for one in hold.recipients)
        say(f"{hold.id}  {hold.state.value}  ({states})")
