"""Answers and harvested records of one unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answers", sa.Column("unit", sa.String(200)))
    op.add_column("harvest_sources", sa.Column("unit", sa.String(200)))
    # Until now any unit could go on in the conversation of another, so whose an answer is cannot be told
    # where the conversation was not made with a key of a unit: those are for staff.
    op.execute(
        "UPDATE answers SET unit = (SELECT conversations.unit FROM conversations"
        " WHERE conversations.id = answers.conversation_id) WHERE level = 'unit'"
    )


def downgrade() -> None:
    with op.batch_alter_table("harvest_sources") as batch:
        batch.drop_column("unit")
    with op.batch_alter_table("answers") as batch:
        batch.drop_column("unit")
