"""Who may see what: the label of a text, and the sight of whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

Level = Literal["public", "registered", "member", "unit", "staff"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""Each sees what those before it see; of level `unit` only what is its own unit's."""

PUBLIC, STAFF = "public", "staff"
_UNIT = "unit:"


def label_of(visibility: str, unit: str | None = None) -> str:
    """`public`, `registered`, `member`, `unit:<name>` or `staff`.

    What is for a unit and does not say for which, or for a level that is not known, is for staff.
    """
    if visibility == "unit":
        return f"{_UNIT}{unit}" if unit else STAFF
    return visibility if visibility in LEVELS else STAFF


def parted(label: str) -> tuple[Level, str | None]:
    """(visibility, unit) of a label."""
    if label.startswith(_UNIT):
        return "unit", label.removeprefix(_UNIT)
    return cast(Level, label), None


def strictest(*labels: str) -> str:
    """The label that is seen by those who see every one of these; two units have only staff in common."""
    if len({one for one in labels if one.startswith(_UNIT)}) > 1:
        return STAFF
    return max(labels, key=lambda one: LEVELS.index(parted(one)[0]), default=PUBLIC)


@dataclass(frozen=True, slots=True)
class Sight:
    """The labels that an asker sees: `label in sight`. Units cannot be listed, so it is no set."""

    level: Level = "public"
    unit: str | None = None

    def __contains__(self, label: object) -> bool:
        if self.level == STAFF:
            return True
        if not isinstance(label, str) or label == "unit":
            return False
        if label.startswith(_UNIT):
            return self.level == "unit" and self.unit is not None and label == label_of("unit", self.unit)
        return label in LEVELS[: LEVELS.index(self.level) + 1]
