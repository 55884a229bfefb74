"""kewen: ask, serve, index, evaluate, keys, tickets, curated, backup, restore.

What a command needs is imported when it runs, so that help comes at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from operations.tickets import curated_commands, ticket_commands

if TYPE_CHECKING:
    from assistant.curated import Sources
    from assistant.records import Answer, Event
    from corpus.records import Corpus
    from evaluation.records import Ask
    from retrieval.embedding import Embedder
    from settings import Settings
    from storage.database import Database
    from wiring import Kewen

app = typer.Typer(
    name="kewen",
    help="Kewen (科问): where a science resource lives, who may use it, how to apply, which article says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="Keys for those who may see more than the public.", no_args_is_help=True)
app.add_typer(keys, name="keys")
policies = typer.Typer(help="The rule books: what changed between two texts.", no_args_is_help=True)
app.add_typer(policies, name="policies")
app.add_typer(ticket_commands(lambda: _open_database(), lambda: _open_sources()), name="tickets")
app.add_typer(curated_commands(lambda: _open_database(), lambda: _open_sources()), name="curated")

_OURS = {
    "api",
    "assistant",
    "corpus",
    "evaluation",
    "operations",
    "prompts",
    "retrieval",
    "server",
    "settings",
}
_OURS |= {"storage", "wiring"}


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In Chinese or English, at most 2,000 characters.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the answer object and nothing else.")
    ] = False,
    language: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Of the answer; without it, that of the question.")
    ] = None,
    conversation: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with this conversation.")
    ] = None,
) -> None:
    """Print a cited answer as it is written.

    Where a server already works on the data folder, that server is asked.
    """
    import asyncio

    from operations.printing import print_events
    from retrieval.errors import IndexLocked
    from settings import load_settings

    settings = load_settings()
    spoken: Literal["auto", "zh", "en"] = language or "auto"

    async def show(events: AsyncIterator[Event]) -> Answer:
        return await print_events(events, as_json=as_json)

    try:
        _check_free(settings)
        kewen = _open_kewen(settings)
    except IndexLocked as locked:
        asyncio.run(show(_ask_running_server(settings, locked, question, spoken, conversation)))
        return
    try:
        stream = kewen.assistant.stream(
            question, conversation_id=conversation, language=spoken, channel="cli"
        )
        asyncio.run(show(stream))
    finally:
        kewen.close()


def _ask_running_server(
    settings: Settings, locked: Exception, question: str, language: str, conversation: str | None
) -> AsyncIterator[Event]:
    from operations.errors import AskFailed
    from operations.remote import address, ask_server, is_ready
    from operations.texts import terminal_language

    base_url = address(settings.host, settings.port)
    if not is_ready(base_url):
        raise AskFailed(
            f"{locked} It cannot be asked either: nothing is ready at {base_url} (KEWEN_HOST, KEWEN_PORT)."
        ) from locked
    return ask_server(
        base_url, question, language=language, conversation_id=conversation, speaks=terminal_language()
    )


@app.command()
def serve() -> None:
    """Serve the API and the chat page until it is told to stop; builds the index first where needed."""
    from operations.progress import IndexProgress
    from settings import load_settings

    settings = load_settings()
    _check_free(settings)

    from server import serve as run_server

    _log_to_stderr()
    with IndexProgress() as progress:
        run_server(settings, on_progress=progress)


def _log_to_stderr() -> None:
    """Kewen's own lines, and warnings of others. Why the start failed is said once, at the end."""
    import logging

    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    handler.addFilter(lambda record: record.levelno >= logging.WARNING or record.name.startswith("kewen"))
    handler.addFilter(
        lambda record: bool(record.exc_info) or not str(record.msg).startswith("Kewen cannot be opened")
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler])


@app.command()
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

    from operations.progress import IndexProgress
    from retrieval.indexing import build_index
    from wiring import build_embedder, open_corpus, open_home

    corpus = open_corpus(settings)
    with open_home(settings) as home, IndexProgress() as progress:
        manifest = build_index(corpus, home, build_embedder(settings), progress=progress, rebuild=rebuild)
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


