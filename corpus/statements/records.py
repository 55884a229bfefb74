"""Statement: one thing that a record or an article says, quoted exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.clauses import ClauseText, Operator
from corpus.texts import Language, Text

Field = Literal[
    "name",
    "alias",
    "former_name",
    "type",
    "host",
    "governing_body",
    "place",
    "subjects",
    "holdings",
    "access_level",
    "access",
    "how_to_apply",
    "url",
    "other_urls",
    "identifiers",
    "contact",
    "since",
    "licence",
    "creators",
    "issued",
    "modified",
    "temporal",
    "spatial",
    "formats",
    "frequency",
    "funding",
    "relations",
    "details",
    "note",
    "document",
    "scope",
    "amendment",
    "succession",
    "article",
]


@dataclass(frozen=True, slots=True)
class Statement:
    """`quote` stands, letter for letter, in the field `field` of its record in `language`.

    `part` is the place of the record that search knows (`card`, `how_to_apply`, `summary`, an article's key);
    `locator` what a citation names: the field, or the article's `no`. `aspects` are what it answers, as far
    as its field or its annotation tells; free text has none. `operator` and `clause` are those of an
    annotated rule; a clause that was not annotated by hand carries no verdict (`checked` False).
    """

    id: str
    record_id: str
    kind: Literal["resource", "policy"]
    part: str
    locator: str
    field: Field
    language: Language
    title: str
    label: str
    quote: str
    aspects: tuple[str, ...] = ()
    operator: Operator | None = None
    clause: ClauseText | None = None
    checked: bool = False
    number: int = 0
    labels: Text | None = None
    quotes: Text | None = None
    """Of a code of a closed set: its words in both languages."""
    read_as: str = ""
    """What a question in another language is compared with in place of the quote: never shown."""

    def label_in(self, language: Language) -> str:
        """The label as a reader of that language has it, whatever the record is written in."""
        return self.labels.in_(language) if self.labels else self.label

    def quote_in(self, language: Language) -> str:
        """The quote, in that language where it is a code of a closed set."""
        return self.quotes.in_(language) if self.quotes else self.quote

    @property
    def to_embed(self) -> str:
        """Title, label and quote in one string, as an embedder sees them."""
        colon = "：" if self.language == "zh" else ": "
        return (
            f"{self.title}{colon}{self.label}{colon}{self.quote}"
            if self.label
            else f"{self.title}{colon}{self.quote}"
        )
