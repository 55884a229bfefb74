"""Imported last by the process that others are forked from: what it has loaded stays, and is not looked
through for garbage again, which would give each child a copy of all of it."""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
