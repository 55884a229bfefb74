"""The tables of the index store, for SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

FORMAT_VERSION = 2
"""Of these tables and of what stands in them; a higher one on disk was written by a newer Kewen."""

metadata = MetaData()

settings = Table(
    "index_settings",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

generations = Table(
    "index_generations",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("state", String(10), nullable=False),  # building, live, retired
    Column("created", String(32), nullable=False),
    Column("manifest", Text),
)

FIELDS = (
    "id", "record_id", "kind", "part", "lang", "role", "title", "aliases", "host", "keywords", "text",
    "visibility", "type", "province", "access", "status", "effective", "expires",
)  # fmt: skip
"""Columns of a passage, in the order of `Passage`'s own fields."""
_NULLABLE = {"type", "province", "access", "status", "effective", "expires"}

passages = Table(
    "index_passages",
    metadata,
    Column("generation", String(40), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    *(Column(name, Text, nullable=name in _NULLABLE) for name in FIELDS),
    Column("digest", String(64), nullable=False),
    Index("index_passages_by_id", "generation", "id", unique=True),
    Index("index_passages_by_digest", "digest"),
)

vectors = Table(
    "index_vectors",
    metadata,
    Column("space", String(300), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian
)

collections = Table(
    "index_collections",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("generation", String(40), nullable=False),
    Column("lang", String(2), nullable=False),
    # Null until it is filled and checked; then how many percent of its vectors found themselves.
    Column("found", Integer),
)
"""Every Chroma collection ever asked for, written before it is made: others on that server are not ours."""
