"""The tables as they are now; how they came to be is in migrations/."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("language", String(16), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("level", String(16), nullable=False),
    Column("unit", String(200)),
    Column("state", JSON, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column(
        "conversation_id",
        String(64),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("generated_by", String(200), nullable=False),
    Column("level", String(16), nullable=False),
    Column("unit", String(200)),
    Column("generation", String(64)),
    Column("prompt_digest", String(64)),
    Column("evidence", JSON(none_as_null=True)),
    Column("timings", JSON, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "conversation_id",
        String(64),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("ordinal", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer_id", String(64), ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    UniqueConstraint("conversation_id", "ordinal"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("answer_id", String(64), ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column(
        "verdict", String(8), CheckConstraint("verdict IN ('up', 'down')", name="verdict"), nullable=False
    ),
    Column("comment", Text),
    Column("created", Moment, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("level", String(16), nullable=False),
    Column("unit", String(200)),
    Column("created", Moment, nullable=False),
    Column("revoked", Moment),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column(
        "conversation_id",
        String(64),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("answer_id", String(64), ForeignKey("answers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("language", String(16), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("answer_status", String(16), nullable=False),
    Column("searched", JSON, nullable=False),
    Column(
        "state",
        String(16),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        nullable=False,
        index=True,
    ),
    Column("owner", String(200)),
    Column("settled", Moment),
    Column("claimant", String(64)),
    Column("claimed", Moment),
)

ticket_notes = Table(
    "ticket_notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", String(64), ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("message", Text),
    Column("contact", Text),
)

ticket_replies = Table(
    "ticket_replies",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ticket_id", String(64), ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created", Moment, nullable=False),
    Column("author", String(200)),
    Column("text", Text, nullable=False),
    Column("citations", JSON, nullable=False),
)

curated_answers = Table(
    "curated_answers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("ticket_id", String(64), ForeignKey("tickets.id", ondelete="SET NULL"), index=True),
    Column("created", Moment, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("until", Date, nullable=False),
    Column("questions", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("withdrawn", Moment),
)

bot_chats = Table(
    "bot_chats",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("chat", String(200), primary_key=True),
    Column("asker", String(200), primary_key=True),
    # No foreign keys: a bot that runs alone has its conversations in another process's database.
    Column("conversation_id", String(64)),
    Column("answer_id", String(64)),
    Column("language", String(8), nullable=False),
    Column("state", JSON, nullable=False),
    Column("used", Moment, nullable=False),
)

bot_updates = Table(
    "bot_updates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("chat", String(200), nullable=False),
    Column("created", Moment, nullable=False, index=True),
    Column("body", JSON(none_as_null=True)),
    Column("attempts", Integer, nullable=False),
    Column("placeholder", String(200)),
    Column("done", Moment, index=True),
    UniqueConstraint("channel", "event_id"),
)

bot_messages = Table(
    "bot_messages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("chat", String(200), nullable=False),
    Column("asker", String(200), nullable=False),
    Column("update_id", Integer, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("created", Moment, nullable=False, index=True),
    Column("body", JSON(none_as_null=True)),
    Column("actions", JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("sent_id", String(200)),
    CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name="state"),
)

bot_watches = Table(
    "bot_watches",
    metadata,
    Column("conversation_id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False, index=True),
    Column("chat", String(200), nullable=False),
    Column("asker", String(200), nullable=False),
    Column("created", Moment, nullable=False),
)

bot_quotas = Table(
    "bot_quotas",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("asker", String(200), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("asked", Integer, nullable=False),
)

widget_sites = Table(
    "widget_sites",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("created", Moment, nullable=False),
    Column("definition", JSON, nullable=False),
)

signing_secrets = Table(
    "signing_secrets",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created", Moment, nullable=False),
)

record_stamps = Table(
    "record_stamps",
    metadata,
    Column("id", String(512), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("stamp", Moment, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("set_spec", String(100), nullable=False),
    Index("ix_record_stamps_stamp", "stamp", "id"),
)

model_tokens = Table(
    "model_tokens",
    metadata,
    Column("day", Date, primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("shown", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("level", String(16), nullable=False),
    Column("unit", String(200)),
    Column("password", String(200), nullable=False),
    Column("created", Moment, nullable=False),
    Column("disabled", Moment),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column(
        "account_id", String(64), ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)

staff_actions = Table(
    "staff_actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Moment, nullable=False, index=True),
    Column("account_id", String(64)),
    Column("who", String(200), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", String(64)),
)
