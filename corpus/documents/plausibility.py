"""Whether the characters of a page can be what somebody wrote.

A font without a usable map from glyphs to characters gives private-use characters, controls, or other
characters at random. What is left of a page then looks like text to a program and must not be searched.
"""

from __future__ import annotations

import re
import unicodedata

_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如"
    "水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第"
    "向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期"
    "根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白"
    "教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须"
    "际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂"
    "京识适属圆包火住调满县局照参红细引听该铁价严违申请附章款项罚责印批审登监督"
    "國這個們來時為說會對學發產經過動體點從業無關當線數實現開應義與質條變結問題統將論運農記處權認車證轉決設計際總長門見東"
)
"""The characters that make up some three quarters of modern Chinese, with words of rule books."""

CJK_FLOOR = 0.15
"""Least share of common characters among the Chinese of a page; rule books have 0.5 and more, a mixed-up
font less than 0.08."""
LATIN_FLOOR = 0.5
"""Least share of a-z among Latin letters; Vietnamese has some 0.75."""
WORDS_FLOOR = 0.45
"""Least share of letters and digits among what is visible."""
STRANGE_CEILING = 0.05
"""Largest share of characters without a meaning: private use, controls, U+FFFD, unassigned."""
FEWEST = 40
"""Characters below which nothing is judged."""

_CJK = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u00ff\u0100-\u024f\u1e00-\u1eff]")
_KANA_HANGUL = re.compile("[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7a3]")
_MOJIBAKE = re.compile(
    "[\u00c2-\u00c3\u00e2-\u00ef][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]|锟斤拷|烫烫烫|屯屯屯"
)
_FILLERS = re.compile(r"(.)\1{3,}")


def fault(text: str) -> str | None:
    """Why this cannot be the text of a page, in words for the operator; None when it can be."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) >= FEWEST and sum(len(line.strip()) <= 2 for line in lines) > 0.8 * len(lines):
        return "garbled: its lines hold one character each, so its columns were not put together"
    visible = _FILLERS.sub(r"\1", re.sub(r"\s+", "", text))
    count = len(visible)
    if count < FEWEST:
        strange = sum(map(_strange, visible))
        return f"{strange} of {count} characters have no meaning" if strange > count // 2 else None
    strange = sum(map(_strange, visible))
    if strange / count > STRANGE_CEILING:
        return f"garbled: {strange} of {count} characters have no meaning (no usable map of the font)"
    broken = len(_MOJIBAKE.findall(visible))
    if broken * 2 / count > STRANGE_CEILING:
        return "garbled: it was decoded with a wrong encoding"
    words = sum(map(_word, visible))
    if words / count < WORDS_FLOOR:
        return f"garbled: only {words} of {count} characters are letters or digits"
    latin = _LATIN.findall(visible)
    plain = sum(char.isascii() for char in latin)
    if len(latin) >= FEWEST and plain / len(latin) < LATIN_FLOOR:
        return f"garbled: only {plain} of {len(latin)} Latin letters are plain ones"
    chinese = _CJK.findall(visible)
    if len(chinese) >= FEWEST and not _KANA_HANGUL.search(visible):
        common = sum(char in _COMMON for char in chinese)
        if common / len(chinese) < CJK_FLOOR:
            return (
                f"garbled: only {common} of {len(chinese)} Chinese characters are common ones, "
                "so the font maps to others"
            )
    return None


def _strange(char: str) -> bool:
    return char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cs", "Cc")


def _word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM"
