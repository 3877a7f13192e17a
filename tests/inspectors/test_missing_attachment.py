"""missing-attachment: promised files that are not there."""

from __future__ import annotations

import pytest

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from tests.support.mail import attachment, found, mail

PROMISES = [
    "見積書を添付いたしますので、ご確認ください。",
    "資料を添付しました。",
    "添付ファイルをご確認ください。",
    "添付の資料をご覧ください。",
    "詳細は添付をご参照ください。",
    "請求書を添付にてお送りします。",
    "契約書を同封いたします。",
    "別添のとおり送付します。",
    "失礼しました。請求書を添付して再送いたします。",
    "見積書を添付ﾌｧｲﾙにてお送りします。",
    "ご依頼いただいた価格表を添付しております。",
    "Please find attached the quotation.",
    "I have attached the report.",
    "Attached is the invoice you asked for.",
    "See attached.",
    "Invoice attached.",
    "You will find my resume and a letter attached.",
    "PFA the minutes.",
    "Please see the attachment for details.",
    "I'm attaching the slides.",
    "The contract is enclosed.",
    "请查收附件。",
    "报价单见附件，谢谢。",
    "随信附上合同。",
    "附件是本月的报表。",
    "詳見附件，請查收附件。",
]


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_without_a_file_is_found(text: str) -> None:
    (finding,) = found("missing-attachment", mail(f"お世話になっております。\n{text}\n"))
    assert finding.where == "body:2"


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_that_is_kept_is_not(text: str) -> None:
    assert not found("missing-attachment", mail(text, attachments=[attachment("a.pdf")]))
    picture = Part("body", (), "image/png", Octets(b""))
    assert not found("missing-attachment", mail(text, parts=[picture]))


@pytest.mark.parametrize(
    "text",
    [
        "添付不要です。",
        "添付ファイルはありません。",
        "資料を添付して返信してください。",
        "申請書に必要事項を記入し、添付のうえご返信ください。",
        "写真を添付していただけますか。",
        "先日添付いただいた資料を確認しました。",
        "お送りいただいた添付ファイルを拝見しました。",
        "添付を忘れていました。",
        "添付ファイルの容量は10MBまでです。",
        "保証書は商品に同封しております。",
        "返信用封筒を同封のうえ郵送します。",
        "議事録は後日、添付してお送りいたします。",
        "不審なメールの添付ファイルは開かないでください。",
        "添付ファイルが見当たりません。",
        "添付書類の一覧は窓口でご確認ください。",
        "Could you send the log as an attachment?",
        "The model comes with three attachments for stairs.",
        "The agenda will be attached to the invitation.",
        "No attachment is needed.",
        "Please attach your CV.",
        "Could you attach the file again?",
        "I got your attached file, thanks.",
        "There is nothing attached to your mail.",
        "A free offer, no strings attached.",
        "She is very attached to the team.",
        "You forgot to attach the file.",
        "The label is attached to the box.",
        "不需要附件。",
        "您发的附件已收到。",
        "请添加附件后重新提交。",
        "没有附件。",
        "よろしくお願いします。",
    ],
)
def test_what_promises_nothing_is_not(text: str) -> None:
    assert not found("missing-attachment", mail(f"お世話になっております。\n{text}\n"))


@pytest.mark.parametrize(
    "text",
    [
        "了解しました。\n\n> 資料を添付いたします。\n",
        "ありがとうございます。\n\n2026年1月5日(月) 10:00 山田 <a@b.example>:\n\n資料を添付いたします。\n",
        "添付の資料はこちらです。\nhttps://drive.google.com/file/d/abc\n",
        "Please find attached: https://example.box.com/s/x",
    ],
)
def test_quoted_promises_and_links_to_storage_are_not(text: str) -> None:
    assert not found("missing-attachment", mail(text))


def test_a_logo_keeps_no_promise_unless_the_text_speaks_of_pictures() -> None:
    logo = Part("attachment:logo.png", ("logo.png",), "image/png", Octets(b"x"), attached=True, inline=True)
    assert found("missing-attachment", mail("図面を添付します。", parts=[logo]))
    assert not found("missing-attachment", mail("画像を添付します。", parts=[logo]))
    large = Part("attachment:a.png", ("a.png",), "image/png", Octets(b"x" * 30_000), attached=True, inline=True)
    assert not found("missing-attachment", mail("図面を添付します。", parts=[large]))


def test_a_subject_promises_too_unless_it_was_taken_over() -> None:
    (finding,) = found("missing-attachment", mail("Many thanks.", subject="Invoice attached"))
    assert finding.where == "header:Subject"
    assert not found("missing-attachment", mail("Many thanks.", subject="Re: Invoice attached"))