@app.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def evaluate(context: typer.Context) -> None:
    """Score Kewen on a golden set or a test collection: kewen evaluate SET [--report DIR]."""
    # Its options are its own and its imports are heavy, so it is a program of its own behind this name.
    from evaluation.command import evaluate_command

    inner = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    inner.command()(evaluate_command(_open_ask, _open_embedder))
    inner(args=context.args, prog_name="kewen evaluate")


@asynccontextmanager
async def _open_ask() -> AsyncIterator[Ask]:
    """The assistant of this process; what it was asked is deleted in the end."""
    import asyncio

    from evaluation.asking import ask_in_process
    from settings import load_settings
    from storage.conversations import Conversations
    from storage.errors import RecordUnknown

    kewen = await asyncio.to_thread(_open_kewen, load_settings())
    made: set[str] = set()

    async def ask_it(question: str, conversation_id: str | None) -> Answer:
        answer = await kewen.assistant.ask(question, conversation_id=conversation_id, channel="evaluation")
        made.add(answer.conversation_id)
        return answer

    def forget() -> None:
        for conversation_id in made:
            try:
                Conversations(kewen.database).delete(conversation_id)
            except RecordUnknown:
                continue
        kewen.close()

    try:
        yield ask_in_process(ask_it)
    finally:
        await asyncio.to_thread(forget)


def _open_embedder() -> Embedder:
    from settings import load_settings
    from wiring import build_embedder

    return build_embedder(load_settings())


@app.command()
def harvest(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="A statute as .md or .txt, or .jsonl with one a line.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; do nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take this text for one stored as the same version.")
    ] = False,
) -> None:
    """Keep whole rule books word for word: a version of a known document, or a document of its own."""
    from corpus.loaders import load_corpus
    from operations.harvest import harvest as harvest_file
    from operations.harvest import report
    from settings import load_settings

    settings = load_settings()
    corpus = load_corpus(settings.corpus_dir)
    found = harvest_file(source, settings.data_dir, corpus, dry_run=dry_run, replace=replace)
    for line in report(found, dry_run=dry_run):
        print(line)


@policies.command("diff")
def diff_policies(
    a: Annotated[str, typer.Argument(metavar="A", help="A policy's id, id@version, or a file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The same; A twice means its last two versions.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every article with both texts, as JSON.")] = False,
) -> None:
    """Show article by article what changed from A to B."""
    import json

    from operations.policies import as_json as changes_json
    from operations.policies import compare, report
    from settings import load_settings
    from wiring import open_corpus

    old, new, changes = compare(a, b, open_corpus(load_settings()))
    if as_json:
        print(json.dumps(changes_json(old, new, changes), ensure_ascii=False))
        return
    for line in report(old, new, changes):
        print(line)


