"""Harvested catalogues: sources, runs, pages, refusals, records, links, merges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "harvest_sources",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("scheduled", sa.Boolean, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("cursor", sa.String(64)),
        sa.Column("full_at", MOMENT),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_harvest_sources")),
    )
    op.create_table(
        "harvest_runs",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("started", MOMENT, nullable=False),
        sa.Column("finished", MOMENT),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("since", sa.String(64)),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("sentence", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_runs")),
        sa.ForeignKeyConstraint(
            ["source"], ["harvest_sources.name"], name=op.f("fk_harvest_runs_source"), ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'stopped', 'failed')", name=op.f("ck_harvest_runs_state")
        ),
    )
    op.create_index(op.f("ix_harvest_runs_source"), "harvest_runs", ["source"])
    op.create_table(
        "harvest_pages",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("identifiers", sa.JSON, nullable=False),
        sa.Column("deleted", sa.JSON, nullable=False),
        sa.Column("following", sa.JSON, nullable=False),
        sa.Column("refused", sa.JSON, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("full", sa.Boolean, nullable=False),
        sa.Column("newest", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_pages")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["harvest_runs.id"], name=op.f("fk_harvest_pages_run_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("run_id", "ordinal", name=op.f("uq_harvest_pages_run_id")),
    )
    op.create_table(
        "harvest_refusals",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("line", sa.Integer),
        sa.Column("record", sa.Text),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_refusals")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["harvest_runs.id"], name=op.f("fk_harvest_refusals_run_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_harvest_refusals_run_id"), "harvest_refusals", ["run_id"])
    op.create_table(
        "harvest_records",
        sa.Column("id", sa.String(500), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("identifier", sa.String(1000), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("resource", sa.Text, nullable=False),
        sa.Column("original", sa.LargeBinary, nullable=False),
        sa.Column("media_type", sa.String(200), nullable=False),
        sa.Column("format", sa.String(64), nullable=False),
        sa.Column("datestamp", sa.String(64)),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.Column("changed", MOMENT, nullable=False),
        sa.Column("withdrawn", MOMENT),
        sa.Column("successor", sa.String(500)),
        sa.Column("reason", sa.JSON),
        sa.Column("by_staff", sa.Boolean, nullable=False),
        sa.Column("checked_by", sa.String(64)),
        sa.Column("checked", sa.Text),
        sa.Column("level", sa.String(16)),
        sa.Column("flags", sa.JSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_records")),
        sa.ForeignKeyConstraint(
            ["source"], ["harvest_sources.name"], name=op.f("fk_harvest_records_source"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("source", "identifier", name=op.f("uq_harvest_records_source")),
    )
    op.create_index(op.f("ix_harvest_records_withdrawn"), "harvest_records", ["withdrawn"])
    op.create_table(
        "harvest_links",
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("health", sa.String(16), nullable=False),
        sa.Column("checked", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_harvest_links")),
        sa.CheckConstraint(
            "health IN ('alive', 'dead', 'unsure', 'refused')", name=op.f("ck_harvest_links_health")
        ),
    )
    op.create_table(
        "harvest_merges",
        sa.Column("kept", sa.String(500), nullable=False),
        sa.Column("other", sa.String(500), nullable=False),
        sa.Column("why", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(200)),
        sa.PrimaryKeyConstraint("kept", "other", name=op.f("pk_harvest_merges")),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'rejected')", name=op.f("ck_harvest_merges_state")
        ),
    )
    op.create_table(
        "harvest_revision",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_revision")),
    )
