"""Every parser that is fuzzed, by name."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz import files_opened, mail_read, settings_read, steps
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (*files_opened.TARGETS, *mail_read.TARGETS, *steps.TARGETS, *settings_read.TARGETS)
}
