"""``sekisho db upgrade|check``: bring the store up to this program's version, or see whether it is."""

from __future__ import annotations

import argparse

from sekisho.cli.common import common, configuration_of
from sekisho.cli.opened import opened_store
from sekisho.cli.output import EX_OK, EX_UNAVAILABLE, CommandError, print_json, say
from sekisho.serve.roles import store_of
from sekisho.store import StoreUnavailable


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``db``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    common(verbs.add_parser("upgrade", help="create what is absent, and upgrade"))
    common(verbs.add_parser("check", help="is it there, and of this version?"))


def run(options: argparse.Namespace) -> int:
    """Do it."""
    configuration = configuration_of(options)
    if options.action == "upgrade":
        try:
            store = store_of(configuration.settings)
            store.upgrade()
            store.close()
        except StoreUnavailable as error:
            raise CommandError(EX_UNAVAILABLE, f"{configuration.settings.store.url}: {error.why}") from error
    with opened_store(configuration):
        if options.json:
            print_json({"ok": True, "url": configuration.settings.store.url})
        else:
            say(f"{configuration.settings.store.url}: ok")
    return EX_OK
