"""Who asks, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.rights import LEVELS as LEVELS
from corpus.rights import Level as Level
from corpus.rights import Sight, label_of


@dataclass(frozen=True, slots=True)
class Asker:
    """A caller as a channel knows it; `unit` names the member unit of a unit key."""

    level: Level = "public"
    unit: str | None = None

    @property
    def label(self) -> str:
        """Of what was told to them: seen by their like, by those above and by staff."""
        return label_of(self.level, self.unit)


PUBLIC = Asker()


def visible_to(asker: Asker) -> Sight:
    """What this asker may see: each level its own and those below it, a unit only its own of that level."""
    return Sight(asker.level, asker.unit)
