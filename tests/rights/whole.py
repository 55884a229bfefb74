"""What `make test` runs a sample of, whole: `python -m tests.rights.whole matrix letters`.

`matrix`: every cell of tests/rights/cells.py by every asker, each held against a Kewen of what that asker
may see. `letters`: secrets guessed letter by letter. Both take minutes of one core, print what they found
and exit 1 where anything is told.
"""

from __future__ import annotations

import asyncio
import string
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

from corpus.loaders import load_corpus
from corpus.records import Corpus
from corpus.rights import Sight
from corpus.seen import seen_by
from tests.conftest import TOY_CORPUS
from tests.rights.cells import Door, _ask, blanked, cells, fault
from tests.rights.conftest import client_of, headers_of, opened
from tests.rights.hidden import ASKERS, HAN, SECRETS, Who, with_secrets
from wiring import Kewen

PUBLIC: Who = ("public", None)
GUESSED = [SECRETS[one] for one in (("staff", None), ("unit", "alpha"), ("member", None), ("unit", None))]
SPOKEN = ["《{}库》在哪里", "{} Observation Dataset", "DOI 10.77777/{}.2020 是什么"]
"""Forms in which a secret is guessed; in the last it is written small."""
OTHER_HAN = "一二三四五六七八九十山水云雨风雪冰海江河湖林木草花鸟兽虫鱼金银铜铁玉石田土火光日"


class Houses:
    """Kewens of the run, in one folder with one embedder's graph."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder, self._stack = folder, stack
        self._doors: dict[Who | None, Door] = {}
        self.whole: Corpus = with_secrets(load_corpus(TOY_CORPUS))
        self.keeping = self._open(self.whole, "keeping", None)

    def _open(self, corpus: Corpus, name: str, like: Path | None) -> Kewen:
        return self._stack.enter_context(
            closing(opened(corpus, self.folder / name, self.folder / "embedder", like))
        )

    async def door(self, who: Who | None) -> Door:
        """Of the Kewen that holds secrets, or of one of what these see of it."""
        if who not in self._doors:
            kewen = self.keeping
            if who is not None:
                name = "-".join(filter(None, who))
                kewen = self._open(seen_by(self.whole, Sight(*who)), name, self.keeping.home.data_dir)
            client = await self._stack.enter_async_context(client_of(kewen))
            self._doors[who] = Door(kewen, client, headers_of(kewen))
        return self._doors[who]


async def matrix(houses: Houses) -> int:
    keeper, wrong, done = await houses.door(None), 0, Counter[str]()
    for who in ASKERS:
        innocent = await houses.door(who)
        for cell in cells():
            if cell.channel == "bot" and who != PUBLIC:
                continue
            done[cell.channel] += 1
            if found := await fault(cell, who, keeper, innocent):
                wrong += 1
                print(
                    f"{who} {cell.channel} {cell.path} {cell.asked!r} {cell.body[:80]}: {found}", flush=True
                )
        print(f"{who}: {done.total()} cells so far, {wrong} wrong", flush=True)
    print(f"matrix: {done.total()} cells ({dict(done)}), {wrong} tell something")
    return wrong


async def letters(houses: Houses) -> int:
    """An attacker at each place of a secret asks with every letter and takes the one whose answer is unlike
    those of all others. A letter counts as told where that is the right one, and where a Kewen that does not
    hold the secret answers otherwise."""
    keeper, fool = await houses.door(None), await houses.door(PUBLIC)
    asked = told = odd = 0

    async def answer(door: Door, form: str, guess: str) -> str:
        nonlocal asked
        asked += door is keeper
        status, text = await door.told(_ask(form.format(guess)), PUBLIC)
        return f"{status} {blanked(text, form.format(guess), guess, guess.lower())}"

    tried = [(word, form, string.ascii_lowercase, word) for word in GUESSED for form in SPOKEN]
    tried += [(HAN[word], "{}观测数据集在哪里", OTHER_HAN, word) for word in GUESSED]
    for secret, form, alphabet, _ in tried:
        spelled = secret.lower() if "10.77777" in form else secret
        for at in range(1, len(spelled)):
            options = sorted({*alphabet, spelled[at]})
            answers = {one: await answer(keeper, form, spelled[:at] + one) for one in options}
            alike = Counter(answers.values())
            alone = [one for one in options if alike[answers[one]] == 1]
            odd += spelled[at] in alone
            right = spelled[: at + 1]
            if answers[spelled[at]] != await answer(fool, form, right):
                told += 1
                print(f"{form.format(right)!r} is known", flush=True)
        print(f"{form.format(spelled)!r}: {asked} questions so far, {told} letters told", flush=True)
    print(f"letters: {asked} questions, {told} told; {odd} right ones stood alone, there and elsewhere")
    return told


RUNS: dict[str, Callable[[Houses], Awaitable[int]]] = {"matrix": matrix, "letters": letters}


async def main(chosen: list[str]) -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            houses = Houses(Path(folder), stack)
            for name in chosen:
                begun = time.process_time()
                wrong += await RUNS[name](houses)
                print(f"{name}: {time.process_time() - begun:.0f} s of CPU", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(main(sys.argv[1:] or list(RUNS))) else 0)
