"""CSV, TSV and XLSX tables by a mapping, and a preview that proposes one."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel, ConfigDict

from corpus.harvest.bodies import decoded
from corpus.harvest.drafts import complaint_of
from corpus.harvest.entries import draft_entry, refused_entry
from corpus.harvest.errors import Malformed, MappingInvalid, OverLimit, SourceInvalid
from corpus.harvest.mapped import mapped_draft
from corpus.harvest.mapping import Mapping, bundled_mappings
from corpus.harvest.reading import DocumentReader
from corpus.harvest.records import Complaint, Entry, HarvestSource, Page, Request

MOST_COLUMNS = 500
LONGEST_CELL = 200_000
MOST_ROWS = 2_000_000
LARGEST_SHEET = 512 * 1024 * 1024
"""Bytes of an XLSX file when unpacked."""

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


class Reader(DocumentReader):
    name = "table"

    def detects(self, head: bytes, media_type: str, url: str) -> bool:
        if head.startswith(_ZIP):
            return b"[Content_Types].xml" in head or b"xl/" in head or url.lower().endswith(".xlsx")
        if url.lower().split("?")[0].endswith((".csv", ".tsv", ".tab", ".xlsx")):
            return True
        return re.match(r"text/(?:csv|tab-separated-values)", media_type) is not None

    def read(self, body: bytes, request: Request, *, media_type: str = "") -> Page:
        """An entry for each row. Raises SourceInvalid without a mapping that fits, MappingInvalid."""
        remarks: list[Complaint] = []
        mapping = request.source.mapping
        rows = _rows(body, request, media_type, mapping, remarks)
        header = next(rows, None)
        if header is None:
            raise Malformed(request.url, "has no rows", rule="table.empty")
        names = [_name(cell) for cell in header[1]]
        mapping = mapping or _fitting(names)
        if mapping is None:
            message = f"needs a mapping file for its columns {', '.join(repr(one) for one in names[:12])}"
            raise SourceInvalid(request.url, message, rule="mapping.missing")
        known = {place for places in mapping.fields.values() for place in places}
        if not known & set(names):
            message = f"none of its columns is in the mapping {mapping.name!r}: {', '.join(names[:12])}"
            raise MappingInvalid(request.url, message, rule="mapping.columns")
        absent = [field for field, places in mapping.fields.items() if not set(places) & set(names)]
        if absent:
            message = f"has no column for {', '.join(absent)}"
            remarks.append(complaint_of(request, "mapping.columns", message, line=header[0]))
        if twice := sorted({one for one in names if one and names.count(one) > 1}):
            message = f"column {', '.join(twice)} stands twice; the first is taken"
            remarks.append(complaint_of(request, "table.duplicate_column", message, line=header[0]))
        return Page(_entries(rows, names, mapping, request), remarks=tuple(remarks))


def _entries(
    rows: Iterator[tuple[int, list[str]]], names: list[str], mapping: Mapping, request: Request
) -> Iterator[Entry]:
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row: dict[str, str] = {}
        for name, cell in zip(names, cells, strict=False):
            if name:
                row.setdefault(name, cell.strip())
        original = json.dumps(row, ensure_ascii=False).encode()
        shape = {"original": original, "media_type": "application/json", "format": f"table:{mapping.name}"}
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            message = (
                f"has {len(cells)} cells and the header {len(names)}; quote cells that hold the separator"
            )
            yield refused_entry(request, "table.cells", message, line=line, **shape)  # type: ignore[arg-type]
            continue
        draft = mapped_draft(mapping, _looker(row), request.source.type)
        yield draft_entry(draft, request, line=line, **shape)  # type: ignore[arg-type]


def _looker(row: dict[str, str]) -> Callable[[str], list[str]]:
    return lambda name: [row[name]] if row.get(name) else []


def _fitting(names: list[str]) -> Mapping | None:
    """A bundled mapping whose words are all columns."""
    for mapping in bundled_mappings().values():
        if not mapping.records and mapping.recognise and set(mapping.recognise) <= set(names):
            return mapping
    return None


def _name(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").split())


def _rows(
    body: bytes, request: Request, media_type: str, mapping: Mapping | None, remarks: list[Complaint]
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) from the header on."""
    start = mapping.header_row if mapping else 1
    if body.startswith(_OLE):
        message = "is an old .xls or a protected workbook; save it as .xlsx without a password, or as CSV"
        raise Malformed(request.url, message, rule="table.xls")
    if body.startswith(_ZIP):
        rows = _sheet_rows(body, request.url, mapping.sheet if mapping else None)
    else:
        text, encoding = decoded(body, request.url, media_type)
        if encoding == "cp1252":
            message = "is neither UTF-8 nor GB 18030; read as Windows-1252"
            remarks.append(complaint_of(request, "text.encoding", message))
        rows = _text_rows(text, request.url)
    return islice(rows, start - 1, None)


