"""``sekisho quarantine …``: what is held, and the operator's decisions about it.

``release`` opens all locks (an override, on record), decides at once and waits a moment for the outcome: 0 sent,
75 decided and still to be sent. Listing verbs print one JSON object a line with ``--json`` and stream.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sekisho.cli import remembered, retention, shown, watch
from sekisho.cli.common import actor_of, common, configuration_of, moment_of
from sekisho.cli.deciding import decided, fixing, let_go, load, or_refused, rejected, report, seen, sent
from sekisho.cli.listed import listed
from sekisho.cli.opened import opened_store
from sekisho.cli.output import (
    EX_CANNOT_CREATE,
    EX_IO,
    EX_NO_INPUT,
    EX_OK,
    EX_USAGE,
    CommandError,
    fail,
    print_json,
    say,
)
from sekisho.config.load import Configuration
from sekisho.core.amounts import duration
from sekisho.core.lifecycle import WHOLE, State
from sekisho.quarantine.decide import extend
from sekisho.quarantine.outgoing import as_changed
from sekisho.quarantine.paused import resume
from sekisho.quarantine.refusals import Actor
from sekisho.quarantine.rights import Choice, rights
from sekisho.store import Store, holds
from sekisho.store.errors import ContentDamaged, ContentPurged
from sekisho.store.ids import read_id
from sekisho.store.search import Filter


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``quarantine``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _list_arguments(verbs.add_parser("list", help="open holds and checks, the newest first"))
    watch.arguments(verbs.add_parser("watch", help="open holds as they come and go, and decide about them"))
    showing = verbs.add_parser("show", help="everything about a hold but its octets")
    _ids(showing)
    showing.add_argument("--as", dest="person", default="", metavar="USER", help="record that this person looked")
    for name, text in (("release", "let it go now"), ("reject", "say no"), ("cancel", "take it back")):
        verb = _deciding(verbs.add_parser(name, help=text))
        verb.add_argument("--as", dest="person", default="", metavar="USER", help="record this person's decision")
        if name == "release":
            fixing(verb)
    approving = _deciding(verbs.add_parser("approve", help="one approver's yes: it goes when nobody else is needed"))
    approving.add_argument("--as", dest="person", required=True, metavar="PERSON", help="whose yes: an address")
    fixing(approving)
    extending = verbs.add_parser("extend", help="put off its timers")
    _ids(extending)
    extending.add_argument("--by", required=True, metavar="TIME", help="such as 30m, 24h, 2d")
    extending.add_argument("--reason", default="", metavar="TEXT")
    extending.add_argument("--as", dest="person", default="", metavar="USER")
    remembered.arguments(verbs.add_parser("remembered", help="what is not asked again; ask again"))
    resuming = verbs.add_parser("resume", help="send again, after releasing was paused and you have looked")
    common(resuming)
    resuming.add_argument("--reason", default="", metavar="TEXT", help="kept on record")
    resuming.add_argument("--as", dest="person", default="", metavar="USER", help="record this person")
    retention.purge_arguments(verbs.add_parser("purge", help="remove what has ended long enough ago: store.retention"))
    keeping = verbs.add_parser("legal-hold", help="keep it whatever its age; or no longer")
    _ids(keeping)
    retention.legal_hold_arguments(keeping)
    exporting = verbs.add_parser("export", help="the message's exact octets")
    _ids(exporting)
    exporting.add_argument("--changed", action="store_true", help="as it would leave: with the changes made to it")
    exporting.add_argument("--as", dest="person", default="", metavar="USER", help="record that this person looked")
    exporting.add_argument("-o", "--output", metavar="FILE", help="write to this file instead of standard output")


def run(options: argparse.Namespace) -> int:
    """Do it, hold by hold; the exit code is the worst of them."""
    configuration = configuration_of(options)
    with opened_store(configuration) as store:
        if options.action == "remembered":
            return remembered.run(configuration, store, options)
        if options.action == "purge":
            return retention.run_purge(configuration, store, options)
        if options.action == "list":
            return _list(configuration, store, options)
        if options.action == "watch":
            return watch.run(configuration, store, options)
        if options.action == "resume":
            return _resume(store, options)
        return max(_each(configuration, store, options, read_id(hold)) for hold in options.hold)


def _each(configuration: Configuration, store: Store, options: argparse.Namespace, hold: str) -> int:
    """One hold of several: a failure is said, and the others have their turn."""
    try:
        return _ACTIONS[options.action](configuration, store, options, hold)
    except CommandError as error:
        return fail(error, as_json=options.json)


def _deciding(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _ids(parser)
    parser.add_argument("--recipient", action="append", default=[], metavar="R", help="only for this recipient")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; kept on record and told to the sender")
    return parser


def _ids(parser: argparse.ArgumentParser) -> None:
    common(parser)
    parser.add_argument("hold", nargs="+", metavar="HOLD-ID")


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    common(parser)
    whole = [state.value for state in WHOLE]
    parser.add_argument("--state", action="append", choices=whole, help="holds in this state (repeatable)")
    parser.add_argument("--all", action="store_true", help="holds in every state")
    parser.add_argument("--sender", default="", metavar="A")
    parser.add_argument("--recipient", default="", metavar="R")
    parser.add_argument("--rule", default="", metavar="ID")
    parser.add_argument("--campaign", default="", metavar="HOLD-ID", help="the messages that follow this one")
    parser.add_argument(
        "--since", default="", metavar="TIME", help="made then or later: 2026-11-24, 2026-11-24T09:00, 7d"
    )
    parser.add_argument("--until", default="", metavar="TIME", help="made before that")
    parser.add_argument("--for", dest="person", default="", metavar="PERSON", help="only what waits for this answer")
    parser.add_argument("--limit", type=int, metavar="N", help="at most so many")
    parser.add_argument("--after", default="", metavar="HOLD-ID", help="go on after this one")
    parser.add_argument("-q", "--quiet", action="store_true", help="hold-ids only")


def _list(configuration: Configuration, store: Store, options: argparse.Namespace) -> int:
    chosen = {State(state) for state in options.state or ()}
    campaign = read_id(options.campaign)
    wanted = Filter(sender=options.sender, recipient=options.recipient, rule=options.rule, campaign=campaign)
    zone = configuration.site.zone
    since, until = moment_of(options.since, zone, "--since"), moment_of(options.until, zone, "--until")
    wanted = replace(wanted, since=since, until=until)
    if options.all or chosen:
        wanted = replace(wanted, states=frozenset(chosen))
    person = configuration.people.known_as(options.person) if options.person else ""
    for hold in listed(store, wanted, person, limit=options.limit, after=options.after):
        if options.quiet:
            say(hold.id)
        elif options.json:
            print_json(shown.as_json(hold))
        else:
            say(shown.line(hold, configuration.site.zone))
    return EX_OK


def _resume(store: Store, options: argparse.Namespace) -> int:
    was_paused = resume(store, actor_of(options), datetime.now(UTC), options.reason)
    if options.json:
        print_json({"resumed": was_paused})
    else:
        say("sending again" if was_paused else "nothing was paused")
    return EX_OK


def _show(configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    hold = seen(store, options, hold_id, "evidence")
    language = configuration.site.languages[0]
    if options.json:
        print_json(shown.in_full(hold, language))
    else:
        shown.tell(hold, configuration.site.zone, language)
    return EX_OK


def _release(configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    return sent(store, options, let_go(configuration, store, options, hold_id, Choice.RELEASE, actor_of(options)))


def _approve(configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    """One person's yes; waits for the outcome only where it lets something go."""
    person = Actor(configuration.people.known_as(options.person))
    allowed = rights(load(store, hold_id), person.name)
    with_reason = Choice.SEND_WITH_REASON in allowed and Choice.APPROVE not in allowed
    choice = Choice.SEND_WITH_REASON if with_reason else Choice.APPROVE
    hold = let_go(configuration, store, options, hold_id, choice, person)
    code = sent(store, options, hold)
    if not options.json:
        for text in shown.needed(hold):
            say(text)
    return code


