"""日本語の文。The keys and placeholders are those of `sekisho.words.en`."""

from __future__ import annotations

PLACES = {
    "header": "{name}ヘッダー",
    "line": "本文{line}行目",
    "part-line": "{name} {line}行目",
    "body": "本文",
    "attachment": "添付ファイル {name}",
    "message": "メール全体",
    "envelope": "宛先",
}
KINDS = {
    "my-number": "マイナンバー",
    "corporate-number": "法人番号",
    "payment-card": "クレジットカード番号",
    "phone": "電話番号",
    "email-address": "メールアドレス",
    "bank-account": "銀行口座",
    "postal-address": "住所",
    "executable": "実行ファイル",
    "script": "スクリプト",
    "shortcut": "ショートカット",
    "macro": "マクロ付き文書",
    "disk-image": "ディスクイメージ",
    "direction-override": "文字の向きを変えて拡張子を隠した名前",
    "double-extension": "二重拡張子の名前",
    "hidden-end": "末尾を隠した名前",
    "pdf": "PDF",
    "zip": "ZIPまたはOffice文書",
    "ole": "旧形式のOffice文書",
    "image": "画像",
    "media": "音声・動画",
    "text": "テキスト",
    "archive": "圧縮ファイル",
    "office": "Office文書",
    "7z": "7z",
    "rar": "RAR",
    "pgp": "PGP",
    "signed": "署名付き",
    "encrypted": "暗号化",
    "repeated-field": "一つしか許されないヘッダーが複数ある",
    "ambiguous-address": "宛先が二通りに読める",
    "person": "個人",
    "company": "会社",
}
FINDINGS = {
    "mass-visible-recipients": "社外のアドレス{addresses}件({domains}組織)が互いに見える状態です({where})",
    "mixed-external-domains": "{domains}組織の社外宛先が互いに見える状態です:{names}({where})",
    "dictionary-word": "辞書「{dictionary}」の語があります:{where}「{evidence}」(異なる語 {words}件)",
    "confidential-marking": "機密の表示があります:{where}「{evidence}」",
    "dangerous-attachment": "危険なファイルです:{where}({kind})",
    "attachment-type-mismatch": "名前と中身が違います:{where}は{claimed}とありますが、中身は{kind}です({type})",
    "uninspectable-attachment": "読めないため検査できませんでした:{where}({kind})",
    "uninspectable-attachment/broken": "読めないため検査できませんでした:{where}が壊れているか途中で切れています",
    "uninspectable-attachment/partial": "読めないため検査できませんでした:{where}は分割されたメールの一部です",
    "uninspectable-attachment/external": "読めないため検査できませんでした:{where}の中身は外部にあります",
    "encrypted-attachment": "暗号化されているため検査できませんでした:{where}({kind})",
    "header-anomaly": "メールソフトによって読み方が変わる恐れがあります:{kind}({where})",
    "header-anomaly/repeated-field": "一つしか許されない{field}ヘッダーが{fields}個あります",
    "header-anomaly/ambiguous-address": "{where}の宛先が二通りに読めます",
    "protected-message": "メール全体が署名または暗号化されているため、変更できません",
    "protected-message/signed": "メール全体に電子署名があり、変更すると署名が壊れます",
    "protected-message/encrypted": "メール全体が暗号化されているため検査できませんでした",
    "large-message": "メールの大きさが{size}あります(目安 {limit})",
    "unusual-time": "普段と違う時刻の送信です:{time}",
    "unusual-time/night": "通常の時間帯以外の送信です:{time}",
    "unusual-time/weekend": "休日の送信です:{time}",
    "free-mail-recipient": "フリーメールの宛先です:{address}(全{addresses}件)",
    "lookalike-domain": "{address} は {like} の打ち間違いの可能性があります",
    "lookalike-domain/homograph": "{address} は {like} に似せた別の文字の宛先です",
    "missing-attachment": "本文に添付とありますが、添付ファイルがありません({where}「{evidence}」)",
    "unrendered-merge-field": "差し込みが残っています:{where}に{fields}件「{evidence}」",
    "personal-data": "{kind}が{count}件あります:{where}(例 {evidence})",
    "addressee-mismatch": "宛名「{name}」が宛先にありません({where})",
    "addressee-mismatch/company": "宛名の会社「{name}」の宛先がありません({where})",
}
UNKNOWN_FINDING = "{code}:{where} {values}"

REASONS = {
    "direction": ("メールの向きが {test} である", "メールの向きが {test} でない"),
    "client": ("接続元 {address} が「{test}」に当たる", "接続元 {address} が「{test}」に当たらない"),
    "sender": ("送信者 {address} が「{test}」に当たる", "送信者 {address} が「{test}」に当たらない"),
    "from": ("差出人 {addresses} が「{test}」に当たる", "差出人 {addresses} が「{test}」に当たらない"),
    "recipient": ("宛先が「{test}」に当たる", "「{test}」に当たる宛先がない({recipients})"),
    "every-recipient": ("すべての宛先が「{test}」に当たる", "「{test}」に当たらない宛先がある({others})"),
    "no-recipient": ("「{test}」に当たる宛先がない", "「{test}」に当たる宛先がある({those})"),
    "recipients": (
        "宛先が{count}件({domains}組織)で「{test}」に当たる",
        "宛先が{count}件({domains}組織)で「{test}」に当たらない",
    ),
    "visible-recipients": (
        "見える宛先が{count}件({domains}組織)で「{test}」に当たる",
        "見える宛先が{count}件({domains}組織)で「{test}」に当たらない",
    ),
    "header": ("ヘッダーが「{test}」に当たる", "ヘッダーが「{test}」に当たらない"),
    "subject": ("件名が「{test}」に当たる", "件名が「{test}」に当たらない"),
    "text": ("本文が「{test}」に当たる({where})", "本文が「{test}」に当たらない"),
    "attachment": ("添付ファイル{count}件が「{test}」に当たる({names})", "「{test}」に当たる添付ファイルがない"),
    "finding": ("{finding} が{count}件見つかった({where})", "{finding} は見つからなかった"),
    "size": ("メールの大きさ {size} が {test} に当たる", "メールの大きさ {size} が {test} に当たらない"),
    "time": ("時刻 {time} が「{test}」に当たる", "時刻 {time} が「{test}」に当たらない"),
    "score": ("スコア {score} が {test} に当たる", "スコア {score} が {test} に当たらない"),
}
FINDING_TOO_WEAK = "{finding} は{count}件で「{test}」に当たらない"
OUTSIDE = {
    "off": "規則が無効になっている",
    "spared": "{recipients} については別の規則で除外または停止されている。なお {parts}",
    "unanswered": "{recipients} については判断できず、規則の on-error({on-error})に従う。{parts}",
}
"""What stands outside the condition itself."""
AWAY = "{source} が応答せず判断できない({why})"
MATCHED = "該当:{because}"
NOT_MATCHED = "該当せず:{because}"
UNDECIDED = "判断できず:{because}"
FOR = "{said}(対象 {matching})"
UNKNOWN_REASON = "{code}:{values}"
AND = "、かつ "
GROUP = "({parts})"
STOP = "。"
