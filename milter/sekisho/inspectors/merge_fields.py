"""Placeholders of mailers, as they stand in a text that nobody filled in.

`placeholders` finds them in every usual syntax: a name of a field between signs (``{{name}}``, ``%%NAME%%``,
``*|FNAME|*``, ``[[x]]``, ``[FIRST_NAME]``, ``${x}``, ``<<x>>``, ``«x»``, ``__X__``, ``{x}``, ``%x%``, ``#x#``,
``$$x$$``, ``-x-``), with the mailer's prefix and default (``lead.x``, ``val:usr:x``, ``x|friend``); what programs write
for nothing (``Dear null``); and the Japanese and Chinese 〇〇様, 【会社名】様, XX先生. Signs that have other uses count
only around a word that names a field. Linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.core.patterns import Pattern, PatternSet
from sekisho.inspectors.evidence import first

_PREFIX = r"(?:(?:user|customer|client|contact|recipient|company|account|sender|member|lead|order|your|the)[ _.-]?)?"
_ENGLISH = _PREFIX + (
    r"(?:(?:first|last|full|middle|given|family|nick|user|sur|f|l)?[ _.-]?names?|e-?mail(?:[ _.-]?address)?|company"
    r"|organi[sz]ation|salutation|title|address(?:[ _.-]?\d)?|city|state|zip(?:code)?|country|phone(?:[ _.-]?number)?"
    r"|date|amount|price|total|coupon(?:[ _.-]?code)?|order[ _.-]?(?:id|no|number)|id|number|position|department|link"
    r"|url|unsubscribe(?:[ _.-]?(?:link|url))?|product|customer|client|recipient|greeting|birthday|due[ _.-]?date"
    r"|merge\d{1,3})"
)
_JAPANESE = (
    r"(?:お?客様|ご?担当者?|顧客|会員|宛先|受信者)?の?(?:氏名|お?名前|姓名?|名|会社名|御社名|貴社名|企業名|法人名|団体名|社名|部署名?"
    r"|部門名?|役職名?|担当者名?|宛名|商品名|製品名|サービス名|注文番号|金額|日付|日時|住所|電話番号|メールアドレス|学校名|店舗名|敬称)"
)
_CHINESE = (
    r"(?:客户|客戶|收件人|联系人|聯絡人|用户|会员)?(?:姓名|名称|名稱|名字|公司名?称?|称呼|稱呼|职位|职务|部门|产品名称?|订单号|金额"
    r"|日期|地址|电话|邮箱)"
)
_FIELD = rf"(?:{_ENGLISH}|{_JAPANESE}|{_CHINESE})"
_DEFAULT = (
    r"(?:[ \t]*\|[^\n{}\[\]<>%]{0,40}|[ \t]*,[ \t]*(?:fallback|default)[ \t]*=[^\n{}\[\]<>%]{0,40}"
    r"|[ \t]*:[ \t]*(?:default|\")[^\n{}\[\]<>%]{0,40})"
)
_SLOT = rf"[ \t]*(?:[A-Za-z]\w{{0,30}}[.:]){{0,2}}{_FIELD}\d{{0,2}}{_DEFAULT}?[ \t]*"
"""A field as mailers write it between their signs."""
_LETTER = r"[A-Za-z_\p{Han}\p{Hiragana}\p{Katakana}]"
_UPPER = r"(?-i:[A-Z][A-Z0-9]{1,20}(?:[_.-][A-Z][A-Z0-9]{1,20}){1,5}(?:_\d{1,2})?|[A-Z]{2,20}_\d{1,2})"
_TITLES = (
    r"(?-i:(?:[A-Z][a-z]{1,15}(?:['’]s)? ){1,3}"
    r"(?:Name|Title|Date|Address|Number|Amount|Company|Department|Position|Location|Email|Phone))"
)
"""``Client's Name``, ``Meeting Date``."""
_TO_INSERT = r"(?:insert|enter|your|add|type)[ _](?:[a-z']{1,15}[ _]){0,3}"
_SNAKE = r"[A-Za-z]{1,20}_\w{1,40}"
_HONORIFIC = r"(?:様|さま|サマ|殿|御中|先生|さん|部長|課長|社長|氏)"
_COMPANY = r"(?:株式会社|有限会社|合同会社|\(株\)|㈱)"
_ROUNDS = (
    r"(?:[〇○◯]{2,6}|[●◎]{2,6}|[△▲]{2,6}|[□■]{2,6}|[◇◆☆★]{2,6}|[×✕✖]{2,6}|[＊*]{2,6}|[＿_]{2,12}|[XxＸｘ]{2,6}|〓{2,6})"
)
_NOTHING = r"(?:null|undefined|none|nan|#?n/a|#ref!|#value!|#name\?|\[object object\]|\(null\))"
_NAMELESS = r"(?:会社名|貴社名|御社名|氏名|お名前|名前|姓名|ご?担当者名|顧客名|宛名)"
_DATE = r"(?:[〇○◯●△▲×]{1,2}|[XxＸｘ]{1,2})"
_TITLE = r"(?:Mr\.?|Ms\.?|Mrs\.?|Dr\.?)?"

