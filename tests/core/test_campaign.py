"""Messages are one campaign when sender, rules and List-Id or subject are alike; a decision covers what was known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.campaign import campaign_key, covers, together, widest
from sekisho.core.finding import Finding
from tests.support.messages import make_facts

COUNTS = st.dictionaries(st.sampled_from(["a", "b:x", "b:y"]), st.integers(0, 9))


def key(
    subject: str = "Sale",
    to: str = "a@x.example",
    sender: str = "news@example.co.jp",
    rules: tuple[str, ...] = ("r",),
    *more: tuple[str, str],
) -> str:
    fields = [("From", sender), ("To", to), ("Subject", subject), *more]
    return campaign_key(make_facts(fields, [to], sender=sender), rules)


def test_what_differs_by_reader_alone_is_one_campaign() -> None:
    assert key("Sale 1") == key("Sale 2", to="b@y.example")
    assert key("A word for taro", to="taro@x.example") == key("A word for jiro", to="jiro@y.example")


@pytest.mark.parametrize(
    "other",
    [
        key("Recall"),
        key(sender="other@example.co.jp"),
        key(rules=("r", "s")),
        key("Sale", "a@x.example", "news@example.co.jp", ("r",), ("List-Id", "<news.example.co.jp>")),
    ],
)
def test_another_subject_sender_or_rule_is_another(other: str) -> None:
    assert other != key()


def test_a_list_is_known_by_its_id_whatever_the_subject() -> None:
    listed = [
        key(subject, "a@x.example", "news@example.co.jp", ("r",), ("List-Id", value))
        for subject, value in (
            ("One", "News <n.example.co.jp>"),
            ("Other", "<N.example.co.jp> "),
            ("One", "<m.example>"),
        )
    ]
    assert listed[0] == listed[1] != listed[2]
    assert key("One", "a@x.example", "news@example.co.jp", ("r",), ("List-Id", "no brackets")) == key("One")


def test_the_order_of_rules_does_not_count_and_nothing_runs_together() -> None:
    assert key(rules=("r", "s")) == key(rules=("s", "r"))
    assert key(rules=("rs",)) != key(rules=("r", "s"))


def test_what_is_known_is_the_most_of_each_kind() -> None:
    findings = [
        Finding("personal-data", "body", 1, kind="phone", count=3),
        Finding("personal-data", "attachment:a", 1, kind="phone", count=5),
        Finding("first", "body", 1),
    ]
    assert widest(findings) == {"personal-data:phone": 5, "first": 1}


@given(COUNTS, COUNTS)
def test_a_decision_covers_what_was_known_and_no_more(known: dict[str, int], shown: dict[str, int]) -> None:
    assert covers(together(known, shown), shown)
    assert covers(together(known, shown), known)
    assert covers(known, shown) == (together(known, shown) == known | {k: 0 for k in shown if k not in known})
