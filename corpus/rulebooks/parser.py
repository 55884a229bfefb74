"""The bytes of a statute or regulation -> FullText, or the reasons why they are none."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.records import Part, VersionArticle
from corpus.rulebooks import marks
from corpus.rulebooks.dating import rank_of, read_facts
from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.lines import Line, Unreadable, read_lines
from corpus.rulebooks.records import FullText, Given

_TITLE = re.compile(
    r"^[^。；：！？]{2,80}(?:法|条例|办法|规定|细则|规则|准则|决定|意见|通知|标准|公约|指南|方案|章程|制度|规范|条约|议定书|解释|目录)"
    r"(?:\s*[（(][^（）()]{1,20}[）)])?$"
    r"|^[A-Z].{2,150}\b"
    r"(?:Law|Act|Regulations?|Measures|Rules|Provisions|Standard|Guidelines|Code|Decision)\b.{0,80}$"
)
_CHINESE = re.compile("[\u3400-\u9fff]")
_YEAR = r"(?:\d{4}|[一二三四五六七八九〇零○]{4})\s*年"
_DATED = re.compile(rf"^[-*\s]*{_YEAR}.*(?:通过|公布|发布|颁布|印发|修订|修正|批准|施行|实施)")
_CONTENTS = re.compile(r"^(?:目\s*录|contents|table of contents)$", re.I)
_PRIVATE = re.compile(r"[\ue000-\uf8ff]")
_CHAPTER = re.compile(r"^第\s*[一二三四五六七八九十百\d]+\s*[编章节条]")
_NOTICE = re.compile(
    r"^(?P<who>[^《》]{0,60}?)关于(?P<how>印发|发布|公布|颁布)《?[^》]+》?(?:[（(][^（）()]+[）)])?的(?:通知|公告|决定|令)$"
)
_SIGNED = re.compile(
    rf"^(?P<who>[\u4e00-\u9fff、\s]{{0,60}}?)\s*(?P<day>{_YEAR}\s*[\d一二三四五六七八九十]+\s*月"
    r"\s*[\d一二三四五六七八九十]+\s*日)$"
)
_POSTED = re.compile(
    r"^(?:(?:发布|发文|公布|成文|印发)(?:时间|日期)|日期)\s*[：:]\s*(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)"
)
_COMMENT = re.compile(r"^<!--.*-->$")
_HOLE = re.compile(r"^<!-- page (\d+) is not here: (.*) -->$")
_RECOGNISED = re.compile(r"^<!-- page (\d+) is recognised text -->$")
_WHOLE = re.compile(r"[。！？.!?][”’\"'）)》]*$")


@dataclass
class _Open:
    """An article whose end is not reached yet."""

    no: str
    anchor: str
    chapter: str | None
    label: Line
    lines: list[Line] = field(default_factory=list)


def parse(
    data: bytes, given: Given | None = None, *, origin: str = "text", skip: int = 0, where: str | None = None
) -> FullText:
    """A whole document, each article once and in order.

    `skip` lines belong to front matter. Complaints begin with `where`, or with file and line. Raises
    RulebookInvalid for what is no rule book and for one whose numbering has a gap or a repetition.
    """
    return _Reading(data, given or Given(), origin, skip, where).result()


class _Reading:
    def __init__(self, data: bytes, given: Given, origin: str, skip: int, where: str | None) -> None:
        self._data, self._given, self._origin = data, given, origin
        self._where = where or origin
        try:
            lines, self._encoding, self._paged = read_lines(data)
        except Unreadable as fault:
            raise RulebookInvalid([self._at(fault.line, str(fault))]) from fault
        lines = [one for one in lines if one.number > skip]
        self._lines = [one for one in lines if not _COMMENT.match(one.text)]
        self._recognised = [found[1] for one in lines if (found := _RECOGNISED.match(one.text))]
        self._holes = [(one.number, found) for one in lines if (found := _HOLE.match(one.text))]
        if not self._lines:
            raise RulebookInvalid([self._at(skip + 1, "holds no text")])
        self._faults: list[str] = []
        self._articles: list[_Open] = []
        self._cut: list[str] = []
        self._sections = False
        self._first = self._start()

    def _at(self, line: int, reason: str) -> str:
        return f"{self._where}, line {line}: {reason}."

    def _start(self) -> int:
        """Place of the first article among the lines; what stands before it is title, note, preamble."""
        for place, line in enumerate(self._lines):
            mark = marks.article(line.text)
            if mark and mark.sure:
                if (mark.number, mark.inserted) != (1, 0):
                    reason = f"the first article is {mark.no}; a whole document begins with the first one"
                    raise RulebookInvalid([self._at(line.number, reason)])
                return place
        for place, line in enumerate(self._lines):
            mark = marks.article(line.text)
            if mark and (mark.number, mark.inserted) == (1, 0):
                return place
        if (first := self._guide_start()) is not None:
            self._sections = True
            return first
        duns = [
            place
            for place, line in enumerate(self._lines)
            if (one := marks.item(line.text)) and one.kind == "dun" and one.number == 1
        ]
        if duns and any(
            (one := marks.item(line.text)) and one.kind == "dun" and one.number == 2
            for line in self._lines[duns[0] :]
        ):
            return duns[0]
        reason = (
            "no line begins with 第一条, 一、 or Article 1, and there are no two headings (#, 第一章): "
            "this is no statute, regulation or guide"
        )
        raise RulebookInvalid([self._at(self._lines[0].number, reason)])

    def _guide_start(self) -> int | None:
        """Place of the first heading of a guide; None where items 一、 二、 … carry the text on their own."""
        items = [one.number for line in self._lines if (one := marks.item(line.text)) and one.kind == "dun"]
        if len(items) > 1 and items == list(range(1, len(items) + 1)):
            return None
        places = [place for place, line in enumerate(self._lines) if marks.heading(line.text)]
        return places[0] if len(places) > 1 else None

    def result(self) -> FullText:
        title, note, preambles = self._front()
        if self._sections:
            self._guide(preambles)
        else:
            self._body(preambles)
        articles = [self._closed(one) for one in self._articles]
        if self._faults:
            raise RulebookInvalid(self._faults)
        closing = [one.text for one in articles if not one.anchor.startswith("annex")][-4:]
        given = self._given
        known = [*note, *given.history, *_announced(note)]
        facts = read_facts(known, closing, given.issued)
        if facts.issued is None and (posted := _posted(note)):
            facts = read_facts([*known, posted], closing, given.issued)
        warnings = self._doubts(given, facts.first)
        if given.issued and facts.first and given.issued < facts.first:
            facts = read_facts(known, closing, None)
        issuer = given.issuing_body or facts.issuing_body
        effective = given.effective or facts.effective
        chapters = dict.fromkeys(one.chapter for one in articles if one.chapter)
        return FullText(
            title=title,
            version=given.version or effective or facts.issued or "undated",
            issuing_body=issuer,
            doc_number=given.doc_number or facts.doc_number,
            rank=given.rank or rank_of(title, issuer),
            issued=facts.issued,
            effective=effective,
            note="\n".join(note) or None,
            chapters=tuple(chapters),
            articles=tuple(articles),
            encoding=self._encoding,
            sha256=hashlib.sha256(self._data).hexdigest(),
            origin=self._origin,
            missing_pages=tuple(int(found[1]) for _, found in self._holes),
            recognised_pages=tuple(map(int, self._recognised)),
            given=given,
            warnings=tuple(warnings),
        )

    def _doubts(self, given: Given, first: str | None) -> list[str]:
        doubts = [f"{self._where}, page {found[1]}: {found[2]}; it was left out." for _, found in self._holes]
        doubts += [f"{self._where}, {one}." for one in self._cut]
        if given.issued and first and given.issued < first:
            doubts.append(
                f"{self._where}: the day given, {given.issued}, is before the first event of its history, "
                f"{first}; the history was believed."
            )
        strange = [line.number for line in self._lines if _PRIVATE.search(line.text)]
        if strange:
            doubts.append(
                f"{self._where}, line {strange[0]}: holds characters without a meaning of their own "
                f"({len(strange)} lines); they are kept as they are, so compare with an official copy."
            )
        if given.effective and given.issued and given.effective < given.issued:
            doubts.append(
                f"{self._where}: effective {given.effective} is before issued {given.issued}; check both."
            )
        return doubts

    def _front(self) -> tuple[str, list[str], list[list[Line]]]:
        """(title, lines of its note, runs of preamble) from what stands before the first article."""
        front = self._lines[: self._first]
        at, title = self._title(front)
        note = [marks.markdown(line.text)[1] for line in front[: max(at, 0)]]
        runs: list[list[Line]] = [[]]
        depth, contents = 0, False
        for line in front[at + 1 :]:
            text = line.text
            if depth > 0 or (not runs[-1] and _is_note(text)):
                # A note in brackets may run over several lines.
                note.append(text)
                depth += len(re.findall("[（(]", text)) - len(re.findall("[）)]", text))
                depth = max(depth, 0)
            elif _CONTENTS.match(marks.markdown(text)[1].strip("*")):
                contents = True
            elif marks.heading(text):
                runs.append([])
            elif not contents or runs[-1]:
                runs[-1].append(line)
        return title, note, [run for run in runs if run]

    def _title(self, front: Sequence[Line]) -> tuple[int, str]:
        """(place of its line or -1, title): the given one, a Markdown title, or the last line like one."""
        bare = [marks.markdown(line.text) for line in front]
        named = [(place, text) for place, (depth, text) in enumerate(bare) if depth == 1 and text]
        like = [
            (place, line.text.strip("*《》").strip())
            for place, line in enumerate(front)
            if _TITLE.match(line.text.strip("*")) and not marks.heading(line.text) and not _is_note(line.text)
        ]
        own = named[0] if named else like[-1] if like else None
        if own and (_NOTICE.match(own[1]) or not _TITLE.match(own[1])):
            # The heading of an office, or a notice in front: what it announces has a title of its own.
            inner = [
                (place, text.strip("*《》").strip())
                for place, (_, text) in enumerate(bare)
                if place > own[0] and _TITLE.match(text.strip("*")) and not _CHAPTER.match(text)
            ]
            inner = [one for one in inner if not _NOTICE.match(one[1]) and not _is_note(one[1])]
            own = inner[-1] if inner else own
        if self._given.title:
            same = own is not None and _bare(own[1]) == _bare(self._given.title)
            return (own[0] if same and own else -1), self._given.title
        if own is None:
            if self._sections and front and len(front[0].text) <= 60:
                return 0, front[0].text
            reason = "no line before the first article is a title; put `title:` into front matter"
            raise RulebookInvalid([self._at(self._lines[0].number, reason)])
        # Spaces stand between words of letters; in a Chinese line they only set it wider.
        return own[0], re.sub(r"\s+", "" if _CHINESE.search(own[1]) else " ", own[1])

    def _preambles(self, preambles: list[list[Line]]) -> None:
        for number, run in enumerate(preambles, 1):
            name = "序言" if len(preambles) == 1 else f"序言{number}"
            if run[0].text.isascii():
                name = "Preamble" if len(preambles) == 1 else f"Preamble {number}"
            self._articles.append(_Open(name, f"preamble-{number}", None, run[0], list(run)))

    def _guide(self, preambles: list[list[Line]]) -> None:
        """A text under headings instead of articles: each heading with words of its own is a place."""
        self._preambles(preambles)
        levels: dict[int, str] = {}
        names: Counter[str] = Counter()
        holes, lost = deque(self._holes), False
        opened: _Open | None = None
        for line in self._lines[self._first :]:
            lost = self._interrupted(holes, line.number) or lost
            if heading := marks.heading(line.text):
                levels = {at: text for at, text in levels.items() if at < heading.level}
                names[heading.text] += 1
                again = f"（{names[heading.text]}）" if names[heading.text] > 1 else ""
                opened = _Open(heading.text + again, "", _chapter(levels), line)
                levels[heading.level] = heading.text
                lost = False
            elif opened is not None and not lost:
                if not opened.lines:
                    opened.anchor = (
                        f"section-{1 + sum(one.anchor.startswith('section') for one in self._articles)}"
                    )
                    self._articles.append(opened)
                opened.lines.append(line)

    def _interrupted(self, holes: deque[tuple[int, re.Match[str]]], number: int) -> bool:
        """Whether a page is missing before this line; an article that may go on there is taken back."""
        missing = False
        while holes and holes[0][0] < number:
            holes.popleft()
            missing = True
        last = self._articles[-1] if missing and self._articles else None
        if last and last.anchor.startswith(("art", "item")):
            if last.lines and _WHOLE.search(last.lines[-1].text):
                self._cut.append(f"{last.no}: a page is missing behind it; compare whether it goes on there")
            else:
                self._cut.append(f"{last.no}: goes on where a page is missing, so it was left out")
                self._articles.pop()
        return missing

    def _body(self, preambles: list[list[Line]]) -> None:
        self._preambles(preambles)
        holes, lost = deque(self._holes), False
        levels = self._levels_before()
        items = marks.article(self._lines[self._first].text) is None
        last, annexes, in_annex = (0, 0), 0, False
        seen: dict[tuple[int, int], int] = {}
        for line in self._lines[self._first :]:
            lost = self._interrupted(holes, line.number) or lost
            mark = None if items else marks.article(line.text)
            step = (mark.number, mark.inserted) if mark else (0, 0)
            follows = step == (last[0] + 1, 0) or step == (last[0], last[1] + 1) or (lost and step > last)
            if mark and (follows or (mark.sure and not in_annex)):
                if not follows:
                    self._faults.append(self._misnumbered(line, mark, last, seen))
                seen.setdefault(step, line.number)
                last, in_annex, lost = step, False, False
                anchor = f"art-{mark.number}" + (f"-{mark.inserted}" if mark.inserted else "")
                self._open(mark.no, anchor, _chapter(levels), line, mark.length)
                continue
            dun = marks.item(line.text) if items and not in_annex else None
            if dun and dun.kind == "dun":
                if dun.number != last[0] + 1 and not (lost and dun.number > last[0]):
                    reason = f"{dun.label} stands where item {last[0] + 1} should: a gap or a repetition"
                    self._faults.append(self._at(line.number, reason))
                last, lost = (dun.number, 0), False
                name = dun.label.rstrip("、")
                self._open(name, f"item-{dun.number}", _chapter(levels), line, len(dun.label))
                continue
            found = marks.annex(line.text)
            if found:
                annexes, in_annex, lost = annexes + 1, True, False
                same = sum(one.no == found[0] for one in self._articles)
                name = f"{found[0]}（{same + 1}）" if same else found[0]
                self._open(name, f"annex-{annexes}", None, line, found[1])
                continue
            heading = None if in_annex else marks.heading(line.text)
            if heading:
                levels = {at: text for at, text in levels.items() if at < heading.level}
                levels[heading.level] = heading.text
            elif not lost and self._articles:
                self._articles[-1].lines.append(line)
        self._interrupted(holes, len(self._data) + 2)

    def _levels_before(self) -> dict[int, str]:
        """Headings in force where the first article stands: the last of each level, from the top down."""
        levels: dict[int, str] = {}
        for line in self._lines[: self._first]:
            if heading := marks.heading(line.text):
                levels = {at: text for at, text in levels.items() if at < heading.level}
                levels[heading.level] = heading.text
        return levels

    def _open(self, no: str, anchor: str, chapter: str | None, line: Line, length: int) -> None:
        rest = line.cut(length, self._encoding)
        opened = _Open(no, anchor, chapter, line)
        if rest.text:
            opened.lines.append(rest)
        self._articles.append(opened)

    def _misnumbered(
        self, line: Line, mark: marks.ArticleMark, last: tuple[int, int], seen: dict[tuple[int, int], int]
    ) -> str:
        step = (mark.number, mark.inserted)
        if step in seen:
            return self._at(line.number, f"{mark.no} comes again; it stood in line {seen[step]} already")
        before = self._articles[-1].no
        return self._at(line.number, f"{mark.no} follows {before}; what should stand between is missing")

    def _closed(self, one: _Open) -> VersionArticle:
        if not one.lines:
            self._faults.append(self._at(one.label.number, f"{one.no} has no text"))
            one.lines.append(one.label)
        start, end = one.lines[0].start, one.lines[-1].end
        text = self._data[start:end].decode(self._encoding)
        return VersionArticle(
            no=one.no,
            anchor=one.anchor,
            chapter=one.chapter,
            text=text,
            parts=self._parts(one.lines, start, inside=one.anchor.startswith("item")),
            start=start,
            end=end,
            line=one.label.number,
            page=one.label.page if self._paged else None,
        )

    def _parts(self, lines: Sequence[Line], base: int, *, inside: bool) -> tuple[Part, ...]:
        """Paragraphs and items; a kind of label seen first within a list lies one level deeper."""
        parts: list[Part] = []
        taken: set[str] = set()
        paragraph = 0
        stack: list[tuple[marks.Kind, int]] = []
        for line in lines:
            mark = marks.item(line.text)
            if mark is None or (inside and mark.kind == "dun"):
                paragraph, stack = paragraph + 1, []
                id_ = f"p{paragraph}"
            else:
                kinds = [kind for kind, _ in stack]
                if mark.kind in kinds:
                    stack = stack[: kinds.index(mark.kind)]
                paragraph = max(paragraph, 1)
                stem = "".join(f".i{number}" for _, number in stack)
                number = mark.number
                while f"p{paragraph}{stem}.i{number}" in taken:
                    number += 1
                stack.append((mark.kind, number))
                id_ = f"p{paragraph}{stem}.i{number}"
            taken.add(id_)
            begin = len(self._data[base : line.start].decode(self._encoding))
            parts.append(
                Part(
                    id=id_, label=mark.label if mark else None, start=begin, end=begin + len(line.text),
                    line=line.number,
                )
            )  # fmt: skip
        return tuple(parts)


def _announced(note: Sequence[str]) -> list[str]:
    """What a notice in front tells by its title and the day at its end: `2024年3月5日玩具部印发`."""
    notices = [found for line in note if (found := _NOTICE.match(marks.markdown(line)[1]))]
    days = [found for line in note if (found := _SIGNED.match(line))]
    if not notices or not days:
        return []
    who = "、".join(re.split(r"[\s、]+", (notices[0]["who"] or days[-1]["who"]).strip()))
    who = re.sub(r"[\s、]+", "、", who.strip())
    return [f"{days[-1]['day']}{who}{notices[0]['how']}"]


def _posted(note: Sequence[str]) -> str | None:
    """The day on which a site put it up, as a line of dates, from 发布时间：2025-02-03."""
    found = next((one for line in note if (one := _POSTED.match(line))), None)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日发布" if found else None


def _is_note(text: str) -> bool:
    """The note under a title: in brackets, or a line of dates."""
    bare = text.strip("*").strip()
    if _DATED.match(bare) or _POSTED.match(bare):
        return True
    return bare[:1] in "（(" and re.search(_YEAR, bare) is not None


def _chapter(levels: dict[int, str]) -> str | None:
    return " · ".join(levels[at] for at in sorted(levels)) or None


def _bare(title: str) -> str:
    return re.sub(r"\s|[《》]", "", title).removeprefix("中华人民共和国")
