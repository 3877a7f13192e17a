"""Base of every action's model."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sekisho.core.actions import Action
from sekisho.policy.word import Word


class ActionWord(Word):
    """An action as it is written: its word alone, or a mapping whose one key is its word."""

    BARE: ClassVar[bool] = True
    """Whether the word may stand alone."""

    @abstractmethod
    def compiled(self) -> tuple[Action, ...]:
        """What is carried out."""


class NoSettings(Word):
    """An action without settings."""


@dataclass(frozen=True, slots=True)
class ShortFor:
    """Takes one value for the settings that have it under ``key``: ``notify: sender`` is ``notify: {whom: sender}``."""

    key: str

    def __call__(self, value: object) -> object:
        return value if isinstance(value, Mapping) else {self.key: value}


def bare(value: object) -> object:
    """``hold`` is ``{hold: {}}``; ``hold:`` with nothing after it is the same."""
    if isinstance(value, str):
        return {value: {}}
    if isinstance(value, Mapping) and len(value) == 1:
        return {key: {} if inner is None else inner for key, inner in value.items()}
    return value
