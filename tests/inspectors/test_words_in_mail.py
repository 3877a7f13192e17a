"""dictionary-word and confidential-marking: words in subjects, texts and names of files."""

from __future__ import annotations

import pytest

from tests.support.mail import attachment, found, mail

WORDS = {"projects": ["プロジェクトX", "Project Falcon"], "rivals": ["株式会社競合"]}


def test_a_word_of_the_site_is_found_with_its_place() -> None:
    facts = mail(
        "いつもお世話に\n株式会社競合の件です\n",
        subject="ﾌﾟﾛｼﾞｪｸﾄXの件",
        attachments=[attachment("project falcon.xlsx")],
        dictionaries=WORDS,
    )
    findings = found("dictionary-word", facts)
    assert [(finding.kind, finding.where) for finding in findings] == [
        ("projects", "header:Subject"),
        ("projects", "attachment:project falcon.xlsx"),
        ("rivals", "body:2"),
    ]
    assert findings[0].values == {"dictionary": "projects", "word": "プロジェクトX", "words": 1}
    assert findings[2].evidence == "株式会社競合の件です"
    assert all(finding.recipients == facts.everyone for finding in findings)


def test_a_word_said_twice_in_a_place_counts_once() -> None:
    facts = mail("Project Falcon and project falcon, プロジェクトX", dictionaries=WORDS)
    (finding,) = found("dictionary-word", facts)
    assert finding.count == 2


def test_quoted_text_counts_only_if_asked_for() -> None:
    facts = mail("了解です\n> プロジェクトXの件\n", dictionaries=WORDS)
    assert not found("dictionary-word", facts)
    assert [finding.where for finding in found("dictionary-word", facts, quoted=True)] == ["body:2"]


def test_evidence_is_cut_short_and_masked() -> None:
    text = "x" * 50 + " 090-1234-5678 プロジェクトX yamada@one.example " + "y" * 50
    (finding,) = found("dictionary-word", mail(text, dictionaries=WORDS))
    assert "1234" not in finding.evidence
    assert "yamada" not in finding.evidence
    assert len(finding.evidence) < 60


@pytest.mark.parametrize(
    "text",
    [
        "【社外秘】お見積り",
        "本資料は社 外 秘です",
        "この資料は取扱注意でお願いします",
        "極秘資料を送ります",
        "㊙ 来期計画",
        "部外秘のため転送しないでください",
        "この文書は機密です",
        "機密情報を含みます。",
        "秘密情報",
        "CONFIDENTIAL",
        "Strictly confidential: draft",
        "ＣＯＮＦＩＤＥＮＴＩＡＬ",
        "For internal use only",
        "Please keep this confidential.",
        "Please treat this as confidential.",
        "This must be kept confidential.",
        "本資料は機密として取り扱ってください",
        "内部资料，请勿外传",
        "【机密】报价单",
        "绝密",
        "不要外传，注意保密",
        "社外秘",
        "【社外秘】新製品計画",
        "(社外秘)",
        "社外秘資料をお送りします。",
        "本資料は社外秘です。",
        "※社外秘につき取扱注意",
        "機密",
        "極秘資料",
        "[機密情報]",
        "本書は機密情報を含みます。取り扱いにご注意ください。",
        "Confidential",
        "CONFIDENTIAL - DO NOT DISTRIBUTE",
        "Strictly confidential: merger plan",
        "This document is confidential.",
        "Company Confidential",
        "Highly confidential material below",
        "Private & Confidential",
        "For internal use only.",
        "Internal only: pricing",
        "This is confidential information, do not forward.",
        "机密文件",
        "【绝密】",
        "本文件为保密资料",
        "公司机密",
        "機密資料請勿外流",
        "社内限定",
        "関係者外秘",
        "部外秘扱いでお願いします。",
        "社 外 秘",
        "機　密",
        "【秘】",
        "㊙資料",
        "取扱厳重注意",
        "社外への転送はご遠慮ください(社外秘)",
        "持ち出し厳禁",
        "Not for external distribution",
        "RESTRICTED",
        "Classified: Level 3",
        "Proprietary and Confidential",
        "Sensitive - internal",
        "内部绝密 不得外传",
    ],
)
def test_a_confidential_marking_is_found(text: str) -> None:
    assert found("confidential-marking", mail(f"ご担当者様\n{text}\n"))
    assert [finding.where for finding in found("confidential-marking", mail(subject=text))] == ["header:Subject"]


