"""When each public record was last seen to change, for harvesters of ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_stamps",
        sa.Column("id", sa.String(512), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("set_spec", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_stamps")),
    )
    op.create_index(op.f("ix_record_stamps_stamp"), "record_stamps", ["stamp", "id"])


def downgrade() -> None:
    op.drop_table("record_stamps")
