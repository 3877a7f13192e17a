"""Configuration and policy: read, or refused with places; nothing else is raised, and nothing in them is run."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from sekisho.config.load import load
from sekisho.config.problems import ConfigurationError
from tests.fuzz.target import Target

CONF = Path(__file__).parents[2] / "conf"
MAIN = b"organization: {domains: [example.com]}\nlists: {partners: [partner.example]}\npolicy: policy.yaml\n"


def check_policy(data: bytes) -> None:
    """A policy below a configuration that is right."""
    _check(MAIN, data)


def check_configuration(data: bytes) -> None:
    """A configuration above a policy that is right."""
    _check(data, b"rules:\n  - id: a\n    when: {recipient: {external: true}}\n    then: [mta-hold]\n")


def _check(main: bytes, policy: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sekisho.yaml").write_bytes(main)
        (folder / "policy.yaml").write_bytes(policy)
        try:
            load(folder / "sekisho.yaml")
        except ConfigurationError as error:
            assert error.problems, "refused without a reason"
            assert all(problem.line >= 1 and problem.column >= 1 for problem in error.problems)


def _policies() -> Sequence[bytes]:
    return tuple(path.read_bytes() for path in sorted((CONF / "cookbook").glob("*.yaml"))[:8])


def _configurations() -> Sequence[bytes]:
    return (
        MAIN,
        MAIN + b"milter: {listen: 'unix:/x', mode: '0660', workers: 2}\nnotices: {from: a@example.com, language: ja}\n",
    )


TARGETS = (
    Target("policy", _policies, check_policy, 60),
    Target("configuration", _configurations, check_configuration, 60),
)
