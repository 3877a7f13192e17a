"""``sekisho db upgrade|check|copy|rotate``: raise the store to this program's version, look at it, move it.

``copy`` takes the store of ``--config`` into the new, empty one that another configuration names. On a terminal it
shows how far it is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sekisho.cli.common import common, configuration_at, configuration_of, operator
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_CANNOT_CREATE, EX_CONFIG, EX_IO, EX_OK, EX_UNAVAILABLE, CommandError, print_json, say
from sekisho.config.load import Configuration
from sekisho.serve.roles import store_of
from sekisho.store import Store, StoreUnavailable
from sekisho.store.copy import CannotCopy, Copied, copy
from sekisho.store.errors import ContentDamaged
from sekisho.store.rotate import rotate
from sekisho.store.unit import Entry


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``db``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    common(verbs.add_parser("upgrade", help="create what is absent, and upgrade"))
    common(verbs.add_parser("check", help="is it there, and of this version?"))
    copying = verbs.add_parser(
        "copy", help="everything into the new store of another configuration; stop all daemons first"
    )
    common(copying)
    copying.add_argument("--to", required=True, metavar="FILE", help="configuration whose store is to be filled")
    common(verbs.add_parser("rotate", help="seal all held content with the first of store.keys"))


def run(options: argparse.Namespace) -> int:
    """Do it."""
    configuration = configuration_of(options)
    if options.action == "copy":
        return _copy(configuration, configuration_at(Path(options.to)), options)
    if options.action == "rotate":
        return _rotate(configuration, options)
    if options.action == "upgrade":
        _upgrade(configuration, options)
    with opened_store(configuration):
        if options.json:
            print_json({"ok": True, "url": configuration.settings.store.url})
        else:
            say(f"{configuration.settings.store.url}: ok")
    return EX_OK


def _upgrade(configuration: Configuration, options: argparse.Namespace) -> None:
    progress = Bar(options)
    try:
        store = store_of(configuration.settings)
        store.upgrade(progress)
        store.close()
    except StoreUnavailable as error:
        raise CommandError(EX_UNAVAILABLE, f"{configuration.settings.store.url}: {error.why}") from error
    finally:
        progress.end()


def _copy(configuration: Configuration, other: Configuration, options: argparse.Namespace) -> int:
    _upgrade(other, options)
    progress = Bar(options)
    try:
        with opened_store(configuration) as source, opened_store(other) as target:
            copied = copy(source, target, progress)
    except CannotCopy as error:
        raise CommandError(EX_CANNOT_CREATE, str(error)) from error
    finally:
        progress.end()
    _tell(copied, other.settings.store.url, as_json=options.json)
    return EX_OK


def _rotate(configuration: Configuration, options: argparse.Namespace) -> int:
    if not configuration.settings.store.keys:
        raise CommandError(EX_CONFIG, "store.keys names no key")
    progress = Bar(options)
    try:
        with opened_store(configuration) as store:
            _on_record(store, "rotate", {"key": store.files.keys.newest})
            changed = rotate(store, progress)
            _on_record(store, "rotated", {"key": store.files.keys.newest, "changed": changed})
    except ContentDamaged as error:
        raise CommandError(EX_IO, str(error)) from error
    finally:
        progress.end()
    if options.json:
        print_json({"ok": True, "changed": changed})
    else:
        say(f"{changed} messages are sealed anew; all are sealed with the first key")
    return EX_OK


def _on_record(store: Store, action: str, details: Mapping[str, str | int]) -> None:
    actor = operator()
    store.write(lambda unit: unit.record(Entry(datetime.now(UTC), actor.name, actor.role, action, details=details)))


def _tell(copied: Copied, url: str, *, as_json: bool) -> None:
    if as_json:
        missing = list(copied.missing)
        print_json({"ok": True, "url": url, "rows": copied.rows, "contents": copied.contents, "missing": missing})
        return
    say(f"{url}: {copied.rows} rows and {copied.contents} big contents copied and compared; the audit is whole")
    for message in copied.missing:
        say(f"  the source has no content of message {message} any more")


class Bar:
    """One line on stderr that is written over, where that is a terminal and people read."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._shown = sys.stderr.isatty() and not options.json
        self._begun = False

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._shown:
            self._begun = True
            width = 30
            part = done * width // total if total else width
            bar = "#" * part + "." * (width - part)
            print(f"\r\x1b[K[{bar}] {what} {done}/{total}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self._begun:
            print(file=sys.stderr)
