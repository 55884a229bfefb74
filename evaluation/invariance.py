"""Whether the form of an answer hangs on a filler: `python -m evaluation.invariance [--data-dir DIR]`.

Each frame of evals/invariance.json is asked with every filler (countries: those of CLDR, by babel). The
form is the status, the operation, the headline and the first cited place; told is the share of answers with
the form that most have, for each frame and for all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel import Locale

from assistant.records import Answer
from settings import Settings
from wiring import build_kewen

FRAMES = Path(__file__).parent.parent / "evals" / "invariance.json"
APART = frozenset({"CN", "HK", "MO", "TW"})
"""What the rules themselves name: asked apart."""


def countries(language: str) -> list[str]:
    """Names of the countries of CLDR in a language, in order of code."""
    names = {str(code): str(name) for code, name in Locale.parse(language).territories.items()}
    codes = sorted(code for code in names if len(code) == 2 and code.isalpha() and code not in APART)
    return [names[code] for code in codes if code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO")]


def form(answer: Answer) -> tuple[str, ...]:
    """What must not change with the filler."""
    first = answer.citations[0] if answer.citations else None
    place = f"{first.id}#{first.locator}" if first else "-"
    operation = answer.query.operation if answer.query else "-"
    return answer.status, operation, place


async def ask_all(
    kewen: Any, frames: Sequence[dict[str, str]], fillers: Any
) -> Iterator[tuple[str, Counter[tuple[str, ...]]]]:
    told = []
    for frame in frames:
        kind, language = frame["filler"], frame["lang"]
        some = countries(language) if kind == "country" else fillers[kind][language]
        forms: Counter[tuple[str, ...]] = Counter()
        for one in some:
            forms[form(await kewen.assistant.ask(frame["text"].format(x=one)))] += 1
        told.append((frame["id"], forms))
    return iter(told)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path("data"))
    given = parser.parse_args(arguments)
    stored = json.loads(FRAMES.read_text("utf-8"))
    kewen = build_kewen(Settings(data_dir=given.data_dir))
    same = total = 0
    try:
        for name, forms in asyncio.run(ask_all(kewen, stored["frames"], stored["fillers"])):
            most, count = forms.most_common(1)[0]
            same, total = same + count, total + forms.total()
            print(f"{name}: {count} of {forms.total()} ({count / forms.total():.3f}) {' '.join(most)}")
            for other, number in forms.most_common(4)[1:]:
                print(f"    {number}: {' '.join(other)}")
    finally:
        kewen.close()
    print(f"invariance: {same} of {total} ({same / total:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
