"""Chats of messaging apps: updates, messages, watches, quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bot_chats",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("asker", sa.String(200), nullable=False),
        sa.Column("conversation_id", sa.String(64)),
        sa.Column("answer_id", sa.String(64)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("used", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat", "asker", name=op.f("pk_bot_chats")),
    )
    op.create_table(
        "bot_updates",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("placeholder", sa.String(200)),
        sa.Column("done", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_updates")),
        sa.UniqueConstraint("channel", "event_id", name=op.f("uq_bot_updates_channel")),
    )
    op.create_table(
        "bot_messages",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("asker", sa.String(200), nullable=False),
        sa.Column("update_id", sa.Integer),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("body", sa.JSON),
        sa.Column("actions", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sent_id", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_messages")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name=op.f("ck_bot_messages_state")),
    )
    op.create_table(
        "bot_watches",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("chat", sa.String(200), nullable=False),
        sa.Column("asker", sa.String(200), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_bot_watches")),
    )
    op.create_table(
        "bot_quotas",
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("asker", sa.String(200), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("channel", "asker", "day", name=op.f("pk_bot_quotas")),
    )
    for table, columns in (
        ("bot_updates", ("created", "done")),
        ("bot_messages", ("update_id", "created", "state")),
        ("bot_watches", ("channel",)),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
