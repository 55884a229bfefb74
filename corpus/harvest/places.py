"""Places: provinces by GB/T 2260 code or name, boxes in degrees."""

from __future__ import annotations

import re
from functools import cache

from corpus.details import Box
from corpus.loaders import load_vocabulary

_CODE = re.compile(r"^(?:CN-?)?(\d{2})(?:\d{4}|\d{10})?$")
_ALPHA = re.compile(r"^CN-([A-Z]{2})$", re.I)
_LETTERS = (  # ISO 3166-2:CN, since 2017 with letters
    "BJ11 TJ12 HE13 SX14 NM15 LN21 JL22 HL23 SH31 JS32 ZJ33 AH34 FJ35 JX36 SD37 HA41 HB42 HN43 GD44 GX45 HI46"
    " CQ50 SC51 GZ52 YN53 XZ54 SN61 GS62 QH63 NX64 XJ65 TW71 HK81 MO82"
)


def province_of(text: str) -> str | None:
    """The province's name as in vocabulary.yaml, for 110000, 110108, CN-BJ, 北京市海淀区, Jiangsu, China.

    Also countries and 全国, by their whole name. None for anything else, and where two provinces are named.
    """
    word = text.strip()
    codes, names, whole = _provinces()
    if found := _CODE.match(word):
        return codes.get(found[1])
    if found := _ALPHA.match(word):
        return next((codes.get(one[2:]) for one in _LETTERS.split() if one[:2] == found[1].upper()), None)
    if exact := whole.get(word.lower()):
        return exact
    within = {name for pattern, name in names if pattern.search(word)}
    return within.pop() if len(within) == 1 else None


def provinces_in(texts: list[str]) -> tuple[str, ...]:
    """Chinese provinces that the place names or codes are in, in order."""
    chinese = set(_provinces()[0].values())
    found = (province_of(text) for text in texts if len(text) <= 100)
    return tuple(dict.fromkeys(name for name in found if name in chinese))


@cache
def _provinces() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]], dict[str, str]]:
    """(two digits -> name, patterns of names within an address, whole names in lower case -> name)."""
    codes: dict[str, str] = {}
    names: list[tuple[re.Pattern[str], str]] = []
    whole: dict[str, str] = {}
    for place in load_vocabulary().provinces:
        written = [place.name.zh, place.name.en, *place.short.zh, *place.short.en]
        whole |= {name.lower(): place.name.zh for name in written}
        if place.kind != "province" or place.code is None:
            continue
        codes[place.code[:2]] = place.name.zh
        # 首都 and the like are no part of an address; nor is 吉林 in 吉林大学路 of another town, but rarely.
        chinese = [place.name.zh, *(name for name in place.short.zh if place.name.zh.startswith(name))]
        english = [place.name.en, *(name for name in place.short.en if " " in name)]
        pattern = "|".join([f"^{name}" for name in chinese] + [rf"\b{re.escape(name)}\b" for name in english])
        names.append((re.compile(pattern, re.I), place.name.zh))
    return codes, names, whole


def box_of(west: object, south: object, east: object, north: object) -> tuple[Box | None, str | None]:
    """(box, fault). The order of south and north is mended; degrees outside the globe are a fault."""
    try:
        w, s, e, n = (float(str(one).strip().rstrip("°")) for one in (west, south, east, north))
    except ValueError:
        return None, f"{(west, south, east, north)} are no degrees"
    if not (abs(s) <= 90 and abs(n) <= 90 and abs(w) <= 360 and abs(e) <= 360):
        return None, f"{w:g} {s:g} {e:g} {n:g} (west south east north) are not on the globe"
    if abs(w) > 180 or abs(e) > 180:  # 0…360 is the other custom
        w, e = ((one + 180) % 360 - 180 if one not in (180, -180) else one for one in (w, e))
    return Box(west=w, south=min(s, n), east=e, north=max(s, n)), None


_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