@keys.command("add")
def add_key(
    level: Annotated[
        Literal["registered", "member", "unit", "staff"], typer.Option(help="What its holder may see.")
    ],
    unit: Annotated[str | None, typer.Option(metavar="ID", help="The member unit it belongs to.")] = None,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    if level == "unit" and not unit:
        raise typer.BadParameter("level unit needs --unit ID, the member unit that the key belongs to.")
    from storage.keys import Keys

    database = _open_database()
    try:
        key, secret = Keys(database).add(level, unit)
    finally:
        database.close()
    print(f"Key {key.id}, level {key.level}. Keep it: it cannot be shown again.", file=sys.stderr)
    print(secret)


@keys.command("list")
def list_keys() -> None:
    """List the keys: id, level, unit, when made, when revoked."""
    from storage.keys import Keys

    database = _open_database()
    try:
        known = Keys(database).all()
    finally:
        database.close()
    for key in known:
        state = f"revoked {key.revoked:%Y-%m-%d %H:%M}Z" if key.revoked else "valid"
        print(f"{key.id}  {key.level:<10}  {key.unit or '-':<16}  {key.created:%Y-%m-%d %H:%M}Z  {state}")
    if not known:
        print("No keys yet. Make one with `kewen keys add --level …`.", file=sys.stderr)


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `kewen keys list` shows it.")],
) -> None:
    """Make a key open nothing from now on."""
    from storage.errors import RecordUnknown
    from storage.keys import Keys

    database = _open_database()
    try:
        Keys(database).revoke(key_id)
    except RecordUnknown as error:
        _fail(f"{error} `kewen keys list` shows those there are.")
    finally:
        database.close()
    print(f"Key {key_id} is revoked.")


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the archive goes, such as kewen.tar.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Copy conversations, answers, keys, the index and the rule books into one file.

    A server may go on running. Settings, logs and the bundled corpus are not in it. With PostgreSQL
    (KEWEN_DATABASE_URL) it holds the rule books alone: use pg_dump for the rest.
    """
    from operations.archive import elsewhere, held
    from operations.backup import write_backup
    from settings import load_settings

    settings = load_settings()
    manifest = write_backup(
        file,
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        version=_version(),
        force=force,
    )
    for entry in manifest.files:
        print(f"{entry.name}  {entry.bytes} bytes  sha256 {entry.sha256}")
    print(f"Backed up to {file}: {held(manifest)}.")
    if missing := elsewhere(settings.database_url):
        print(f"Not in it: {missing}")
    else:
        print("It holds conversations and key hashes: keep it private.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive made by `kewen backup`.")],
) -> None:
    """Bring the data folder to the state of a backup; stop the server first.

    Databases and rule books that are there are replaced: rule books harvested since are gone. An archive
    of an older Kewen knows of no rule books and leaves them. With PostgreSQL only rule books can be
    restored: use pg_restore for the rest.
    """
    from operations.archive import elsewhere, held
    from operations.restore import restore_backup
    from settings import load_settings

    settings = load_settings()
    manifest = restore_backup(file, data_dir=settings.data_dir, database_url=settings.database_url)
    print(f"Restored {held(manifest)} of {manifest.created} into {settings.data_dir}.")
    if manifest.rulebooks is None:
        print("The archive is older than rule books: those in the data folder are as they were.")
    if not manifest.files:
        where = elsewhere(settings.database_url) or f"the databases in {settings.data_dir} are as they were."
        print(f"Not restored: {where}")
    print("Start with `kewen serve`.")


def _open_kewen(settings: Settings) -> Kewen:
    from operations.progress import IndexProgress
    from wiring import build_kewen

    with IndexProgress() as progress:
        return build_kewen(settings, progress=progress)


def _check_free(settings: Settings) -> None:
    """Raises IndexLocked at once; what is opened later takes seconds before it finds that out."""
    from retrieval.lock import WriterLock

    with WriterLock(settings.data_dir):
        pass


def _open_database() -> Database:
    from settings import load_settings
    from storage.database import open_database
    from wiring import database_url

    settings = load_settings()
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return open_database(database_url(settings))


def _open_sources() -> Sources:
    from assistant.curated import Sources
    from corpus.loaders import load_vocabulary
    from settings import load_settings
    from wiring import open_corpus

    return Sources(open_corpus(load_settings()).by_id, load_vocabulary())


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("kewen")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"


def _fail(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)


def main() -> None:
    """Exit status 0 done, 1 failed with one sentence on stderr, 2 wrong usage."""
    # Loading makes a million objects that stay; looking through them for garbage took 0.5 s of a start.
    gc.set_threshold(50_000, 20, 50)
    # One question is small work: threads of the linear algebra only wait for each other, and beside
    # another busy process they more than doubled the median of an answer (62 ms against 28 ms).
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    try:
        app(prog_name="kewen")
    except Exception as error:
        own = type(error).__module__.split(".")[0] in _OURS and isinstance(getattr(error, "code", None), str)
        if own:
            print(str(error), file=sys.stderr)
        elif isinstance(error, OSError):
            where = f" {error.filename}" if error.filename else ""
            print(f"The system refused{where}: {error.strerror or error}.", file=sys.stderr)
        else:
            raise
        sys.exit(1)


if __name__ == "__main__":
    main()