def _text_rows(text: str, source: str) -> Iterator[tuple[int, list[str]]]:
    separator = _separator(text[:20_000])
    previous = csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    try:
        csv.field_size_limit(max(previous, LONGEST_CELL))
        line = 1
        for number, cells in enumerate(reader, 1):
            if number > MOST_ROWS:
                raise OverLimit(source, f"has more than {MOST_ROWS:,} rows", rule="table.rows", line=line)
            if len(cells) > MOST_COLUMNS:
                message = f"has {len(cells):,} columns; at most {MOST_COLUMNS} are read"
                raise OverLimit(source, message, rule="table.columns", line=line)
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Malformed(
            source, f"cannot be read as a table: {error}", rule="table.csv", line=reader.line_num
        ) from error


def _separator(sample: str) -> str:
    """The one that parts the first line most often, outside quotes."""
    first = re.sub(r'"[^"]*"', "", next((line for line in sample.split("\n") if line.strip()), ""))
    return max(",\t;|", key=first.count)


def _sheet_rows(body: bytes, source: str, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > LARGEST_SHEET or len(parts) > 5000:
                message = f"unpacks to {unpacked:,} bytes; at most {LARGEST_SHEET:,} are read"
                raise OverLimit(source, message, rule="table.unpacked")
            packed = max(1, sum(part.compress_size for part in parts))
            if unpacked > 50_000_000 and unpacked / packed > 200:
                raise OverLimit(source, "is a decompression bomb", rule="table.bomb")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as opened:
                        if b"<!ENTITY" in opened.read(4096):
                            raise OverLimit(source, f"{part.filename} declares entities", rule="xml.entity")
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise Malformed(source, f"is not a readable XLSX file: {error}", rule="table.xlsx") from error
    if sheet is not None and sheet not in book.sheetnames:
        message = f"has no sheet {sheet!r}; it has {', '.join(book.sheetnames[:10])}"
        raise MappingInvalid(source, message, rule="mapping.sheet")
    page = book[sheet] if sheet else book.worksheets[0]
    if page.max_column and page.max_column > MOST_COLUMNS:
        # Sheets may claim 16,384 columns and fill three.
        page.reset_dimensions()
    try:
        for number, cells in enumerate(page.iter_rows(values_only=True), 1):
            if number > MOST_ROWS:
                raise OverLimit(source, f"has more than {MOST_ROWS:,} rows", rule="table.rows", line=number)
            texts = [_cell(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if len(texts) > MOST_COLUMNS:
                message = f"has {len(texts):,} columns; at most {MOST_COLUMNS} are read"
                raise OverLimit(source, message, rule="table.columns", line=number)
            yield number, texts
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL]


class Preview(BaseModel):
    """What a table holds, and a mapping to start from; the guesses are ours and want a look."""

    model_config = ConfigDict(frozen=True)

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    proposed: dict[str, str]
    """Our field -> column."""
    unused: tuple[str, ...]


_GUESSES: tuple[tuple[str, str], ...] = (
    ("identifier", r"id|identifier|uuid|guid|编号|标识符?|资源标识.*|唯一标识"),
    ("title_en", r"(?:title|name)[ _-]?en(?:glish)?|英文(?:名称?|标题)"),
    ("title_zh", r"(?:title|name)[ _-]?(?:zh|cn|chinese)|中文(?:名称?|标题)"),
    ("title", r"title|name|dataset[ _]?(?:name|title)|(?:资源|数据集|仪器|设备)?(?:名称|标题)"),
    ("description", r"description|abstract|summary|notes|描述|简介|摘要|(?:资源|数据集)(?:描述|简介)"),
    ("keywords", r"keywords?|tags?|关键[词字]|主题词"),
    ("host", r"host|publisher|organi[sz]ation|institution|owner|agency|(?:依托|所属|发布|管理)?单位|机构"),
    ("contact_name", r"contact|contact[ _]?(?:name|person)|联系人"),
    ("contact_email", r"e-?mail|contact[ _]?e-?mail|(?:电子)?邮箱|电子邮件"),
    ("contact_phone", r"phone|tel(?:ephone)?|(?:联系)?电话"),
    ("url", r"url|link|homepage|website|landing[ _]?page|address|网址|链接|(?:访问)?地址"),
    ("doi", r"doi"),
    ("cstr", r"cstr"),
    ("licence", r"licen[cs]e|许可(?:协议|证)?"),
    ("access_text", r"access|rights|conditions|(?:共享|获取|访问)(?:方式|条件)"),
    ("issued", r"issued|published|publication[ _]?date|date|created|生成日期|(?:发布|创建)(?:日期|时间)"),
    ("modified", r"modified|updated|last[ _]?(?:modified|update)|更新(?:日期|时间)|注册日期"),
    ("province", r"province|省份?|行政区划(?:代码)?|所在省.*"),
    ("city", r"city|市|城市|所在市"),
    ("place", r"place|location|spatial|geographic.*|空间范围|地理范围|区域"),
    ("type", r"type|category|resource[ _]?type|(?:资源)?(?:类型|类别|分类)"),
    ("language", r"lang(?:uage)?|语种|语言"),
    ("format", r"format|file[ _]?(?:type|format)|(?:数据)?格式"),
    ("download_url", r"download(?:[ _]?url)?|下载(?:地址|链接)"),
    ("details.booking_url", r"booking(?:[ _]?url)?|预约(?:网址|地址|链接)"),
    ("details.fees", r"fees?|price|收费(?:标准)?|费用"),
    ("details.accession_numbers", r"accession(?:[ _]?(?:no|number)s?)?|保藏编号|库编号"),
    ("details.model", r"model|(?:规格)?型号"),
    ("details.maker", r"maker|manufacturer|生产厂[家商]?"),
)  # fmt: skip


def preview(body: bytes, source: str, *, media_type: str = "", header_row: int = 1, rows: int = 5) -> Preview:
    """Columns, first rows and a proposed mapping. Raises Malformed, OverLimit."""
    request = Request(source=HarvestSource(name="preview", url=source), url=source)
    mapping = Mapping(name="preview", fields={}, header_row=header_row)
    found = list(islice(_rows(body, request, media_type, mapping, []), rows + 1))
    if not found:
        raise Malformed(source, "has no rows", rule="table.empty")
    names = [_name(cell) for cell in found[0][1]]
    proposed: dict[str, str] = {}
    for field, pattern in _GUESSES:
        for name in names:
            if name and name not in proposed.values() and re.fullmatch(pattern, name, re.I):
                proposed.setdefault(field, name)
    return Preview(
        columns=tuple(names),
        rows=tuple(tuple(cell[:200] for cell in cells) for _, cells in found[1:]),
        proposed=proposed,
        unused=tuple(name for name in names if name and name not in proposed.values()),
    )
