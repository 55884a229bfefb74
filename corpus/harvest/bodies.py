"""Bytes of a body -> text, and a plain tree of XML: encodings found, entities and depth refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from corpus.harvest.errors import Malformed, OverLimit

LARGEST = 256 * 1024 * 1024
"""Bytes of one body. A fetcher should stop earlier; this is for files on disk."""
DEEPEST = 100
"""Levels of elements in an XML body; libxml2 itself stops at 256."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)""",
    re.I,
)
_PAIRS = re.compile(rb"[\x80-\xff]{2,}")
# Latin-1 is what a mislabelled Chinese file is declared as most often, so it is no proof.
_WEAK = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"}
_CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}


def decoded(body: bytes, source: str, media_type: str = "") -> tuple[str, str]:
    """(text without byte-order mark, encoding it was read with).

    In order: the mark, UTF-8 where it holds, what the header or the document declares, GB 18030 where the
    bytes look like it, Windows-1252. Raises OverLimit, and Malformed where a declared encoding fails and
    no other holds.
    """
    if len(body) > LARGEST:
        raise OverLimit(source, f"{len(body):,} bytes; at most {LARGEST:,} are read", rule="body.size")
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _strict(body[len(mark) :], encoding, source), encoding
    declared = _declared(body, media_type)
    for encoding in filter(None, (declared if declared in ("utf-16", "utf-32") else None, "utf-8")):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    if declared and declared not in _WEAK and not declared.startswith("utf"):
        return _strict(body, declared, source), declared
    if _looks_chinese(body):
        return _strict(body, "gb18030", source), "gb18030"
    return body.decode("cp1252", errors="replace"), "cp1252"


def _declared(body: bytes, media_type: str) -> str | None:
    found = _CHARSET.search(media_type)
    inside = _DECLARED.search(body[:2048])
    name = found[1] if found else (inside[1] or inside[2]).decode() if inside else None
    if name is None:
        return None
    name = _CHINESE.get(name.lower(), name.lower())
    try:
        "".encode(name)
    except LookupError:
        return None
    return name


def _strict(body: bytes, encoding: str, source: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        message = f"byte {error.start} is not {encoding}; save the file as UTF-8"
        raise Malformed(source, message, rule="text.encoding", line=line) from error


def _looks_chinese(body: bytes) -> bool:
    """True where most bytes above ASCII pair up to common Han characters (GB 2312 levels 1 and 2)."""
    sample = body[:200_000]
    runs = _PAIRS.findall(sample)
    pairs = [run[at : at + 2] for run in runs for at in range(0, len(run) - 1, 2)]
    if not pairs:
        return False
    han = sum(1 for pair in pairs if 0xB0 <= pair[0] <= 0xF7 and pair[1] >= 0xA1)
    lone = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", sample))
    return han > 0.6 * len(pairs) and lone < len(pairs)


def parsed_xml(body: bytes, source: str, media_type: str = "") -> tuple[Any, str | None]:
    """(root element, encoding where it was not the declared one).

    No entity is expanded, nothing is fetched, and no document type is read; one with entities of its own
    is refused. Raises Malformed with the line, OverLimit.
    """
    if len(body) > LARGEST:
        raise OverLimit(source, f"{len(body):,} bytes; at most {LARGEST:,} are read", rule="body.size")
    head = body[:4096]
    utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    if (b"<!ENTITY" in body or b"<!ELEMENT" in body) and not utf16:
        line = body[: body.find(b"<!E")].count(b"\n") + 1
        message = "declares entities or elements of its own, which are not expanded; remove the DOCTYPE"
        raise OverLimit(source, message, rule="xml.entity", line=line)
    other: str | None = None
    try:
        root = _tree(body.lstrip(b" \t\r\n") if not utf16 else body)
    except etree.XMLSyntaxError as error:
        # Bytes that are not what the document declares: GB 18030 sent as UTF-8, or plain Windows-1252.
        if not _is_encoding_fault(error) or utf16:
            raise _syntax(error, source) from error
        text, other = decoded(body, source, media_type)
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
        try:
            root = _tree(text.encode())
        except etree.XMLSyntaxError as second:
            raise _syntax(second, source) from second
    document = root.getroottree().docinfo.internalDTD
    if document is not None and any(True for _ in document.iterentities()):
        raise OverLimit(source, "declares entities, which are not expanded", rule="xml.entity", line=1)
    if deep := next(_deeper(root), None):
        raise OverLimit(source, f"more than {DEEPEST} levels deep", rule="xml.depth", line=deep)
    return root, other


def _tree(body: bytes) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    return etree.fromstring(body, parser)


def _is_encoding_fault(error: etree.XMLSyntaxError) -> bool:
    text = str(error).lower()
    return any(
        word in text for word in ("encoding", "utf-8", "invalid bytes", "not proper", "input conversion")
    )


def _syntax(error: etree.XMLSyntaxError, source: str) -> Malformed:
    line = error.lineno if error.lineno else 1
    reason = (error.msg or "is empty").partition(", line ")[0]
    rule = "xml.depth" if "depth" in reason else "xml.syntax"
    kind = OverLimit if rule == "xml.depth" else Malformed
    return kind(source, f"is not well-formed XML: {reason}", rule=rule, line=line)  # type: ignore[return-value]


def _deeper(root: Any) -> Iterator[int]:
    """Lines of elements deeper than is read."""
    level = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        level += 1 if event == "start" else -1
        if level > DEEPEST:
            yield element.sourceline or 1


def local_name(element: Any) -> str:
    """`title` for {http://purl.org/dc/elements/1.1/}title; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Any) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """Child elements of these local names, in order."""
    for child in element:
        if local_name(child) in names:
            yield child


def find_all(element: Any, path: str) -> list[Any]:
    """Descendants along local names, `a/b/c`; `*` stands for any one element, `//c` for any depth."""
    if path.startswith("//"):
        first, _, rest = path[2:].partition("/")
        found = [one for one in element.iter() if one is not element and local_name(one) == first]
        return [two for one in found for two in find_all(one, rest)] if rest else found
    found = [element]
    for step in path.split("/"):
        found = [
            child for one in found for child in one if step in ("*", local_name(child)) and local_name(child)
        ]
    return found


def text_of(element: Any) -> str:
    """All text of an element, with single blanks."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def prose_of(element: Any) -> str:
    """All text of an element with its line breaks, for descriptions."""
    return "".join(element.itertext()).strip() if element is not None else ""


def first_text(element: Any, *paths: str) -> str:
    """The text of the first that has any, along `find_all` paths; empty where none has."""
    for path in paths:
        for one in find_all(element, path):
            if value := text_of(one):
                return value
    return ""


def original_of(element: Any) -> bytes:
    """The element alone as a document in UTF-8, with the namespaces that it uses."""
    data: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=True, with_tail=False)
    return data


def xml_language(element: Any) -> str | None:
    """xml:lang of the element or of the nearest one around it."""
    while element is not None:
        if found := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return str(found)
        element = element.getparent()
    return None
