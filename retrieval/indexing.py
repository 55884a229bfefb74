"""Building a generation of the index, opening the live one, and saying what is there."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from corpus.records import Corpus
from retrieval.analysis import ANALYSER_VERSION
from retrieval.chroma import Chroma
from retrieval.embedding import Embedder
from retrieval.errors import (
    IndexBuildFailed,
    IndexDamaged,
    IndexNotBuilt,
    RetrievalError,
    SearchFailed,
)
from retrieval.lexical import LexicalIndex
from retrieval.lock import WriterLock
from retrieval.passages import passages_of
from retrieval.records import Passage
from retrieval.store import Generation, Manifest, PassageStore, open_store, vector_key
from retrieval.vectors import SeenVectors, VectorIndex

log = logging.getLogger(__name__)

_BATCH = 64
_values = attrgetter(*(field.name for field in fields(Passage)))
"""A passage as a tuple; dataclasses.astuple copies every value and takes ten times as long."""
_SEEN = "@"
_SEEN_NAME = re.compile(r"@[0-9a-f]{16}$")
"""The lexical index of those who do not see all of a generation is named after it and after what they see."""
_KEPT_RETIRED = 1
"""A process that has the generation before still open can go on reading it."""


@dataclass(frozen=True)
class Progress:
    """How far a build is: `done` of `total` passages of this stage."""

    stage: Literal["embedding", "vectors", "lexical", "checking", "statements"]
    done: int
    total: int


@dataclass(frozen=True)
class Source:
    """Passages that can be read more than once, in the same order, and the digest of what they are from."""

    passages: Callable[[], Iterable[Passage]]
    digest: str

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        return cls(lambda: (one for record in corpus for one in passages_of(record)), corpus.digest)


class IndexHome:
    """The store, Chroma and the lexical folders that belong to one data folder, under its lock.

    `store_url` None: SQLite in the folder; `chroma_url` None: embedded Chroma in the folder. Raises
    IndexLocked when another process has the folder, IndexNewer, SearchFailed. Close it in the end.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        store_url: str | None = None,
        chroma_url: str | None = None,
        chroma_token: str | None = None,
    ) -> None:
        self.data_dir = data_dir
        self._lock = WriterLock(data_dir)
        self._lock.acquire()
        try:
            self.store = open_store(store_url or default_store_url(data_dir))
            try:
                path = None if chroma_url else data_dir / "chroma"
                self.chroma = Chroma(path=path, url=chroma_url, token=chroma_token)
            except BaseException:
                self.store.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        self.chroma.close()
        self.store.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def lexical_path(self, generation: str) -> Path:
        return self.data_dir / "lexical" / generation


@dataclass(frozen=True)
class OpenIndex:
    """The live generation, checked and ready to be searched."""

    generation: str
    manifest: Manifest
    store: PassageStore
    vectors: VectorIndex
    lexical: LexicalIndex
    home: IndexHome

    def passages(self) -> Iterator[Passage]:
        return self.store.passages(self.generation)

    def seen_by(self, labels: frozenset[str]) -> SeenIndex:
        """What of it has one of these labels, with statistics of its own: no score tells what else there is.

        Its lexical index is kept beside that of the generation. Raises IndexDamaged.
        """
        passages = [one for one in self.passages() if one.visibility in labels]
        name = hashlib.sha256("\n".join(sorted(labels)).encode()).hexdigest()[:16]
        path = self.home.lexical_path(f"{self.generation}{_SEEN}{name}")
        lexical = _lexical_of(path, lambda: passages, len(passages))
        return SeenIndex(SeenVectors(self.vectors, {one.id for one in passages}), lexical, passages)


@dataclass(frozen=True)
class SeenIndex:
    """The part of a generation that somebody sees."""

    vectors: SeenVectors
    lexical: LexicalIndex
    passages: list[Passage]


@dataclass(frozen=True)
class IndexStatus:
    """What the store says, without opening Chroma: any process may ask."""

    live: Generation | None
    building: int
    retired: int


def default_store_url(data_dir: Path) -> str:
    return f"sqlite:///{data_dir / 'index.db'}"


def index_status(store: PassageStore) -> IndexStatus:
    states = Counter(one.state for one in store.generations())
    return IndexStatus(store.live(), states["building"], states["retired"])


