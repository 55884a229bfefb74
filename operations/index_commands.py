"""`kewen index`: bring the index in step with the corpus, or say how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from corpus.records import Corpus
    from settings import Settings


def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make everything anew, vectors too.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say what is there and change nothing.")] = False,
) -> None:
    """Bring the index in step with the corpus; unchanged text costs nothing."""
    from settings import load_settings

    if rebuild and status:
        raise typer.BadParameter("--rebuild and --status exclude each other; take one.")
    settings = load_settings()
    if status:
        _print_index_status(settings)
        return

    from endpoints import build_embedder
    from operations.progress import IndexProgress
    from retrieval.indexing import build_index
    from wiring import open_corpus, open_home, open_statements

    corpus = open_corpus(settings)
    with open_home(settings) as home, IndexProgress() as progress:
        embedder = build_embedder(settings)
        manifest = build_index(corpus, home, embedder, progress=progress, rebuild=rebuild)
        open_statements(corpus, home, embedder, progress)
        live = home.store.live()
    what = "Built" if progress.built else "Nothing to do for"
    name = live.id if live else "?"
    print(f"{what} generation {name}: {manifest.records} records, {manifest.total} passages.")
    _print_flags(corpus)


def _print_index_status(settings: Settings) -> None:
    from retrieval.indexing import default_store_url, index_status
    from retrieval.store import PassageStore
    from wiring import open_corpus

    url = settings.database_url or default_store_url(settings.data_dir)
    if settings.database_url is None and not (settings.data_dir / "index.db").is_file():
        print(f"No index in {settings.data_dir} yet. Run `kewen index`.")
        return
    store = PassageStore(url)
    try:
        status = index_status(store)
    finally:
        store.close()
    if status.live is None or status.live.manifest is None:
        print("No generation is finished yet. Run `kewen index`.")
        return
    manifest = status.live.manifest
    counts = ", ".join(f"{number} {lang}" for lang, number in manifest.passages.items())
    corpus = open_corpus(settings)
    same = manifest.corpus_digest == corpus.digest
    print(f"generation  {status.live.id}, built {status.live.created}")
    print(f"holds       {manifest.records} records, {manifest.total} passages ({counts})")
    print(f"embedder    {manifest.embedder}, {manifest.dimensions} dimensions")
    print(f"corpus      {manifest.corpus_digest[:16]}… " + ("(as it is now)" if same else "(changed since)"))
    print(f"beside it   {status.building} unfinished, {status.retired} retired")
    _print_flags(corpus)


def _print_flags(corpus: Corpus) -> None:
    from corpus.disarming import report
    from operations.printing import printable

    if corpus.flags:
        print(f"to check    {len(corpus.flags)} texts read as orders to their reader and are left out:")
    for line in report(corpus.flags):
        print(f"  {printable(line)}")
