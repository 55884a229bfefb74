"""create_app(settings): the HTTP server; serve(settings): run it until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from types import FrameType
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from api.app import build_app
from api.hosts import LOOPBACK, Hosts
from api.limits import RateLimiter
from api.sockets import PatientProtocol
from api.state import ApiState
from api.turns import Turns
from api.widget_desk import WidgetDesk
from assistant.chat import Call
from assistant.errors import AssistantError
from bot.bots import Bots
from bot.errors import BotError
from bot.http import bot_router
from bot.local import LocalBackend
from corpus.errors import CorpusError
from corpus.loaders import load_vocabulary
from operations.caretaker import Caretaker
from retrieval.embedding import cores
from retrieval.errors import RetrievalError
from retrieval.indexing import Progress
from settings import Settings, names_in
from storage.errors import StorageError
from storage.sites import load_sites
from wiring import Kewen, build_kewen

logger = logging.getLogger("kewen.server")

STREAM_GRACE_S = 5.0
"""How long a running answer may go on once the server is told to stop."""
_TOLD = (CorpusError, RetrievalError, StorageError, AssistantError)
"""Errors whose sentence is written for people; of any other only the name is shown."""
SWITCH_S = 0.001
"""How long a thread may keep Python while another waits for it. A question lets go of it with every search
and every vector, and at the interpreter's 5 ms waited as long each time for one that only reads."""
QUESTIONS_PER_CORE = 750
"""A minute. Two cores answered 1,500 short questions, and 800 beside other work."""


class StartFailed(Exception):
    """The server cannot run; the message says why in one sentence."""

    code = "start_failed"


def create_app(
    settings: Settings,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    on_failure: Callable[[Exception], None] | None = None,
) -> FastAPI:
    """The application. Kewen is opened, and its index built where needed, after it begins to listen:
    meanwhile /healthz is alive, /readyz and everything that needs the index are 503.

    `on_progress` is told, in another thread, how far a build is. `on_failure` is told when Kewen
    cannot be opened; without it the server stays up and says why.
    """
    # More at once than cores only lengthen each other, unless they wait for a model.
    own = cores() * 16 if settings.llm_base_url else max(2, cores())
    turns = Turns(settings.asks_at_once or own)
    state = ApiState(
        limiter=RateLimiter(
            settings.rate_per_minute or QUESTIONS_PER_CORE * cores(),
            settings.bot_key.get_secret_value() if settings.bot_key else None,
        ),
        turns=turns,
        # Where questions wait for a model, what only works here does not wait for them.
        reading=Turns(cores() * 2) if settings.llm_base_url else turns,
        hosts=_hosts(settings),
        provinces=load_vocabulary().province_names,
        public_url=settings.public_url,
        admin_email=settings.admin_email,
        widget=WidgetDesk(load_sites(settings.sites_file) if settings.sites_file else ()),
        grace_s=STREAM_GRACE_S,
        signed_in_s=settings.signed_in_h * 3600,
    )

    bots = Bots(settings, state.metrics.registry)

    def progressed(progress: Progress) -> None:
        state.progress = progress
        if on_progress is not None:
            on_progress(progress)

    def called(call: Call) -> None:
        state.metrics.llm_call(call.model, call.outcome, call.prompt_tokens or 0, call.completion_tokens or 0)

    def build() -> Kewen:
        return build_kewen(settings, progress=progressed, on_call=called)

    caretakers: list[Caretaker] = []

    def care(kewen: Kewen) -> None:
        caretakers.append(Caretaker(settings, kewen, on_call=called))
        caretakers[-1].start()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        opening = asyncio.create_task(_open(state, build, on_failure, bots, care))
        try:
            yield
        finally:
            state.closing.set()
            opening.cancel()
            with suppress(asyncio.CancelledError):
                await opening
            await bots.stop()
            for caretaker in caretakers:
                await asyncio.to_thread(caretaker.stop)
            if state.kewen is not None:
                kewen, state.kewen = state.kewen, None
                await asyncio.to_thread(kewen.close)

    app = build_app(state, version=_version(), lifespan=lifespan)
    app.include_router(bot_router(bots))
    return app


