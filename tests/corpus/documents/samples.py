"""Small files made on the spot: PDF pages line by line, Word files from their XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 595, 842
BODY = 12

Line = tuple[str, float, float, float]
"""Text, left, bottom, size; all characters are as wide as they are high."""


def page(lines: Sequence[str], *, top: float = 760, indent: float = 24, size: float = BODY) -> list[Line]:
    """Lines one below the other; `>` before one sets it in as a first line, `#` makes it large."""
    placed: list[Line] = []
    y = top
    for line in lines:
        if line.startswith("#"):
            placed.append((line[1:], 150, y, size * 1.8))
        elif line.startswith(">"):
            placed.append((line[1:], 60 + indent, y, size))
        else:
            placed.append((line, 60, y, size))
        y -= 20
    return placed


def pdf(
    pages: Sequence[Sequence[Line]], *, shown_as: Mapping[str, str] | None = None, scans: Sequence[int] = ()
) -> bytes:
    """A PDF with one font, whose ToUnicode map says `shown_as[char]` for a character.

    Pages in `scans` (from 1) have a picture over the whole page.
    """
    chars = sorted({char for lines in pages for text, *_ in lines for char in text})
    codes = {char: number for number, char in enumerate(chars, 1)}
    meant = {char: (shown_as or {}).get(char, char) for char in chars}
    maps = "\n".join(
        f"<{codes[char]:04x}> <{''.join(f'{unit:04x}' for unit in _units(meant[char]))}>" for char in chars
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(chars)} beginbfchar\n{maps}\nendbfchar endcmap end end"
    )
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo "
        b"<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor 6 0 R >>",
        _stream(cmap.encode()),
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontBBox [0 -200 1000 800] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
        _stream(
            b"\xff",
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 ",
        ),
    ]
    kids = []
    for number, lines in enumerate(pages, 1):
        drawn = [
            f"BT /F1 {size} Tf 1 0 0 1 {left} {bottom} Tm "
            f"<{''.join(f'{codes[char]:04x}' for char in text)}> Tj ET"
            for text, left, bottom, size in lines
        ]
        if number in scans:
            drawn.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q")
        objects.append(_stream("\n".join(drawn).encode()))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> /XObject << /I1 7 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def _units(text: str) -> list[int]:
    data = text.encode("utf-16-be")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def _stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<< " + more + f"/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def docx(
    body: str, *, numbering: str = "", styles: str = "", footnotes: str = "", namespace: str = W
) -> bytes:
    """A Word file from the XML inside its parts."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>',
    }
    for name, root, content in (
        ("numbering", "numbering", numbering),
        ("styles", "styles", styles),
        ("footnotes", "footnotes", footnotes),
    ):
        if content:
            parts[f"word/{name}.xml"] = f'<w:{root} xmlns:w="{namespace}">{content}</w:{root}>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def p(text: str, properties: str = "") -> str:
    """A Word paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