def build_index(
    source: Corpus | Source,
    home: IndexHome,
    embedder: Embedder,
    *,
    progress: Callable[[Progress], None] | None = None,
    rebuild: bool = False,
) -> Manifest:
    """Make a generation of `source` live; what its manifest says.

    Only text that has no vector yet is embedded. Where passages, embedder and analyser are those of
    the live generation nothing is done at all, unless `rebuild` (which also embeds everything again).
    Killed or failing at any moment it leaves the live generation as it was, and what was embedded is
    kept for the next try. Raises EmbeddingFailed; IndexBuildFailed for everything else.
    """
    given = Source.of(source) if isinstance(source, Corpus) else source
    wanted = _manifest(given, embedder)
    live = home.store.live()
    clean_up(home)
    if live is not None and live.manifest is not None and not rebuild and _same(live.manifest, wanted):
        held = home.store.counts(live.id, wanted.space)
        if held == live.manifest.passages:
            return live.manifest
        log.warning("Generation %s holds %s and is built anew.", live.id, held)
    report = progress or _silent
    generation = home.store.begin()
    try:
        _embed(given, home.store, generation, wanted, embedder, report, rebuild)
        LexicalIndex.build(
            home.lexical_path(generation),
            _counted(home.store.passages(generation), "lexical", wanted.total, report),
        )
        counter = _Stage("vectors", wanted.total, report)
        vectors = VectorIndex(home.store, home.chroma, generation, wanted.space, progress=counter.add)
        report(Progress("checking", 0, wanted.total))
        _check(home, generation, wanted, vectors)
        home.chroma.seal()
        home.store.make_live(generation, wanted)
        report(Progress("checking", wanted.total, wanted.total))
    except (SearchFailed, IndexDamaged, OSError, ValueError) as error:
        _discard(home)
        raise IndexBuildFailed(
            f"The new index could not be finished: {error} What was served before still is."
        ) from error
    except BaseException:
        _discard(home)
        raise
    clean_up(home)
    home.chroma.seal()
    home.store.sweep({one.manifest.space for one in home.store.generations() if one.manifest})
    return wanted


def open_index(home: IndexHome, embedder: Embedder) -> OpenIndex:
    """The live generation; damaged copies in Chroma or the lexical folder are made anew from the store.

    Raises IndexNotBuilt when there is none or it was built with another embedder, IndexDamaged when
    the store itself does not hold what the manifest says.
    """
    live = home.store.live()
    if live is None or live.manifest is None:
        raise IndexNotBuilt(f"There is no index in {home.data_dir} yet. Run `kewen index`.")
    manifest = live.manifest
    if (embedder.name, embedder.dimensions) != (manifest.embedder, manifest.dimensions):
        raise IndexNotBuilt(
            f"The index was built with {manifest.embedder!r} ({manifest.dimensions} dimensions) but the "
            f"embedder is {embedder.name!r} ({embedder.dimensions}). Run `kewen index`."
        )
    clean_up(home)
    if home.store.counts(live.id) != manifest.passages:
        raise IndexDamaged(
            f"Generation {live.id} holds {home.store.counts(live.id)} passages and should hold "
            f"{manifest.passages}. Run `kewen index --rebuild`."
        )
    vectors = VectorIndex(home.store, home.chroma, live.id, manifest.space)
    if vectors.repaired:
        home.chroma.seal()
    lexical = _lexical(home, live.id, manifest)
    return OpenIndex(live.id, manifest, home.store, vectors, lexical, home)


def clean_up(home: IndexHome) -> None:
    """Remove what dead builds left, and generations older than the one before the live one.

    What cannot be removed now is tried again at the next start.
    """
    retired = 0
    kept: set[str] = set()
    for one in home.store.generations():
        retired += one.state == "retired"
        if one.state == "live" or (one.state == "retired" and retired <= _KEPT_RETIRED):
            kept.add(one.id)
    used = {name for one in kept for name, _ in home.store.used_collections(one).values()}
    for name in home.store.collections():
        if name not in used:
            try:
                home.chroma.drop(name)
            except SearchFailed as error:
                log.warning("Collection %s stays for now: %s", name, error)
            else:
                home.store.forget_collection(name)
    for one in home.store.generations():
        if one.id not in kept:
            home.store.drop(one.id)
    folder = home.data_dir / "lexical"
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in kept and not (_SEEN_NAME.search(path.name) and path.name.split(_SEEN)[0] in kept):
            shutil.rmtree(path, ignore_errors=True)


def _discard(home: IndexHome) -> None:
    """Clean up after a failed build; on a full disk even that may fail, and the next start does it."""
    try:
        clean_up(home)
    except (RetrievalError, OSError) as error:
        log.warning("The unfinished generation stays until the next start: %s", error)


