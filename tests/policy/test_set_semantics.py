"""Conditions are sets of recipients: all, any, not and the quantifiers against a model that asks one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.facts import Facts
from sekisho.core.ports import Unavailable
from sekisho.core.reason import Value
from sekisho.core.truth import Truth
from sekisho.policy.asked import Asked, Guard
from sekisho.policy.compiler import Compiler, Known
from sekisho.policy.conditions.addresses import Wanted
from sekisho.policy.conditions.quantifiers import Every as EveryRecipient
from sekisho.policy.conditions.quantifiers import Nobody
from sekisho.policy.joined import Neither, either, every
from tests.support.messages import make_facts

COUNT = 4
Answer = bool | None
"""Of one recipient; None where a source is away."""


@dataclass(frozen=True, slots=True, eq=False)
class Told(Asked):
    """A leaf whose answers are given."""

    CODE: ClassVar[str] = "told"
    answers: tuple[Answer, ...]

    def ask(self, facts: Facts) -> Truth:
        yes = sum(1 << index for index, answer in enumerate(self.answers) if answer)
        return Truth(yes, sum(1 << index for index, answer in enumerate(self.answers) if answer is None))

    def values(self, facts: Facts) -> Mapping[str, Value]:
        return {}


Tree = Any
"""A leaf's answers, or a word and the trees inside it."""

leaves = st.tuples(*[st.sampled_from([True, False, None])] * COUNT)
trees: st.SearchStrategy[Tree] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.tuples(st.just("not"), st.tuples(inner)),
    ),
    max_leaves=12,
)


def compiled(tree: Tree, compiler: Compiler) -> Asked:
    if tree[0] == "not":
        return compiler.share(Neither(compiled(tree[1][0], compiler)))
    if tree[0] in ("all", "any"):
        join = every if tree[0] == "all" else either
        return join(compiler, tuple(compiled(one, compiler) for one in tree[1]))
    return compiler.share(Told(tree))


def naive(tree: Tree, index: int) -> Answer:
    """Kleene's tables, for one recipient."""
    if tree[0] == "not":
        inner: Answer = naive(tree[1][0], index)
        return None if inner is None else not inner
    if tree[0] in ("all", "any"):
        answers = [naive(one, index) for one in tree[1]]
        decisive: bool = tree[0] == "any"
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive
    answer: Answer = tree[index]
    return answer


def as_truth(answers: list[Answer]) -> Truth:
    yes = sum(1 << index for index, answer in enumerate(answers) if answer)
    return Truth(yes, sum(1 << index for index, answer in enumerate(answers) if answer is None))


def four() -> Facts:
    return make_facts([], [f"<{name}@x.example>" for name in "abcd"])


@given(trees)
def test_a_tree_says_of_each_recipient_what_kleenes_tables_say(tree: Tree) -> None:
    expected = as_truth([naive(tree, index) for index in range(COUNT)])
    assert compiled(tree, Compiler(Known())).truth(four()) == expected


@given(trees)
def test_the_reason_of_a_tree_has_the_shape_of_the_tree(tree: Tree) -> None:
    compiler, facts = Compiler(Known()), four()
    asked = compiled(tree, compiler)
    reason = asked.reason(facts)
    assert len(reason.parts) == len(asked.inner_conditions())
    assert (reason.values["holds"] == "yes") == (asked.truth(facts).yes == facts.everyone)


@dataclass(frozen=True)
class ByName:
    """A check whose answer is given by the first letter of the address."""

    answers: tuple[Answer, ...]

    def holds(self, facts: Facts, local: str, domain: str) -> bool:
        answer = self.answers["abcd".index(local)]
        if answer is None:
            raise Unavailable("list", "away")
        return answer

    def guard(self, of: str) -> Guard | None:
        return None


@given(leaves)
def test_quantifiers_speak_of_all_recipients_at_once(answers: tuple[Answer, ...]) -> None:
    wanted, facts = Wanted(None, (ByName(answers),)), four()
    everybody = False if False in answers else None if None in answers else True
    somebody = True if True in answers else None if None in answers else False
    assert EveryRecipient(wanted, "").truth(facts) == as_truth([everybody] * COUNT)
    nobody = None if somebody is None else not somebody
    assert Nobody(wanted, "").truth(facts) == as_truth([nobody] * COUNT)
