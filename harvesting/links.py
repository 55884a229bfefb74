"""Whether addresses still answer: asked politely, remembered with dates."""

from __future__ import annotations

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from corpus.records import Resource
from harvesting.errors import FetchFailed, FetchRefused, HarvestingError
from harvesting.fetching import Fetcher
from storage.harvest_records import LinkHealth, LinkState
from storage.harvest_sides import Links

_GONE = (404, 410)
_NOT_HEAD = (400, 403, 404, 405, 501)
"""Statuses that some servers give to HEAD alone."""
_PATIENCE = timedelta(hours=20)
"""Silence or a server error counts as dead when it was there that long ago too."""
_SAVED_AT_ONCE = 50
_ENOUGH_HOSTS = 5


class NetworkDown(HarvestingError):
    """No host at all could be reached: it is more likely that this machine cannot reach any."""

    code = "network_down"


def check_links(
    urls: Iterable[str],
    links: Links,
    make_fetcher: Callable[[], Fetcher],
    *,
    older_than: timedelta = timedelta(0),
    workers: int = 4,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[LinkHealth, int]:
    """Ask every address that was not asked within `older_than`; how many are in which state.

    One host is asked by one worker, with the fetcher's pause between requests. What is found is saved as
    it comes; a stop or a kill loses little. Raises NetworkDown, saving nothing, when no host answers.
    """
    before = links.all()
    now = clock()
    due = [one for one in dict.fromkeys(urls) if one not in before or now - before[one].checked >= older_than]
    hosts: dict[str, list[str]] = defaultdict(list)
    for url in due:
        hosts[_host(url)].append(url)
    waiting: queue.Queue[list[str]] = queue.Queue()
    for some in hosts.values():
        waiting.put(some)
    found: list[LinkState] = []
    faults: list[Exception] = []
    done, reached = 0, 0
    lock, halt = threading.Lock(), stop or threading.Event()
    counts: dict[LinkHealth, int] = {"alive": 0, "dead": 0, "unsure": 0, "refused": 0}

    def flush() -> None:
        # Until one host has answered, the fault may be ours.
        if found and (reached or len(hosts) < _ENOUGH_HOSTS):
            links.save(found)
            found.clear()

    def work() -> None:
        nonlocal done, reached
        with make_fetcher() as fetcher:
            while not halt.is_set():
                try:
                    some = waiting.get_nowait()
                except queue.Empty:
                    return
                for url in some:
                    if halt.is_set():
                        return
                    state = judged(url, ask(url, fetcher), before.get(url), clock())
                    with lock:
                        found.append(state)
                        done += 1
                        reached += state.status is not None
                        counts[state.health] += 1
                        if len(found) >= _SAVED_AT_ONCE:
                            flush()
                        if progress is not None:
                            progress(done, len(due))

    def watched() -> None:
        try:
            work()
        except Exception as error:
            faults.append(error)
            halt.set()

    number = min(workers, len(hosts))
    threads = [threading.Thread(target=watched, name=f"kewen-links-{n}") for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    asked = sum(counts.values()) - counts["refused"]
    if asked and not reached and len(hosts) >= _ENOUGH_HOSTS and not halt.is_set():
        raise NetworkDown(
            f"None of {len(hosts)} hosts could be reached, so this machine seems to be cut off. "
            "Nothing was saved; try again later."
        )
    flush()
    return counts


def addresses_of(resources: Iterable[Resource]) -> list[str]:
    """The addresses of records that readers are shown, each once, the main ones first."""
    some = list(resources)
    main = [one.url for one in some if one.url]
    return list(dict.fromkeys([*main, *(url for one in some for url in one.other_urls)]))


def ask(url: str, fetcher: Fetcher) -> int | str | FetchRefused:
    """The status, or why there is none; a refusal is a rule of ours and no fault of the address."""
    try:
        status, _ = fetcher.head(url)
        if status in _NOT_HEAD:
            with suppress(FetchFailed):
                status, _ = fetcher.head(url, method="GET")
    except FetchRefused as refused:
        return refused
    except FetchFailed as failed:
        return str(failed).removeprefix(f"{url}: ")
    return status


def judged(url: str, answer: int | str | FetchRefused, before: LinkState | None, now: datetime) -> LinkState:
    """What an answer means, after what was known of the address.

    404 and 410 are dead at once. Silence and server errors are unsure at first and dead when they last.
    401, 403 and 429 are unsure: the page may open for a person.
    """
    status = answer if isinstance(answer, int) else None
    detail = None if status is not None else str(answer)[:300]
    health: LinkHealth
    if isinstance(answer, FetchRefused):
        health = "refused"
    elif status is not None and status < 400:
        health = "alive"
    elif status in _GONE:
        health = "dead"
    elif status is not None and status < 500:
        health = "unsure"
    else:
        lasting = before is not None and before.health in ("unsure", "dead") and _failed(before)
        long = before is not None and (before.health == "dead" or now - before.since >= _PATIENCE)
        health = "dead" if lasting and long else "unsure"
    same = before is not None and (
        before.health == health or (health == "dead" and before.health == "unsure" and _failed(before))
    )
    since = before.since if same and before is not None else now
    return LinkState(url, health, now, since, status, detail)


def _failed(state: LinkState) -> bool:
    """Silence or a server error, and not a page that wants a login."""
    return state.status is None or state.status >= 500 or state.status in _GONE


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def shown(states: Mapping[str, LinkState]) -> list[LinkState]:
    """Dead ones first, the longest dead before, then the unsure, the refused, the alive."""
    order = ("dead", "unsure", "refused", "alive")
    return sorted(states.values(), key=lambda one: (order.index(one.health), one.since, one.url))
