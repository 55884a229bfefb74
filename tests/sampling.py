"""What is asked in part where all tests run, and whole with `KEWEN_TEST_WHOLE=1`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def sample(whole: Sequence[T], one_in: int) -> Sequence[T]:
    """Always the same ones: the first of each `one_in`."""
    return whole if os.environ.get("KEWEN_TEST_WHOLE") else whole[::one_in]
