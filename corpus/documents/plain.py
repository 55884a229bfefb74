"""Bytes of text in whatever encoding -> text."""

from __future__ import annotations

import codecs
import re

from corpus.documents.errors import Unreadable
from corpus.documents.radicals import settled
from corpus.documents.records import Extracted, Paragraph

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes) -> str:
    """By its mark, else UTF-8, UTF-16 (every second byte of Latin letters is zero), GB 18030.

    Raises Unreadable.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _by(data, encoding).removeprefix("\ufeff")
    if b"\0" in data[:4096]:
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        if max(even, odd) > 3 * min(even, odd) and max(even, odd) > len(data[:4096]) // 8:
            return _by(data, "utf-16-be" if even > odd else "utf-16-le")
        raise Unreadable("holds NUL bytes: this is no text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _by(data, "gb18030")


def _by(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("is neither UTF-8, UTF-16 nor GB 18030; save it as UTF-8") from error


def read_text(data: bytes) -> Extracted:
    """Its lines, a form feed counting as a new page. Raises Unreadable."""
    text = decoded(data)
    paragraphs: list[Paragraph] = []
    page = 1
    paged = "\f" in text
    for line in re.split(r"\r\n|\r|\n", text):
        page += line.count("\f")
        words = settled(line.replace("\f", " ")).strip()
        if words:
            paragraphs.append(Paragraph(words, page if paged else None))
    return Extracted("text", tuple(paragraphs), (), page if paged else None)
