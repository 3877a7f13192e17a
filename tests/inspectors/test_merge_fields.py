"""unrendered-merge-field: every mailer's syntax, and what only resembles it."""

from __future__ import annotations

import pytest

from tests.support.mail import found, mail

PLACEHOLDERS = [
    ("{{name}} 様", "handlebars"),
    ("Dear {{ contact.first_name }},", "handlebars"),
    ("Dear {{{FirstName}}},", "handlebars"),
    ("Code {{cf.coupon}}", "handlebars"),
    ("{{会社名}} 御中", "handlebars"),
    ("{{name|default:'friend'}} hello", "handlebars"),
    ("Hi *|FNAME|*,", "mailchimp"),
    ("*|MC:SUBJECT|*", "mailchimp"),
    ("Dear %%NAME%%,", "percent"),
    ("Dear %%First Name%%,", "percent"),
    ("Dear %name%,", "percent"),
    ("Dear %FIRST_NAME%,", "percent"),
    ("Dear %recipient.first%,", "percent"),
    ("Dear [[name]],", "brackets"),
    ("Dear [FIRST_NAME],", "brackets"),
    ("Dear [First Name],", "brackets"),
    ("[Name] 様", "brackets"),
    ("Dear ${name},", "dollar"),
    ("${user.firstName} 様", "dollar"),
    ("Dear <<name>>,", "angles"),
    ("<<会社名>> 御中", "angles"),
    ("Dear <<First_Name>>,", "angles"),
    ("Dear «First_Name»,", "angles"),
    ("«会社名» 御中", "angles"),
    ("Dear {first_name},", "braces"),
    ("{氏名} 様", "braces"),
    ("Dear __FIRST_NAME__,", "underscores"),
    ("__name__ 様", "underscores"),
    ("Dear -name-,", "dashes"),
    ("〇〇様", "round"),
    ("○○ 様", "round"),
    ("株式会社〇〇 御中", "round"),
    ("◯◯株式会社", "round"),
    ("●●様", "round"),
    ("XX様", "round"),
    ("ＸＸ様", "round"),
    ("△△部長", "round"),
    ("＊＊様", "round"),
    ("____ 様", "round"),
    ("××先生，您好", "round"),
    ("尊敬的XXX", "round"),
    ("尊敬的某某：", "round"),
    ("Dear Mr. XXX,", "round"),
    ("【会社名】御中", "label"),
    ("【氏名】様", "label"),
    ("（お名前）様", "label"),
    ("この度は【商品名】をご購入いただき", "label"),
    ("尊敬的【姓名】", "label"),
    ("Dear {!Contact.FirstName},", "handlebars"),
    ("Dear [Insert Name],", "brackets"),
    ("Dear FIRSTNAME,", "greeting"),
    ("Hi CUSTOMER NAME,", "greeting"),
    ("Hello $SUBSCRIBER.FIRSTNAME", "dollar"),
    ("Dear {!Contact:First Name;},", "handlebars"),
    ("{ MERGEFIELD 氏名 } 様", "handlebars"),
    ("Please let us know, {{name}}, or return the form from the class", "handlebars"),
    ("Hi {{name}}, see <https://shop.example.com/a>", "handlebars"),
    ("{{lead.First Name:default=Friend}}, hello", "handlebars"),
    ("Hi {{ personalization_token('contact.firstname', 'there') }},", "handlebars"),
    ("{% if first_name %}", "handlebars"),
    ("Hi {!firstname_fix},", "handlebars"),
    ("Hi %%=v(@firstName)=%%,", "percent"),
    ("Hello <%= recipient.firstName %>,", "percent"),
    ("Hello [%name%],", "percent"),
    ("%val:usr:name% 様", "percent"),
    ("Hi [contact_attribute:firstname],", "brackets"),
    ("Hi [subscriber:firstname | default:reader],", "brackets"),
    ("Hi [firstname,fallback=friend],", "brackets"),
    ('Hi [[data:firstname:"there"]],', "brackets"),
    ("Dear [Client's Name],", "brackets"),
    ("Dear $[FNAME|Customer]$,", "brackets"),
    ("$$氏名$$ 様", "dollar"),
    ("Hello $FIRST_NAME$,", "dollar"),
    ("Dear ${Contacts.First Name},", "dollar"),
    ("Proposal for <Company Name>", "angles"),
    ("<お名前> 様", "angles"),
    ("Hello #recipient:name#", "hashes"),
    ("Hi ~Contact.FirstName~,", "signs"),
    ("!!name!! 様", "signs"),
    ("Dear <guest>,", "greeting"),
    ("〇〇円のお支払い", "round"),
    ("null様", "empty"),
    ("Dear undefined,", "empty"),
    ("#N/A 様", "empty"),
    ("お名前 様", "empty"),
    ("Sehr geehrte(r) {{nachname}},", "handlebars"),
    ("【〇月〇日開催】説明会", "round"),
    ("##お名前## 様", "hashes"),
    ("様", "empty"),
    ("Dear ,", "empty"),
]


