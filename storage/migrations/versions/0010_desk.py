"""Who has a ticket in hand, and what staff did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Accounts are never removed, so no key leads there: SQLite would copy the whole table for one.
    op.add_column("tickets", sa.Column("claimant", sa.String(64)))
    op.add_column("tickets", sa.Column("claimed", sa.DateTime(timezone=True)))
    op.create_table(
        "staff_actions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(64)),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_staff_actions"),
    )
    op.create_index("ix_staff_actions_created", "staff_actions", ["created"])


def downgrade() -> None:
    op.drop_table("staff_actions")
    with op.batch_alter_table("tickets") as batch:
        batch.drop_column("claimed")
        batch.drop_column("claimant")
