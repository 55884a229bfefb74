"""The numbers that Word writes before paragraphs, which stand nowhere in their text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from corpus.documents.packages import child, children, value

_DIGITS = "〇一二三四五六七八九"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTED = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographTraditional", "chineseLegalSimplified", "koreanCounting",
}  # fmt: skip
_LEGAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_SUFFIX = {"tab": " ", "space": " ", "nothing": ""}


@dataclass
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    suffix: str = " "
    restart: int | None = None
    legal: bool = False


@dataclass
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    style_link: str | None = None


class Numbering:
    """Counts along while the paragraphs of a document are read in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._nums: dict[str, str] = {}
        self._overrides: dict[str, dict[int, int]] = {}
        self._used: set[str] = set()
        self.unknown = 0
        """Numbered paragraphs whose number could not be told."""
        if root is None:
            return
        for abstract in children(root, "abstractNum"):
            one = _List({int(value(lvl, "ilvl") or 0): _level(lvl) for lvl in children(abstract, "lvl")})
            one.style_link = value(child(abstract, "numStyleLink"))
            self._lists[value(abstract, "abstractNumId") or ""] = one
        styled = {
            style: value(abstract, "abstractNumId") or ""
            for abstract in children(root, "abstractNum")
            if (style := value(child(abstract, "styleLink")))
        }
        for num in children(root, "num"):
            num_id, abstract_id = value(num, "numId") or "", value(child(num, "abstractNumId")) or ""
            linked = self._lists.get(abstract_id)
            if linked and linked.style_link in styled:
                abstract_id = styled[linked.style_link]
            self._nums[num_id] = abstract_id
            for override in children(num, "lvlOverride"):
                start = value(child(override, "startOverride"))
                if start and start.lstrip("-").isdigit():
                    self._overrides.setdefault(num_id, {})[int(value(override, "ilvl") or 0)] = int(start)

    def label(self, num_id: str, level: int) -> str:
        """What Word would show before the next paragraph of this list and level, with the blank after it."""
        if num_id == "0":
            return ""
        one = self._lists.get(self._nums.get(num_id, ""))
        form = one.levels.get(level) if one else None
        if one is None or form is None:
            self.unknown += 1
            return ""
        if num_id not in self._used:
            self._used.add(num_id)
            for at, start in self._overrides.get(num_id, {}).items():
                one.counts[at] = start - 1
        one.counts[level] = one.counts.get(level, form.start - 1) + 1
        for deeper in [at for at in one.counts if at > level]:
            restart = one.levels[deeper].restart if deeper in one.levels else None
            if restart is None or level < restart:
                del one.counts[deeper]
        if form.form == "bullet":
            return ""
        shown = re.sub(r"%(\d)", lambda found: self._number(one, int(found[1]) - 1, form), form.text)
        return shown + form.suffix if shown.strip() else ""

    @staticmethod
    def _number(one: _List, at: int, shown_in: _Level) -> str:
        level = one.levels.get(at, _Level())
        number = one.counts.get(at, level.start)
        return numeral(number, "decimal" if shown_in.legal else level.form)


def _level(element: etree._Element) -> _Level:
    start = value(child(element, "start")) or "1"
    restart = value(child(element, "lvlRestart"))
    legal = child(element, "isLgl")
    return _Level(
        start=int(start) if start.lstrip("-").isdigit() else 1,
        form=value(child(element, "numFmt"))
        or value(child(element, "AlternateContent", "Choice", "numFmt"))
        or "decimal",
        text=value(child(element, "lvlText")) or "",
        suffix=_SUFFIX.get(value(child(element, "suff")) or "tab", " "),
        restart=int(restart) if restart and restart.isdigit() else None,
        legal=legal is not None and value(legal) not in ("0", "false"),
    )


def numeral(number: int, form: str) -> str:
    """A number in one of the forms of ECMA-376 17.18.59; in digits where the form is a rare one."""
    if form == "none":
        return ""
    if form in _COUNTED and 0 <= number < 10_000:
        text = counted(number)
        return text.translate(_LEGAL) if form == "chineseLegalSimplified" else text
    if form in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital", "koreanDigital"):
        return "".join(_DIGITS[int(digit)] for digit in str(number) if digit.isdigit())
    if form in ("lowerLetter", "upperLetter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        text = ""
        for amount, sign in _ROMAN:
            text += sign * (number // amount)
            number %= amount
        return text if form == "lowerRoman" else text.upper()
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(ord("０") + int(digit)) for digit in str(number) if digit.isdigit())
    if form == "decimalZero":
        return f"{number:02}"
    return str(number)


def counted(number: int) -> str:
    """一, 十, 十二, 二十, 一百零五."""
    if number == 0:
        return "〇"
    text, skipped = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if skipped and text else "") + _DIGITS[digit] + sign
            skipped = False
        else:
            skipped = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text
