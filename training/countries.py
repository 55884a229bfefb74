"""How assistant/reading/countries.json was made: `python -m training.countries`, from CLDR by babel."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel import Locale

TARGET = Path(__file__).parent.parent / "assistant" / "reading" / "countries.json"
WHOLE = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})
"""Codes of two letters that are no countries."""


def main() -> int:
    names = {}
    for language in ("zh", "en"):
        territories = Locale.parse(language).territories
        names[language] = sorted(
            str(name)
            for code, name in territories.items()
            if len(code) == 2 and code.isalpha() and code not in WHOLE
        )
    TARGET.write_text(json.dumps(names, ensure_ascii=False, indent=0), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
