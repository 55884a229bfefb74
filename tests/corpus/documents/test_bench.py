"""Files that break parsers, tried where KEWEN_BENCH_DIR names the folder of test collections."""

from __future__ import annotations

import csv
import json
import os
import resource
from pathlib import Path

import pytest

from corpus.documents.errors import DocumentRefused, Unreadable
from corpus.documents.html import read_html
from corpus.documents.plain import read_text
from corpus.documents.reading import read_document
from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.parser import parse

BENCH = Path(os.environ.get("KEWEN_BENCH_DIR") or ".") / "ingest-inputs"

pytestmark = pytest.mark.skipif(not (BENCH / "manifest.tsv").is_file(), reason="KEWEN_BENCH_DIR is not set")

# By eye: no text in their pages or cells, or a picture only, or not read by name (.xls).
EMPTY = {
    "document_TestTableColumns.docx", "test-data_external-picture.docx", "test-data_tiny-picture.docx",
    "019-grayscale-image_grayscale-image.pdf",
}  # fmt: skip


def files(kind: str) -> list[tuple[Path, str]]:
    with (BENCH / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(BENCH / row["file"], row["label"]) for row in rows if row["format"] == kind]


def test_every_file_ends_in_text_or_a_sentence_within_its_limits() -> None:
    wrong = []
    for path, label in [*files("office"), *files("pdf")]:
        try:
            found = bool(read_document(path).paragraphs)
        except DocumentRefused as refused:
            found = False
            for sentence in refused.complaints:
                if not sentence.startswith(str(path)) or "Traceback" in sentence or "\n" in sentence:
                    wrong.append(sentence)
        if label == "ordinary" and not found and path.name not in EMPTY and path.suffix != ".xls":
            wrong.append(f"{path.name}: no text")

    assert wrong == []
    # A child begins as a copy of this process, which other tests may have made larger than the limit.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(own, 512 * 1024)


def test_naughty_strings_are_text_like_any_other() -> None:
    strings = json.loads((BENCH / "strings" / "blns.json").read_text(encoding="utf-8"))
    for string in strings:
        data = f"# 玩具办法\n第一条 {string}\n第二条 完。\n".encode("utf-8", "surrogatepass")
        for reader in (read_text, read_html):
            try:
                text = reader(data).text()
            except Unreadable:
                continue
            try:
                parse(text.encode())
            except RulebookInvalid as invalid:
                assert invalid.complaints