_ROUND = (
    rf"{_DATE}月{_DATE}日|{_ROUNDS}(?:円|月|日|時|名様|支店|営業所|部長|課長)"
    rf"|{_ROUNDS}[ \t　]*{_COMPANY}?[ \t　]*{_HONORIFIC}|{_COMPANY}{_ROUNDS}|{_ROUNDS}{_COMPANY}"
    rf"|尊敬的[ \t]*(?:{_ROUNDS}|某某)|{_ROUNDS}(?:先生|女士|小姐|经理|總|总)"
    rf"|\b(?:Dear|Hi|Hello)[ \t]+{_TITLE}[ \t]*(?:[xX]{{2,6}}|_{{2,12}}|\.{{3,12}}|…)"
)
_LABEL = (
    rf"[【〔\[(（<＜『［](?:{_JAPANESE}|{_CHINESE})[】〕\])）>＞』］][ \t　]*{_HONORIFIC}"
    rf"|[\p{{Han}}\p{{Hiragana}}\p{{Katakana}}][【〔](?:{_JAPANESE}|{_CHINESE})[】〕]\p{{Hiragana}}"
    rf"|尊敬的[ \t]*[【〔\[](?:{_CHINESE})[】〕\]]"
)
_HANDLEBARS = (
    rf"\{{\{{\{{?[ \t]*[#/^&>!~]?[ \t]*{_LETTER}[^{{}}\n]{{0,120}}\}}?\}}\}}"
    r"|\{%-?[ \t]*(?:if|for|else|elsif|elif|endif|assign|unless|set)\b[^%\n]{0,80}%\}"
    rf"|\{{![ \t]*{_LETTER}[\w .:;]{{0,60}}\}}|\{{[ \t]*MERGEFIELD[^{{}}\n]{{1,60}}\}}"
)
_PERCENT = (
    rf"%%[ \t]*{_LETTER}[\w.\- :\p{{Han}}]{{0,60}}%%|%%=[^\n]{{1,80}}?=%%|%(?:{_SLOT}|recipient\.\w{{1,40}})%"
    rf"|%\{{{_SLOT}\}}|<%=?{_SLOT}%>|<%=[^\n%]{{1,80}}%>|\[%{_SLOT}%\]"
)
_BRACKETS = (
    rf"\$?\[\[(?:{_SLOT}|[ \t]*[A-Za-z_]\w{{0,40}}[ \t]*)\]\]"
    rf"|\$?[\[［](?:{_UPPER}|{_TO_INSERT}{_FIELD}|{_TITLES}|{_SLOT})[\]］]\$?|\$\[{_LETTER}[\w |]{{0,60}}\]\$"
)
_ANGLES = (
    rf"(?:<<|[«≪])(?:{_SLOT}|[ \t]*(?:{_UPPER}|{_SNAKE})[ \t]*)(?:>>|[»≫])"
    rf"|[<＜](?:{_TITLES}|{_JAPANESE}|{_CHINESE}|(?:first|last|full|company|customer|client)[ _]name)[>＞]"
)
_EMPTY = (
    rf"(?m)^[ \t　]*(?:{_NAMELESS}?[ \t　]*(?:様|御中|殿)|Dear[ \t]*,|(?:Hi|Hello)[ \t]+,|尊敬的[ \t]*[:：,，])"
    r"[ \t　]*\r?$"
    rf"|\b(?:Dear|Hi|Hello|Hey)[ \t]+{_TITLE}[ \t]*{_NOTHING}[ \t]*[,:!]|{_NOTHING}[ \t　]*(?:様|殿|御中)"
)
_GREETING = (
    rf"\b(?:Dear|Hi|Hello|Hey)[ \t,]+{_TITLE}[ \t]*(?:[\[<{{][A-Za-z][\w .'/-]{{0,30}}[\]>}}]"
    r"|(?-i:(?:(?:FIRST|LAST|FULL|USER|CUSTOMER|CLIENT|COMPANY)[_ ]?NAME|[FL]?NAME)\b))"
)
_SYNTAXES = (
    ("handlebars", _HANDLEBARS),
    ("mailchimp", r"\*\|[ \t]*[A-Za-z][\w:.\- =]{0,60}\|\*"),
    ("percent", _PERCENT),
    ("brackets", _BRACKETS),
    (
        "dollar",
        rf"[$#@]\{{{_SLOT}\}}|\$\$(?:{_SLOT}|[A-Z]\d\d)\$\$|(?-i:\$[A-Z]{{2,20}}_[A-Z_]{{2,20}}\$|\$[A-Z]{{3,20}}\.[A-Z]{{3,20}}\b)",
    ),
    ("angles", _ANGLES),
    ("braces", rf"[{{｛]\$?{_SLOT}[}}｝]"),
    ("hashes", rf"##{_SLOT}##|#{_SLOT}#"),
    ("signs", rf"@@{_SLOT}@@|@{_SLOT}@|!!{_SLOT}!!|~{_SLOT}~"),
    ("underscores", rf"\b__(?:(?-i:[A-Z][A-Z0-9]{{1,20}}(?:_[A-Z0-9]{{1,20}}){{0,4}})|{_FIELD})__"),
    ("dashes", r"-(?:name|fname|lname|firstname|first_name|lastname|last_name|fullname|company|email)-"),
    ("greeting", _GREETING),
    ("round", _ROUND),
    ("label", _LABEL),
    ("empty", _EMPTY),
)
"""Kind and pattern; an earlier kind owns what several match."""
_PATTERNS = tuple((kind, Pattern(pattern)) for kind, pattern in _SYNTAXES)
_ALL = PatternSet(pattern for _, pattern in _SYNTAXES)

