"""kewen: ask, serve, index, evaluate, keys, accounts, tickets, curated, doctor, backup, restore.

What a command needs is imported when it runs, so that help comes at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.command import bot
from operations.account_commands import account_commands
from operations.archive_commands import backup, restore
from operations.doctor_command import doctor
from operations.harvest_command import harvest
from operations.index_commands import index
from operations.key_commands import key_commands
from operations.opening import open_own_database, own_version
from operations.policy_commands import policy_commands
from operations.site_commands import site_commands
from operations.source_commands import source_commands
from operations.tickets import curated_commands, ticket_commands

if TYPE_CHECKING:
    from assistant.curated import Sources
    from assistant.records import Answer, Event
    from evaluation.records import Ask
    from retrieval.embedding import Embedder
    from retrieval.reranking import Reranker
    from settings import Settings
    from wiring import Kewen

app = typer.Typer(
    name="kewen",
    help="Kewen (科问): where a science resource lives, who may use it, how to apply, which article says so.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(key_commands(), name="keys")
app.add_typer(account_commands(), name="accounts")
app.add_typer(policy_commands(), name="policies")
app.add_typer(source_commands(), name="sources")
app.add_typer(site_commands(), name="sites")
app.add_typer(ticket_commands(open_own_database, lambda: _open_sources()), name="tickets")
app.add_typer(curated_commands(open_own_database, lambda: _open_sources()), name="curated")

_OURS = {
    "api",
    "assistant",
    "bot",
    "corpus",
    "evaluation",
    "harvesting",
    "operations",
    "prompts",
    "retrieval",
    "server",
    "settings",
}
_OURS |= {"storage", "widget", "wiring"}


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"kewen {own_version()}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which Kewen this is.")
    ] = False,
) -> None:
    """Kewen (科问): where a science resource lives, who may use it, how to apply, which article says so."""


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

    from operations.questions import check_question

    check_question(question)

    from operations.printing import print_events
    from operations.questions import check_conversation
    from retrieval.errors import IndexLocked
    from settings import load_settings

    settings = load_settings()
    spoken: Literal["auto", "zh", "en"] = language or "auto"

    async def show(events: AsyncIterator[Event]) -> Answer:
        return await print_events(events, as_json=as_json)

    try:
        _check_free(settings)
        if conversation is not None:
            check_conversation(settings, conversation)
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
def serve(
    host: Annotated[
        str | None, typer.Option(help="Where to listen; without it KEWEN_HOST, else 127.0.0.1.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Without it KEWEN_PORT, else 8000.")
    ] = None,
) -> None:
    """Serve the API and the chat page until it is told to stop; builds the index first where needed."""
    from operations.progress import IndexProgress
    from settings import load_settings

    given = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    _check_free(settings)

    from server import serve as run_server

    _log_to_stderr()
    with IndexProgress() as progress:
        run_server(settings, on_progress=progress)


# Here, so that help lists asking and serving first.
app.command()(index)
app.command()(harvest)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command()(bot)


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


@app.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def evaluate(context: typer.Context) -> None:
    """Score Kewen on a golden set or a test collection: kewen evaluate SET [--report DIR]."""
    # Its options are its own and its imports are heavy, so it is a program of its own behind this name.
    from evaluation.command import evaluate_command

    inner = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    inner.command()(evaluate_command(_open_ask, _open_embedder, _open_reranker))
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
    from endpoints import build_embedder
    from settings import load_settings

    return build_embedder(load_settings())


def _open_reranker() -> Reranker | None:
    from endpoints import build_reranker
    from settings import load_settings

    return build_reranker(load_settings())


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


def _open_sources() -> Sources:
    from assistant.curated import Sources
    from corpus.loaders import load_vocabulary
    from settings import load_settings
    from wiring import open_corpus

    return Sources(open_corpus(load_settings()).by_id, load_vocabulary())


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
