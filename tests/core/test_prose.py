"""What a line of a text is, as the usual mailers write it in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.core.parts import Text
from sekisho.core.prose import EVERYTHING, NEW_ONLY, SENT, Prose, Voice, forwards


def voices(text: str, *, forwarded: bool = False) -> dict[str, Voice]:
    """Each distinct line's voice."""
    prose = Prose(Text("body", text), ("Fwd: x",) if forwarded else ())
    return {line: prose.voice(start) for start, line in prose.lines(EVERYTHING)}


@pytest.mark.parametrize(
    "mark",
    [
        "-----Original Message-----",
        "-----元のメッセージ-----",
        "------------------ 原始邮件 ------------------",
        "________________________________\nFrom: A <a@b.example>\nSent: Monday\nTo: C\nSubject: x",
        "差出人: 山田 <a@b.example>\n送信日時: 2026年1月5日\n宛先: 佐藤\n件名: 見積",
        "发件人: 张三\n发送时间: 2026年1月5日\n收件人: 李四\n主题: 报价",
        "On Mon, Jan 5, 2026 at 10:00 AM Taro Yamada <a@b.example> wrote:",
        "On Mon, Jan 5, 2026 at 10:00 AM Taro Yamada\nvery long name <a@b.example>\nwrote:".replace("\nvery", " very"),
        "2026年1月5日(月) 10:00 山田太郎 <a@b.example>:",
        "2026/01/05 10:00、山田太郎 <a@b.example>のメール:",
        "在 2026年1月5日，10:00，张三 <a@b.example> 写道：",
        "---- On Mon, 05 Jan 2026 10:00:00 +0900 A <a@b.example> wrote ----",
        "Am 05.01.2026 um 10:00 schrieb Taro Yamada:",
        "Le lun. 5 janv. 2026 à 10:00, Taro <a@b.example> a écrit :",
        "El lun, 5 ene 2026 a las 10:00, Taro escribió:",
        "Von: A\nGesendet: Montag\nAn: B\nBetreff: x",
        "寄件者: 王小明\n寄件日期: 2026年1月5日\n收件者: 李四\n主旨: 報價",
        "山田 <a@b.example> 於 2026年1月5日 週一 上午10:15寫道：",
        "2026年1月5日 10:00、山田太郎さんが書きました:",
        "-----山田太郎/TKY/PARTNER さんが書きました: -----",
    ],
)
def test_below_a_reply_mark_nothing_is_new(mark: str) -> None:
    found = voices(f"新しい文\n\n{mark}\n\n古い文\n")
    assert found["新しい文"] is Voice.NEW
    assert found["古い文"] is Voice.QUOTED


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "-------- Forwarded Message --------",
        "Begin forwarded message:",
        "-------- 転送されたメッセージ --------",
        "---------- 転送メッセージ ----------",
        "-------- 转发的消息 --------",
    ],
)
def test_below_a_forward_mark_the_text_is_forwarded(mark: str) -> None:
    assert voices(f"FYI\n\n{mark}\nFrom: a\n\n本文\n")["本文"] is Voice.FORWARDED


def test_outlooks_block_is_forwarded_where_the_subject_says_so() -> None:
    text = "FYI\n\nFrom: A\nSent: Monday\nTo: C\nSubject: x\n\n本文"
    assert voices(text, forwarded=True)["本文"] is Voice.FORWARDED
    assert voices(text)["本文"] is Voice.QUOTED


@pytest.mark.parametrize("subject", ["Fwd: x", "FW: x", "転送: x", "转发：x", "[Fwd: x]"])
def test_a_forwarding_subject_is_known(subject: str) -> None:
    assert forwards(("Hello", subject))
    assert not forwards(("Re: x", "Forward planning", "fwd"))


def test_new_text_between_quoted_lines_is_new() -> None:
    found = voices("On Mon, 5 Jan 2026 10:00, A <a@b.example> wrote:\n> old\nnew answer\n> older\n")
    assert found["> old"] is Voice.QUOTED
    assert found["new answer"] is Voice.NEW