def _manifest(source: Source, embedder: Embedder) -> Manifest:
    """What a generation of this source would hold; one pass over the passages."""
    digest = hashlib.sha256()
    counts: Counter[str] = Counter()
    records: set[str] = set()
    seen: set[str] = set()
    for passage in source.passages():
        if passage.id in seen:
            raise IndexBuildFailed(f"Two passages have the id {passage.id!r}. Give one of them another id.")
        seen.add(passage.id)
        digest.update(json.dumps(_values(passage), ensure_ascii=True).encode())
        counts[passage.lang] += 1
        records.add(passage.record_id)
    if not counts:
        raise IndexBuildFailed("There is no passage to index: the corpus is empty. Add records to it.")
    return Manifest(
        embedder=embedder.name,
        dimensions=embedder.dimensions,
        analyser=ANALYSER_VERSION,
        corpus_digest=source.digest,
        passages_digest=digest.hexdigest(),
        records=len(records),
        passages=dict(sorted(counts.items())),
    )


def _same(live: Manifest, wanted: Manifest) -> bool:
    """True if a build would make the same generation; the corpus digest may differ in what is not indexed."""

    def key(one: Manifest) -> tuple[object, ...]:
        return one.format, one.space, one.analyser, one.passages_digest

    return key(live) == key(wanted)


def _embed(
    source: Source,
    store: PassageStore,
    generation: str,
    manifest: Manifest,
    embedder: Embedder,
    report: Callable[[Progress], None],
    afresh: bool,
) -> None:
    """Passages into the store, with vectors for those texts that have none."""
    passages, first = iter(source.passages()), 0
    done: set[str] = set()
    while batch := list(islice(passages, _BATCH)):
        texts = {vector_key(passage): passage.to_embed for passage in batch}
        known = done if afresh else store.known(manifest.space, texts)
        missing = [key for key in texts if key not in known]
        rows = embedder.embed_passages([texts[key] for key in missing])
        fresh = dict(zip(missing, rows, strict=True))
        store.add(generation, first, batch, manifest.space, fresh)
        done |= fresh.keys() if afresh else set()
        first += len(batch)
        report(Progress("embedding", first, manifest.total))


def _lexical(home: IndexHome, generation: str, manifest: Manifest) -> LexicalIndex:
    path = home.lexical_path(generation)
    return _lexical_of(path, lambda: home.store.passages(generation), manifest.total)


def _lexical_of(path: Path, passages: Callable[[], Iterable[Passage]], total: int) -> LexicalIndex:
    """The one at that path, made anew where it is not whole."""
    if path.exists() or not _SEEN_NAME.search(path.name):
        try:
            index = LexicalIndex(path)
            if index.count() == total:
                return index
            fault = f"{index.count()} rows for {total} passages"
        except (IndexDamaged, OSError) as error:
            fault = str(error)
        log.warning("The lexical index %s is made anew from the store: %s", path.name, fault)
    LexicalIndex.build(path, passages())
    return LexicalIndex(path)


def _check(home: IndexHome, generation: str, manifest: Manifest, vectors: VectorIndex) -> None:
    """Records = passages = vectors = lexical rows, by language; Chroma was checked when it was filled."""
    held = {
        "passages": home.store.counts(generation),
        "vectors": home.store.counts(generation, manifest.space),
        "searchable vectors": {lang: vectors.count(lang) for lang in vectors.languages},
    }
    for what, counts in held.items():
        if counts != manifest.passages:
            raise IndexDamaged(f"The new generation has {what} {counts}, not {dict(manifest.passages)}.")
    if (records := home.store.records(generation)) != manifest.records:
        raise IndexDamaged(f"The new generation has {records} records, not {manifest.records}.")
    if (rows := LexicalIndex(home.lexical_path(generation)).count()) != manifest.total:
        raise IndexDamaged(f"The new lexical index has {rows} rows, not {manifest.total}.")


class _Stage:
    """Counts passages of one stage."""

    def __init__(
        self,
        stage: Literal["vectors", "lexical"],
        total: int,
        report: Callable[[Progress], None],
    ) -> None:
        self._stage, self._total, self._report = stage, total, report
        self._done = 0

    def add(self, number: int) -> None:
        self._done += number
        self._report(Progress(self._stage, self._done, self._total))


def _counted(
    passages: Iterable[Passage],
    stage: Literal["vectors", "lexical"],
    total: int,
    report: Callable[[Progress], None],
) -> Iterator[Passage]:
    counter = _Stage(stage, total, report)
    for number, passage in enumerate(passages, 1):
        yield passage
        if number % 500 == 0 or number == total:
            counter.add(500 if number % 500 == 0 else number % 500)


def _silent(_: Progress) -> None:
    return
