"""addressee-mismatch: a salutation that names nobody among the recipients."""

from __future__ import annotations

import pytest

from tests.support.mail import found, mail


def names(text: str, to: str, **settings: object) -> list[str]:
    findings = found("addressee-mismatch", mail(f"{text}\n\nお世話になっております。\n", to=to), **settings)
    return [str(finding.values["name"]) for finding in findings]


@pytest.mark.parametrize(
    ("text", "to", "name"),
    [
        ("山田様", "佐藤 太郎 <sato@partner.example>", "山田"),
        ("株式会社サンプル\n営業部 部長\n山田 花子 様", "佐藤 <sato@partner.example>", "山田 花子"),
        ("営業部 山田部長", "佐藤 <sato@partner.example>", "山田"),
        ("田中さん", "鈴木一郎 <suzuki@partner.example>", "田中"),
        ("山田様", "Taro Sato <taro.sato@partner.example>", "山田"),
        ("山田様", "suzuki@partner.example", "山田"),
        ("山田先生", "佐藤 <sato@partner.example>", "山田"),
        ("Dear Mr. Smith,", "John Brown <john.brown@partner.example>", "smith"),
        ("Hi Alice,", "Robert Jones <rjones@partner.example>", "alice"),
        ("Dear Tanaka-san,", "Suzuki Ichiro <i.suzuki@partner.example>", "tanaka"),
        ("Dear Ms. Tanaka,", "鈴木 <suzuki@partner.example>", "tanaka"),
        ("お世話になっております。\n\n山田様", "佐藤 <sato@partner.example>", "山田"),
        ("尊敬的张经理：", "李明 <liming@partner.example>", "张"),
        ("王芳女士，您好", "李明 <li@partner.example>", "王芳"),
        ("五十嵐様", "sato@partner.example", "五十嵐"),
        ("営業部\n藤沢 一成\n様", "桑田 直人 <kuwata@partner.example>", "藤沢 一成"),
        ("Sehr geehrter Herr Bauer,", "Petra Schulz <petra.schulz@partner.example>", "bauer"),
        ("大谷 先生 御侍史", "本間 和彦 <honma@clinic.example>", "大谷"),
        ("George,\n\ncan you call me?", "Emma Wilson <emma@partner.example>", "george"),
        ("ヤマザキ様", "森 恵 <x@partner.example>", "ヤマザキ"),
        ("森様", "森田 健 <x@partner.example>", "森"),
        ("倉本様", "t.hoshikawa@partner.example", "倉本"),
    ],
)
def test_a_name_that_no_recipient_has_is_found(text: str, to: str, name: str) -> None:
    assert names(text, to) == [name]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("山田様", "山田 花子 <yamada@partner.example>"),
        ("山田様", "花子 山田 <hanako@partner.example>"),
        ("山田 花子 様", "山田花子 <x@partner.example>"),
        ("ヤマダ様", "やまだ 花子 <x@partner.example>"),
        ("やまだ様", "山田 <x@partner.example>"),
        ("山田様", "yamada@partner.example"),
        ("山田様", "h-yamada01@partner.example"),
        ("山田様", "Hanako Yamada <x@partner.example>"),
        ("渡辺様", "渡邊 次郎 <x@partner.example>"),
        ("山田様", "info@partner.example"),
        ("{{氏名}}様", "佐藤 <sato@partner.example>"),
        ("«氏名» 様", "佐藤 <sato@partner.example>"),
        ("【担当者名】様", "佐藤 <sato@partner.example>"),
        ("尊敬的XX先生：", "李明 <liming@partner.example>"),
        ("山田様", "営業部 <sales@partner.example>"),
        ("山田様", "株式会社パートナー <x@partner.example>"),
        ("珍名様", "sato@partner.example"),
        ("Thanks,\n\nI will call.", "Emma Wilson <emma@partner.example>"),
        ("Emma,\n\ncan you call me?", "Emma Wilson <emma@partner.example>"),
        ("カワノ様", "河野 太郎 <x@partner.example>"),
        ("ひろみさん", "佐藤 <sato@partner.example>"),
        ("髙橋様", "高橋 <x@partner.example>"),
        ("太郎さん", "山田太郎 <x@partner.example>"),
        ("鈴木花子様", "佐藤 花子 <x@partner.example>"),
        ("山田様", "佐藤 <sato@partner.example>, info@partner.example"),
        ("山田様、佐藤様", "佐藤 <sato@partner.example>"),
        ("各位", "佐藤 <sato@partner.example>"),
        ("皆様", "佐藤 <sato@partner.example>"),
        ("ご担当者様", "佐藤 <sato@partner.example>"),
        ("お客様", "佐藤 <sato@partner.example>"),
        ("関係者各位", "佐藤 <sato@partner.example>"),
        ("営業部 御中", "佐藤 <sato@partner.example>"),
        ("お取引先様各位", "佐藤 <sato@partner.example>"),
        ("Dear all,", "Bob Brown <bob@partner.example>"),
        ("Hi team,", "Bob Brown <bob@partner.example>"),
        ("Dear Sir or Madam,", "Bob Brown <bob@partner.example>"),
        ("Hi Bob,", "Robert Brown <rbrown@partner.example>"),
        ("Hi Mike,", "michael.jones@partner.example"),
        ("Dear Mr Smith,", "jsmith@partner.example"),
        ("Dear Dr. Smith,", "Smith, John <x@partner.example>"),
        ("Hi Yuki,", "x123@partner.example"),
        ("Hello,", "Bob Brown <bob@partner.example>"),
        ("Sehr geehrte Damen und Herren,", "Petra Schulz <petra.schulz@partner.example>"),
        ("桑田 直人\n様", "桑田 直人 <kuwata@partner.example>"),
        ("尊敬的某某先生：", "李明 <liming@partner.example>"),
        ("大家好：", "李明 <liming@partner.example>"),
        ("各位同事：", "李明 <liming@partner.example>"),
        ("李经理：", "李明 <liming@partner.example>"),
        ("张总，您好！", "張偉 <zhang@partner.example>"),
        ("您好，", "李明 <liming@partner.example>"),
        ("李明先生：", "Ming Li <ming.li@partner.example>"),
        ("お疲れ様です。佐藤です。", "鈴木 <suzuki@partner.example>"),
        ("お世話になっております。\n山田様の件です", "佐藤 <sato@partner.example>"),
    ],
)
def test_a_recipient_a_group_or_a_doubt_is_not(text: str, to: str) -> None:
    assert names(text, to) == []


def test_companies_are_compared_with_the_sites_table_and_display_names() -> None:
    table = {"サンプル": ["sample.co.jp"], "パートナー": ["partner.example"]}
    assert names("株式会社サンプル 御中", "x@partner.example", companies=table) == ["サンプル"]
    assert names("パートナー株式会社 御中", "x@mail.partner.example", companies=table) == []
    assert names("株式会社サンプル\n御中", "株式会社パートナー 営業部 <x@partner.example>") == ["サンプル"]
    assert names("株式会社サンプル 御中", "x@partner.example") == []


def test_names_later_in_the_text_and_in_quoted_text_are_not() -> None:
    text = "了解しました。\n\n> 山田様\n> 資料です\n\n田中様にも伝えます。\n"
    assert not found("addressee-mismatch", mail(text, to="佐藤 <sato@partner.example>"))


def test_many_recipients_are_a_list() -> None:
    to = ", ".join(f"佐藤{number} <sato{number}@partner.example>" for number in range(30))
    assert names("山田様", to) == []
    assert names("山田様", to, recipients=50) == ["山田"]
