"""Full names of persons, the words that only look like one, and how many persons the values of a message make."""

from __future__ import annotations

import pytest

from sekisho.inspectors.person_names import person_names
from sekisho.inspectors.persons import Seen, people
from tests.support.mail import found, mail


def names(text: str) -> list[str]:
    return [one.key for one in person_names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("担当は鈴木一郎です。", ["鈴木一郎"]),
        ("鈴木　一郎、高橋 美咲", ["鈴木一郎", "高橋美咲"]),
        ("営業部長鈴木一郎が伺います", ["鈴木一郎"]),
        ("伊藤 さくら様", ["伊藤さくら"]),
        ("森 誠\n林 翔太", ["森誠", "林翔太"]),
        ("氏名:長谷川 真由美", ["長谷川真由美"]),
        ("口座名義 タナカ ジロウ", ["タナカジロウ"]),
        ("清水 誠,シミズ マコト", ["清水誠"]),
        ("Meet Sarah Thompson and Michael O'Brien.", ["sarah thompson", "michael o'brien"]),
        ("Hanako Suzuki; Satoh Kenji", ["hanako suzuki", "satoh kenji"]),
        ("Clark, Jennifer\nSMITH, John", ["clark, jennifer", "smith, john"]),
        ("请联系王小明先生。", ["王小明"]),
        ("姓名：李娜\n电话：010", ["李娜"]),
        ("名单：\n张伟\n王芳\n欧阳明", ["张伟", "王芳", "欧阳明"]),
    ],
)
def test_full_names_are_found(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "山口県と石川県金沢市、千葉市、秋葉原、東京",
        "田中商店、鈴木自動車、伊藤忠商事、三井住友銀行",
        "松本城と中野区、高田馬場",
        "田中さん、鈴木様、佐々木部長",
        "Louis Vuitton on Madison Avenue, Victoria Station, Jordan River, Microsoft Teams",
        "Hello, Jessica\nDear, Anna",
        "5 George St, Victoria Rd",
        "Best Regards, Thank You, Project Plan, New York",
        "单价,数量,金额\n安全 方案 高度",
        "我们已经完成了高质量的生产计划，安全方面没有问题。",
        "顧客1,090\n顧客2,080",
        "",
    ],
)
def test_places_firms_and_words_are_no_persons(text: str) -> None:
    assert names(text) == []


def test_who_takes_part_or_is_addressed_is_no_finding() -> None:
    text = (
        "株式会社パートナー\n営業部 岡田 結衣 様\n\n佐藤 健です。Ken Sato\n\n山田 太郎さんと高橋 美咲さんが来ます。\n"
    )
    facts = mail(text, author="佐藤 健 <sato@example.co.jp>", to="山田 太郎 <yamada@partner.example>")
    (finding,) = [one for one in found("personal-data", facts) if one.kind == "person-name"]
    assert (finding.where, finding.count, finding.evidence) == ("body:6", 1, "高〇〇")


def test_evidence_of_a_name_is_its_first_letter() -> None:
    assert [one.shown for one in person_names("Anna Schmidt 鈴木 一郎")] == ["鈴〇〇", "A***"]


ROWS = "鈴木 一郎,090-1111-2222,a@kiku.example\n高橋 美咲,090-3333-4444,b@kiku.example\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (ROWS, 2),
        (ROWS + "渡辺 健太,03-1111-2222,090-5555-6666\n", 3),
        ("氏名 鈴木 一郎\n電話 090-1111-2222\nメール a@kiku.example\n", 1),
        ("090-1111-2222\n090-3333-4444\nc@kiku.example\nd@kiku.example\n", 3),
        ("鈴木 一郎 090-1111-2222\n\n\n\n鈴木 一郎 a@kiku.example\n", 1),
        ("鈴木 一郎 03-1111-2222\n高橋 美咲 03-1111-2222\n", 2),
        ("a@kiku.example, b@kiku.example, c@kiku.example\n", 3),
        ("鈴木 一郎、高橋 美咲\n\n\n\n090-1111-2222\n", 3),
    ],
)
def test_people_counts_distinct_persons_over_all_kinds(text: str, count: int) -> None:
    findings = found("personal-data", mail(text))
    assert {one.values["people"] for one in findings} == {count}


def test_nothing_is_nobody() -> None:
    assert people([]) == 0
    assert people([Seen("body", 1, "phone", "1"), Seen("other", 1, "phone", "1")]) == 1