def _reject(configuration: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    report(options, rejected(configuration, store, options, hold_id))
    return EX_OK


def _cancel(_: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    report(options, decided(store, options, hold_id, Choice.CANCEL, actor_of(options)))
    return EX_OK


def _extend(_: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    try:
        by = duration(options.by).delta
    except ValueError as error:
        raise CommandError(EX_USAGE, f"--by: {error}") from error
    actor, now = actor_of(options), datetime.now(UTC)
    report(options, or_refused(lambda: extend(store, hold_id, by, actor, now, reason=options.reason)))
    return EX_OK


def _export(_: Configuration, store: Store, options: argparse.Namespace, hold_id: str) -> int:
    hold = seen(store, options, hold_id, "message")
    try:
        content = store.read(lambda view: holds.content(view, store.files, hold.message))
        octets = b"".join((as_changed(hold, content) if options.changed else content).chunks())
    except ContentPurged as error:
        raise CommandError(EX_NO_INPUT, str(error)) from error
    except ContentDamaged as error:
        raise CommandError(EX_IO, str(error)) from error
    if not options.output:
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return EX_OK
    try:
        Path(options.output).write_bytes(octets)
    except OSError as error:
        raise CommandError(EX_CANNOT_CREATE, f"{options.output}: {error.strerror}") from error
    return EX_OK


_ACTIONS: dict[str, Callable[[Configuration, Store, argparse.Namespace, str], int]] = {
    "show": _show,
    "release": _release,
    "approve": _approve,
    "reject": _reject,
    "cancel": _cancel,
    "extend": _extend,
    "export": _export,
    "legal-hold": retention.run_legal_hold,
}
