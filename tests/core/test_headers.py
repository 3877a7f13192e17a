"""The difference between two headers, performed as Postfix performs it, gives the second from the first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.edits import ChangeHeader, DeleteHeader, from_json, to_json
from sekisho.core.headers import Draft, apply
from sekisho.core.message import Field

NAMES = st.sampled_from(["To", "TO", "Cc", "Subject", "X-A", "to"])
FIELDS = st.lists(st.tuples(NAMES, st.sampled_from(["1", "2", "a\n b"])), max_size=8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("remove"), st.sampled_from(["to", "cc", "x-a"])),
        st.tuples(st.just("add"), NAMES),
        st.tuples(st.just("set_only"), NAMES),
    ),
    max_size=5,
)


def fields_of(pairs: list[tuple[str, str]]) -> list[Field]:
    return [Field(name.encode(), b" " + value.encode()) for name, value in pairs]


@given(FIELDS, STEPS)
def test_applying_the_difference_gives_the_draft(pairs: list[tuple[str, str]], steps: list[tuple[str, str]]) -> None:
    fields = fields_of(pairs)
    draft = Draft(fields)
    wanted = list(fields)
    for step, name in steps:
        if step == "remove":
            draft.remove([name])
            wanted = [field for field in wanted if field.key != name]
        elif step == "add":
            draft.add(name, "new")
            wanted.append(Field(name.encode(), b" new"))
        else:
            draft.set_only(name, "only")
            wanted = only(wanted, name)
    edits = draft.difference()
    result = apply(fields, edits)
    assert sorted((field.name, field.value) for field in result) == sorted((f.name, f.value) for f in wanted)
    kept = [field for field in fields if any(field is one for one in wanted)]
    assert [field for field in result if any(field is one for one in kept)] == kept
    assert [from_json(to_json(edit)) for edit in edits] == list(edits)


def only(fields: list[Field], name: str) -> list[Field]:
    key = name.lower()
    first = next((field for field in fields if field.key == key), None)
    if first is None:
        return [*fields, Field(name.encode(), b" only")]
    changed = Field(first.name, b" only")
    return [changed if field is first else field for field in fields if field is first or field.key != key]


def test_deletions_go_from_the_highest_index_down_and_the_first_is_changed_in_place() -> None:
    draft = Draft(fields_of([("To", "1"), ("To", "2"), ("tO", "3")]))
    draft.set_only("To", "x")
    assert draft.difference() == (DeleteHeader("tO", 3), DeleteHeader("To", 2), ChangeHeader("To", 1, "x"))


def test_an_untouched_header_has_no_edits() -> None:
    assert Draft(fields_of([("To", "1"), ("To", "1")])).difference() == ()
