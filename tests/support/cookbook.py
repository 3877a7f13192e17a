"""The ready rules and whole policies of conf/, each as a site of its own in a folder that tests may change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sekisho.config.cases import read_cases
from sekisho.config.load import Configuration
from sekisho.mime.reader import MimeReader
from sekisho.policy.testing import Case
from sekisho.sandbox.pool import Pool
from sekisho.serve.judge import Judgement, judge
from sekisho.serve.question import Question, transaction_of

CONF = Path(__file__).parents[2] / "conf"
RULES = sorted((CONF / "cookbook").glob("*.yaml"))
POLICIES = sorted(path.parent for path in (CONF / "policies").glob("*/sekisho.yaml"))
NAMES = [*(f"cookbook/{path.stem}" for path in RULES), *(f"policies/{path.name}" for path in POLICIES)]
"""Every set of rules that has cases of its own."""


@dataclass(frozen=True)
class Ready:
    """A site with one file of rules, or with a whole policy, and its cases."""

    config: Path
    cases: Path

    def told(self, configuration: Configuration) -> Iterator[tuple[Case, Path]]:
        """Each case, and the folder where its files are."""
        rules = frozenset(rule.id for rule in configuration.policy.rules)
        for case in read_cases(self.cases, rules).model.cases:
            yield case, self.cases.parent


def ready(name: str, home: Path) -> Ready:
    """A copy of ``cookbook/FILE`` or ``policies/NAME`` below ``home``."""
    kind, _, which = name.partition("/")
    shutil.copytree(CONF / kind, home / kind)
    if kind == "policies":
        return Ready(home / kind / which / "sekisho.yaml", home / kind / which / "cases.yaml")
    config = home / kind / "site" / "sekisho.yaml"
    config.write_text(re.sub(r"(?m)^policy: .*", f"policy: ../{which}.yaml", config.read_text("utf-8")), "utf-8")
    return Ready(config, home / kind / "cases" / f"{which}.yaml")


def enforced(site: Ready) -> None:
    """As it will be when every rule acts: all modes of the site's policy become enforce."""
    for path in site.config.parent.glob("policy*.yaml"):
        path.write_text(re.sub(r"(?m)^(\s*)mode: .*", r"\1mode: enforce", path.read_text("utf-8")), "utf-8")


def judged(configuration: Configuration, case: Case, folder: Path) -> Judgement:
    """What the gateway would make of a case, at the time that it names or on a Tuesday morning."""
    octets = (folder / case.file).read_bytes() if case.file else (case.message or "").encode()
    moment = datetime.fromisoformat(case.at or "2026-11-24T10:00").replace(tzinfo=configuration.site.zone)
    question = Question(octets, case.sender, case.recipients, case.smtp_client())
    reader = MimeReader()
    return judge(configuration, reader, transaction_of(question, reader, moment), _files())


@cache
def _files() -> Pool:
    """One pool of extractors for all cases."""
    return Pool()
