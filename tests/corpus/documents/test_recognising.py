"""Scanned pages are read by the engine that is installed, marked, and left out where it is not sure."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from datetime import date
from pathlib import Path

import pypdfium2
import pytest

from corpus.documents.reading import left_out, read_document
from corpus.loaders import corpus_digest
from corpus.records import Corpus
from corpus.rulebooks.joining import join
from corpus.rulebooks.parser import parse
from corpus.rulebooks.shelf import Rulebook

WORDS = (
    "Toy Samples Regulations",
    "Article 1 Samples are taken with the written consent of the owner.",
    "Article 2 Keepers register each sample within thirty days.",
    "Article 3 The Office of Toys explains these Regulations.",
)


def languages() -> str:
    program = shutil.which("tesseract")
    if program is None:
        return ""
    return subprocess.run([program, "--list-langs"], capture_output=True, check=True, text=True).stdout


needs_engine = pytest.mark.skipif("eng" not in languages().split(), reason="no tesseract with English")


def _pdf(*objects: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    )  # fmt: skip


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n" % (len(content), entries) + content + b"\nendstream"


def lettered() -> bytes:
    lines = b"".join(b"(%s) Tj 0 -40 Td " % line.encode() for line in WORDS)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 400] /Contents 4 0 R /Resources << /Font << /F "
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page + b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        _stream(b"BT /F 14 Tf 50 340 Td " + lines + b"ET"),
    )


def scan(*, faint: bool = False) -> bytes:
    """The picture of that page, alone on one; `faint`: in a few coarse spots."""
    page = pypdfium2.PdfDocument(lettered())[0]
    bitmap = page.render(scale=0.6 if faint else 200 / 72, grayscale=True)
    rows = bytes(bitmap.buffer)
    pixels = b"".join(rows[at * bitmap.stride :][: bitmap.width] for at in range(bitmap.height))
    size = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
    size += b"/Width %d /Height %d " % (bitmap.width, bitmap.height)
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 400] /Contents 4 0 R "
        b"/Resources << /XObject << /I 5 0 R >> >> >>",
        _stream(b"595 0 0 400 0 0 cm /I Do"),
        _stream(zlib.compress(pixels), size),
    )


@needs_engine
def test_a_scanned_page_is_read_and_marked_wherever_its_words_go(tmp_path: Path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan())

    document = read_document(path, recognise="eng")
    text = parse(document.text().encode(), origin="scan.pdf")
    book = Rulebook(policy_id="toy", source="toy.md", text=text)
    policy = join(Corpus(digest=corpus_digest([])), [book], date(2026, 11, 30)).policies[0]

    assert text.title == WORDS[0]
    assert [f"{one.no} {one.text}" for one in text.articles] == list(WORDS[1:])
    assert document.recognised == text.recognised_pages == policy.versions[0].recognised_pages == (1,)
    assert "recognised" in document.notes[-1] and left_out(path, document) == []
    assert any("识别" in one.text.zh and "scan" in one.text.en for one in policy.notes)


@needs_engine
def test_a_page_that_is_hardly_legible_stays_out_and_is_named(tmp_path: Path):
    path = tmp_path / "faint.pdf"
    path.write_bytes(scan(faint=True))

    with pytest.raises(Exception, match=r"page 1: scanned, and recognised with a confidence of \d+ of 100"):
        read_document(path, recognise="eng")


def test_without_the_setting_a_scan_is_left_out_as_before(tmp_path: Path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan())

    with pytest.raises(Exception, match="scanned: a picture of a page"):
        read_document(path)