async def _open(
    state: ApiState,
    build: Callable[[], Kewen],
    on_failure: Callable[[Exception], None] | None,
    bots: Bots,
    care: Callable[[Kewen], None],
) -> None:
    try:
        state.kewen = await _in_daemon_thread(build)
    except Exception as error:
        told = isinstance(error, _TOLD)
        state.failure = str(error) if told else type(error).__name__
        logger.error("Kewen cannot be opened: %s", state.failure, exc_info=not told)
        if on_failure is not None:
            on_failure(error)
    else:
        records, generation = state.kewen.index_manifest.records, state.kewen.generation
        logger.info("Kewen is ready: %s records, generation %s", records, generation)
        care(state.kewen)
        backend = LocalBackend(state.kewen, state.metrics.answer, state.turns)
        try:
            await bots.start(backend, state.kewen.database)
        except BotError as error:
            logger.error("%s", error)  # the page and the API go on without it


async def _in_daemon_thread(work: Callable[[], Kewen]) -> Kewen:
    """Like asyncio.to_thread, but a build that takes minutes does not hold the process back at exit:
    what it has not finished is not served, so it may be cut anywhere."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Kewen] = loop.create_future()

    def settle(result: Kewen | None, error: BaseException | None) -> None:
        if done.done():  # nobody waits any more
            if result is not None:
                result.close()
        elif error is not None:
            done.set_exception(error)
        elif result is not None:
            done.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:  # the loop is gone
            if result is not None:
                result.close()

    threading.Thread(target=run, name="kewen-open", daemon=True).start()
    return await done


def serve(settings: Settings, *, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `on_progress` is told how far a build is, in another thread.

    Raises StartFailed when it cannot begin or Kewen cannot be opened.
    """
    _set_up_logging()
    sys.setswitchinterval(SWITCH_S)
    failures: list[Exception] = []

    def fail(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    app = create_app(settings, on_progress=on_progress, on_failure=fail)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",  # there are none, and their protocol knows no such limits
        log_config=None,
        access_log=False,  # api/requests.py writes one that holds no query string
        server_header=False,
        timeout_graceful_shutdown=int(STREAM_GRACE_S) + 3,
    )
    server = _Server(config, app.state.api)
    with _listening(settings) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        logger.info("Kewen listens on http://%s:%s", shown, port)
        with suppress(KeyboardInterrupt):  # uvicorn raises it again once everything has ended
            server.run(sockets=[listener])
    if failures:
        raise StartFailed(str(failures[0])) from failures[0]


def _set_up_logging() -> None:
    """Our own lines on stderr, unless the process has its own idea."""
    if not logging.getLogger().handlers:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # These write what was asked, or the addresses that were called with it.
    for name in ("mcp", "httpx", "openai", "alembic", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Server(uvicorn.Server):
    """Tells running answers to end when the first signal comes, not when they are cut."""

    def __init__(self, config: uvicorn.Config, state: ApiState) -> None:
        super().__init__(config)
        self._state = state

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._state.closing.set()
        super().handle_exit(sig, frame)


def _listening(settings: Settings) -> socket.socket:
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartFailed(
            f"KEWEN_HOST {host!r} with KEWEN_PORT {port} cannot be used: {error.strerror or error}. "
            "Stop what uses that port, or set another one."
        ) from error
    listener.set_inheritable(True)
    return listener


def _hosts(settings: Settings) -> Hosts:
    names = [*LOOPBACK, settings.host, *names_in(settings.hosts)]
    if settings.public_url:
        shown = urlsplit(settings.public_url).hostname or ""
        names.append(shown if shown.isascii() else shown.encode("idna").decode())
    return Hosts(names)


def _version() -> str:
    try:
        return version("kewen")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
