"""Common surnames in their scripts: what a Japanese or Chinese name looks like in a Latin address or display name.

Only names that stand here can be compared across scripts; for any other nobody can tell, and nothing is said.
"""

from __future__ import annotations

_JAPANESE = """
佐藤 sato satou satoh|鈴木 suzuki|高橋 takahashi|田中 tanaka|伊藤 ito itou itoh|渡辺 渡邊 渡邉 watanabe|山本 yamamoto
中村 nakamura|小林 kobayashi|加藤 kato katou katoh|吉田 yoshida|山田 yamada|佐々木 sasaki|山口 yamaguchi
松本 matsumoto|井上 inoue|木村 kimura|林 hayashi|斎藤 斉藤 齋藤 齊藤 saito saitou saitoh|清水 shimizu
山崎 yamazaki yamasaki|阿部 安部 安倍 abe|森 mori|池田 ikeda|橋本 hashimoto|石川 ishikawa|山下 yamashita|小川 ogawa
石井 ishii|長谷川 hasegawa|後藤 goto gotou gotoh|岡田 okada|近藤 kondo kondou kondoh|前田 maeda|藤田 fujita
遠藤 endo endou endoh|青木 aoki|坂本 sakamoto|村上 murakami|太田 大田 ota oota ohta|金子 kaneko|藤井 fujii|福田 fukuda
西村 nishimura|三浦 miura|竹内 武内 takeuchi|中川 nakagawa|岡本 okamoto|松田 matsuda|原田 harada|中野 nakano|小野 ono
田村 tamura|藤原 fujiwara fujihara|中山 nakayama|石田 ishida|小島 kojima|和田 wada|森田 morita|内田 uchida
柴田 shibata|酒井 坂井 sakai|原 hara|高木 takagi|横山 yokoyama|安藤 ando andou andoh|宮崎 miyazaki|上田 ueda
島田 shimada|工藤 kudo kudou kudoh|大野 ono oono ohno|宮本 miyamoto|杉山 sugiyama|今井 imai|丸山 maruyama|増田 masuda
高田 takada|平野 hirano|大塚 otsuka ohtsuka ootsuka|菊地 菊池 kikuchi|千葉 chiba|村田 murata|武田 takeda|新井 arai
野口 noguchi|桜井 櫻井 sakurai|小山 koyama oyama|古川 furukawa|久保 kubo|岩崎 iwasaki|佐野 sano|松尾 matsuo
野村 nomura|木下 kinoshita|菅原 sugawara|服部 hattori|水野 mizuno|市川 ichikawa|小松 komatsu|島 shima|星野 hoshino
川口 kawaguchi|川崎 kawasaki|本田 本多 honda|吉川 yoshikawa|望月 mochizuki|松井 matsui|田口 taguchi|辻 tsuji
高野 takano|浜田 濱田 hamada|中島 nakajima nakashima|大西 onishi oonishi ohnishi|永井 nagai
河野 kono kouno kohno kawano|片山 katayama|西田 nishida|堀 hori|関 seki
"""
_CHINESE = """
王 wang wong|李 li lee|张 張 zhang chang cheung|刘 劉 liu lau|陈 陳 chen chan|杨 楊 yang yeung|黄 黃 huang wong
赵 趙 zhao chiu|吴 吳 wu ng|周 zhou chow chou|徐 xu hsu tsui|孙 孫 sun|马 馬 ma|朱 zhu chu|胡 hu wu|郭 guo kuo kwok
何 he ho|高 gao kao|罗 羅 luo lo law|郑 鄭 zheng cheng|梁 liang leung|谢 謝 xie hsieh tse|宋 song sung|唐 tang tong
许 許 xu hsu hui|邓 鄧 deng teng tang|韩 韓 han hon|冯 馮 feng fung|曹 cao tsao|彭 peng pang|曾 zeng tseng tsang
肖 萧 蕭 xiao hsiao siu|田 tian tien|董 dong tung|潘 pan poon|袁 yuan yuen|蔡 cai tsai choi|蒋 蔣 jiang chiang
余 yu yee|于 yu|杜 du tu to|叶 葉 ye yeh yip|程 cheng ching|魏 wei ngai|苏 蘇 su so|吕 呂 lu lv lui|丁 ding ting
任 ren jen yam|卢 盧 lu lo|姚 yao yiu|沈 shen sum|钟 鍾 zhong chung|姜 jiang|崔 cui tsui|谭 譚 tan tam|陆 陸 lu luk
范 fan|汪 wang|廖 liao liu|石 shi shek|贾 賈 jia ka
"""


def _table(text: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for entry in text.replace("\n", "|").split("|"):
        names = entry.split()
        latin = frozenset(name for name in names if name.isascii())
        table |= {name: latin for name in names if not name.isascii()}
    return table


JAPANESE = _table(_JAPANESE)
"""Surname to its Latin spellings."""
CHINESE = _table(_CHINESE)
LATIN = frozenset().union(*JAPANESE.values(), *(names for names in CHINESE.values()))
"""Every Latin spelling."""

VARIANTS = str.maketrans(
    "髙﨑嵜澤濱濵櫻廣國嶋嶌冨邊邉眞齋齊斉淵圓壽條龍瀧竜惠榮德増",
    "高崎崎沢浜浜桜広国島島富辺辺真斎斎斎渕円寿条竜滝竜恵栄徳増",
)
"""Older and newer forms of the letters of names."""

_NICKNAMES = """
robert bob rob bobby|william bill will billy|richard rick dick rich|james jim jimmy|john jack johnny jon
michael mike mick|david dave|thomas tom tommy|joseph joe joey|charles charlie chuck|christopher chris|daniel dan danny
matthew matt|anthony tony|edward ed eddie ted|steven stephen steve|andrew andy drew|kenneth ken kenny|joshua josh
benjamin ben|samuel sam|alexander alex|nicholas nick|jonathan jon|timothy tim|gregory greg|jeffrey jeff|ronald ron
donald don|peter pete|philip phil|frederick fred|lawrence larry|raymond ray|patrick pat|elizabeth liz beth betty
jennifer jen jenny|katherine catherine kate kathy katie cathy|margaret maggie meg peggy|susan sue suzie
patricia pat tricia|deborah deb debbie|rebecca becky|victoria vicky|jessica jess|christine christina chris tina
kimberly kim|amanda mandy|alexandra alex|samantha sam|abigail abby|natalie nat|stephanie steph|judith judy|pamela pam
theresa teresa terry|barbara barb
"""


def nicknames(name: str) -> frozenset[str]:
    """The name and what its bearers are called, in lower case."""
    return _CALLED.get(name, frozenset((name,)))


def _called() -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for entry in _NICKNAMES.replace("\n", "|").split("|"):
        group = frozenset(entry.split())
        for name in group:
            table[name] = table.get(name, frozenset()) | group
    return table


_CALLED = _called()
