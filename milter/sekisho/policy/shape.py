"""A policy file's values, made into its model: with its variables filled in, and everything wrong told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from sekisho.policy.models import PolicyFile
from sekisho.policy.trouble import Trouble, shape_troubles
from sekisho.policy.variables import Unknown, filled


class BadShape(Exception):
    """A file that is no policy; every reason why."""

    def __init__(self, troubles: Iterable[Trouble]) -> None:
        self.troubles = tuple(troubles)
        super().__init__("; ".join(trouble.message for trouble in self.troubles))


def policy_file(value: Mapping[str, Any]) -> PolicyFile:
    """The file that these values are; raises `BadShape`."""
    whole, unknown = filled(value)
    troubles = [_trouble(one) for one in unknown]
    try:
        model = PolicyFile.model_validate(whole)
    except ValidationError as error:
        # A name that stands for nothing is not also a bad comparison, list or condition.
        troubles += [one for one in shape_troubles(error) if not any(_within(one, name) for name in unknown)]
        raise BadShape(troubles) from None
    if troubles:
        raise BadShape(troubles)
    return model


def _trouble(unknown: Unknown) -> Trouble:
    return Trouble(unknown.loc, f"unknown variable `{unknown.name}`", word=unknown.name, known=unknown.known)


def _within(trouble: Trouble, unknown: Unknown) -> bool:
    return trouble.loc[: len(unknown.loc)] == unknown.loc
