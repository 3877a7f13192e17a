"""A plan is carried out in its order, or not at all."""

from __future__ import annotations

from pathlib import Path

import Milter
import pytest

from integration.fake import ALL_ACTIONS, FakeMta, Result
from sekisho.core import replies
from sekisho.core.edits import (
    AddHeader,
    AddRecipient,
    ChangeHeader,
    DeleteHeader,
    Edit,
    InsertHeader,
    MtaHold,
    RemoveRecipient,
)
from sekisho.core.message import Client
from sekisho.core.replies import Reply, Verdict
from sekisho.mta.apply import NotGranted, UnsafeEdit
from tests.support.handlers import Recorder, planned, sessions

CLIENT = Client(address="192.0.2.7", name="pc7.example.jp", helo="pc7")
ALICE, BOB, CAROL = b"<alice@example.jp>", b"<bob@partner.example>", b"<carol@partner.example>"
MAIL = b"To: bob, carol\r\nCc: dave\r\nCc: erin\r\nSubject: x\r\n\r\nHello\r\n"
EVERY_EDIT: tuple[Edit, ...] = (
    DeleteHeader("Cc", 2),
    DeleteHeader("Cc", 1),
    ChangeHeader("To", 1, "undisclosed-recipients:;"),
    AddHeader("X-Long", "a\n b"),
    InsertHeader(0, "X-Top", "t"),
    MtaHold("rule-1"),
    AddRecipient("<audit@example.jp>"),
    RemoveRecipient("<carol@partner.example>"),
)


def run(recorder: Recorder, tmp_path: Path, **offer: object) -> Result:
    mta = FakeMta(sessions(recorder, tmp_path), **offer)  # type: ignore[arg-type]
    return mta.deliver(CLIENT, ALICE, [BOB, CAROL], MAIL)


@pytest.mark.parametrize("leading_space", [True, False])
def test_every_edit_reaches_the_message(tmp_path: Path, leading_space: bool) -> None:
    result = run(Recorder(planned(*EVERY_EDIT)), tmp_path, leading_space=leading_space)
    assert result.octets == (
        b"X-Top: t\r\nTo: undisclosed-recipients:;\r\nSubject: x\r\nX-Long: a\r\n b\r\n\r\nHello\r\n"
    )
    assert result.recipients == (BOB, b"<audit@example.jp>")
    assert result.quarantined == "rule-1"
    assert result.verdict is Verdict.ACCEPT


def test_calls_come_in_the_order_of_the_plan(tmp_path: Path) -> None:
    result = run(Recorder(planned(*EVERY_EDIT)), tmp_path)
    assert [call[0] for call in result.edits] == [
        *("chgheader", "chgheader", "chgheader", "addheader", "addheader"),
        *("quarantine", "addrcpt", "delrcpt"),
    ]


@pytest.mark.parametrize("leading_space", [True, False])
def test_a_field_changed_to_nothing_is_not_deleted(tmp_path: Path, leading_space: bool) -> None:
    result = run(Recorder(planned(ChangeHeader("Subject", 1, ""))), tmp_path, leading_space=leading_space)
    assert b"\r\nSubject: " in result.octets


@pytest.mark.parametrize("edit", EVERY_EDIT, ids=lambda edit: type(edit).__name__)
def test_an_edit_that_was_not_granted_means_tempfail_and_no_edit_at_all(tmp_path: Path, edit: Edit) -> None:
    needed = {
        "Cc": Milter.CHGHDRS, "To": Milter.CHGHDRS, "X-Long": Milter.ADDHDRS, "X-Top": Milter.ADDHDRS,
    }.get(getattr(edit, "name", ""))  # fmt: skip
    needed = needed or {
        MtaHold: Milter.QUARANTINE, AddRecipient: Milter.ADDRCPT, RemoveRecipient: Milter.DELRCPT,
    }[type(edit)]  # fmt: skip
    granted = AddHeader("X", "y") if needed != Milter.ADDHDRS else DeleteHeader("Cc", 1)
    recorder = Recorder(planned(granted, edit))
    result = run(recorder, tmp_path, actions=ALL_ACTIONS & ~needed)
    ((stage, error),) = recorder.failures
    assert (result.verdict, result.edits, stage) == (Verdict.TEMPFAIL, (), "apply")
    assert isinstance(error, NotGranted)
    assert type(edit).__name__ in str(error)


@pytest.mark.parametrize(
    "edit",
    [
        AddHeader("X", "a\nBcc: spy@x.example"),
        AddHeader("X", "a\r\n b"),
        AddHeader("X", "nul\0"),
        AddHeader("X", "broken \udcff"),
        AddHeader("X: y", "z"),
        AddHeader("", "z"),
        ChangeHeader("To", 1, "a\n"),
        InsertHeader(0, "X", "\rb"),
        AddRecipient("<a@x.example>\n <b@x.example>"),
        RemoveRecipient("<\udcff@x.example>"),
        MtaHold("two\n lines"),
    ],
    ids=repr,
)
def test_text_that_would_break_out_of_its_field_means_tempfail_and_no_edit_at_all(tmp_path: Path, edit: Edit) -> None:
    recorder = Recorder(planned(DeleteHeader("Cc", 1), edit))
    result = run(recorder, tmp_path)
    assert (result.verdict, result.edits) == (Verdict.TEMPFAIL, ())
    assert isinstance(recorder.failures[0][1], (UnsafeEdit, UnicodeEncodeError))


@pytest.mark.parametrize("call", ["chgheader", "addheader", "quarantine", "addrcpt", "delrcpt"])
def test_a_connection_lost_while_editing_means_tempfail(tmp_path: Path, call: str) -> None:
    recorder = Recorder(planned(*EVERY_EDIT))
    result = run(recorder, tmp_path, failing={call})
    assert (result.verdict, result.recipients) == (Verdict.TEMPFAIL, ())
    assert [stage for stage, _ in recorder.failures] == ["apply"]
    assert not recorder.done


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (replies.REFUSED, "550 5.7.1 This message is not allowed by the sending organisation's policy"),
        (replies.NOT_STORED, "451 4.3.1 Message could not be stored, please try again later"),
        (Reply(Verdict.REJECT, "554", "5.7.0", "100% sure\r\n250 ok"), "554 5.7.0 100% sure 250 ok"),
        (Reply(Verdict.REJECT, "550", "5.7.1", "送信できません"), f"550 5.7.1 {replies.REFUSED.text}"),
        (Reply(Verdict.REJECT, "550", "5.7.1", "bell \a"), f"550 5.7.1 {replies.REFUSED.text}"),
        (Reply(Verdict.TEMPFAIL, "451", "4.7.1", "x" * 2000), "451 4.7.1 " + "x" * 400),
    ],
)
def test_a_refusal_says_its_code_and_one_line_of_text(tmp_path: Path, reply: Reply, said: str) -> None:
    result = run(Recorder(planned(reply=reply)), tmp_path)
    assert (result.verdict, result.reply, result.recipients) == (reply.verdict, said, ())


def test_a_reply_that_libmilter_refuses_is_tempfailed(tmp_path: Path) -> None:
    result = run(Recorder(planned(reply=Reply(Verdict.REJECT, "250", "2.0.0", "fine"))), tmp_path)
    assert (result.verdict, result.reply[:9]) == (Verdict.TEMPFAIL, "451 4.7.1")


def test_discard_has_no_text(tmp_path: Path) -> None:
    result = run(Recorder(planned(reply=replies.DISCARD)), tmp_path)
    assert (result.verdict, result.reply, result.recipients) == (Verdict.DISCARD, "", ())