INTRODUCTIONS = [
    "2026年11月20日(金) 10:00 山田太郎 <yamada@other.example>:",
    "2026年11月20日(金) 10:00 山田太郎\n<yamada.taro.very.long@other.example>:",
    "On Fri, Nov 20, 2026 at 10:00 AM Taro Yamada <yamada@other.example> wrote:",
    "On Fri, Nov 20, 2026 at 10:00 AM Taro Yamada\n<yamada@other.example> wrote:",
    "张三 <zhang@other.example> 于2026年11月20日周五 10:00写道：",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_what_introduces_marked_quotations_is_quoted_and_the_answers_between_are_new(introduction: str) -> None:
    found = voices(f"上の文\n\n{introduction}\n\n> 古い文\n\n答えの文\n")
    assert {found[line] for line in introduction.split("\n")} == {Voice.QUOTED}
    assert (found["上の文"], found["> 古い文"], found["答えの文"]) == (Voice.NEW, Voice.QUOTED, Voice.NEW)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
def test_what_introduces_an_unmarked_quotation_is_quoted_whole(introduction: str) -> None:
    found = voices(f"上の文\n\n{introduction}\n\n古い文\n")
    assert {found[line] for line in (*introduction.split("\n"), "古い文")} == {Voice.QUOTED}
    assert found["上の文"] is Voice.NEW


@pytest.mark.parametrize(
    "signature",
    [
        "-- \n山田太郎\n090-1234-5678",
        "-----------\n株式会社サンプル 山田太郎\nTEL 03-1234-5678\nyamada@example.co.jp\n-----------",
        "＝＝＝＝＝＝＝＝＝＝\n山田太郎\n〒100-0001 東京都千代田区\n＝＝＝＝＝＝＝＝＝＝",
        "Sent from my iPhone\n山田太郎",
        "iPhoneから送信\n山田太郎",
        "Galaxyから送信\n山田太郎",
        "Outlook for iOS を入手\n山田太郎",
        "发自我的iPhone\n山田太郎",
        "株式会社サンプル\n営業部 山田太郎\nTEL: 03-1234-5678",
        "此致\n敬礼\n\n山田太郎\n电话：010-1234-5678",
        "祝商祺！\n山田太郎\n手机：138 1234 5678",
        "Thank you and best regards,\n山田太郎\nTel. 03-1234-5678",
    ],
)
def test_a_signature_is_no_new_text(signature: str) -> None:
    found = voices(f"よろしくお願いします。\n\n{signature}\n")
    assert found["よろしくお願いします。"] is Voice.NEW
    assert all(voice is Voice.SIGNATURE for line, voice in found.items() if "山田" in line)


@pytest.mark.parametrize(
    "data",
    [
        "お客様 鈴木 TEL: 090-1234-5678",
        "\n".join(f"株式会社{name} TEL: 03-1111-{number}111" for number, name in enumerate("甲乙丙丁戊")),
        "株式会社甲 a@kiku.example\n株式会社乙 b@ume.example",
    ],
)
def test_other_peoples_data_below_the_last_sentence_are_no_signature(data: str) -> None:
    found = voices(f"よろしくお願いいたします。\n\n{data}\n")
    assert {found[line] for line in data.split("\n")} == {Voice.NEW}


def test_a_table_of_many_people_below_a_rule_is_no_signature() -> None:
    people = "\n".join(f"顧客{number} TEL 03-0000-000{number} c{number}@example.com" for number in range(6))
    assert voices(f"一覧です\n------------\n{people}\n")["顧客1 TEL 03-0000-0001 c1@example.com"] is Voice.NEW


@pytest.mark.parametrize(
    "disclaimer",
    [
        "This e-mail is confidential and intended solely for\nthe addressee. Please delete it.",
        "本メールには機密情報が含まれる場合があります。誤って受信された場合は削除してください。",
        "本邮件含有保密信息，如果您错误地收到本邮件，请删除。",
    ],
)
def test_a_disclaimer_is_a_paragraph_of_its_own(disclaimer: str) -> None:
    found = voices(f"Text.\n\n{disclaimer}\n")
    assert found.pop("Text.") is Voice.NEW
    assert {found[line] for line in disclaimer.split("\n")} == {Voice.DISCLAIMER}


@pytest.mark.parametrize(
    "text",
    [
        "次のとおりです:\n一覧",
        "From: 東京\n宿泊は二泊",
        "On the other hand we wrote:\nhello",
        "日時：2026年1月5日 10:00\n場所：会議室\n件名：定例",
        "-----\n新しい話",
    ],
)
def test_what_only_resembles_a_mark_stays_new(text: str) -> None:
    assert set(voices(text).values()) == {Voice.NEW}


def test_lines_are_counted_from_one() -> None:
    prose = Prose(Text("body", "a\nb\r\nc"))
    assert [prose.where(start) for start, _ in prose.lines(NEW_ONLY)] == ["body:1", "body:2", "body:3"]
    assert prose.line(10_000) == 3


@given(
    st.lists(
        st.sampled_from(
            [
                ">",
                "From: a",
                "To: b",
                "Date: c",
                "-- ",
                "----------",
                "x@y",
                "",
                "社外秘",
                "on 1 x wrote:",
                "\ud800",
                "\x00",
            ]
        ),
        max_size=30,
    )
)
def test_every_line_has_a_voice_whatever_the_text(lines: list[str]) -> None:
    text = "\n".join(lines)
    prose = Prose(Text("body", text), ("Fwd: x",))
    assert "\n".join(line for _, line in prose.lines(EVERYTHING)) == text
    assert SENT < EVERYTHING
