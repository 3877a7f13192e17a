"""``sekisho notices list|show``: what people will read, in the site's own forms where it has some."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_OK, print_json, say
from sekisho.config.load import Configuration
from sekisho.core.letters import KINDS
from sekisho.notices.build import written
from sekisho.notices.sample import sample
from sekisho.serve.stationery import letterhead_of
from sekisho.words.say import LANGUAGES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which notice."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    common(verbs.add_parser("list", help="every kind, and for which languages the site has a form of its own"))
    show = verbs.add_parser("show", help="a notice with made-up facts")
    common(show)
    show.add_argument("kind", choices=sorted(KINDS), metavar="KIND", help="; ".join(sorted(KINDS)))
    show.add_argument("--language", choices=sorted(LANGUAGES), help="the site's own unless given")
    show.add_argument("--html", action="store_true", help="the HTML part")


def run(options: argparse.Namespace) -> int:
    """Print it."""
    configuration = configuration_of(options)
    if options.action == "list":
        _list(configuration, as_json=options.json)
    else:
        _show(configuration, options)
    return EX_OK


def _list(configuration: Configuration, *, as_json: bool) -> None:
    for kind in sorted(KINDS):
        own = sorted(language for found, language in configuration.letters if found == kind)
        if as_json:
            print_json({"kind": kind, "own": own})
        else:
            say(f"{kind:<14}{' '.join(own)}".rstrip())


def _show(configuration: Configuration, options: argparse.Namespace) -> None:
    language = options.language or configuration.settings.notices_language
    now = datetime.now(UTC)
    text = written(sample(options.kind, language, now), letterhead_of(configuration), now)
    if options.json:
        print_json({"kind": options.kind, "language": language, **text.record()})
    else:
        shown = text.html if options.html else f"Subject: {text.subject}\n\n{text.plain}"
        for line in shown.rstrip("\n").split("\n"):
            say(line)
