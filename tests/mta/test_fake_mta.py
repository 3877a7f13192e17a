"""The strict MTA in memory behaves as Postfix was measured to, and refuses what a milter must not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import Milter
import pytest

from integration.fake import FakeMta, IllegalCall
from integration.fake_queue import QueueFile, parse
from sekisho.core.message import Client

CLIENT = Client(address="192.0.2.1", name="mail.example", helo="mail.example")
TWO_TO = b"To: <a@x.example>\r\nSubject: x\r\nto: <b@x.example>\r\n\r\nbody\r\n"


class Quiet:
    """A session that does one thing at end-of-message."""

    def __init__(self, context: Any, at_end: Callable[[Any], int]) -> None:
        self.context = context
        self.at_end = at_end

    def negotiate(self, options: list[int]) -> int:
        options[1] &= Milter.P_HDR_LEADSPC
        return int(Milter.CONTINUE)

    def eom(self) -> int:
        return self.at_end(self.context)

    def close(self) -> int:
        return int(Milter.CONTINUE)


def deliver(at_end: Callable[[Any], int], octets: bytes = TWO_TO, recipients: tuple[bytes, ...] = (b"<b@x.example>",)):  # type: ignore[no-untyped-def]
    return FakeMta(lambda context: Quiet(context, at_end)).deliver(CLIENT, b"<a@x.example>", recipients, octets)


def test_an_untouched_message_leaves_as_it_came() -> None:
    assert deliver(lambda _: int(Milter.CONTINUE)).octets == TWO_TO


def test_a_header_index_counts_per_name_and_a_deletion_shifts_what_follows() -> None:
    queue = QueueFile(*parse(TWO_TO), [])
    queue.change_header(b"To", 1, b"")
    queue.change_header(b"TO", 1, b" <c@x.example>")
    assert queue.octets() == b"Subject: x\r\nTO: <c@x.example>\r\n\r\nbody\r\n"


def test_changing_what_is_not_there_appends_and_deleting_it_does_nothing() -> None:
    queue = QueueFile(*parse(TWO_TO), [])
    queue.change_header(b"Cc", 1, b"")
    queue.change_header(b"Cc", 4, b" c")
    queue.change_header(b"Cc", 1, b"")
    assert queue.octets() == TWO_TO.replace(b"\r\n\r\n", b"\r\nCc: c\r\n\r\n")


def test_an_insertion_counts_all_fields_and_passes_the_end() -> None:
    queue = QueueFile(*parse(b"A: 1\r\n\r\n"), [])
    queue.insert_header(0, b"Top", b" t")
    queue.insert_header(99, b"End", b" e")
    assert queue.octets() == b"Top: t\r\nA: 1\r\nEnd: e\r\n\r\n"


@pytest.mark.parametrize(
    ("given", "removed", "left"),
    [
        (b"<b@x.example>", b"<b@x.example>", ()),
        (b"<b@x.example>", b"b@x.example", ()),
        (b"<Bob@x.example>", b"<bob@x.example>", (b"<Bob@x.example>",)),
        (b"<@r.example:u@x.example>", b"<@r.example:u@x.example>", (b"<@r.example:u@x.example>",)),
        (b"<<u@x.example>>", b"<<u@x.example>>", (b"<<u@x.example>>",)),
    ],
)
def test_a_recipient_goes_only_by_its_exact_spelling(given: bytes, removed: bytes, left: tuple[bytes, ...]) -> None:
    queue = QueueFile([], b"", [given, given])
    queue.remove_recipient(removed)
    assert tuple(queue.recipients) == left * 2


def test_the_header_ends_before_the_first_line_that_is_no_field() -> None:
    assert parse(b"A: 1\r\n folded\r\njunk\r\nB: 2\r\n\r\n") == ([(b"A", b" 1\n folded")], b"junk\r\nB: 2\r\n\r\n")
    assert parse(b"To : x\r\n\r\nbody") == ([(b"To", b" x")], b"body")
    assert parse(b"") == ([], b"")


@pytest.mark.parametrize(
    "bad",
    [
        lambda context: context.addheader("X", " a\nBcc: <spy@x.example>"),
        lambda context: context.addheader("X", " a\rb"),
        lambda context: context.setreply("550", "5.7.1", "100% sure"),
    ],
)
def test_text_that_breaks_out_is_illegal(bad: Callable[[Any], object]) -> None:
    with pytest.raises(IllegalCall):
        deliver(lambda context: (bad(context), int(Milter.CONTINUE))[1])


def test_a_nul_is_illegal_even_when_the_milter_swallows_the_error() -> None:
    def swallow(context: Any) -> int:
        with pytest.raises(ValueError, match="null"):
            context.addheader("X", "a\0b")
        return int(Milter.CONTINUE)

    with pytest.raises(IllegalCall, match="NUL"):
        deliver(swallow)


def test_an_edit_before_end_of_message_is_illegal() -> None:
    class Early(Quiet):
        def rcpt(self, *_: bytes) -> int:
            self.context.delrcpt("<b@x.example>")
            return int(Milter.CONTINUE)

    mta = FakeMta(lambda context: Early(context, lambda _: int(Milter.CONTINUE)))
    with pytest.raises(IllegalCall, match="outside end-of-message"):
        mta.deliver(CLIENT, b"<>", [b"<b@x.example>"], TWO_TO)


def test_an_edit_that_was_not_granted_is_illegal() -> None:
    mta = FakeMta(lambda context: Quiet(context, lambda c: c.quarantine("x") or int(Milter.CONTINUE)), actions=0)
    with pytest.raises(IllegalCall, match="not negotiated"):
        mta.deliver(CLIENT, b"<>", [b"<b@x.example>"], TWO_TO)


def test_a_reply_where_none_was_promised_is_illegal() -> None:
    class Chatty(Quiet):
        def negotiate(self, options: list[int]) -> int:
            options[1] &= Milter.P_NR_HDR
            return int(Milter.CONTINUE)

        def header(self, *_: object) -> int:
            return int(Milter.CONTINUE)

    mta = FakeMta(lambda context: Chatty(context, lambda _: int(Milter.CONTINUE)))
    with pytest.raises(IllegalCall, match="promised no reply"):
        mta.deliver(CLIENT, b"<>", [b"<b@x.example>"], TWO_TO)


def test_an_exception_out_of_a_callback_is_illegal() -> None:
    with pytest.raises(IllegalCall, match="ZeroDivisionError"):
        deliver(lambda _: 1 // 0)


def test_a_discarded_message_reaches_nobody() -> None:
    result = deliver(lambda _: int(Milter.DISCARD))
    assert (result.verdict.value, result.recipients) == ("discard", ())
