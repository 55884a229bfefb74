"""Names of file formats as catalogues write them -> one short name each."""

from __future__ import annotations

import re

from corpus.harvest.cleaning import is_placeholder, plain

_NOISE = re.compile(r"^(?:application|text|image)/(?:vnd\.|x-)?", re.I)
_TRANSPORTS = frozenset({"http", "https", "ftp", "application/http"})
_SHORT = {
    "ms-excel": "XLS",
    "openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "tab-separated-values": "TSV",
    "comma-separated-values": "CSV",
    "nc": "netcdf",
    "plain": "TXT",
    "geopackage+sqlite3": "GPKG",
    "geo+json": "GeoJSON",
}


def file_format(word: str) -> str:
    """CSV for text/csv and …/file-type/CSV; empty for what names no format."""
    text = plain(word)
    if not text or len(text) > 80 or is_placeholder(text) or text.lower() in _TRANSPORTS:
        return ""
    if re.match(r"https?://", text):
        text = re.split(r"[#/]", text.rstrip("/"))[-1]
    if found := re.match(r"[a-z]+/[\w.+-]+(?=[;,\s])", text):  # text/csv; charset=utf-8
        text = found[0]
    short = _NOISE.sub("", text)
    short = _SHORT.get(short, short)
    return short.upper() if short.isascii() and len(short) <= 6 else short
