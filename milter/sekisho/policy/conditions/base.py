"""Base of every condition's model."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from sekisho.policy.asked import Asked
from sekisho.policy.compiler import Compiler
from sekisho.policy.word import Scope, Word


class ConditionWord(Word):
    """A condition as it is written: a mapping whose one key is its word."""

    SCOPE: ClassVar[Scope]

    @abstractmethod
    def compiled(self, compiler: Compiler) -> Asked:
        """The condition that can be asked."""