@pytest.mark.parametrize(
    "text",
    [
        "この資料は社外秘ではありません。",
        "機密書類の廃棄をお願いします",
        "本資料の社外秘指定は11月1日付で解除されました。",
        "Should I mark this as confidential or not?",
        "社外秘ではないので共有してください",
        "社外秘でない資料",
        "社外秘には該当しません",
        "社外秘情報は含まれておりません",
        "機密情報を含みません",
        "社外秘の解除をお願いします",
        "社外秘指定を解除しました",
        "社外秘かどうか確認してください",
        "機密保持契約書を締結したい",
        "秘密保持契約について",
        "秘密鍵を更新しました",
        "秘密の質問を設定",
        "情報の機密性・完全性・可用性",
        "This is not confidential.",
        "non-confidential summary",
        "This does not contain any confidential information",
        "It is no longer confidential",
        "Confidentiality agreement attached",
        "confidential computing on GPUs",
        "Secret Santa on Friday",
        "本文件不是机密",
        "非机密资料",
        "请签署保密协议",
        "密件抄送",
        "「社外秘」などの表示の付け方",
        "この図面は社外秘でしょうか",
        "おいしさの秘密は、だしにあります",
        "お預かりした情報は機密として管理いたします",
        "Nothing in them is confidential",
        "Your answers will be kept confidential",
        "お世話になっております。見積書です。",
        "社外秘の情報は含まれておりません。",
        "これは社外秘ではありません。",
        "社外秘でしょうか。",
        "社外秘の解除について",
        "機密保持契約を締結しました。",
        "秘密保持契約書のドラフト",
        "機密性の高い部屋",
        "守秘義務契約について",
        "お客様の秘密は守ります。",
        "個人情報の取り扱いについて",
        "秘密の質問を設定してください。",
        "おいしさの秘密をご紹介",
        "企業秘密です(笑)",
        "「社外秘」のスタンプを発注しました。",
        "社外秘マークの付け方を教えてください。",
        "社外秘文書の管理規程を改定しました。",
        "Nothing here is confidential.",
        "confidentiality agreement attached as agreed",
        "Is this confidential?",
        "We treat your data confidentially.",
        "The confidential computing service",
        "our confidentiality policy",
        "Your information will be kept confidential.",
        "declassified documents",
        "a restricted area sign",
        "保密协议已签",
        "这不是机密",
        "信息保密工作会议",
        "请问这份文件需要保密吗？",
        "我们会对您的信息保密。",
        "秘密花园这本书很好看。",
        "保密柜",
        "公开资料，非机密",
        "他是公司的机密员",
    ],
)
def test_what_denies_a_mark_or_means_another_thing_is_none(text: str) -> None:
    assert found("confidential-marking", mail(f"ご担当者様\n{text}\n")) == []
    assert found("confidential-marking", mail(subject=text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hi\n\nThis e-mail is confidential and intended for the addressee only.\n",
        "了解です。\n\n-- \n株式会社サンプル\n※本メールには機密情報が含まれます\n",
        "了解です。\n\n> 【社外秘】の資料\n",
        "了解です。\n\n本メールには秘密情報が含まれる場合があります。\n誤って受信された方は破棄してください。\n",
    ],
)
def test_disclaimers_signatures_and_quotes_are_no_marks(text: str) -> None:
    assert found("confidential-marking", mail(text)) == []


def test_a_forwarded_mark_and_a_file_name_count() -> None:
    text = "ご参考\n\n---------- Forwarded message ---------\nFrom: x\n\n社外秘\n"
    assert [finding.where for finding in found("confidential-marking", mail(text))] == ["body:6"]
    facts = mail(attachments=[attachment("2026_社外秘_計画.xlsx"), attachment("plan_confidential.pdf")])
    assert len(found("confidential-marking", facts)) == 2
