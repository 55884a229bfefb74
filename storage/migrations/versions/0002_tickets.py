"""Tickets with notes and replies, and curated answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("answer_id", sa.String(64), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answer_status", sa.String(16), nullable=False),
        sa.Column("searched", sa.JSON, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(200)),
        sa.Column("settled", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_tickets_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_tickets_answer_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_tickets_state")),
    )
    for column in ("conversation_id", "answer_id", "state"):
        op.create_index(op.f(f"ix_tickets_{column}"), "tickets", [column])
    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("ticket_id", sa.String(64), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("contact", sa.Text),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_notes")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_notes_ticket_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_ticket_notes_ticket_id"), "ticket_notes", ["ticket_id"])
    op.create_table(
        "ticket_replies",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("ticket_id", sa.String(64), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("author", sa.String(200)),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("citations", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_replies")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_replies_ticket_id"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_ticket_replies_ticket_id"), "ticket_replies", ["ticket_id"])
    op.create_table(
        "curated_answers",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("ticket_id", sa.String(64)),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("questions", sa.JSON, nullable=False),
        sa.Column("texts", sa.JSON, nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("withdrawn", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curated_answers")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_curated_answers_ticket_id"), ondelete="SET NULL"
        ),
    )
    op.create_index(op.f("ix_curated_answers_ticket_id"), "curated_answers", ["ticket_id"])
