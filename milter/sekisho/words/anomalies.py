"""What is said about each kind of ``header-anomaly``: a sentence in Japanese, English and Chinese.

Each says what stands there and what programs may make of it; ``{where}`` is the place in words.
"""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str, str]] = {
    "odd-field-name": (
        "ヘッダーの名前が不正です({where}「{evidence}」):無視するソフトと読むソフトがあります",
        "A header field has an odd name ({where}, {evidence}): some programs read it, some do not",
        "邮件头名称异常（{where}，{evidence}）：有的软件会读取，有的会忽略",
    ),
    "control-in-header": (
        "{where}に制御文字があります:そこで行が変わると読むソフトがあります",
        "Control characters stand in {where}: some programs begin another field there",
        "{where}中含有控制字符：有的软件会在此处另起一行",
    ),
    "blank-before-colon": (
        "{where}のヘッダー名の後に空白があります:ヘッダーと認めないソフトがあります",
        "A blank stands before the colon of a field of {where}: some programs see no field there",
        "{where}的邮件头名称后有空格：有的软件不认为它是邮件头",
    ),
    "junk-in-header": (
        "{where}のヘッダーにヘッダーでない行があります:そこから本文と読むソフトがあります",
        "A line in the header of {where} is no field: some programs begin the text there",
        "{where}的邮件头中混有其他行：有的软件会从此处开始当作正文",
    ),
    "header-without-end": (
        "{where}のヘッダーに終わりがありません:全体を本文と読むソフトがあります",
        "The header of {where} has no end: some programs take all of it for text",
        "{where}的邮件头没有结尾：有的软件会把全部内容当作正文",
    ),
    "header-too-long": (
        "{where}のヘッダーが長すぎるため、途中までしか調べていません",
        "The header of {where} is too long: only its beginning was checked",
        "{where}的邮件头过长，只检查了开头部分",
    ),
    "byte-order-mark": (
        "{where}のヘッダーの前にBOMがあります:最初のヘッダーを読めないソフトがあります",
        "A byte-order mark stands before the header of {where}: some programs miss the first field",
        "{where}的邮件头之前有 BOM：有的软件读不到第一个邮件头",
    ),
    "too-many-fields": (
        "{where}に同じヘッダーが多すぎるため、一部しか調べていません",
        "{where} repeats a field too often: only the first ones were checked",
        "{where}重复的邮件头过多，只检查了一部分",
    ),
    "too-many-parameters": (
        "{where}のパラメーターが多すぎるため、一部しか調べていません",
        "A field of {where} has too many parameters: only the first ones were checked",
        "{where}的参数过多，只检查了一部分",
    ),
    "duplicate-content-type": (
        "{where}にContent-Typeが複数あり、ソフトによって種類が変わります",
        "{where} has several content types: programs differ in what it is",
        "{where}有多个 Content-Type，不同软件会有不同的理解",
    ),
    "invalid-content-type": (
        "{where}のContent-Typeが不正で、ソフトによって種類が変わります",
        "The content type of {where} is invalid: programs differ in what it is",
        "{where}的 Content-Type 无效，不同软件会有不同的理解",
    ),
    "several-boundaries": (
        "{where}に区切りが複数宣言されており、ソフトによって中身が変わります",
        "{where} declares several part boundaries: programs see different parts",
        "{where}声明了多个分隔符，不同软件会看到不同的部分",
    ),
    "odd-boundary": (
        "{where}の区切りの書き方が不正で、添付ファイルが見えないソフトがあります",
        "The part boundary of {where} is written oddly: some programs see no files",
        "{where}的分隔符写法异常，有的软件看不到附件",
    ),
    "several-charsets": (
        "{where}に文字コードが複数宣言されており、ソフトによって文が変わります",
        "{where} declares several charsets: programs show different texts",
        "{where}声明了多个字符集，不同软件显示的文字会不同",
    ),
    "names-disagree": (
        "{where}のファイル名が食い違っており、ソフトによって種類が変わります",
        "The names of {where} disagree: programs save different kinds of file",
        "{where}的文件名不一致，不同软件会存成不同类型的文件",
    ),
    "duplicate-transfer-encoding": (
        "{where}に転送エンコードが複数あり、ソフトによって中身が変わります",
        "{where} has several transfer encodings: programs see different content",
        "{where}有多个传输编码，不同软件会看到不同的内容",
    ),
    "odd-transfer-encoding": (
        "{where}の転送エンコードの書き方が不正で、復元しないソフトがあります",
        "The transfer encoding of {where} is written oddly: some programs do not decode it",
        "{where}的传输编码写法异常，有的软件不会解码",
    ),
    "data-behind-padding": (
        "{where}の符号化データに終わりの後の続きがあり、読まないソフトがあります",
        "Data go on behind the end of the encoded data of {where}: some programs do not read them",
        "{where}的编码数据结尾之后还有数据，有的软件不会读取",
    ),
    "encoded-multipart": (
        "{where}のパートの集まりが符号化されており、中を見ないソフトがあります",
        "The set of parts {where} is encoded: some programs do not look inside",
        "{where}的多部分内容被编码，有的软件不会查看其中内容",
    ),
    "encoded-message": (
        "{where}の中のメールが符号化されており、中を見ないソフトがあります",
        "The message within {where} is encoded: some programs do not look inside",
        "{where}内含的邮件被编码，有的软件不会查看其中内容",
    ),
    "bare-cr": (
        "{where}に、一部のソフトだけが改行とみなす文字があります",
        "{where} has line ends that only some programs see",
        "{where}含有只有部分软件视为换行的字符",
    ),
    "boundary-prefix": (
        "{where}に、一部のソフトだけが区切りとみなす行があります",
        "{where} has a line that only some programs take for a part boundary",
        "{where}含有只有部分软件视为分隔的行",
    ),
    "parts-after-close": (
        "{where}の終わりの後にパートがあり、見えないソフトがあります",
        "Parts stand behind the declared end of {where}: some programs do not show them",
        "{where}结尾之后还有部分，有的软件不会显示",
    ),
    "preamble-text": (
        "{where}の最初のパートの前に文があり、見えないソフトがあります",
        "Text stands before the first part of {where}: most programs do not show it",
        "{where}的第一部分之前有文字，多数软件不会显示",
    ),
    "epilogue-text": (
        "{where}の最後のパートの後に文があり、見えないソフトがあります",
        "Text stands behind the last part of {where}: most programs do not show it",
        "{where}的最后一部分之后有文字，多数软件不会显示",
    ),
    "missing-close": (
        "{where}の最後のパートに終わりがなく、途中で切れている恐れがあります",
        "The last part of {where} has no end: the message may be cut short",
        "{where}的最后一部分没有结尾，邮件可能不完整",
    ),
    "no-parts": (
        "{where}にパートが宣言されているのに、一つもありません",
        "{where} declares parts and has none",
        "{where}声明了多个部分，却一个也没有",
    ),
    "message-partial": (
        "{where}は分割されたメールの一部で、全体は調べられません",
        "{where} is only a piece of a message: the whole cannot be checked",
        "{where}只是邮件的一部分，无法检查全部内容",
    ),
    "message-external-body": (
        "{where}の中身は外部にあり、調べられません",
        "The content of {where} lies elsewhere and cannot be checked",
        "{where}的内容在别处，无法检查",
    ),
    "utf-7": (
        "{where}の文はUTF-7で、ソフトによって表示が変わります",
        "The text of {where} is in UTF-7: programs show it differently",
        "{where}的文字使用 UTF-7，不同软件显示不同",
    ),
    "file-in-text": (
        "{where}の本文にファイルが埋め込まれており、添付として見せるソフトがあります",
        "A file stands within the text of {where}: some programs show it as an attachment",
        "{where}的正文中嵌有文件，有的软件会显示为附件",
    ),
    "broken-tnef": (
        "{where}のwinmail.datが壊れており、中身を調べられません",
        "The winmail.dat of {where} is broken: its content cannot be checked",
        "{where}的 winmail.dat 已损坏，无法检查其内容",
    ),
    "too-deep": (
        "{where}より深い入れ子は調べていません",
        "What is nested more deeply than {where} was not checked",
        "比{where}更深的嵌套内容未检查",
    ),
    "too-many-parts": (
        "パートが多すぎるため、{where}から後は調べていません",
        "There are too many parts: from {where} on they were not checked",
        "部分过多，从{where}起未检查",
    ),
    "too-many-readings": (
        "二通りに読める箇所が多すぎるため、{where}から後は一通りしか調べていません",
        "Too many places can be read in two ways: from {where} on only one was checked",
        "有两种读法的地方过多，从{where}起只检查了一种",
    ),
}


WHOLE = "header:Content-Type"
"""Where the reader of structures puts what concerns the message as a whole."""


def findings(language: int) -> dict[str, str]:
    """The sentences of one language (0 Japanese, 1 English, 2 Chinese) by code and kind."""
    return {f"header-anomaly/{kind}": said[language] for kind, said in SENTENCES.items()}
