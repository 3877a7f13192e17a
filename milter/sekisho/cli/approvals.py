"""``sekisho approvals check``: who can be asked, and who stands in, before anybody has to be.

0 where everybody who approves has a deputy and everybody a manager, else 69. A directory that is away is 75.
"""

from __future__ import annotations

import argparse

from sekisho.cli.common import common, configuration_of
from sekisho.cli.output import EX_OK, EX_TRY_AGAIN, EX_UNAVAILABLE, CommandError, print_json, say
from sekisho.core.ports import Unavailable
from sekisho.core.standins import (
    DEPUTY_LOOP,
    EMPTY_GROUP,
    EXTERNAL,
    NO_DEPUTY,
    NO_FALLBACK,
    NO_MANAGER,
    Problem,
    problems,
)
from sekisho.serve.asking import desk_of

_SAID = {
    NO_FALLBACK: "nobody is the fallback: the postmaster is asked; set `approvals: {{fallback: …}}`",
    EMPTY_GROUP: "the group {who} has no members",
    EXTERNAL: "{who} is outside the organisation and is never asked",
    NO_DEPUTY: "{who} approves and has no deputy",
    DEPUTY_LOOP: "the deputies of {who} come round to where they began",
    NO_MANAGER: "{who} has no manager",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs below ``approvals``."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    common(verbs.add_parser("check", help="approvers without a deputy, people without a manager, empty groups"))


def run(options: argparse.Namespace) -> int:
    """Look at everybody, and say what is found."""
    configuration = configuration_of(options)
    people, settings = configuration.people, configuration.settings.approvals
    desk = desk_of(configuration)
    try:
        groups = {name: people.group(name) or () for name in settings.groups}
        found = list(problems(people, people.everybody(), groups, settings.fallback, desk.site.is_external))
    except Unavailable as error:
        raise CommandError(EX_TRY_AGAIN, f"the people cannot be looked at now: {error}") from error
    for one in found:
        _tell(one, as_json=options.json)
    if not found and not options.json:
        say("everybody who approves has a deputy, and everybody a manager")
    return EX_UNAVAILABLE if found else EX_OK


def _tell(one: Problem, *, as_json: bool) -> None:
    if as_json:
        print_json({"problem": one.code, "who": one.who})
    else:
        say(_SAID[one.code].format(who=one.who))