@pytest.mark.parametrize(("text", "kind"), PLACEHOLDERS)
def test_a_placeholder_is_found_in_text_and_subject(text: str, kind: str) -> None:
    findings = found("unrendered-merge-field", mail(f"{text}\nいつもお世話になっております。\n"))
    assert [(finding.kind, finding.where) for finding in findings] == [(kind, "body:1")]
    if kind != "empty":
        findings = found("unrendered-merge-field", mail(subject=f"お知らせ {text}"))
        assert [(finding.kind, finding.where) for finding in findings] == [(kind, "header:Subject")]


def test_a_placeholder_in_the_authors_name_is_found() -> None:
    findings = found("unrendered-merge-field", mail(author='"{{company}} support" <info@example.co.jp>'))
    assert [(finding.kind, finding.where) for finding in findings] == [("handlebars", "header:From")]


def test_different_fields_of_a_place_are_counted_once_each() -> None:
    (finding,) = found("unrendered-merge-field", mail("{{name}} 様\n{{company}}\n{{name}}\n"))
    assert finding.count == 2
    assert finding.values == {"field": "{{name}}", "fields": 2}


@pytest.mark.parametrize(
    "text",
    [
        "山田様",
        "テンプレートの {{name}} は差し込み変数です",
        "本文に「〇〇様」と入力してください",
        "宛名は〇〇様の形式で記載してください",
        "例：〇〇様",
        "Use `{{name}}` in the template",
        'Write "%%NAME%%" where the name goes',
        "The merge tag *|FNAME|* will be replaced",
        "password is stored in ${{ secrets.TOKEN }}",
        "export PATH=${HOME}/bin:$PATH",
        "cd %USERPROFILE% and %APPDATA%",
        "if __name__ == '__main__':",
        "def __init__(self):",
        "body { color: red; }",
        '{"name": "taro", "id": 3}',
        "console.log(`${name}`);",
        'const a = "${name}";',
        "<<見積書.docx>>",
        "<<report.pdf>>",
        "cat << EOF",
        "«Bonjour à tous»",
        "《重要》ご案内",
        "【氏名】山田太郎",
        "【会社名】株式会社サンプル",
        "【日時】1月5日 【場所】会議室",
        "[Name] Taro Yamada",
        "[Date]: 2026-01-05",
        "[EXTERNAL] Re: meeting",
        "[CONFIDENTIAL]",
        "[1] see note",
        "可否：〇",
        "出欠 ○ ○ ×",
        "二〇二六年一月",
        "100%達成、20%増",
        "5 -10- 15",
        "A -- B -- C",
        "XXL様式",
        "件名のみ様変わり",
        "お客様 各位",
        "** important **",
        "__bold__",
        "Dear all,",
        "Hello,",
        "Hi,",
        "[[links]] in the wiki work again",
        "use [A-Z]{2}[0-9]{4} for part numbers",
        "see [JIRA-4411]",
        "write <#if total gt 0>${total}</#if> there",
        "Hi, thanks.",
        "この〇〇様のような伏せ字は使わない",
        "請把{姓名}替換成客戶的名字",
        "Discount of 20% and 30% today",
        "{0} of {1}",
        "array[[1]] and list[[idx]] = 3;",
        "C:\\Users\\%USERNAME%\\Desktop",
        "style={{color: 'red'}}",
        "次の例のように書きます:\nDear {{name}},",
        "name: ${NAME}",
        "山田太郎\n様",
        "{name} is a named group of the regex",
        "申込書の【会社名】欄にご記入ください",
        "Hi <taro@partner.example>,",
        "SELECT name FROM users WHERE id = ${id}",
        "null と undefined の違い",
        "Dear None of us knows",
    ],
)
def test_what_only_resembles_a_placeholder_is_not(text: str) -> None:
    facts = mail(f"お世話になっております。\n\n{text}\n\n以上\n")
    assert [finding.evidence for finding in found("unrendered-merge-field", facts)] == []


def test_code_and_quoted_text_are_not() -> None:
    text = "了解です。\n\n> Dear {{name}},\n> 〇〇様\n"
    assert not found("unrendered-merge-field", mail(text))


def test_guidance_on_the_line_before_counts_only_if_it_announces_something() -> None:
    assert found("unrendered-merge-field", mail("下のフォームにご入力ください。\n{{氏名}} 様\n"))
    assert not found("unrendered-merge-field", mail("次の例のように書きます:\n{{氏名}} 様\n"))


def test_a_placeholder_may_be_ignored() -> None:
    assert not found("unrendered-merge-field", mail("{{unsubscribe}}"), ignore=["{{unsubscribe}}"])
