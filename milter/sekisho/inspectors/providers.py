"""Mail providers for consumers: the domains that are really theirs.

Regional variants stand here too, so that ``yahoo.co.jp`` is no mistyped ``yahoo.com``.
"""

from __future__ import annotations

_WORLD = """
gmail.com googlemail.com yahoo.com ymail.com rocketmail.com myyahoo.com outlook.com hotmail.com live.com msn.com
passport.com icloud.com me.com mac.com aol.com aim.com proton.me protonmail.com protonmail.ch pm.me mail.com email.com
gmx.com gmx.net gmx.de gmx.at gmx.ch zoho.com zohomail.com fastmail.com fastmail.fm hushmail.com tutanota.com tuta.io
tutamail.com hey.com inbox.com yandex.com yandex.ru ya.ru mail.ru bk.ru list.ru inbox.ru rambler.ru web.de freenet.de
t-online.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it alice.it comcast.net
verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net rogers.com shaw.ca sympatico.ca
btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net bigpond.com optusnet.com.au uol.com.br bol.com.br
terra.com.br naver.com hanmail.net daum.net nate.com rediffmail.com yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca
yahoo.in yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.ne.jp ybb.ne.jp yahoo.com.br yahoo.com.cn yahoo.cn yahoo.com.hk
yahoo.com.tw yahoo.com.sg yahoo.com.au yahoo.com.mx yahoo.co.kr yahoo.co.id yahoo.com.vn hotmail.co.jp hotmail.co.uk
hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.com.tw hotmail.ca hotmail.jp outlook.jp outlook.fr outlook.de
outlook.es outlook.it outlook.com.br outlook.in outlook.kr outlook.sg live.jp live.cn live.co.uk live.fr live.de
live.ca
"""
_JAPAN = """
docomo.ne.jp mopera.net ezweb.ne.jp au.com softbank.ne.jp softbank.jp i.softbank.jp vodafone.ne.jp disney.ne.jp
ymobile.ne.jp ymobile1.ne.jp willcom.com wcm.ne.jp pdx.ne.jp emobile.ne.jp rakuten.jp uqmobile.jp nifty.com
nifty.ne.jp biglobe.ne.jp ocn.ne.jp so-net.ne.jp so-net.jp plala.or.jp dion.ne.jp goo.jp mail.goo.ne.jp goo.ne.jp
excite.co.jp infoseek.jp auone.jp asahi-net.or.jp hi-ho.ne.jp jcom.home.ne.jp jcom.zaq.ne.jp zaq.ne.jp eonet.ne.jp
odn.ne.jp wakwak.com dti.ne.jp tiki.ne.jp
"""
_CHINA = """
qq.com foxmail.com 163.com 126.com yeah.net vip.163.com 188.com sina.com sina.cn vip.sina.com sohu.com 139.com 189.cn
wo.cn aliyun.com 21cn.com tom.com hinet.net seed.net.tw pchome.com.tw
"""
FREE_MAIL = frozenset(f"{_WORLD} {_JAPAN} {_CHINA}".split())
"""Domains whose addresses belong to private persons."""

_HAND_WRITTEN = """
gmail.com yahoo.com yahoo.co.jp hotmail.com outlook.com outlook.jp icloud.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
softbank.jp i.softbank.jp ymobile.ne.jp nifty.com biglobe.ne.jp ocn.ne.jp googlemail.com hotmail.co.jp protonmail.com
foxmail.com
"""
OFTEN_MISTYPED = frozenset(_HAND_WRITTEN.split())
"""Those that people write by hand, and so wrongly."""

_OTHERS = "cloud.com mail.com email.com gmx.com ymail.com fmail.com hotmail.net google.com outlook.cn icloud.cn"
NEIGHBOURS = frozenset(_OTHERS.split())
"""Real domains that only happen to resemble one of them."""

ONE_SUFFIX = frozenset(["gmail", "googlemail", "icloud", "docomo", "ezweb"])
"""Names of providers that have mail below one suffix only."""
NOT_JAPANESE = frozenset(["yahoo", "hotmail", "outlook", "live", "msn", "aol"])
"""Those whose every domain of mail in Japan stands above."""
_WITHIN = """
ocn.ne.jp nifty.com biglobe.ne.jp so-net.ne.jp plala.or.jp dion.ne.jp zaq.ne.jp jcom.home.ne.jp eonet.ne.jp odn.ne.jp
dti.ne.jp tiki.ne.jp asahi-net.or.jp hi-ho.ne.jp infoweb.ne.jp mesh.ne.jp ybb.ne.jp cty-net.ne.jp wakwak.com
pikara.ne.jp ztv.ne.jp catvy.ne.jp softbank.ne.jp hinet.net
"""
FREE_MAIL_WITHIN = frozenset(_WITHIN.split())
"""Providers whose customers have addresses in sub-domains: ``peach.ocn.ne.jp``."""
