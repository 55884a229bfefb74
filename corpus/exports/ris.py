"""An entry for reference managers that read RIS."""

from __future__ import annotations

from datetime import date

from corpus.exports.citable import Citable
from corpus.texts import Language

MEDIA_TYPE = "application/x-research-info-systems"
_KINDS = {"DS": "DATA", "DB": "DBASE", "S": "STAND"}


def ris(work: Citable, accessed: date, language: Language = "zh") -> str:
    """One entry, ended by its empty line; what is not known is left out."""
    lines = [("TY", _KINDS.get(work.mark.partition("/")[0], "ELEC")), ("ID", work.id)]
    lines += [("AU", name) for name in work.authors(language)]
    lines += [
        ("TI", work.title.in_(language)),
        ("PB", work.publisher.in_(language) if work.publisher else ""),
        ("PY", work.year or ""),
        ("DA", (work.issued or "").replace("-", "/")),
        ("ET", work.version or ""),
        ("M1", work.number or ""),
        ("DO", work.doi or ""),
        ("N1", f"CSTR:{work.cstr}" if work.cstr else ""),
        ("UR", work.url),
        ("L2", work.page),
        ("Y2", accessed.isoformat().replace("-", "/")),
        ("LA", language),
    ]
    told = (f"{tag}  - {' '.join(text.split())}" for tag, text in lines if text)
    return "\n".join((*told, "ER  - ", "", ""))
