"""The tables of harvested catalogues; they stand in the same database, by the same metadata."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.tables import Moment, metadata

harvest_sources = Table(
    "harvest_sources",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("settings", JSON, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("unit", String(200)),
    Column("scheduled", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("cursor", String(64)),
    Column("full_at", Moment),
)

harvest_runs = Table(
    "harvest_runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column(
        "source",
        String(100),
        ForeignKey("harvest_sources.name", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("who", String(200), nullable=False),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Column(
        "state",
        String(16),
        CheckConstraint("state IN ('running', 'done', 'stopped', 'failed')", name="state"),
        nullable=False,
    ),
    Column("settings", JSON, nullable=False),
    Column("since", String(64)),
    Column("counts", JSON, nullable=False),
    Column("sentence", Text),
)

harvest_pages = Table(
    "harvest_pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", String(64), ForeignKey("harvest_runs.id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("key", String(64), nullable=False),
    Column("request", JSON, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("sha256", String(64)),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("identifiers", JSON, nullable=False),
    Column("deleted", JSON, nullable=False),
    Column("following", JSON, nullable=False),
    Column("refused", JSON, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("full", Boolean, nullable=False),
    Column("newest", String(64)),
    UniqueConstraint("run_id", "ordinal"),
)

harvest_refusals = Table(
    "harvest_refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "run_id", String(64), ForeignKey("harvest_runs.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("place", Text, nullable=False),
    Column("line", Integer),
    Column("record", Text),
    Column("rule", String(100), nullable=False),
    Column("message", Text, nullable=False),
)

harvest_records = Table(
    "harvest_records",
    metadata,
    Column("id", String(500), primary_key=True),
    Column(
        "source",
        String(100),
        ForeignKey("harvest_sources.name", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("identifier", String(1000), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("resource", Text, nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("media_type", String(200), nullable=False),
    Column("format", String(64), nullable=False),
    Column("datestamp", String(64)),
    Column("first_seen", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("withdrawn", Moment, index=True),
    Column("successor", String(500)),
    Column("reason", JSON(none_as_null=True)),
    Column("by_staff", Boolean, nullable=False),
    Column("checked_by", String(64)),
    Column("checked", Text),
    Column("level", String(16)),
    Column("flags", JSON(none_as_null=True)),
    UniqueConstraint("source", "identifier"),
)

harvest_links = Table(
    "harvest_links",
    metadata,
    Column("url", String(2000), primary_key=True),
    Column(
        "health",
        String(16),
        CheckConstraint("health IN ('alive', 'dead', 'unsure', 'refused')", name="health"),
        nullable=False,
    ),
    Column("checked", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("status", Integer),
    Column("detail", Text),
)

harvest_merges = Table(
    "harvest_merges",
    metadata,
    Column("kept", String(500), primary_key=True),
    Column("other", String(500), primary_key=True),
    Column("why", JSON, nullable=False),
    Column(
        "state",
        String(16),
        CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name="state"),
        nullable=False,
    ),
    Column("created", Moment, nullable=False),
    Column("decided_by", String(200)),
)

harvest_revision = Table(
    "harvest_revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
