"""Characters that only look like the ones meant -> the ones meant.

Most PDF libraries give Kangxi radicals (U+2F00-2FD5) for Chinese characters of fonts whose glyphs are
shared. NFKC has no form for the CJK Radicals Supplement (U+2E80-2EF3), so those have a table of their
own, after EquivalentUnifiedIdeograph.txt of Unicode. Full-width punctuation is content and stays.
"""

from __future__ import annotations

import re
import unicodedata

_SUPPLEMENT = dict(
    pair
    for pair in zip(
        "⺁⺂⺃⺅⺆⺉⺊⺋⺎⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺦⺧⺨⺩⺬⺭⺯⺰⺱⺲⺹⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乛乚亻冂刂卜㔾兀巳幺彑彐忄㣺扌攵旡日月歺母民氵氺灬爫丬牛犭王示礻糹纟罓罒耂肉艹艹艹虎衤覀西见角讠贝车辶辶辶钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_FORMS = re.compile("[\u2e80-\u2fd5\uf900-\ufaff\ufb00-\ufb06]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u2060\ufeff\u0000-\u0008\u000e-\u001f\u007f-\u009f]")


def settled(text: str) -> str:
    """With radicals, compatibility ideographs and ligatures as plain characters, invisible ones gone."""
    plain = _FORMS.sub(
        lambda found: _SUPPLEMENT.get(found[0]) or unicodedata.normalize("NFKC", found[0]), text
    )
    return _INVISIBLE.sub("", plain)
