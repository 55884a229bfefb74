"""In which language an answer is asked for."""

from __future__ import annotations

import pytest

from assistant.language import requested_language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("a cruise in Chinese waters", None),
        ("fieldwork in Chinese EEZ, who approves", None),
        ("is there a dataset on migrants in English towns", None),
        ("in Chinese please", "zh"),
        ("the same in Chinese.", "zh"),
        ("answer in English, thanks", "en"),
        ("how do I apply, in English", "en"),
        ("用英文再说一遍", "en"),
    ],
)
def test_only_what_asks_for_a_language_does(question: str, language: str | None):
    assert requested_language(question) == language
