"""An entry for BibTeX, with the fields that biblatex adds."""

from __future__ import annotations

import re
from datetime import date

from corpus.exports.citable import Citable
from corpus.texts import Language

_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
        "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip


def bibtex(work: Citable, accessed: date, language: Language = "zh") -> str:
    """One @misc entry, which every style knows. Bodies stand in braces, or they would be split as names."""
    authors = " and ".join(
        _name(agent.name, whole=agent.organisation or "," not in agent.name) for agent in work.creators
    ) or " and ".join(_name(name, whole=True) for name in work.authors(language))
    fields = {
        "author": authors,
        "title": f"{{{_plain(work.title.in_(language))}}}",
        "publisher": _plain(work.publisher.in_(language)) if work.publisher else "",
        "year": work.year or "",
        "date": work.issued or "",
        "version": _plain(work.version or ""),
        "number": _plain(work.number or ""),
        "doi": work.doi or "",
        "url": _address(work.url),
        "urldate": accessed.isoformat(),
        "note": _plain(f"CSTR:{work.cstr}") if work.cstr else "",
        "langid": "chinese" if language == "zh" else "english",
    }
    lines = [f"  {name:<9} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{_key(work.id)},\n" + ",\n".join(lines) + "\n}\n"


def _name(name: str, *, whole: bool) -> str:
    return f"{{{_plain(name)}}}" if whole else _plain(name)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().translate(_SPECIAL)


def _address(url: str) -> str:
    """Braces would end the field; what else is special stays as it is in \\url."""
    return re.sub(r"[{}\s\\]", lambda found: f"%{ord(found[0]):02X}", url)


def _key(record_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", record_id).strip("-")
