"""Passages, vectors and generations in SQL: the truth that Chroma and the lexical index copy."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import numpy as np
from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError, OperationalError

from retrieval.embedding import Vector
from retrieval.errors import IndexDamaged, IndexNewer, SearchFailed
from retrieval.records import Passage
from retrieval.store_tables import (
    FIELDS,
    FORMAT_VERSION,
    collections,
    generations,
    metadata,
    passages,
    settings,
    vectors,
)

State = Literal["building", "live", "retired"]
STATEMENTS = "/statements"
"""Ends the name of the space whose vectors are of statements and not of passages."""
_IN = 500
"""Values in one IN list: SQLite takes 32,766 variables, a plan for 500 is already good."""


@dataclass(frozen=True)
class Manifest:
    """What a generation promises to hold. Counts of passages and of vectors are by language."""

    embedder: str
    dimensions: int
    analyser: str
    corpus_digest: str
    passages_digest: str
    records: int
    passages: Mapping[str, int]
    format: int = FORMAT_VERSION

    @property
    def space(self) -> str:
        """Names the vector space: vectors are kept and found under it."""
        return vector_space(self.embedder, self.dimensions)

    @property
    def total(self) -> int:
        return sum(self.passages.values())


@dataclass(frozen=True)
class Generation:
    """One build of the index; `manifest` is None while it is being built."""

    id: str
    state: State
    created: str
    manifest: Manifest | None


def vector_space(embedder: str, dimensions: int) -> str:
    """A model behind an address may be exchanged for one of another size under the same name."""
    return f"{embedder}/{dimensions}"


def vector_key(passage: Passage) -> str:
    """SHA-256 of what the embedder reads: equal text has one vector, in every generation."""
    return hashlib.sha256(b"passage\0" + passage.to_embed.encode("utf-8", "replace")).hexdigest()


class PassageStore:
    """The index store at an SQLAlchemy URL, `sqlite:///…` or `postgresql+psycopg://…`.

    Opening makes the tables. Raises IndexNewer when a newer Kewen wrote them, IndexDamaged when they
    cannot be read. An older format is dropped, since all of it can be built again.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        self._engine = _engine(self.url.render_as_string(hide_password=False))
        try:
            self._prepare()
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def engine(self) -> Engine:
        """For tables of others beside those of the index."""
        return self._engine

    def close(self) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        with self._transaction() as db:
            found = None
            if inspect(db).has_table(settings.name):
                found = db.scalar(select(settings.c.value).where(settings.c.key == "format"))
            if found is not None and int(found) > FORMAT_VERSION:
                raise IndexNewer(
                    f"The index in {self._place} has format {found}; this Kewen reads up to "
                    f"{FORMAT_VERSION}. Use the newer Kewen, or set another KEWEN_DATA_DIR."
                )
            if found is not None and int(found) < FORMAT_VERSION:
                metadata.drop_all(db)
                found = None
            metadata.create_all(db)
            if found is None:
                db.execute(insert(settings).values(key="format", value=str(FORMAT_VERSION)))
            if self._engine.dialect.name == "sqlite":
                verdict = db.scalar(text("PRAGMA quick_check(1)"))
                if verdict != "ok":
                    raise IndexDamaged(
                        f"The index in {self._place} is damaged ({verdict}). Run `kewen index --rebuild`."
                    )

    @property
    def _place(self) -> str:
        return self.url.database or self.url.render_as_string(hide_password=True)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """One transaction; a fault of the database comes out as IndexDamaged or SearchFailed."""
        try:
            with self._engine.begin() as db:
                yield db
        except OperationalError as error:
            raise SearchFailed(
                f"The index store {self._place} failed: {error.orig}. Check the disk and the database server."
            ) from error
        except DatabaseError as error:
            raise IndexDamaged(
                f"The index in {self._place} cannot be read: {error.orig}. Run `kewen index --rebuild`."
            ) from error

    # -- generations ------------------------------------------------------------------------------

    def begin(self) -> str:
        """A new generation's id; nothing sees it before `make_live`."""
        now = datetime.now(UTC)
        generation = f"{now:%Y%m%d%H%M%S}{uuid4().hex[:6]}"
        with self._transaction() as db:
            db.execute(
                insert(generations).values(
                    id=generation, state="building", created=now.isoformat(timespec="microseconds")
                )
            )
        return generation

    def generations(self) -> list[Generation]:
        """All that are there, newest first."""
        with self._transaction() as db:
            rows = db.execute(
                select(generations).order_by(generations.c.created.desc(), generations.c.id.desc())
            ).all()
        return [Generation(row.id, row.state, row.created, _manifest(row.manifest)) for row in rows]

    def live(self) -> Generation | None:
        """The generation to serve; None before the first build."""
        return next((one for one in self.generations() if one.state == "live"), None)

    def make_live(self, generation: str, manifest: Manifest) -> None:
        """Serve this one from now on, in one transaction; the one before is retired."""
        with self._transaction() as db:
            db.execute(update(generations).where(generations.c.state == "live").values(state="retired"))
            db.execute(
                update(generations)
                .where(generations.c.id == generation)
                .values(state="live", manifest=json.dumps(asdict(manifest), ensure_ascii=False))
            )

    def drop(self, generation: str) -> None:
        """Forget a generation; its vectors stay until `sweep`."""
        with self._transaction() as db:
            db.execute(delete(passages).where(passages.c.generation == generation))
            db.execute(delete(generations).where(generations.c.id == generation))

    def sweep(self, spaces: Iterable[str]) -> int:
        """Delete vectors of other spaces, or that no passage uses; how many there were.

        Those of statements are kept with their space; see `forget_statement_vectors`.
        """
        kept = list(spaces)
        used = select(passages.c.digest)
        of_statements = [f"{space}{STATEMENTS}" for space in kept]
        unused = vectors.c.space.in_(kept) & vectors.c.digest.not_in(used)
        stale = vectors.c.space.not_in([*kept, *of_statements]) | unused
        with self._transaction() as db:
            return db.execute(delete(vectors).where(stale)).rowcount

    # -- writing ----------------------------------------------------------------------------------

    def add(
        self,
        generation: str,
        first: int,
        batch: Sequence[Passage],
        space: str,
        fresh: Mapping[str, Vector],
    ) -> None:
        """Passages from ordinal `first` on, and vectors by key, replacing, in one transaction."""
        rows = [
            {"generation": generation, "ordinal": first + place, "digest": vector_key(passage)}
            | {name: getattr(passage, name) for name in FIELDS}
            for place, passage in enumerate(batch)
        ]
        kept = [
            {"space": space, "digest": key, "vector": np.asarray(row, "<f4").tobytes()}
            for key, row in fresh.items()
        ]
        with self._transaction() as db:
            if rows:
                db.execute(insert(passages), rows)
            for some in _chunks([*fresh], _IN):
                db.execute(delete(vectors).where(vectors.c.space == space, vectors.c.digest.in_(some)))
            if kept:
                db.execute(insert(vectors), kept)

    def known(self, space: str, keys: Iterable[str]) -> set[str]:
        """Which of the keys have a vector in this space."""
        found: set[str] = set()
        with self._transaction() as db:
            for some in _chunks(list(keys), _IN):
                query = select(vectors.c.digest).where(vectors.c.space == space, vectors.c.digest.in_(some))
                found.update(db.scalars(query))
        return found

    # -- reading ----------------------------------------------------------------------------------

    def passages(self, generation: str, *, batch: int = 500) -> Iterator[Passage]:
        """All passages in the order they were added, `batch` of them in memory at a time."""
        columns = [passages.c[name] for name in FIELDS]
        for rows in self._pages(generation, [passages.c.ordinal, *columns], batch):
            for row in rows:
                yield Passage(*row[1:])

    def vectors(
        self, generation: str, space: str, lang: str, *, batch: int = 1000
    ) -> Iterator[tuple[list[str], Vector]]:
        """Ids and unit rows (n, d) of one language, in order, `batch` at a time."""
        columns = [passages.c.ordinal, passages.c.id, vectors.c.vector]
        for rows in self._pages(generation, columns, batch, space=space, lang=lang):
            if len({len(row[2]) for row in rows}) > 1:
                raise IndexDamaged(
                    f"Vectors of generation {generation} differ in length. Run `kewen index --rebuild`."
                )
            matrix = np.frombuffer(b"".join(row[2] for row in rows), "<f4").reshape(len(rows), -1)
            yield [row[1] for row in rows], matrix

    def _pages(
        self,
        generation: str,
        columns: Sequence[Any],
        batch: int,
        *,
        space: str | None = None,
        lang: str | None = None,
    ) -> Iterator[Sequence[Any]]:
        query = select(*columns).where(passages.c.generation == generation)
        if space is not None:
            joined = passages.join(vectors, vectors.c.digest == passages.c.digest)
            query = query.select_from(joined).where(vectors.c.space == space)
        if lang is not None:
            query = query.where(passages.c.lang == lang)
        after = -1
        while True:
            page = query.where(passages.c.ordinal > after).order_by(passages.c.ordinal).limit(batch)
            with self._transaction() as db:
                rows = db.execute(page).all()
            if rows:
                yield rows
                after = rows[-1][0]
            if len(rows) < batch:
                return

    def counts(self, generation: str, space: str | None = None) -> dict[str, int]:
        """Passages by language; with a space, only those that have a vector in it."""
        query = select(passages.c.lang, func.count()).where(passages.c.generation == generation)
        if space is not None:
            joined = passages.join(vectors, vectors.c.digest == passages.c.digest)
            query = query.select_from(joined).where(vectors.c.space == space)
        with self._transaction() as db:
            rows = db.execute(query.group_by(passages.c.lang).order_by(passages.c.lang)).all()
        return {row[0]: row[1] for row in rows}

    def records(self, generation: str) -> int:
        """How many records have a passage."""
        with self._transaction() as db:
            query = select(func.count(passages.c.record_id.distinct()))
            return int(db.scalar(query.where(passages.c.generation == generation)) or 0)

    # -- statements -------------------------------------------------------------------------------

    def statement_vectors(self, space: str) -> dict[str, Vector]:
        """All vectors of a space by key."""
        query = select(vectors.c.digest, vectors.c.vector).where(vectors.c.space == space)
        with self._transaction() as db:
            return {row[0]: np.frombuffer(row[1], "<f4") for row in db.execute(query)}

    def add_statement_vectors(self, space: str, fresh: Mapping[str, Vector]) -> None:
        """Vectors by key, in one transaction; a key that is there keeps its vector."""
        known = self.known(space, fresh)
        kept = [
            {"space": space, "digest": key, "vector": np.asarray(row, "<f4").tobytes()}
            for key, row in fresh.items()
            if key not in known
        ]
        if kept:
            with self._transaction() as db:
                db.execute(insert(vectors), kept)

    def forget_statement_vectors(self, space: str, keys: Iterable[str]) -> None:
        """Delete these vectors."""
        with self._transaction() as db:
            for some in _chunks(list(keys), _IN):
                db.execute(delete(vectors).where(vectors.c.space == space, vectors.c.digest.in_(some)))

    # -- Chroma collections -----------------------------------------------------------------------

    def collections(self, generation: str | None = None) -> dict[str, str]:
        """Language by collection name, of one generation or of all, whether in use or not."""
        query = select(collections.c.name, collections.c.lang).order_by(collections.c.name)
        if generation is not None:
            query = query.where(collections.c.generation == generation)
        with self._transaction() as db:
            return {row[0]: row[1] for row in db.execute(query)}

    def used_collections(self, generation: str) -> dict[str, tuple[str, float]]:
        """By language: the name of the collection to search, and the share of it that found itself."""
        query = select(collections.c.lang, collections.c.name, collections.c.found)
        query = query.where(collections.c.generation == generation, collections.c.found.is_not(None))
        with self._transaction() as db:
            return {row[0]: (row[1], row[2] / 100) for row in db.execute(query)}

    def plan_collection(self, generation: str, lang: str) -> str:
        """A name not used before; written down before the collection is made."""
        with self._transaction() as db:
            query = select(func.count()).where(
                collections.c.generation == generation, collections.c.lang == lang
            )
            number = int(db.scalar(query) or 0) + 1
            name = f"kewen_{lang}_{generation}" + ("" if number == 1 else f"_{uuid4().hex[:6]}")
            db.execute(insert(collections).values(name=name, generation=generation, lang=lang))
        return name

    def use_collection(self, name: str, found: float) -> None:
        """Search this one for its language and generation from now on, no other; `found` from 0 to 1."""
        with self._transaction() as db:
            row = db.execute(select(collections).where(collections.c.name == name)).one()
            same = (collections.c.generation == row.generation) & (collections.c.lang == row.lang)
            db.execute(update(collections).where(same).values(found=None))
            this = collections.c.name == name
            db.execute(update(collections).where(this).values(found=round(100 * found)))

    def forget_collection(self, name: str) -> None:
        with self._transaction() as db:
            db.execute(delete(collections).where(collections.c.name == name))


def open_store(url: str) -> PassageStore:
    """The store at `url`; a damaged SQLite file is put aside, so that the index is built anew.

    Raises IndexNewer, and IndexDamaged for a damaged PostgreSQL store.
    """
    try:
        return PassageStore(url)
    except IndexDamaged:
        place = make_url(url)
        if place.get_backend_name() != "sqlite" or not place.database:
            raise
        for suffix in ("", "-wal", "-shm"):
            path = Path(place.database + suffix)
            if path.exists():
                path.replace(path.with_name(path.name + ".damaged"))
        return PassageStore(url)


def _engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        database = engine.url.database
        if database and database != ":memory:":
            file = Path(database)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Its owner's only, and so are the files that SQLite writes beside it.
            with suppress(FileExistsError):  # see storage/database.py
                os.close(os.open(file, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA busy_timeout=10000")

    return engine


def _manifest(stored: str | None) -> Manifest | None:
    return Manifest(**json.loads(stored)) if stored else None


def _chunks(values: list[str], size: int) -> Iterator[list[str]]:
    for at in range(0, len(values), size):
        yield values[at : at + size]
