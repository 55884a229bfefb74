"""The province-level units of China as a grid of tiles: rough positions, no outline and no border."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.vocabulary import Place, Vocabulary

COLUMNS = 7
_GRID = """
.  .  .  .  .  .  HL
.  .  .  NM .  .  JL
XJ GS NX SX BJ TJ LN
.  QH SN HA HE SD .
XZ SC CQ HB AH JS SH
.  YN GZ HN JX ZJ .
.  .  GX GD FJ TW .
.  .  HI MO HK .  .
"""
"""ISO 3166-2:CN letters by row and column."""
_CODES = {
    "BJ": "110000", "TJ": "120000", "HE": "130000", "SX": "140000", "NM": "150000", "LN": "210000",
    "JL": "220000", "HL": "230000", "SH": "310000", "JS": "320000", "ZJ": "330000", "AH": "340000",
    "FJ": "350000", "JX": "360000", "SD": "370000", "HA": "410000", "HB": "420000", "HN": "430000",
    "GD": "440000", "GX": "450000", "HI": "460000", "CQ": "500000", "SC": "510000", "GZ": "520000",
    "YN": "530000", "XZ": "540000", "SN": "610000", "GS": "620000", "QH": "630000", "NX": "640000",
    "XJ": "650000", "TW": "710000", "HK": "810000", "MO": "820000",
}  # fmt: skip
"""GB/T 2260 by ISO letters."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One unit: where it stands, what it is called, how many records it has and how deep its colour is."""

    place: Place
    letters: str
    row: int
    column: int
    count: int
    shade: int

    @property
    def short(self) -> str:
        """内蒙古 of 内蒙古自治区."""
        return self.place.short.zh[0] if self.place.short.zh else self.place.name.zh


def tiles(vocabulary: Vocabulary, counts: Mapping[str, int]) -> list[Tile]:
    """All province-level units, row by row. `shade` is 0 for none and 1 to 4 by number."""
    by_code = {place.code: place for place in vocabulary.provinces if place.code}
    most = max((counts.get(place.name.zh, 0) for place in by_code.values()), default=0)
    made = []
    for row, line in enumerate(_GRID.split("\n")[1:-1], 1):
        for column, letters in enumerate(line.split(), 1):
            if letters != ".":
                place = by_code[_CODES[letters]]
                count = counts.get(place.name.zh, 0)
                made.append(Tile(place, letters, row, column, count, _shade(count, most)))
    return made


def _shade(count: int, most: int) -> int:
    """By magnitude: one unit has most of everything, and the others should still differ."""
    if count == 0:
        return 0
    return 1 + sum(1 for share in (0.25, 0.5, 0.8) if count > 1 and count >= math.pow(most, share))


def elsewhere(vocabulary: Vocabulary, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Places that are no province-level unit, with their numbers: 全国, wider areas, other countries."""
    provinces = {place.name.zh for place in vocabulary.provinces if place.code}
    return [(name, count) for name, count in _by_number(counts) if name not in provinces and count]


def _by_number(counts: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
