"""personal-data: what is one person's, and the numbers that only look like it."""

from __future__ import annotations

import pytest

from sekisho.core.content import Octets
from sekisho.core.parts import Part
from sekisho.inspectors.personal_numbers import is_card, is_iban, is_luhn, is_my_number
from tests.support.mail import found, mail

NUMBERS = ["123456789018", "021312345679", "987654321093"]
"""Made up, with right check digits."""


def kinds(text: str, **settings: object) -> list[str]:
    return [finding.kind for finding in found("personal-data", mail(f"お世話になります。\n{text}\n"), **settings)]


def my_number(body: str) -> str:
    return next(body + check for check in "0123456789" if is_my_number(body + check))


def test_check_digits_are_the_published_ones() -> None:
    assert is_my_number("123456789018")
    assert not is_my_number("123456789012")
    assert not is_my_number("000000000000")
    assert is_luhn("4111111111111111")
    assert is_card("378282246310005")
    assert not is_card("4111111111111112")
    assert not is_card("9111111111111111")
    assert is_iban("gb82west12345698765432")
    assert not is_iban("gb82west12345698765433")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("マイナンバー：1234 5678 9018", "my-number"),
        ("個人番号 123456789018 です", "my-number"),
        ("個人番号：１２３４－５６７８－９０１８", "my-number"),
        ("個人番号：１２３４−５６７８−９０１８", "my-number"),
        ("個人番号：1234ー5678ー9018", "my-number"),
        ("My Number 1234-5678-9018", "my-number"),
        ("カード番号 4111 1111 1111 1111 有効期限 12/29", "payment-card"),
        ("4111-1111-1111-1111", "payment-card"),
        ("4111.1111.1111.1111", "payment-card"),
        ("3782 822463 10005", "payment-card"),
        ("Visa 4111111111111111", "payment-card"),
        ("信用卡卡号：5555555555554444", "payment-card"),
        ("携帯 090-1234-5678", "phone"),
        ("０９０－１２３４－５６７８", "phone"),
        ("TEL：03-1234-5678", "phone"),
        ("(03)1234-5678", "phone"),
        ("03(1234)5678", "phone"),
        ("０３（１２３４）５６７８", "phone"),
        ("090 1234 5678", "phone"),
        ("09012345678", "phone"),
        ("+81-90-1234-5678", "phone"),
        ("+1 415 555 2671", "phone"),
        ("手机：13812345678", "phone"),
        ("Phone: (415) 555-2671", "phone"),
        ("The driver has (415) 555-2671.", "phone"),
        ("Reach him on 415.555.0199", "phone"),
        ("080.2345.6789", "phone"),
        ("携帯（０９０−８７６５−４３２１）まで", "phone"),
        ("０９０ー１２３４ー５６７８", "phone"),
        ("電話 0312345678", "phone"),
        ("Call 020 7946 0958", "phone"),
        ("mobile: 07700 900123", "phone"),
        ("Tel. +49 (0)171 / 2345678", "phone"),
        ("备用电话 010-62785678", "phone"),
        ("hanako.yamada@customer.example.com", "email-address"),
        ("ＨＡＮＡＫＯ＠customer.example.com", "email-address"),
        ("三井住友銀行 渋谷支店 普通 1234567", "bank-account"),
        ("みずほ銀行 口座番号：1234567", "bank-account"),
        ("三井住友銀行　新宿支店　（普）0246813", "bank-account"),
        ("Bank of Example, A/C no. 00482139", "bank-account"),
        ("ゆうちょ銀行 記号 12345 番号 12345678", "bank-account"),
        ("IBAN GB82 WEST 1234 5698 7654 32", "bank-account"),
        ("开户银行：工商银行 账号：6222021234567890123", "bank-account"),
        ("東京都千代田区丸の内1-2-3", "postal-address"),
        ("〒150-0001 渋谷区神宮前1丁目2番3号", "postal-address"),
        ("京都府京都市中京区寺町通御池上る上本能寺前町488番地", "postal-address"),
        ("埼玉県さいたま市大宮区錦町630", "postal-address"),
        ("京都府京都市左京区吉田本町三十六番地一号", "postal-address"),
        ("北京市朝阳区建国路88号", "postal-address"),
        ("納品先は横浜市港北区新横浜3-17-6です", "postal-address"),
        ("渋谷区神宮前1丁目2番3号", "postal-address"),
        ("船橋市本町1丁目2-3 サンライズ405", "postal-address"),
        ("岡崎市羽根町北乾地50番地1", "postal-address"),
        ("1234 Elm Street, Apt 5B\nSpringfield, IL 62704", "postal-address"),
        ("10 Downing Street\nLondon\nSW1A 2AA", "postal-address"),
        ("221 Bloor Street West, Toronto, ON M5S 1T8", "postal-address"),
        ("5 George St, Sydney NSW 2000", "postal-address"),
        ("Hauptstraße 12, 10115 Berlin", "postal-address"),
        ("12 rue de la Paix, 75002 Paris", "postal-address"),
        ("3-14-5 Nishi-Shinjuku, Shinjuku-ku, Tokyo 160-0023", "postal-address"),
        ("長野県上伊那郡箕輪町大字中箕輪10298です", "postal-address"),
        ("https://example.com/ 090-1234-5678", "phone"),
        ("台北市信義區信義路五段7號", "postal-address"),
        ("742 Evergreen Terrace Road, Springfield, IL 62704", "postal-address"),
    ],
)
def test_personal_data_is_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "注文番号 123456789018",
        "マイナンバー制度のご案内です。注文番号：123456789018",
        "追跡番号：1234-5678-9018",
        "1234 5678 9018",
        "マイナンバー：1234 5678 9012",
        "お問い合わせ番号 4111 1111 1111 1111",
        "4111111111111111",
        "注文番号 4111111111111111",
        "ISBN 978-4-16-148410-0",
        "2026-01-05 10:00",
        "2026年1月5日",
        "会議ID 812 3456 7890",
        "型番 090-1234-5678-AB",
        "バージョン 1.2.3.4",
        "0120-123-456 (フリーダイヤル)",
        "0570-012-345",
        "0312345678 を品番とします",
        "0312 3456 7890 1234",
        "部品 020 7946 0958",
        "2026.11.24 10.30",
        "合計 1,234,567円",
        "12345678901234567890",
        "法人番号 1234567890123",
        "普通 1234567",
        "東京都のイベント",
        "千葉県市原市で開催、参加者100人",
        "user@example.co.jp",
        "https://example.com/0312345678",
        "https://example.com/p/4111111111111111?tel=09012345678&card=4111-1111-1111-1111",
        "192.168.100.200",
        "SHA 0312345678abcdef",
        "5月10日-12日 東京都内",
        "北京市场部 2026年",
        "港区の営業区分1-2-3",
        "国内市場規模は1-2兆円、市町村合併 3-4月",
        "横浜市の会議室2-3",
        "10 new way to save, it is 2 AA",
    ],
)
def test_numbers_that_only_look_like_it_are_not(text: str) -> None:
    assert kinds(text) == []


