"""A citation as GB/T 7714-2015 sets it, sequential numbering system, of an online resource."""

from __future__ import annotations

from datetime import date

from corpus.exports.citable import Citable
from corpus.texts import Language

_MOST = 3
"""Names before 等."""


def gbt7714(work: Citable, accessed: date, language: Language = "zh") -> str:
    """主要责任者. 题名[DS/OL]. 版本. 出版者, 年(更新日期)[引用日期]. 地址. DOI:….

    What is not known is left out, as the standard allows for online resources.
    """
    title = work.title.in_(language)
    if work.number:
        title += f": {work.number}"
    authors = work.authors(language)
    parts = [f"{_names(authors, language)}. " if authors else "", f"{title}[{work.mark}/OL]. "]
    if work.version:
        parts.append(f"{'版本 ' if language == 'zh' else 'Version '}{work.version}. ")
    publisher = work.publisher.in_(language) if work.publisher else ""
    # A publisher that stands as author already is not said twice.
    if publisher and publisher not in authors:
        parts.append(f"{publisher}, {work.year}" if work.year else publisher)
        parts.append(f"({work.modified})" if work.modified else "")
    elif day := work.modified or work.issued:
        parts.append(f"({day})")
    parts.append(f"[{accessed.isoformat()}]. {work.url}.")
    if work.doi:
        parts.append(f" DOI:{work.doi}.")
    if work.cstr:
        parts.append(f" CSTR:{work.cstr}.")
    return "".join(parts)


def _names(names: list[str], language: Language) -> str:
    shown = ", ".join(names[:_MOST])
    if len(names) > _MOST:
        shown += ", 等" if language == "zh" else ", et al"
    return shown