_CODE = Pattern(
    r"[;{]\s*$|(?-i:\b(?:const|var|let)\s+\w+\s*[=:]|\bdef\s+\w+\(|\bclass\s+\w+\s*[:({]|\bfunction\s*\w*\()"
    r"|(?-i:\bfrom\s+[\w.]+\s+import\b|^\s*import\s+\w|\breturn\s\S.*;|\becho\s+['\"$]|\bexport\s+\w+=)"
    r"|(?-i:\b(?:curl|sudo|docker|kubectl|git|npm|pip)\s+[-a-z]|\b(?:SELECT|INSERT)\s.*\b(?:FROM|INTO)\b)"
    r"|=>|==|::|\$\(|</?[a-z][a-z0-9]{0,10}(?:\s[^>]*)?/?>|^\s*(?:#include|//|/\*|\$ |> |@\w+)|</?[#@]\w+|`"
    r"|\w\((?:[^)]{2,})?\)|^\s*[\w.-]+\s*[:=]\s*['\"{$]|\\ x |\b[A-Z]:\\"
)
_SETTING = Pattern(r"^\s*[\w.-]+\s*[:=]\s*['\"]?$")
"""``name: ${NAME}`` is a setting."""
_GUIDANCE = Pattern(
    r"例[:：)）えば]|たとえば|記入例|見本|サンプル|プレースホルダ|テンプレート|ひな形|雛形|差し?込み(?:タグ|変数|項目|文字|フィールド)|置換|変数"
    r"|と(?:記載|表記|入力|記入|書|表示|いう|なって)|の(?:部分|箇所|ところ|よう[なに])|形式|構文|伏せ字|\be\.?g\.|for\s+example|such\s+as"
    r"|placeholders?|template|syntax|\bwiki\b|merge\s+(?:tag|field)s?|variables?|will\s+be\s+replaced|replace\s+\S+\s+with|例如|比如|占位符"
    r"|模板|变量|變數|替换|替換|格式|填写|named?\s+group|format\s+string|regex|regular\s+expression|escaped|欄|ご?記入|ご?入力|空欄"
)
_QUOTES = "「『“\"'`‘（("
_UNQUOTES = "」』”\"'`’）)"
_REACH = 120


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder: how it is written, and where."""

    kind: str
    start: int
    end: int


def may_hold_any(text: str) -> bool:
    """Whether a placeholder may be in the text; one look."""
    return _ALL.found(text)


def placeholders(text: str) -> Iterator[Placeholder]:
    """Every placeholder that is not explained, quoted or part of code."""
    taken: set[int] = set()
    for number in sorted(_ALL.which(text)):
        kind, pattern = _PATTERNS[number]
        for start, end in first(pattern.spans(text)):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                if not _is_harmless(kind, text, start, end):
                    yield Placeholder(kind, start, end)


def _is_harmless(kind: str, text: str, start: int, end: int) -> bool:
    """Whether the sign stands for itself here: code, an explanation, a label with its value."""
    left = max(text.rfind("\n", max(0, start - _REACH), start) + 1, start - _REACH, 0)
    right = text.find("\n", end, end + _REACH)
    right = min(end + _REACH, len(text)) if right < 0 else right
    before, after = text[left:start], text[end:right]
    if _is_quoted(before, after) or _means_another(kind, text[start:end], before, after):
        return True
    if kind == "empty" and _ends_a_name(text, left):
        return True
    if _GUIDANCE.found(before + " " + after) or _GUIDANCE.found(_announced(text, left)):
        return True
    return kind not in ("round", "label", "empty") and bool(_CODE.found(before + " x " + after))


def _means_another(kind: str, found: str, before: str, after: str) -> bool:
    """What the same signs mean with these neighbours: a label, a shell's variable, half of a word."""
    match kind:
        case "handlebars":
            return before.endswith(("$", "="))
        case "brackets" | "label" | "braces":
            return _is_label(found, before, after)
        case "dollar":
            return found[2:3].isupper() and _SETTING.found(before)
        case "round":
            return before[-1:].isalnum() and before[-1:].isascii() and found[:1] in "XxＸｘ_"
    return False


def _ends_a_name(text: str, start: int) -> bool:
    """Whether the line right above is a name, which an honorific on a line of its own ends."""
    above = text[max(0, start - _REACH) : max(0, start - 1)].rpartition("\n")[2].strip()
    return bool(above) and len(above) <= 20 and above[-1] not in "。、,.:：!！"


def _announced(text: str, start: int) -> str:
    """The line before, where it announces this one."""
    before = text[max(0, start - _REACH) : max(0, start - 1)].rpartition("\n")[2].rstrip()
    return before if before[-1:] in (":", "：") else ""


def _is_quoted(before: str, after: str) -> bool:
    opening, closing = before[-1:], after[:1]
    return bool(opening and closing) and opening in _QUOTES and _UNQUOTES[_QUOTES.index(opening)] == closing


def _is_label(found: str, before: str, after: str) -> bool:
    """``[Name] Taro``, ``【氏名】山田``: what follows on the line is the value."""
    if before.strip(" \t　・■●○*-") or found[1:2] in "[{" or found[-1:] not in "]］}":
        return False
    rest = after.strip(" \t　\r")
    return bool(rest) and rest[0] not in ",，、。.!！様"
