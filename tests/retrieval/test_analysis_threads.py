"""Words are cut the same from several threads at once: questions are answered side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from retrieval.analysis import _stem, content_terms

WORDS = [f"{stem}{end}" for stem in ("deposit", "regul", "harvest", "certif", "nation") for end in
         ("", "s", "ed", "ing", "ation", "ations", "ally", "ful", "ness")]  # fmt: skip


def test_stems_do_not_hang_on_what_other_threads_cut():
    text = " ".join(WORDS)
    alone = content_terms(text)

    def again(_: int) -> list[str]:
        _stem.cache_clear()
        return content_terms(text)

    with ThreadPoolExecutor(8) as pool:
        assert all(found == alone for found in pool.map(again, range(200)))
