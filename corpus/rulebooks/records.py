"""What is known of a text before it is read, and what reading it gives."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from corpus.records import DATE_PATTERN, ID_PATTERN, PolicyStatus, Rank, VersionArticle

FORMAT = 1
"""Of FullText as stored; a text stored in another is read again from its own bytes."""


class Given(BaseModel):
    """What front matter or a side file says of a text. Given facts win over those read from the text."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str | None = Field(default=None, pattern=ID_PATTERN, description="Of the policy it belongs to.")
    title: str | None = Field(default=None, min_length=1)
    aliases: tuple[str, ...] = ()
    version: str | None = Field(default=None, pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$", max_length=60)
    doc_number: str | None = Field(default=None, min_length=1)
    issuing_body: str | None = Field(default=None, min_length=1)
    rank: Rank | None = None
    issued: str | None = Field(default=None, pattern=DATE_PATTERN)
    effective: str | None = Field(default=None, pattern=DATE_PATTERN)
    until: str | None = Field(default=None, pattern=DATE_PATTERN, description="First day without it.")
    status: PolicyStatus | None = None
    official_url: str | None = Field(default=None, pattern=r"^https?://")
    history: tuple[str, ...] = Field(
        default=(), description="Lines like a 题注: 2019年5月28日 中华人民共和国国务院令第717号公布."
    )


class FullText(BaseModel):
    """A whole document, article by article. Offsets are bytes of the text as it was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    title: str = Field(min_length=1)
    version: str
    issuing_body: str | None = None
    doc_number: str | None = None
    rank: Rank | None = Field(default=None, description="None where neither title nor issuer tells.")
    issued: str | None = Field(default=None, pattern=DATE_PATTERN)
    effective: str | None = Field(
        default=None, pattern=DATE_PATTERN, description="None where no text states it for this version."
    )
    note: str | None = Field(default=None, description="The note under the title (题注), or its lines.")
    chapters: tuple[str, ...] = ()
    articles: tuple[VersionArticle, ...]
    encoding: str = "utf-8"
    sha256: str
    origin: str = Field(description="Name of the file it was harvested from.")
    missing_pages: tuple[int, ...] = Field(default=(), description="Pages of it that could not be read.")
    recognised_pages: tuple[int, ...] = Field(
        default=(), description="Pages of it whose words an engine read off a picture."
    )
    given: Given = Given()
    warnings: tuple[str, ...] = ()

    @property
    def numbered(self) -> tuple[VersionArticle, ...]:
        """Without preamble and annexes."""
        return tuple(one for one in self.articles if not one.anchor.startswith(("preamble", "annex")))
