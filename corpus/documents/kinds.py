"""What a file is, by its bytes: names lie."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from corpus.documents.errors import Unreadable
from corpus.documents.records import Extracted

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|title|p|div|h1|table)\b", re.I)
_NAMED = {
    b"{\\rtf": "is RTF, which is not read; save it as DOCX",
    b"\x89PNG": "is a picture, which is not read; take a copy with text or recognise it first",
    b"\xff\xd8\xff": "is a picture, which is not read; take a copy with text or recognise it first",
    b"GIF8": "is a picture, which is not read; take a copy with text or recognise it first",
    b"II*\0": "is a picture, which is not read; take a copy with text or recognise it first",
    b"MM\0*": "is a picture, which is not read; take a copy with text or recognise it first",
    b"\x1f\x8b": "is packed by gzip; unpack it first",
    b"Rar!": "is a RAR archive; unpack it first",
    b"7z\xbc\xaf": "is a 7z archive; unpack it first",
    b"\x7fELF": "is a program, no document",
    b"MZ\x90": "is a program, no document",
}


def reader_of(data: bytes, suffix: str) -> Callable[[bytes], Extracted]:
    """The function that reads these bytes; `suffix` decides only between text and HTML.

    Raises Unreadable for a kind that is not read, by its name.
    """
    # Here, so that a file of text costs no library.
    if not data.strip(b" \t\r\n\0"):
        raise Unreadable("is empty")
    if b"%PDF-" in data[:1024]:
        from corpus.documents.pdf import read_pdf

        return read_pdf
    if data.startswith(_OLE):
        return _of_ole(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(data)
    for magic, reason in _NAMED.items():
        if data.startswith(magic):
            raise Unreadable(reason)
    if suffix in (".pdf", ".docx", ".doc", ".xlsx", ".xls"):
        raise Unreadable(f"is named {suffix} but is none; get a sound copy")
    if suffix in (".html", ".htm", ".xhtml") or _HTML.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")[:100]):
        from corpus.documents.html import read_html

        return read_html
    from corpus.documents.plain import read_text

    return read_text


def _of_ole(data: bytes) -> Callable[[bytes], Extracted]:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as file:
            names = {"/".join(name).lower() for name in file.listdir()}
    except Exception as error:  # its own classes and whatever damaged tables bring about
        raise Unreadable("is damaged: an old office file without a directory") from error
    if "encryptedpackage" in names:
        raise Unreadable("is locked with a password; save a copy without one")
    if names & {"workbook", "book"}:
        raise Unreadable("is a workbook of Excel 97 (.xls), which is not read; save it as .xlsx or .csv")
    if "powerpoint document" in names:
        raise Unreadable("holds slides, which are not read; save them as PDF")
    from corpus.documents.doc import read_doc

    return read_doc


def _of_zip(data: bytes) -> Callable[[bytes], Extracted]:
    from corpus.documents.packages import Package

    names = set(Package(data).names())
    if any(re.fullmatch(r"word/document\d*\.xml", name) for name in names):
        from corpus.documents.docx import read_docx

        return read_docx
    if "xl/workbook.xml" in names:
        from corpus.documents.xlsx import read_xlsx

        return read_xlsx
    if "xl/workbook.bin" in names:
        raise Unreadable("is a binary workbook (.xlsb), which is not read; save it as .xlsx")
    if any(name.startswith("ppt/") for name in names):
        raise Unreadable("holds slides, which are not read; save them as PDF")
    if "content.xml" in names:
        raise Unreadable("is an OpenDocument file, which is not read; save it as DOCX")
    raise Unreadable("is a zip archive and no document; unpack it first")
