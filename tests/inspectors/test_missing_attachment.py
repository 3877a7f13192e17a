"""missing-attachment: promised files that are not there."""

from __future__ import annotations

import pytest

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from tests.support.mail import attachment, found, mail

PROMISES = [
    "見積書を添付いたしますので、ご確認ください。",
    "資料を添付しました。",
    "Here's the draft, attached as Word and PDF.",
    "本月报告已放入附件。",
    "attached hereto is the statement of account.",
    "The statement is attached hereto.",
    "I am sending the signed contract as attached.",
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
    "見積書を添付しました。",
    "添付資料をご覧ください。",
    "添付にてご送付いたします。",
    "資料添付します。",
    "添付書類をご査収願います。",
    "詳細は添付をご確認ください。",
    "詳細につきましては添付ファイルをご参照ください。",
    "報告書(添付)をご確認のほどお願いします。",
    "添付の通り、請求書をお送りします。",
    "下記ファイルを添付しておりますのでご確認ください。",
    "仕様書は添付のPDFをご覧ください。",
    "写真を3枚添付します。",
    "参考資料として議事録を添付いたしました。",
    "履歴書を添付の上、応募させていただきます。",
    "添付ファイルをお送りいたしますので、ご確認の程よろしくお願い申し上げます。",
    "別紙のとおりご報告いたします。",
    "別紙をご参照ください。",
    "契約書案を添付いたしますのでご確認ください。",
    "資料は添付しておきます。",
    "取り急ぎ、添付にて失礼いたします。",
    "請求書は本メールに添付しております。",
    "先日お送りした見積書の修正版を添付します。",
    "昨日の打合せ資料を添付いたします。",
    "以前ご依頼いただいた図面を添付にてお送りします。",
    "ファイルを添付させて頂きます。",
    "お申込書を添付致します。ご記入の上ご返送ください。",
    "添付ファイルのパスワードは別途お送りします。",
    "遅くなりましたが資料を添付いたします。",
    "添付のExcelに記入をお願いします。",
    "最新版を添付しますので差し替えをお願いいたします。",
    "Attached please find the invoice.",
    "Please see the attached file.",
    "I have attached the report for your review.",
    "I attach the minutes.",
    "I'm attaching the signed contract.",
    "The agenda is attached.",
    "The documents are attached herewith.",
    "You'll find the quote attached.",
    "Please review the attached draft and let me know.",
    "Attached are the photos from the event.",
    "As attached.",
    "Kindly find the enclosed brochure.",
    "Herewith attached is our offer.",
    "I've enclosed a copy of the certificate.",
    "We are enclosing the price list.",
    "See attachment for details.",
    "Details in the attachment.",
    "The attached PDF has all the numbers.",
    "Here's the attached deck.",
    "Resume attached.",
    "Please open the attachment and sign it.",
    "Please find my application attached to this email.",
    "My portfolio is attached to this message.",
    "Please refer to the attachments.",
    "FYI attached.",
    "Attachment: quote.pdf",
    "Please use the attached template for your answer.",
    "附件是报价单，请查收。",
    "见附件。",
    "报价单详见附件。",
    "现附上会议纪要。",
    "随函附上发票复印件。",
    "附件中有详细说明。",
    "请参阅附件中的说明书。",
    "已将文件添加为附件。",
    "相关资料已附上，请您查看。",
    "附件请查收，谢谢！",
    "請參考附件。",
    "附件為本月報表，敬請查收。",
    "相關文件如附件。",
    "我把照片放在附件里了。",
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
        "添付いただいた資料を確認しました。",
        "ご添付の資料、拝見しました。",
        "添付ファイルが開けませんでした。",
        "資料の添付をお願いいたします。",
        "添付漏れのようですので再送をお願いします。",
        "添付の件、了解しました。",
        "添付ファイル、確かに受け取りました。",
        "The manual is enclosed in the box.",
        "資料は11月20日のメールに添付しております。",
        "資料は次のメールに添付します。",
        "The house has an attached garage and an enclosed porch.",
        "領収書を添付してご提出ください。",
        "身分証明書のコピーを添付する必要があります。",
        "添付書類は不要です。",
        "申請時に添付する書類についてお知らせください。",
        "メールに添付せず、共有フォルダに置いてください。",
        "添付できるファイルは10MBまでです。",
        "ファイルを添付する場合は暗号化してください。",
        "送付いただいた添付資料について質問があります。",
        "添付ファイルなしで失礼します。",
        "製品にケーブルを同封しています。",
        "同封の説明書に従って組み立ててください(製品に入っています)。",
        "請求書は郵送にて同封いたします。",
        "別紙に記入して持参してください。",
        "後ほど資料を添付してお送りします。",
        "資料は追ってメールに添付いたします。",
        "カメラのアタッチメントを購入しました。",
        "添付文書(薬の説明書)の改訂について",
        "添付したい場合はどうすればよいですか。",
        "先ほどのメールに添付した資料をご覧ください。",
        "前回添付した図面の寸法が誤っていました。",
        "お送りいただいた添付の件、承知しました。",
        "次回から添付してください。",
        "添付してもらえますか。",
        "Please attach your CV to the application form.",
        "Could you attach the file again?",
        "Did you attach the file?",
        "I forgot the attachment.",
        "There was no attachment in your mail.",
        "The attachment is missing.",
        "Your attachment was blocked by our filter.",
        "I got the attachment, thanks.",
        "Thanks for your attachment.",
        "Which attachment do you mean?",
        "Don't open the attachment.",
        "Attachments over 20 MB are rejected.",
        "How do I attach a file in Outlook?",
        "He is very attached to his dog.",
        "No strings attached.",
        "The sensor is attached to the wall.",
        "I will send the attachment tomorrow.",
        "The attachment you sent is blank.",
        "Let me know if you need the attachment.",
        "The garden is enclosed by a wall.",
        "I'll attach it to the ticket.",
        "We're attaching importance to this.",
        "In your attached plan, page 3 is empty.",
        "The label attached to the box was wrong.",
        "请发送附件。",
        "附件打不开。",
        "请把附件重新发一遍。",
        "您的附件我看了。",
        "邮件没有附件。",
        "忘记添加附件了。",
        "稍后附上资料。",
        "附件大小不能超过20MB。",
        "收到您的附件，谢谢。",
        "請將履歷以附件寄出。",
        "您发的附件是空的。",
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
