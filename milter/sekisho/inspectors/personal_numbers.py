"""Numbers that belong to one person: My Number, payment cards, bank accounts.

Given folded text. A check digit alone passes one random number in ten, so context words must stand near wherever the
number's own form says little, and the label right before a number (注文番号, tracking no.) can say that it is another
thing. In a table the words stand once, above the column: a number close below an accepted one inherits its context.
Linear in the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.core.patterns import Pattern
from sekisho.inspectors.evidence import first, masked_number
from sekisho.inspectors.sighting import JOIN, Alone, InContext, Sighting, digits, stands_alone

_MY_NUMBER = Alone(rf"\d{{4}}[{JOIN}]?\d{{4}}[{JOIN}]?\d{{4}}")
_MY_NUMBER_WORDS = Pattern(
    r"マイナンバー|個人番号|my[ -]?number|特定個人情報|通知カード|個人no|日本个人编号|个人编号|個人編號"
)
_CARD = Alone(rf"\d{{4}}[{JOIN}]?\d{{4}}[{JOIN}]?\d{{4}}[{JOIN}]?\d{{1,7}}|\d{{4}}[{JOIN}]?\d{{6}}[{JOIN}]?\d{{4,5}}")
_CARD_WORDS = Pattern(
    r"カード番号|クレジット|クレカ|カード|visa|master|jcb|amex|american express|diners|ダイナース"
    r"|有効期限|セキュリティコード|credit|debit|card|cvv|cvc|expir|信用卡|卡号|卡號|银联|有效期"
)
_IBAN = Pattern(r"(?:^|\b)[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b")
_ACCOUNT = Pattern(
    r"(?:普通|当座|貯蓄|総合|[(（]?[普当][)）])(?:預金|口座)?[ \t:：()/、,番号noNo.№]{0,12}\d{6,8}"
    r"|口座(?:番号|no\.?)?[ \t:：()/、,]{0,6}\d{6,8}"
    r"|記号[ \t:：]{0,4}\d{5}[ \t/、,\-]{0,4}(?:番号[ \t:：]{0,4})?\d{6,8}"
    r"|a(?:ccount|/c|cct)\.?[ \t]*(?:no|number|num|#)?\.?[ \t:：#]{1,4}\d[\d -]{5,17}\d"
    r"|(?:银行)?(?:账号|帐号|账户|賬號|帳號|帳戶)(?:号码|號碼)?[ \t:：]{0,4}\d[\d ]{7,24}\d"
)
_BANK_WORDS = Pattern(
    r"銀行|信用金庫|信金|信用組合|農協|ゆうちょ|支店|口座名義|名義人|振込|振り込み|银行|支行|开户"
    r"|bank|branch|iban|swift|routing|sort code|wire"
)
_OTHER_LABEL = Pattern(
    r"(?:注文|受注|発注|伝票|追跡|問い?合わ?せ|送り状|配送|管理|会員|顧客|商品|製品|型番|品番|請求書?|見積書?|契約|案件|受付|予約|整理|登録"
    r"|法人|社員|シリアル|ライセンス|注文书|订单|快递|运单|单号|编号|合同|发票|order|tracking|invoice|shipment|parcel|serial|imei|isbn"
    r"|jan|sku|reference|ref|ticket|case|part|product|customer|member|license|licence|waybill|booking|meeting|ミーティング|会議)"
    r"[ \t]*(?:id|code|コード|no|number|番号|号码|號|号|#)?[ \t]*[.:：#=は]?[ \t「(（]*$"
)


def my_numbers(text: str) -> Iterator[Sighting]:
    """Twelve digits with a right check digit, with words that say so."""
    accept = _context(text, _MY_NUMBER_WORDS)
    for start, end in first(_MY_NUMBER.spans(text)):
        number = digits(text[start:end])
        if not (stands_alone(text, start, end) and is_my_number(number)) or _is_labelled(text, start):
            continue
        if accept(start, end):
            yield Sighting("my-number", start, number, masked_number(text[start:end], 2))


def payment_cards(text: str) -> Iterator[Sighting]:
    """Numbers of a known issuer with a right check digit, grouped as on the card or with words that say so."""
    accept = _context(text, _CARD_WORDS)
    for start, end in first(_CARD.spans(text)):
        written = text[start:end]
        number = digits(written)
        if not (stands_alone(text, start, end) and is_card(number)) or _is_labelled(text, start):
            continue
        if _is_grouped(written) or accept(start, end):
            yield Sighting("payment-card", start, number, masked_number(written, 4))


def bank_accounts(text: str) -> Iterator[Sighting]:
    """Account numbers with the words of banks around them, and IBANs (ISO 13616)."""
    accept = _context(text, _BANK_WORDS)
    for start, end in first(_ACCOUNT.spans(text)):
        written = text[start:end]
        if not text[end : end + 1].isdigit() and accept(start, end):
            yield Sighting("bank-account", start, digits(written), masked_number(written, 2))
    for start, end in first(_IBAN.spans(text)):
        number = text[start:end].replace(" ", "")
        if is_iban(number):
            yield Sighting("bank-account", start, number, number[:4].upper() + "…" + number[-2:])


def is_my_number(number: str) -> bool:
    """The check digit of an individual number (総務省令第85号, 2014, article 5)."""
    if len(set(number)) == 1 or len(number) != 12:
        return False
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
    return int(number[11]) == (0 if rest <= 1 else 11 - rest)


def is_card(number: str) -> bool:
    """Issuer range, length and Luhn check digit (ISO/IEC 7812)."""
    return len(set(number)) > 1 and _has_issuer(number) and is_luhn(number)


def is_luhn(number: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(value - 9 if value > 9 else value for value in doubled)) % 10 == 0


def is_iban(number: str) -> bool:
    """The check digits of an IBAN: 1 modulo 97."""
    if not 15 <= len(number) <= 34 or not number.isascii() or not number.isalnum():
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


def _has_issuer(number: str) -> bool:
    size, two, three, four = len(number), int(number[:2]), int(number[:3]), int(number[:4])
    return (
        (number[0] == "4" and size in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and size == 16)
        or (two in (34, 37) and size == 15)
        or (3528 <= four <= 3589 and size == 16)
        or ((four == 6011 or two == 65 or 644 <= three <= 649) and size in (16, 19))
        or ((300 <= three <= 305 or two in (36, 38)) and size == 14)
        or (two == 62 and 16 <= size <= 19)
    )


def _is_grouped(written: str) -> bool:
    """4-4-4-4, 4-6-5 or 4-6-4, with the same sign throughout."""
    for sign in " -.ー―—":
        if tuple(map(len, written.split(sign))) in ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)):
            return True
    return False


def _context(text: str, words: Pattern) -> InContext:
    return InContext(text, words, before=200, after=40, inherited=400)


def _is_labelled(text: str, start: int) -> bool:
    """Whether the words right before the number say that it is another thing."""
    return _OTHER_LABEL.found(text[max(0, start - 24) : start].rpartition("\n")[2])
