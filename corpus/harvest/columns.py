"""Columns of a table: where its header is, and which field of ours the name of a column stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from corpus.harvest.grids import Grid, Row

_SEARCHED = 20
"""Rows in which a header is looked for."""
_NOTE = re.compile(r"[\u4e00-\u9fff]{1,10}[：:]|\w{1,20}[：:]\s*$")
_THING = "(?:政务)?(?:信息|数据)?(?:资源|目录|数据集?|数据项|仪器|设备)?"

NAMES: tuple[tuple[str, str], ...] = (
    ("identifier", rf"id|identifier|uuid|guid|标识符?|资源标识.*|唯一标识|{_THING}(?:代码|编码|编号)"),
    ("title_en", r"(?:title|name)[ _-]?en(?:glish)?|英文(?:名称?|标题)"),
    ("title_zh", r"(?:title|name)[ _-]?(?:zh|cn|chinese)|中文(?:名称?|标题)"),
    ("title", rf"title|name|dataset[ _]?(?:name|title)|{_THING}(?:名称|标题)"),
    ("description", rf"description|abstract|summary|notes|{_THING}(?:描述|简介|摘要|说明)"),
    ("keywords", r"keywords?|tags?|关键[词字]|主题词|标签|所属(?:主题|领域)|主题(?:分类|领域)"),
    ("host", rf"host|publisher|organi[sz]ation|institution|owner|agency|机构|{_THING}提供(?:方|单位|部门)"
             r"|(?:依托|所属|发布|管理|来源|责任|数源)?(?:单位|部门)"),
    ("contact_name", r"contact|contact[ _]?(?:name|person)|联系人"),
    ("contact_email", r"e-?mail|contact[ _]?e-?mail|(?:联系|电子)?邮箱|电子邮件"),
    ("contact_phone", r"phone|tel(?:ephone)?|(?:联系)?电话|联系方式"),
    ("url", r"url|link|homepage|website|landing[ _]?page|address|网址|(?:目录|资源)?链接|(?:访问)?地址"),
    ("doi", r"doi"),
    ("cstr", r"cstr"),
    ("licence", r"licen[cs]e|许可(?:协议|证)?"),
    ("access_level", r"access[ _]?(?:level|type)|(?:共享|开放)(?:类型|属性)"),
    ("access_text", r"access|rights|conditions|(?:共享|获取|访问|开放)(?:方式|条件)"),
    ("frequency", r"(?:update[ _]?)?frequency|更新(?:周期|频率|频次|频度)"),
    ("issued", r"issued|published|publication[ _]?date|date|created"
               r"|(?:首次)?(?:发布|创建|生成)(?:日期|时间)"),
    ("modified", r"modified|updated|last[ _]?(?:modified|update)"
                 r"|(?:最近|最后|数据)?更新(?:日期|时间)|注册日期"),
    ("province", r"province|省份?|行政区划(?:代码)?|所在省.*"),
    ("city", r"city|市|城市|所在市"),
    ("place", r"place|location|spatial|geographic.*|空间范围|地理范围|区域"),
    ("type", r"type|category|resource[ _]?type|(?:资源)?(?:类型|类别|分类)"),
    ("language", r"lang(?:uage)?|语种|语言"),
    ("format", rf"format|file[ _]?(?:type|format)|{_THING}格式"),
    ("size", r"size|数据(?:容)?量|记录数"),
    ("variables", r"variables|fields|信息项(?:信息|名称)?|数据项(?:信息|名称)?|字段(?:名称)?"),
    ("download_url", r"download(?:[ _]?url)?|下载(?:地址|链接)"),
    ("details.booking_url", r"booking(?:[ _]?url)?|预约(?:网址|地址|链接)"),
    ("details.fees", r"fees?|price|收费(?:标准)?|费用"),
    ("details.accession_numbers", r"accession(?:[ _]?(?:no|number)s?)?|保藏编号|库编号"),
    ("details.model", r"model|(?:规格)?型号"),
    ("details.maker", r"maker|manufacturer|生产厂[家商]?"),
)  # fmt: skip
"""Our field -> how catalogues call its column: core metadata (GB/T 30523), the elements of government
catalogues (政务信息资源目录编制指南), and what portals write.
"""


class Table:
    """One grid with its header found, at `row` and `line`: `names` of its columns, and the rows after it."""

    def __init__(self, grid: Grid, wanted: frozenset[str], header_row: int | None) -> None:
        """`wanted` are the columns of a mapping; without any, names that are known tell the header.

        `header_row` is taken as it is where it is given.
        """
        self.sheet = grid.name
        self.notes: list[int] = []
        if header_row is not None:
            first = list(islice(grid.rows, header_row))
            at = header_row - 1 if len(first) == header_row else -1
        else:
            first = list(islice(grid.rows, _SEARCHED))
            at = _header(first, wanted)
        self.found = at >= 0 and bool(first)
        self.row = at + 1
        self.line = first[at].line if self.found else 1
        above = first[at - 1] if at > 0 else None
        self.names = _named(first[at], above) if self.found else []
        self._rest = chain(first[at + 1 :], grid.rows) if self.found else iter(())

    def rows(self) -> Iterator[Row]:
        """Rows that hold something; lines under the table (注：…, 填表人：…) are counted in `notes`."""
        for row in self._rest:
            filled = [at for at, cell in enumerate(row.cells) if cell.strip()]
            if not filled:
                continue
            few = 2 * len(filled) < len(self.names)
            if few and (_NOTE.match(row.cells[filled[0]]) or (len(filled) == 1 and filled[0] in row.spread)):
                self.notes.append(row.line)
                continue
            yield row


def proposals(names: Iterable[str]) -> dict[str, str]:
    """Our field -> column, for the names that are known."""
    found: dict[str, str] = {}
    columns = [one for one in names if one]
    for field, pattern in NAMES:
        for name in columns:
            if name not in found.values() and re.fullmatch(pattern, name, re.I):
                found.setdefault(field, name)
    return found


def _header(rows: list[Row], wanted: frozenset[str]) -> int:
    """The row with the most names that are wanted, else known; the first one with anything where none is."""
    counts = []
    for row in rows:
        names = {column_name(cell) for cell in row.cells} - {""}
        counts.append(len(names & wanted) if wanted else len(proposals(names)))
    best = max(counts, default=0)
    if best >= min(2, max(1, len(wanted))):
        return counts.index(best)
    return next((at for at, row in enumerate(rows) if any(cell.strip() for cell in row.cells)), -1)


def _named(header: Row, above: Row | None) -> list[str]:
    """Names of the columns; where one is empty or stands twice, the row of groups above helps."""
    names = [column_name(cell) for cell in header.cells]
    groups: list[str] = []
    if above is not None and sum(1 for cell in above.cells if cell.strip()) > 1:
        for at, cell in enumerate(above.cells):
            groups.append(column_name(cell) or (groups[-1] if groups and _is_spread(above, at) else ""))
    twice = {name for name in names if name and names.count(name) > 1}
    found = []
    for at, name in enumerate(names):
        group = groups[at] if at < len(groups) else ""
        found.append(f"{group}/{name}" if name in twice and group and group != name else name or group)
    return found


def _is_spread(row: Row, at: int) -> bool:
    """True where the nearest filled cell to the left was merged to the right, or may be meant so in CSV."""
    before = next((one for one in range(at, -1, -1) if one < len(row.cells) and row.cells[one].strip()), None)
    return before is not None and (before in row.spread or not row.spread)


def column_name(cell: str) -> str:
    """Without marks of what must be filled in, which a mapping may write or leave out."""
    text = re.sub(r"[（(](?:必填|选填)[）)]|[*＊]", "", cell.replace("\ufeff", ""))
    return " ".join(text.split())
