"""中文句子。The keys and placeholders are those of `sekisho.words.en`."""

from __future__ import annotations

PLACES = {
    "header": "{name} 邮件头",
    "line": "正文第 {line} 行",
    "part-line": "{name} 第 {line} 行",
    "body": "正文",
    "attachment": "附件 {name}",
    "message": "整封邮件",
    "envelope": "收件人",
}
KINDS = {
    "my-number": "日本个人编号",
    "corporate-number": "日本法人编号",
    "payment-card": "支付卡号",
    "phone": "电话号码",
    "email-address": "电子邮件地址",
    "bank-account": "银行账户",
    "postal-address": "住址",
    "executable": "可执行程序",
    "script": "脚本",
    "shortcut": "快捷方式",
    "macro": "带宏的文档",
    "disk-image": "磁盘映像",
    "direction-override": "用文字方向符隐藏扩展名的文件名",
    "double-extension": "双重扩展名的文件名",
    "hidden-end": "隐藏结尾的文件名",
    "pdf": "PDF",
    "zip": "ZIP 或 Office 文档",
    "ole": "旧版 Office 文档",
    "image": "图片",
    "media": "音频或视频",
    "text": "文本",
    "archive": "压缩文件",
    "office": "Office 文档",
    "7z": "7z",
    "rar": "RAR",
    "pgp": "PGP",
    "signed": "已签名",
    "encrypted": "已加密",
    "repeated-field": "只能出现一次的邮件头出现了多次",
    "ambiguous-address": "地址有两种读法",
    "person": "个人",
    "company": "公司",
}
FINDINGS = {
    "mass-visible-recipients": "{addresses} 个外部地址（{domains} 个单位）可以互相看到（{where}）",
    "mixed-external-domains": "{domains} 个单位的外部收件人可以互相看到：{names}（{where}）",
    "dictionary-word": "含有词表“{dictionary}”中的词：{where}“{evidence}”（共 {words} 个不同的词）",
    "confidential-marking": "带有保密标记：{where}“{evidence}”",
    "dangerous-attachment": "危险文件：{where}（{kind}）",
    "attachment-type-mismatch": "名称与内容不符：{where} 标为 {claimed}，内容是{kind}（{type}）",
    "uninspectable-attachment": "无法读取，因此未检查：{where}（{kind}）",
    "uninspectable-attachment/broken": "无法读取，因此未检查：{where} 已损坏或不完整",
    "uninspectable-attachment/partial": "无法读取，因此未检查：{where} 只是邮件的一部分",
    "uninspectable-attachment/external": "无法读取，因此未检查：{where} 的内容在别处",
    "encrypted-attachment": "已加密，因此未检查：{where}（{kind}）",
    "header-anomaly": "不同的邮件软件可能有不同的读法：{kind}（{where}）",
    "header-anomaly/repeated-field": "{field} 邮件头只能出现一次，却出现了 {fields} 次",
    "header-anomaly/ambiguous-address": "{where} 中的地址有两种读法",
    "protected-message": "整封邮件已签名或加密，无法修改",
    "protected-message/signed": "整封邮件已签名，修改会破坏签名",
    "protected-message/encrypted": "整封邮件已加密，无法检查",
    "large-message": "邮件大小为 {size}，标准为 {limit}",
    "unusual-time": "在不寻常的时间发送：{time}",
    "unusual-time/night": "在通常时段以外发送：{time}",
    "unusual-time/weekend": "在周末发送：{time}",
    "free-mail-recipient": "免费邮箱地址：{address}（共 {addresses} 个）",
    "lookalike-domain": "{address} 可能是 {like} 的误写",
    "lookalike-domain/homograph": "{address} 只是看起来像 {like}，其中有别的字符",
    "missing-attachment": "正文提到附件（{where}“{evidence}”），但没有附件",
    "unrendered-merge-field": "占位符没有替换：{where} 有 {fields} 处“{evidence}”",
    "personal-data": "{kind}：{where} 有 {count} 个（例如 {evidence}）",
    "addressee-mismatch": "称呼“{name}”（{where}）不在收件人之中",
    "addressee-mismatch/company": "称呼的公司“{name}”（{where}）没有对应的收件人",
}
UNKNOWN_FINDING = "{code}：{where} {values}"

REASONS = {
    "direction": ("邮件方向是 {test}", "邮件方向不是 {test}"),
    "client": ("客户端 {address} 符合“{test}”", "客户端 {address} 不符合“{test}”"),
    "sender": ("发送者 {address} 符合“{test}”", "发送者 {address} 不符合“{test}”"),
    "from": ("发件人 {addresses} 符合“{test}”", "发件人 {addresses} 不符合“{test}”"),
    "recipient": ("收件人符合“{test}”", "没有收件人符合“{test}”（{recipients}）"),
    "every-recipient": ("所有收件人都符合“{test}”", "有收件人不符合“{test}”（{others}）"),
    "no-recipient": ("没有收件人符合“{test}”", "有收件人符合“{test}”（{those}）"),
    "recipients": (
        "收件人有 {count} 个（{domains} 个单位），符合“{test}”",
        "收件人有 {count} 个（{domains} 个单位），不符合“{test}”",
    ),
    "visible-recipients": (
        "可见地址有 {count} 个（{domains} 个单位），符合“{test}”",
        "可见地址有 {count} 个（{domains} 个单位），不符合“{test}”",
    ),
    "header": ("邮件头符合“{test}”", "邮件头不符合“{test}”"),
    "subject": ("主题符合“{test}”", "主题不符合“{test}”"),
    "text": ("正文符合“{test}”（{where}）", "正文不符合“{test}”"),
    "attachment": ("{count} 个附件符合“{test}”（{names}）", "没有附件符合“{test}”"),
    "finding": ("发现 {finding} {count} 处（{where}）", "没有发现 {finding}"),
    "size": ("邮件大小 {size} 符合 {test}", "邮件大小 {size} 不符合 {test}"),
    "time": ("时间 {time} 符合“{test}”", "时间 {time} 不符合“{test}”"),
    "score": ("分数 {score} 符合 {test}", "分数 {score} 不符合 {test}"),
}
FINDING_TOO_WEAK = "{finding} 有 {count} 处，不符合“{test}”"
OUTSIDE = {
    "off": "规则已关闭",
    "spared": "对 {recipients}，另一规则已停止或豁免；另外：{parts}",
    "unanswered": "对 {recipients} 无法判断，按规则的 on-error（{on-error}）处理：{parts}",
}
"""What stands outside the condition itself."""
AWAY = "{source} 没有应答，无法判断（{why}）"
MATCHED = "符合，因为{because}"
NOT_MATCHED = "不符合，因为{because}"
UNDECIDED = "无法判断，因为{because}"
FOR = "{said}（对象 {matching}）"
UNKNOWN_REASON = "{code}：{values}"
AND = "；"
GROUP = "（{parts}）"
STOP = "。"
