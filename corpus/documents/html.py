"""The text of a web page: its title and its main part, without menus, scripts and feet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from corpus.documents.errors import Unreadable
from corpus.documents.plain import decoded
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph

_DROPPED = {
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select",
    "textarea", "iframe", "object", "svg", "canvas", "audio", "video", "head", "menu", "dialog",
    "input", "map",
}  # fmt: skip
_BOILER = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|foot|header|breadcrumb|crumbs?|sidebar|share|social|comment|copyright"
    r"|pager|pagination|related|toolbar|search|login|advert|banner)(?:$|[\s_-])",
    re.I,
)
_BLOCKS = {
    "p", "div", "section", "article", "main", "body", "ul", "ol", "dl", "dt", "dd", "li", "blockquote", "pre",
    "hr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tbody", "thead", "tfoot", "caption", "figure",
    "figcaption", "address", "center", "details", "summary", "header", "fieldset", "tr", "td", "th",
}  # fmt: skip
_BREAK = "\v"
_ASKED = re.compile(r"^\s*(?:(?:问|答|Q|A)\s*\d{0,3}\s*[：:]|[QA]\s*\d{1,3}\s*[.．、])\s*")
"""How pages mark a question and its answer."""
_TERM = 3
"""Level of a term, or of a question, among the headings of a page."""
_WIDE = "[\u3000-\u303f\u3400-\u9fff\uff00-\uff60]"
_SOURCE_BREAK = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n]\s*(?={_WIDE})")
_DEEPEST = 250
_SHARE = 0.75
"""Of the text that is no link: what the main part of a page has at least."""
_TITLES = ("ArticleTitle", "DC.title", "citation_title", "og:title")
"""`ArticleTitle` is the field of government sites in China (GB/T 43869)."""


def read_html(data: bytes) -> Extracted:
    """Paragraphs, headings and rows of tables. Raises Unreadable for a page without text."""
    text = _decoded(data)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.LxmlError, ValueError, AssertionError) as error:
        if "empty" in str(error).lower():
            raise Unreadable("holds no text") from error
        raise Unreadable("broke its reader: it is damaged, or too large a page") from error
    titles = _named(root)
    for element in list(root.iter()):
        dropped = not isinstance(element.tag, str) or element.tag in _DROPPED or _is_boiler(element)
        if dropped and element.getparent() is not None and element.tag != "body":
            element.drop_tree()
    body = root.find("body")
    main = _main(body if body is not None else root)
    paragraphs = [one for one in _blocks(main, 0) if one.text]
    if not any(one.level == 1 for one in paragraphs):
        headings = [settled(_words(one)) for one in root.iter("h1")]
        found = next((words for words in (*headings, *titles) if words), None)
        if found and found not in [one.text for one in paragraphs[:3]]:
            paragraphs.insert(0, Paragraph(found, None, 1))
        elif found:
            at = [one.text for one in paragraphs].index(found)
            paragraphs[at] = Paragraph(found, None, 1)
    return Extracted("html", tuple(paragraphs))


def _decoded(data: bytes) -> str:
    """By its mark, else by what it says of itself, else as any text."""
    stated = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", data[:4096], re.I)
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = stated[1].decode().lower()
        name = "gb18030" if name in ("gb2312", "gbk", "gb18030", "gb_2312-80") else name
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            text = decoded(data)
    else:
        text = decoded(data)
    # A string with an encoding declaration is refused by the parser.
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\0", ""))


def _named(root: html.HtmlElement) -> list[str]:
    """What the head calls the page; the name of the site behind a dash is no part of it."""
    names = {
        (one.get("name") or one.get("property") or "").lower(): (one.get("content") or "").strip()
        for one in root.iter("meta")
    }
    titles = [names[key.lower()] for key in _TITLES if names.get(key.lower())]
    titles += [re.split(r"\s*[_|]|\s+[-–—]\s+", _words(one))[0] for one in root.iter("title")]
    return [settled(title).strip() for title in titles]


def _is_boiler(element: html.HtmlElement) -> bool:
    if element.tag in ("html", "body", "main", "article", "h1"):
        return False
    if element.get("role") in ("navigation", "banner", "contentinfo", "search", "complementary"):
        return True
    if element.get("aria-hidden") == "true" or "display:none" in (element.get("style") or "").replace(
        " ", ""
    ):
        return True
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    return bool(_BOILER.search(names)) and len(_words(element)) < 2000 and element.find(".//h1") is None


def _main(body: html.HtmlElement) -> html.HtmlElement:
    """Down from the body as long as one child has most of the text that is no link."""
    weight = _weights(body)
    main = body
    while True:
        total = weight.get(main, 0)
        heavy = [one for one in main if weight.get(one, 0) >= _SHARE * max(total, 1)]
        if not heavy or heavy[0].tag in ("p", "table", "tbody", "tr", "ul", "ol", "dl"):
            return main
        main = heavy[0]


def _weights(body: html.HtmlElement) -> dict[html.HtmlElement, int]:
    """Characters of each element, of its links aside."""
    found: dict[html.HtmlElement, int] = {}
    for element in reversed(list(body.iter())):
        own = (
            0
            if element.tag == "a"
            else len((element.text or "").strip()) + sum(found.get(one, 0) for one in element)
        )
        found[element] = own + sum(len((one.tail or "").strip()) for one in element if element.tag != "a")
    return found


def _words(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def _blocks(element: html.HtmlElement, depth: int) -> Iterator[Paragraph]:
    if depth > _DEEPEST:
        yield Paragraph(settled(_words(element)))
        return
    tag = str(element.tag)
    if re.fullmatch("h[1-6]", tag):
        yield Paragraph(settled(_words(element)), None, int(tag[1]))
        return
    if tag in ("dt", "summary"):  # a term or question, with what follows under it
        yield Paragraph(_ASKED.sub("", settled(_words(element))), None, _TERM)
        return
    if tag in ("p", "div", "li") and _is_bold_question(element):
        yield Paragraph(_ASKED.sub("", settled(_words(element))), None, _TERM)
        return
    if tag == "table":
        yield from _table(element, depth)
        return
    if tag == "pre":
        for line in element.text_content().splitlines():
            yield Paragraph(settled(line).strip())
        return
    inline: list[str] = [element.text or ""]
    for one in element:
        if one.tag in _BLOCKS or any(sub.tag in _BLOCKS for sub in one.iter()):
            yield from _lines(inline)
            inline = []
            yield from _blocks(one, depth + 1)
        elif one.tag == "br":
            inline.append(_BREAK)
        else:
            inline.append(_inline(one))
        inline.append(one.tail or "")
    yield from _lines(inline)


def _is_bold_question(element: html.HtmlElement) -> bool:
    """True for a line of its own that is bold from end to end and asks."""
    words = _words(element)
    if not words.endswith(("？", "?")) or any(
        one.tag in (*_BLOCKS, "br") for one in element.iterdescendants()
    ):
        return False
    bold = [
        one for one in element.iter("b", "strong") if next(one.iterancestors("b", "strong"), None) is None
    ]
    return re.sub(r"\s", "", words) == re.sub(r"\s", "", "".join(one.text_content() for one in bold))


def _inline(element: html.HtmlElement) -> str:
    pieces = [element.text or ""]
    for one in element:
        pieces += [_BREAK if one.tag == "br" else _inline(one), one.tail or ""]
    return "".join(pieces)


def _lines(inline: list[str]) -> Iterator[Paragraph]:
    """A break the author made ends a line; a line end in the source is a blank at most."""
    for line in _SOURCE_BREAK.sub("", "".join(inline)).split(_BREAK):
        words = re.sub(r"\s+", " ", settled(line)).strip()
        if words and (asked := _ASKED.match(words)):
            question = asked[0].lstrip()[:1] in "问Q"
            yield Paragraph(words[asked.end() :].strip(), None, _TERM if question else 0)
        elif words:
            yield Paragraph(words)


def _table(table: html.HtmlElement, depth: int) -> Iterator[Paragraph]:
    rows = [
        [cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr") if _own(row, table)
    ]
    nested = table.find(".//table") is not None
    long = any(len(_words(cell)) > 600 for row in rows for cell in row)
    if nested or long or max(map(len, rows), default=0) <= 1:  # it only sets text on the page
        for row in rows:
            for cell in row:
                yield from _blocks(cell, depth + 1)
        return
    for caption in table.iter("caption"):
        yield Paragraph(settled(_words(caption)))
    for row in rows:
        cells = [settled(_words(cell)).replace("|", "/") for cell in row]
        if any(cells):
            yield Paragraph("| " + " | ".join(cells) + " |")


def _own(row: html.HtmlElement, table: html.HtmlElement) -> bool:
    return next(row.iterancestors("table"), None) is table