def test_distinct_values_and_people_are_counted_over_a_list() -> None:
    rows = "\n".join(f"顧客{index},090-1234-56{index:02},c{index}@customer.example" for index in range(12))
    part = Part("attachment:list.csv", ("list.csv",), "text/csv", Octets(rows.encode()), attached=True)
    facts = mail("一覧です\n090-1234-5600\n", attachments=[part])
    findings = {(one.where, one.kind): one for one in found("personal-data", facts)}
    assert {place: one.count for place, one in findings.items()} == {
        ("body:2", "phone"): 1,
        ("attachment:list.csv:2", "phone"): 11,
        ("attachment:list.csv:1", "email-address"): 12,
    }
    assert {one.values["people"] for one in findings.values()} == {12}


def test_the_words_above_a_column_count_for_the_rows_below() -> None:
    rows = "\n".join(f"山田{index} {my_number(f'{index:02}345678901')}" for index in range(10, 60))
    (finding,) = found("personal-data", mail(f"氏名 個人番号\n{rows}\n"), kinds=["my-number"])
    assert finding.count == 50


def test_evidence_is_masked() -> None:
    evidence = [
        one.evidence
        for one in found(
            "personal-data",
            mail("カード 4111 1111 1111 1111, 090-1234-5678, hanako@customer.example, マイナンバー123456789018"),
        )
    ]
    assert evidence == ["**********18", "**** **** **** 1111", "***-****-**78", "h***@customer.example"]


def test_taking_part_in_the_message_is_no_leak() -> None:
    facts = mail(
        "宛先: a@partner.example, b@partner.example, x@sub.example.co.jp",
        to="A@partner.example",
        cc="b@partner.example",
    )
    assert found("personal-data", facts) == []


@pytest.mark.parametrize(
    "text",
    [
        "了解です。\n\n-- \n山田太郎 TEL 03-1234-5678\nyamada@other.example\n",
        "了解です。\n\n> 携帯は090-1234-5678です\n",
        "Fine.\n\nBest regards,\nKen Sato\nT +81 3 1234 5678\n",
        "了解です。\n\n=========\n株式会社サンプル 山田\n東京都千代田区丸の内1-2-3\nTEL 03-1234-5678\n=========\n",
    ],
)
def test_signatures_and_quoted_text_do_not_count_unless_asked_for(text: str) -> None:
    assert found("personal-data", mail(text)) == []
    assert found("personal-data", mail(text), quoted=True)


def test_forwarded_text_counts() -> None:
    assert found("personal-data", mail("---------- Forwarded message ---------\n\n携帯 090-1234-5678\n"))


def test_kinds_can_be_chosen() -> None:
    assert kinds("090-1234-5678 hanako@customer.example", kinds=["phone"]) == ["phone"]
