"""By what the lines of a mail are told apart: marks of Outlook, Gmail, Thunderbird, Apple Mail, iOS, Becky! and QQ.

In Japanese, English and Chinese, and the attributions of some more languages; all patterns, no logic.
"""

from __future__ import annotations

from sekisho.core.patterns import Pattern, PatternSet

FORWARDING = Pattern(r"^[\s\[【(]*(?:fwd?|fw|tr|wg|転送|转发|轉寄|轉發)\s*[:：\]】)]")
RULE_SIGNS = "-=_*~#+/☆★◆◇■□●○・…─━═―＝－＿＊～〜∞※┏┓┗┛┃"
SENDER = r"\*?(?:from|von|de|差出人|送信者|送信元|发件人|寄件者|寄件人)\s?[:：]"
MACHINE = (
    r"(?:sent (?:from|via|with) (?:my|outlook|mail|yahoo|the|an?|samsung|gmail|proton)\b"
    r"|get outlook for|outlook for (?:ios|android) を入手"
    r"|(?:ios|android)\s?版\s?outlook|(?:iphone|ipad|android|galaxy|xperia|スマートフォン|スマホ|携帯|gmail|アプリ)\s?から送信"
    r"|[发發発][自送]自?我的|[发發]送?自|[从從].{1,16}(?:发送|傳送|寄出)|von meinem .{1,12} gesendet|envoyé de mon)"
)
BEGINS = r"(?:begin forwarded message|転送されたメッセージ|开始转发的邮件|下面是被转发的邮件|開始轉寄郵件)\s*[:：]"
MARK = Pattern(rf"(?m)^[ \t]*(?:[-_=*]{{2,}} ?[^-_=*\s]|{BEGINS}|{SENDER}|on\s.{{4}}|.{{4,200}}[:：][ \t\r]*$)")
"""Every line at which another's text may begin."""
ORIGINAL = Pattern(
    r"^\s*[-_=*]{2,}\s*(?:original\s+(?:message|appointment)|reply message|元のメッセージ|オリジナルメッセージ"
    r"|原始邮件|原始郵件|邮件原件|原邮件|回复的原邮件|ursprüngliche nachricht|message d'origine"
    r"|mensaje original)\s*[-_=*]{2,}\s*$"
    r"|^\s*-{2,}\s*on\s.{4,200}\swrote\s*-{2,}\s*$"
    r"|^\s*-{2,}\s?.{1,120}(?:書きました|wrote|写道)\s?[:：]?\s*-{2,}\s*$"
)
FORWARDED = Pattern(
    r"^\s*[-_=*]{2,}\s*(?:forwarded message|forwarded by .{0,80}|転送(?:された)?メッセージ|転送メール|以下転送"
    rf"|转发的?(?:邮件|消息|郵件)|轉寄的?郵件|轉寄者.{{0,80}})\s*[-_=*]*\s*$|^\s*{BEGINS}\s*$"
)
SENDER_LINE = Pattern(rf"^\s*{SENDER}\*?\s*\S")
HEADER_LINE = Pattern(
    r"^\s*\*?(?:to|cc|date|sent|subject|an|gesendet|datum|betreff|à|a|envoyé|objet|enviado|para|asunto|fecha"
    r"|宛先|送信日時|送信日|日時|件名|日付|收件人|发送时间|发送日期|日期|主题|时间|收件者|主旨|傳送時間|寄件日期|抄送|副本)\s*[:：]"
)
ATTRIBUTION = Pattern(
    r"^\s*(?:on\s.{4,200}\swrote:|.{0,120}@.{0,120}>?\s*(?:のメール|さん)?[:：]"
    r"|.{4,200}(?:wrote|writes|schrieb(?:\s.{1,80})?|a écrit|escribió|ha scritto"
    r"|のメール|(?:さん)?[はが]書きました|さんのメッセージ"
    r"|书写道|写道|寫道|写到)\s*[:：])\s*$"
)
ATTRIBUTION_STARTS = Pattern(r"^\s*on\s.{4,100}(?:,|\d|<.{0,80}@.{0,80}>)\s*$")
ATTRIBUTION_GOES_ON = Pattern(r"^.{0,120}wrote:\s*$")
ADDRESS_FIRST = Pattern(r"^\s*<?[^\s<>@]+@[^\s<>@]+>?.{0,20}[:：]\s*$")
DATED = Pattern(r"\d{4}\s*[-/年.]\s*\d{1,2}|\d{1,2}:\d\d|\b20\d\d\b")
MACHINE_LINE = Pattern(rf"^\s*{MACHINE}")
CONTACT = Pattern(
    r"@|https?://|\b[tmfp][:.]? ?\+?[\d(]|\b(?:tel|fax|phone|mobile|cell)\b|電話|〒|℡|携帯|内線"
    r"|电话|手机|传真|邮编|e-?mail"
)
DISCLAIMER = Pattern(
    r"intended\s+(?:solely\s+|only\s+)?(?:for|recipient)|not\s+the\s+(?:intended|named)\s+(?:recipient|addressee)"
    r"|this\s+(?:e-?mail|message|transmission)\s.{0,80}\s(?:confidential|privileged)"
    r"|received\s+this\s.{0,40}\sin\s+error|unauthori[sz]ed\s+(?:use|disclosure|review)"
    r"|心当たり[のが]な(?:い|く)|宛先に記載された方|(?:notify|inform)\s+the\s+sender\s+(?:immediately|by)|legally\s+privileged"
    r"|(?:若|如果?)(?:您|你)?(?:并非|並非|不是|非)(?:本|此)?(?:邮件|郵件)?的?(?:预定|指定|目标)?的?收件(?:人|者)"
    r"|(?:本|この)(?:電子)?(?:e)?メール[^。\n]{0,24}(?:機密|秘密|秘匿)[^。\n]{0,24}(?:場合|可能性|こと|恐れ|おそれ)が"
    r"|誤って(?:受信|送信|届|お受け取り|受け取|配信)|誤送信(?:された|により)|宛先以外の方|名宛人以外|受信者以外"
    r"|(?:本|此)(?:电子|電子)?(?:邮件|郵件)(?:及其?附件)?[^。\n]{0,12}(?:保密|机密|機密|专有|受法律保护)"
    r"|误(?:收|发|送)|错误地?(?:收到|发送)|誤收|非(?:预期|指定)的?(?:收件人|接收)|仅供(?:收件人|指定)"
)
_REGARDS = (
    r"(?:(?:with |very )?(?:(?:best|kind|kindest|warm|warmest|my) ){0,2}(?:regards|rgds|wishes)|(?:all the )?best"
    r"|cheers|br|kr"
    r"|(?:yours )?(?:sincerely|faithfully|truly|respectfully|cordially)(?: yours)?|many thanks|take care|warmly"
    r"|thanks?(?: you)?(?: (?:and|&) (?:best |kind )?regards| again| in advance| very much)?"
    r"|(?:mit freundlichen|viele|beste|herzliche) grü(?:ß|ss)en?|cordialement|bien à vous|saludos(?: cordiales)?"
    r"|此致|敬礼|敬禮|此致敬礼|(?:顺|順)?(?:祝|颂|頌)?.{0,2}(?:商祺|商安|台安|工祺)|祝好|祝您?.{1,8}|谢谢|謝謝|谨上|謹上|敬上"
    r"|敬具|草々|かしこ|拝)"
)
SIGN_OFF = Pattern(rf"^\s*{_REGARDS}\s*[,.!，。！]?\s*$")
CLOSING = Pattern(
    r"(?:お願い(?:いた|致|申し上げ|申しあげ)?(?:し)?ます|お願い申し上げます|失礼(?:いた|致)し?ます|お待ちしております|ありがとうござい(?:ました|ます)"
    r"|以上(?:です)?|谢谢|謝謝|thank you|thanks)\s*[.!。！]?\s*$"
)
"""A sentence that ends a letter: what follows, where it is one person's contact data, is the signature."""
LABELLED = Pattern(
    r"\b(?:tel|fax|phone|mobile|cell|e-?mail|mail|url|web)\b\s*[:：/. ]|〒\s?\d|電話\s*[:：]|携帯\s*[:：]|℡|https?://|内線"
    r"|(?:电话|手机|传真|邮箱|地址|電話|手機)\s*[:：]"
)
ORGANISATION = Pattern(
    r"株式会社|有限会社|合同会社|\(株\)|（株）|㈱|法人|大学|病院|協会|組合|役所|事務局|[部課]\b|\b(?:inc|ltd|llc|corp|gmbh|university)\b|公司|学院"
)
NUMBER = Pattern(r"\d{2,4}[-)(. ]{1,2}\d{2,4}[-)(. ]{1,2}\d{3,4}")
NUMBERS = 4
"""Telephone numbers in one person's signature."""
OTHERS, DISCLAIMERS, MACHINES, SIGN_OFFS, CLOSINGS = range(5)
PRESENT = PatternSet(
    (
        # MARK without counting, which makes many states.
        rf"(?m)^[ \t]*(?:[-_=*]{{2,}} ?[^-_=*\s]|{BEGINS}|{SENDER}|on\s.{{4}})|[:：][ \t\r]*$",
        DISCLAIMER.text,
        rf"(?m)^[^\w]*{MACHINE}",
        rf"(?m)^[^\w]*{_REGARDS}[^\w]*$",  # RE2's blanks are fewer
        LABELLED.text,
    )
)
"""Most texts have none of these: the whole text is asked at once, and its lines only for what it has."""
