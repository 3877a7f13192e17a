"""missing-attachment: the text says that something is attached, and nothing is.

Only what was written now counts. A request to attach, an attachment of somebody else or of an earlier mail, a negation
(添付不要), a link to a storage service, and any file or picture in the message speak against it. Concerns all.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from sekisho.core.facts import Facts
from sekisho.core.finding import Finding
from sekisho.core.folding import fold
from sekisho.core.oneline import one_line
from sekisho.core.parts import Part
from sekisho.core.patterns import Pattern
from sekisho.core.prose import NEW_ONLY
from sekisho.inspectors import settings as base
from sekisho.inspectors.evidence import Passage, first, nowhere, own_texts, snippet

CODES = ("missing-attachment",)

_SAID = Pattern(
    r"添付|同封|別添|別紙|\battach(?:ed|ing|ments?|es)?\b|\benclos(?:ed|ing|ures?)\b|\bPFA\b|附件|附上|随附|隨附|附檔|附加檔案|夹带"
)
_MEANT = Pattern(
    # Japanese: something is attached by this mail
    r"(?:添付|同封)(?:(?:の|する|して(?:い|お)る|した)?(?:ファイル|資料|書類|データ|画像|写真|文書|見積書?|請求書|契約書|PDF|Excel|エクセル)|(?:いた|致)?し(?:ます|ました|て(?:おり|い)ます|て(?:再送|再度|改めて|お戻し|ご?返送|ご?提出(?:いた|し|申)|ご?送付|送り)|てお(?:送|渡)り|ておきます|た[のも通])"
    r"|いたし|致し|申し上げ|させて(?:いただ|頂)|にて|で(?:お送|送|ご確認)|の(?:通|とおり|ほど|件|上お送り|うえお送り)|(?:を|も)(?:ご?(?:確認|参照|覧|査収|一読|高覧))|ご(?:確認|参照|査収)|をお送り|します|しました|\s*$|。)"
    r"|添付(?:書類|資料|ファイル|データ)?\s*[:：]|添付\s*[)）\]】]|添付の(?:上|うえ)|別添の|(?:別添|別紙)(?:の(?:通|とおり|資料|ファイル|書)|にて|を?ご?(?:参照|確認|覧)|資料|のほど|をお送り|をご査収)"
    # English
    r"|(?:please\s+(?:find|see|review|check|refer\s+to|note)|find|see|here\s+is|here\s+are|i(?:['’]ve|\s+have|\s+am|['’]m)?|we(?:['’]ve|\s+have|\s+are|['’]re)?|is|are)"
    r"\s+(?:\w+\s+){0,4}(?:attach(?:ed|ing|ments?)|enclos(?:ed|ing|ures?))\b"
    r"|\battached\s+(?:hereto|as\s+(?:an?\s+)?(?:pdf|word|excel|zip|two|separate|csv|powerpoint)|below|separately)\b|\b(?:attached|enclosed)\s+(?:is|are|please|you|find|here|herewith|to\s+this|below|file|files|document|documents|report|pdf|invoice|quote|spreadsheet|presentation|the|my|our|a|an)\b"
    r"|\b(?:as|the|per|in|with|from|using?)\s+(?:(?:the|our|my|revised|updated|new|signed|final|latest)\s+){0,2}(?:attach(?:ed|ments?)|enclos(?:ed|ures?))\b"
    r"|\bfind\b[^.!?]{1,60}\b(?:attached|enclosed)\b|^\W*(?:\w+\s+){1,4}(?:attached|enclosed)\W*$"
    r"|^\W*(?:(?:just|also|re|now)\W+)?attaching\b|\bPFA\b"
    r"|\b(?:i|we)\s+(?:\w+\s+)?(?:attach|enclose)\s+(?:the|an?|my|our|here\w*|some|copies|copy|for|two|three)\b|\battachments?\s*[:：]|\bsee\s+attach(?:ment|ed)\b"
    # Chinese
    r"|(?:见|見|查收|查阅|查閱|参阅|參閱|参考|參考|查看|参见|打开|详见|详细见|请看)(?:邮件|本邮件|以下)?附件|附件(?:是|为|為|中|里|裡|内|內|请|請|如下|的(?:文件|资料|資料|表格|合同|报价)|发|已|供|附上)"
    r"|附上|随附|隨附|随信附|如附件|见附|[作加成]?[为為]附件|在附件[里裡中]|放[入到进進在]附件"
)
_NOT_MEANT = Pattern(
    r"添付(?:ファイル|書類|資料|データ)?(?:は|が|を|も|の)?(?:不要|なし|無し|ございませ|ありませ|しませ|せず|しない|できませ|できない|忘れ|漏れ|禁止|制限|可能|容量|必要|いただ|頂|くださ|下さ)"
    r"|(?:添付|同封)の(?:上|うえ)[^。]{0,20}(?:ください|下さい|お願い|願い(?:ま|申|た)|いただきますよう|いただけ|頂きますよう|頂け)"
    r"|ご添付|添付する(?:[^。]{0,4})?(?:書類|もの|必要|場合|際|こと|方法|べき|とき|時)|添付文書[の(（に]"
    r"|\b(?:attached|enclosed)\s+(?:\w+\s+)?(?:garage|porch|house|room|bathroom|kitchen|space|balcony|courtyard|area|building|shed|unit|garden)\b"
    r"|(?:[^こ]の|別|前|次)(?:e)?メール(?:に|で|へ|にて)[^。]{0,10}添付"
    r"|\bhow\s+(?:do|does|can|to|should|would)\b[^.!?]{0,30}\battach"
    # A request: "ます" in between means that the request is another one (添付しておりますのでご確認ください).
    r"|(?:添付|同封)し(?:て|、)?[^。ま]{0,16}(?:ください|下さい|いただ|頂|ほしい|欲しい|もらえ|くれ|もらい|返信|返送)"
    # An earlier mail's
    r"|(?:先日|前回|以前|昨日|先ほど|先程|前々?の?|先の)(?:お送りした|いただいた|頂いた)?の?メール[^。]{0,14}(?:添付|同封|別添)"
    r"|(?:先日|前回|以前|昨日|先ほど|先程)(?:の|に|も|、|お?送(?:り|付)(?:いた|致)?し(?:まし)?たの?)?(?:添付|同封|別添)"
    r"|添付[^。]{0,10}(?:上限|最大|サイズ|大きさ|拡張子|件数|有無|開封|ダウンロード|ウイルス|ウィルス|送受信|受信)"
    r"|添付[^。]{0,12}(?:受け取り|受取り?ま|受領|拝受|拝見|頂戴|届きま|確認(?:しま|いたしま|致しま)した)"
    r"|添付の件[^。]{0,6}(?:了解|承知|わかり|かしこまり|拝承)"
    r"|添付[^。]{0,10}パスワード[^。]{0,20}(?:です|以下|下記|次の|お知らせ|[:：])"
    r"|添付[^。]{0,10}[:：]\s*(?:なし|無|不要|none)"
    r"|(?:いただいた|頂いた|頂戴した|送っていただい|お送りいただい|貴社の?|御社の?)[^。]{0,14}(?:添付|同封|別添)(?:の|ファイル|資料|書類|され|いただ|頂|を|は)"
    r"|(?:後日|後ほど|のちほど|追って)[^。]{0,20}(?:添付|同封)|添付(?:ファイル)?[はをの][^。]{0,8}(?:開か(?:ない|ず)|開封し(?:ない|ず))|不審な|怪しい"
    r"|添付(?:ファイル)?[がは][^。]{0,10}(?:見当た[らり]|見つか[らり]|届い|開け|開きませ|壊れ|破損|文字化け|確認でき(?:ま|な)|付いてい?[なま]|ついてい?[なま])"
    r"|添付書類(?:の(?:一覧|種類|様式|提出)|[はを][^。]{0,12}(?:窓口|必要|郵送))"
    r"|添付(?:いただ|頂|の?(?:場合|際|方法|可否|要否|有無|漏れ|忘れ|ルール|機能))|添付(?:を|は|も)?(?:忘れ|失念|お願い|希望)|別紙[^。]{0,10}(?:記入|提出)"
    r"|(?:商品|製品|本品|箱|封筒|荷物|お品物|小包)[^。]{0,4}[にへ][^。]{0,12}同封|郵送|同封(?:の返信用|にて郵送)|貼付"
    r"|(?:\b(?:not|never|no|without|any|forgot|forget|cannot|unable|nothing|if|whether)|n['’]t)\b[^.!?]{0,30}\b(?:attach|enclos)"
    r"|\b(?:thanks?|thank\s+you)\s+(?:very\s+much\s+|so\s+much\s+)?for\b[^.!?]{0,40}\b(?:attach|enclos)"
    r"|\b(?:received|got|opened|read|reviewed|saw|seen|checked|downloaded|printed|lost|missed)\s+(?:\w+\s+){0,3}(?:attach|enclos)"
    r"|\battachments?\s+(?:\w+\s+){0,2}(?:missing|broken|corrupt|damaged|empty|blank|stripped|removed|blocked|arrive|open|come|came)"
    r"|\b(?:please|kindly|could\s+you|can\s+you|would\s+you|to|must|should|you\s+(?:can|may|need\s+to))\s+(?:\w+\s+){0,2}(?:attach|enclose)\b"
    r"|\b(?:could|can|would|will|please|kindly)\s(?:you\s)?[^.!?]{0,10}\b(?:send|forward|mail|provide|give|resend)\b[^.!?]{0,40}\bas\s+(?:an?\s+)?attachments?"
    r"|(?:\b(?:will|shall|going\s+to)|['’]ll)\s+(?:\w+\s+){0,2}attach"
    r"|(?:\b(?:will|shall|going\s+to)|['’]ll)\s+(?:\w+\s+)?(?:send|provide|forward|add|include|share)\b[^.!?]{0,30}\battach"
    r"|\battach\w*\s+(?:that\s+|which\s+)?(?:you|he|she|they)\s+(?:\w+\s+)?(?:sent|mailed|forwarded|gave|shared|attached|provided|included)"
    r"|\battach\w*\s+(?:\w+\s+)?(?:importance|value|weight|significance|priority)|\benclosed\s+(?:by|within|space|area)\b"
    r"|\benclosed\s+(?:in|inside|with)\s+(?:the|your|each|its)\s+(?:\w+\s+)?(?:box|package|parcel|envelope|product|packaging|shipment|carton)|\b(?:model|product|machine|device|cleaner|tool|set|kit|comes?|came)\b[^.!?]{0,30}\battachments\b"
    r"|\b(?:you|your|previously|earlier|yesterday['’]?s?|last|his|her|their)\s+(?:\w+\s+){0,2}(?:attach|enclos)"
    r"|\battach(?:ed|ment|ments)?\s+(?:to\s+(?:the|your|our|his|her|their|each|a|an|it|him|them)\b|size|limit|policy|theory|style)|\bstrings\s+attached"
    r"|\b(?:emotionally|closely|very|firmly|securely|permanently|physically)\s+attached"
    r"|(?:没有|沒有|无|無|不需要|无需|不用|忘记|忘了|不要|请勿|勿|不能|无法|未)[^。，]{0,6}(?:附件|附上)|附件(?:大小|限制|上限|不要|无需|没有)"
    r"|(?:稍后|稍後|随后|隨後|之后|之後|回头|明天|下次|届时|屆時|晚点|待会)[^。，]{0,10}附"
    r"|附件(?:已|都|均|已经)?(?:收到|收悉|阅|看|打不开|打開不|无法)|(?:收到|看了|看过|感谢|谢谢|打开)[^。，]{0,10}附件"
    r"|(?:您|你|贵司|上次|之前|昨天)[^。，]{0,8}附件|请[^。，]{0,8}(?:添加|上传|发送|发来|提供|作为)[^。，]{0,6}附件|附上您"
)
_STORAGE = Pattern(
    r"https?://[^\s<>\"]{0,200}(?:drive\.google|docs\.google|dropbox|box\.com|sharepoint|onedrive|1drv\.ms|wetransfer|we\.tl|gigafile|firestorage"
    r"|icloud\.com|mega\.nz|pan\.baidu|weiyun|aliyundrive|datadeliver|bizstorage|directcloud|fileforce|filesend|/download|/share|\.(?:pdf|zip|xlsx|docx|pptx)\b)"
    r"|ダウンロードURL|ダウンロードリンク|ファイル転送サービス|download\s+(?:link|url)|下载链接|下載連結|网盘"
)
_TAKEN_OVER = Pattern(r"^[\s\[【(]*(?:re|aw|fwd?|fw|tr|wg|sv|返信|転送|回复|回覆|答复|转发|轉寄)\s*[:：\]】)]")
_PICTURE = Pattern(
    r"画像|写真|画面|スクリーン|スクショ|キャプチャ|下図|図[の0-9]|image|photo|picture|screen|figure|图片|圖片|照片|截图|截圖"
)
_LOGO = 20_000
"""Octets below which a picture within the text is a logo, unless the text speaks of pictures."""
_STOPS = "。.!?！？\n"
_REACH = 80


class Settings(base.Settings):
    score: float = Field(default=0.4, ge=0, le=100, description="What one finding adds to a message's score")


def inspect(facts: Facts, settings: Settings) -> Iterator[Finding]:
    """At most one finding; values: ``word``."""
    if facts.structure.protected or nowhere(facts, _SAID.found):
        return
    for passage in _passages(facts):
        for start, end in first(_SAID.spans(passage.text)):
            if passage.counts(start, NEW_ONLY) and _is_meant(passage.text, start, end):
                if any(_holds_something(part, passage.text) for part in facts.structure.parts) or _links(facts):
                    return
                yield Finding(
                    CODES[0],
                    passage.where(start),
                    facts.everyone,
                    score=settings.score,
                    evidence=snippet(passage.text, start, end),
                    values={"word": one_line(passage.text[start:end], 40)},
                )
                return


def _passages(facts: Facts) -> Iterator[Passage]:
    """The texts, and the subject unless it was taken over from an earlier mail."""
    yield from own_texts(facts)
    for subject in facts.subjects:
        if not _TAKEN_OVER.found(subject):
            yield Passage("header:Subject", subject)


def _is_meant(text: str, start: int, end: int) -> bool:
    """Whether the sentence around the word says that this mail brings something."""
    left = max((text.rfind(stop, max(0, start - _REACH), start) for stop in _STOPS), default=-1) + 1
    left = max(left, start - _REACH, 0)
    stops = [found for stop in _STOPS if (found := text.find(stop, end, end + _REACH)) >= 0]
    sentence = text[left : min(stops, default=end + _REACH) + 1].replace("\n", " ").strip()
    folded = fold(sentence).text
    return _MEANT.found(folded) and not _NOT_MEANT.found(folded)


def _holds_something(part: Part, text: str) -> bool:
    """Anything that a reader might take for the attachment, pictures in the text too; not a logo."""
    if part.inline and part.type.startswith("image/") and part.content.size < _LOGO:
        return _PICTURE.found(text)
    return part.attached or bool(part.names) or not part.type.startswith("text/") or part.type == "text/calendar"


def _links(facts: Facts) -> bool:
    return any(_STORAGE.found(text.text) for text in facts.texts)
