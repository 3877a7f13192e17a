"""``sekisho policy mode RULE|--group LIST MODE``: one command sets a rule, or what rules may do to senders, to a mode.

It is put on record, and kept in a file of its own (``modes`` in sekisho.yaml): nobody's policy is rewritten. The daemon
follows when it reads its configuration again, with ``--reload`` at once. `as-written` takes the entry out.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sekisho.cli.common import actor_of, common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_CANNOT_CREATE, EX_DATA, EX_OK, EX_UNAVAILABLE, EX_USAGE, CommandError, print_json, say
from sekisho.config.load import Configuration
from sekisho.config.modes import modes_text, read_modes
from sekisho.config.problems import did_you_mean
from sekisho.mta.endpoint import parse_endpoint
from sekisho.mta.lock import owner
from sekisho.policy.modes import ModeEntry
from sekisho.quarantine.refusals import Actor
from sekisho.store import Store
from sekisho.store.unit import Entry

AS_WRITTEN = "as-written"
MODES = ("monitor", "warn", "enforce", "off", AS_WRITTEN)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to set, and why."""
    common(parser)
    parser.add_argument(
        "words",
        nargs="+",
        metavar="[RULE] MODE",
        help=f"the rule's id, unless --group is given, and {', '.join(MODES)}",
    )
    parser.add_argument("--group", metavar="LIST", help="the most that any rule may do to senders on this list")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why; kept on record")
    parser.add_argument("--as", dest="person", default="", metavar="USER", help="record this person's decision")
    parser.add_argument("--reload", action="store_true", help="tell the daemon to read its configuration again")


def run(options: argparse.Namespace) -> int:
    """Record it, write it, and say when it counts."""
    configuration = configuration_of(options)
    rule, mode = _wanted(options, configuration)
    path = Path(options.config).parent / configuration.settings.modes
    entries = read_modes(path).model.modes
    new = _entry(options, rule, mode, actor_of(options))
    kept = [one for one in entries if one.subject != new.subject]
    text = modes_text([*kept, new] if mode != AS_WRITTEN else kept)
    was = next((one.mode for one in reversed(entries) if one.subject == new.subject), AS_WRITTEN)
    with opened_store(configuration) as store:
        _replace(path, text, store, _record(new, mode, was, actor_of(options)))
    told = _reload(configuration) if options.reload else 0
    _report(options, new, mode, was, path, told)
    return EX_OK


def _wanted(options: argparse.Namespace, configuration: Configuration) -> tuple[str | None, str]:
    """The rule, None for a group, and the mode."""
    *rules, mode = options.words
    if mode not in MODES:
        raise CommandError(EX_USAGE, f"`{mode}` is not a mode; write one of {', '.join(MODES)}")
    if len(rules) != (0 if options.group else 1):
        raise CommandError(EX_USAGE, "say what to set: one rule's id, or --group with a list's name, and then the mode")
    if options.group:
        _known(options.group, "list", list(configuration.settings.lists))
        return None, mode
    if mode != AS_WRITTEN:  # of a rule that has gone the entry can still be taken out
        _known(rules[0], "rule", [one.id for one in configuration.policy.rules])
    return rules[0], mode


def _known(name: str, kind: str, names: list[str]) -> None:
    if name not in names:
        raise CommandError(EX_DATA, f"there is no {kind} `{name}`{did_you_mean(name, names)}")


def _entry(options: argparse.Namespace, rule: str | None, mode: str, actor: Actor) -> ModeEntry:
    about = {"rule": rule} if rule is not None else {"senders": options.group}
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    wanted = mode if mode != AS_WRITTEN else "enforce"
    return ModeEntry.model_validate({**about, "mode": wanted, "by": actor.name, "at": now, "reason": options.reason})


def _record(new: ModeEntry, mode: str, was: str, actor: Actor) -> Entry:
    about = {"rule": new.rule} if new.rule is not None else {"senders": list(new.senders or ())}
    details = {**about, "mode": mode, "was": was}
    return Entry(datetime.now(UTC), actor.name, actor.role, "mode", reason=new.reason, details=details)


def _replace(path: Path, text: str, store: Store, entry: Entry) -> None:
    """Write beside it, put on record, and only then into place, in one step."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                os.fchmod(file.fileno(), 0o644)
                file.flush()
                os.fsync(file.fileno())
            store.write(lambda unit: unit.record(entry))
            Path(name).replace(path)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()
    except OSError as error:
        raise CommandError(EX_CANNOT_CREATE, f"{path} cannot be written: {error.strerror}") from error


def _reload(configuration: Configuration) -> int:
    """Tell the daemon; its process id."""
    socket = parse_endpoint(str(configuration.settings.milter.listen)).path
    try:
        pid = owner(socket) if socket is not None else None
        if pid:
            os.kill(pid, signal.SIGHUP)
            return pid
    except OSError as error:
        raise CommandError(EX_UNAVAILABLE, f"the mode is set, but the daemon was not told: {error.strerror}") from error
    why = "it does not run" if socket is not None else "on TCP its process is not known; use systemctl reload"
    raise CommandError(EX_UNAVAILABLE, f"the mode is set, but the daemon was not told: {why}")


def _report(options: argparse.Namespace, new: ModeEntry, mode: str, was: str, path: Path, told: int) -> None:
    if options.json:
        about = {"rule": new.rule} if new.rule is not None else {"senders": options.group}
        print_json({**about, "mode": mode, "was": was, "file": str(path), "reloaded": bool(told)})
        return
    subject = f"rule {new.rule}" if new.rule is not None else f"senders on {options.group}"
    say(f"{subject}: {mode} (was {was}); kept in {path}")
    if told:
        say(f"the daemon (pid {told}) reads its configuration again; its log says when that is in force")
    else:
        say("this counts when the daemon reads its configuration again: systemctl reload sekisho, or --reload")
