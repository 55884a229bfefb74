"""Text of a record made plain: tags and entities out, mojibake undone, blanks settled, lengths bounded."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_NAME = 400
LONGEST_TEXT = 6000
"""Characters of a description that are kept in the record; the original keeps all of them."""

_TAGS = (
    "a|abbr|address|article|b|blockquote|body|br|center|code|dd|div|dl|dt|em|figure|font|footer|form|h[1-6]"
    "|head|header|hr|html|i|iframe|img|input|ins|del|label|li|link|main|meta|nav|ol|p|pre|s|section|small|span"
    "|strong|strike|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|video|svg|path|button|object|embed"
)
_DROPPED = re.compile(r"<(script|style|iframe|object|svg)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_BLOCK = re.compile(r"</?(?:p|div|br|li|tr|h[1-6]|ul|ol|table|blockquote|section|dd|dt)\b[^>]*>", re.I)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.I)
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8}\d?);", re.I)
_MARKDOWN_LINK = re.compile(r"\[([^\][]{1,300})\]\((https?://[^()\s]+)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
_BLANKS = re.compile(r"[ \t\xa0\u3000]+")
_LINES = re.compile(r" ?\n ?(?:\n ?)*")
_MOJIBAKE = re.compile(
    r"[ÃÂ][\x80-\xbf\u20ac-\u2122‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€|[äåæçèé][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿]{2}"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_ENDS = ".。!！?？:：;；"
_LIST_ITEM = re.compile(r"[-*•·–]|\d+[.)、]|[（(]?[一二三四五六七八九十]+[)）、]")
_GBK_READ = re.compile(
    r"[\u6d93\u9428\u93c8\u7ec9\u7487\u93c1\u9359\u934f\u95c1\u7039\u7f01\u95ab\u6fe1]|锟斤拷|�"
)


_PLACEHOLDERS = frozenset({
    "n/a", "none", "null", "nil", "unknown", "unkown", "unspecified", "notspecified", "not specified",
    "not available", "not applicable", "not provided", "tba", "tbd",
    "-", "--", "—", "——", "–", "/", "\\", ".", "..", "...", "…", "*", "?",
    "无", "暂无", "不详", "未知", "未填", "未填写", "暂缺", "待定", "待补充", "空",
})  # fmt: skip
"""What stands in a field that has no value; closed, in both languages."""
_NO_VALUE = re.compile(r"\(?:(?:unac|unal|unap|unas|unav|unkn|none|null|tba|etal)\)?")
"""DataCite's codes for values that are missing, in brackets too (Metadata Schema 4.6, appendix 3)."""


def is_placeholder(text: str) -> bool:
    """True for a text that says that there is none."""
    text = text.strip().lower()
    return text in _PLACEHOLDERS or _NO_VALUE.fullmatch(text) is not None


def plain(text: str) -> str:
    """The text without tags, entities, control characters and needless blanks; line breaks stay single."""
    if "<" in text or "&" in text:
        for _ in range(3):  # entities of entities are common: &amp;lt;p&amp;gt;
            before = text
            text = _COMMENT.sub(" ", _DROPPED.sub(" ", text))
            text = _TAG.sub("", _BLOCK.sub("\n", text))
            if _ENTITY.search(text):
                text = html.unescape(text)
            if text == before:
                break
        # What was unescaped last may be a tag again: never leave one.
        text = _TAG.sub("", _BLOCK.sub("\n", _DROPPED.sub(" ", text)))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text)
    text = _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def reflowed(text: str) -> str:
    """Lines that were broken at a column joined again; lists and paragraphs keep their breaks."""
    lines = text.split("\n")
    if len(lines) < 2:
        return text
    found = [lines[0]]
    for line in lines[1:]:
        before = found[-1]
        if len(before) > 40 and before[-1:] not in _ENDS and not _LIST_ITEM.match(line):
            joint = "" if _HAN.match(line) and _HAN.match(before[-1:]) else " "
            found[-1] = f"{before}{joint}{line}"
        else:
            found.append(line)
    return "\n".join(found)


def unlinked(text: str) -> str:
    """`[Amazon](https://a.org)` as `Amazon`."""
    return _MARKDOWN_LINK.sub(r"\1", text)


def repaired(text: str) -> str | None:
    """The text that was meant where UTF-8 was read as Windows-1252 or as GBK; None where it was not."""
    if _MOJIBAKE.search(text):
        for _ in range(2):  # read wrongly twice happens too
            data = _as_bytes(text)
            try:
                meant = data.decode() if data is not None else None
            except UnicodeDecodeError:
                meant = None
            if meant is None:
                break
            text = meant
            if not _MOJIBAKE.search(text):
                return text
        return None
    if _GBK_READ.search(text) and _HAN.search(text):
        try:
            meant = text.encode("gb18030").decode()
        except (UnicodeDecodeError, UnicodeEncodeError):
            return None
        return meant if len(_HAN.findall(meant)) >= 2 else None
    return None


def _as_bytes(text: str) -> bytes | None:
    """Windows-1252 with the five holes that browsers fill from Latin-1."""
    found = bytearray()
    for char in text:
        if ord(char) < 256 and not 0x80 <= ord(char) < 0xA0:
            found.append(ord(char))
            continue
        try:
            found += char.encode("cp1252")
        except UnicodeEncodeError:
            if ord(char) > 255:
                return None
            found.append(ord(char))
    return bytes(found)


def is_damaged(text: str) -> bool:
    """True where characters are lost for good: replacement characters and what comes of them."""
    return "\ufffd" in text or "锟斤拷" in text or "烫烫烫" in text
