"""A run: asks a source page by page, keeps what is new or changed, and withdraws what is gone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from corpus.harvest import harvester, reader_of
from corpus.harvest.errors import HarvestError, Malformed, ProtocolFault
from corpus.harvest.paging import halved
from corpus.harvest.records import HarvestSource, Page, Request
from harvesting.bodies import Bodies, Body, file_requests, is_web
from harvesting.errors import FetchFailed, FetchRefused, HarvestingError, SyncStopped, as_told
from harvesting.finishing import Ending, Terms, ending, find_successors
from harvesting.listings import Listings, place_of
from harvesting.previewing import changes_of, withdrawals
from harvesting.reporting import SyncReport, not_read, not_whole
from harvesting.run_state import (
    RunState,
    SyncProgress,
    asked,
    key_of,
    plain,
    row_of,
    settings_of,
    several_forms,
    sha256,
)
from harvesting.sorting import Sorted, Sorter, refusal_of
from storage.database import Database
from storage.harvest_records import PageRow, Refusal, Run, StoredSource
from storage.harvested import HarvestedRecords, bump, save_records, save_successors, save_withdrawn
from storage.harvests import (
    Harvests,
    end_run,
    insert_pages,
    save_counts,
    save_cursor,
    save_page,
    save_refusals,
)
from storage.records import new_id

log = logging.getLogger("kewen.harvesting")

_CHUNK = 1000
"""Entries of one transaction: a kill costs at most these."""
_MOST_REFUSALS = 5000  # kept of one run; more are only counted
MISSING = {"zh": "来源目录中已不再列出该记录", "en": "The source no longer lists this record"}
DELETED = {"zh": "来源已将该记录标记为删除", "en": "The source marked this record as deleted"}


class Sync:
    """Keeps one source in step.

    `dry` writes nothing and gathers what would be done. The caller sees to it that only one process
    harvests into a database at a time (harvesting/turns.py).
    """

    def __init__(
        self,
        database: Database,
        source: HarvestSource,
        bodies: Bodies,
        *,
        who: str,
        visibility: str = "public",
        unit: str | None = None,
        terms: Terms | None = None,
        dry: bool = False,
        progress: Callable[[SyncProgress], None] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._harvests = Harvests(database)
        self._records = HarvestedRecords(database)
        self._source = source
        self._bodies = bodies
        self._who, self._visibility, self._unit, self._dry = who, visibility, unit, dry
        self._terms = terms or Terms()
        self._progress, self._clock = progress, clock
        self._probed: tuple[str, Body] | None = None

    def run(self, *, full: bool = False, afresh: bool = False, accept_loss: bool = False) -> SyncReport:
        """Ask for everything, or only for what changed where the source can tell and was read whole not
        long ago (`full` False). A run that broke off is gone on with, unless `afresh`.

        Raises SyncFailed when the source does not answer (the next run goes on), SyncStopped when too much
        would be withdrawn (`accept_loss` allows it), FetchRefused and HarvestError for a source that may
        not or cannot be read at all, StorageError.
        """
        stored = self._harvests.source(self._source.name)
        remembered = self._remembered(stored)
        source = self._with_since(remembered or self._source, stored, full)
        unfinished = None if afresh or self._dry else self._unfinished(source)
        if unfinished is not None:
            state = self._resumed(*unfinished)
            try:
                return self._work(state, accept_loss)
            except _TokenExpired:
                log.info("%s: the run could not be taken up again and begins anew", source.name)
                self._harvests.close_run(replace(state.run, state="failed", sentence="Begun anew."))
        try:
            return self._work(self._begun(source), accept_loss)
        except HarvestError:
            if remembered is None or self._dry:
                raise
            # The source may have changed its form: look at it again, once.
            return self._work(self._begun(self._with_since(self._source, stored, full)), accept_loss)

    # Beginning

    def _remembered(self, stored: StoredSource | None) -> HarvestSource | None:
        """The source with the form that its body had before, where none is given."""
        if self._source.format is not None or stored is None or not is_web(self._source.url):
            return None
        form = stored.settings.get("format")
        if form is None or stored.settings.get("url") != self._source.url:
            return None
        return self._source.model_copy(update={"format": form})

    def _with_since(self, source: HarvestSource, stored: StoredSource | None, full: bool) -> HarvestSource:
        if full or source.since or stored is None or not stored.cursor or stored.full_at is None:
            return source
        if self._clock() - stored.full_at > timedelta(days=self._terms.full_every_days):
            return source
        return source.model_copy(update={"since": stored.cursor})

    def _unfinished(self, source: HarvestSource) -> tuple[Run, list[PageRow]] | None:
        run = self._harvests.last_run(source.name)
        if run is None or run.state not in ("running", "failed") or run.settings != settings_of(source):
            return None
        if self._clock() - run.started > timedelta(hours=self._terms.resume_hours):
            return None
        pages = self._harvests.pages(run.id)
        return (run, pages) if any(page.done for page in pages) else None

    def _resumed(self, run: Run, pages: list[PageRow]) -> RunState:
        state = self._state(replace(run, state="running", sentence=None), pages)
        state.report.resumed = True
        state.report.counts.update(run.counts)
        for page in pages:
            if page.done:
                state.listings.add(page)
                self._remember(state, page)
        return state

    def _begun(self, source: HarvestSource) -> RunState:
        run = Run(
            id=new_id("h"),
            source=source.name,
            who=self._who,
            started=self._clock(),
            state="running",
            settings=settings_of(source),
            since=source.since,
        )
        if not self._dry:
            self._harvests.save_source(self._stored(source))
        try:
            source, requests = self._first(source)
        except (FetchFailed, FetchRefused, HarvestError, HarvestingError) as error:
            if not self._dry:
                self._harvests.begin(run, [])
                self._harvests.close_run(replace(run, state="failed", sentence=str(error)))
            if (told := as_told(error)) is error:
                raise
            raise told from error
        run = replace(run, settings=settings_of(source))
        pages = [asked(number, request) for number, request in enumerate(requests)]
        if not self._dry:
            kept = source.model_copy(update={"since": self._source.since})
            self._harvests.save_source(self._stored(kept))
            self._harvests.begin(run, pages)
        return self._state(run, pages)

    def _stored(self, source: HarvestSource) -> StoredSource:
        return StoredSource(
            source.name, settings_of(source), self._visibility, self._clock(), unit=self._unit
        )

    def _first(self, source: HarvestSource) -> tuple[HarvestSource, list[Request]]:
        """The source with its form, and what to ask first."""
        if not is_web(source.url):
            return source, file_requests(source)
        if source.format is not None:
            return source, [harvester(source.format).first(source)]
        probe = Request(source=source, url=source.url)
        body = self._read(probe, None)
        reader = reader_of(source, body.data, body.media_type, body.where)
        source = source.model_copy(update={"format": reader.name})
        first = reader.first(source)
        if place_of(plain(first)) == place_of(plain(probe)):
            self._probed = (key_of(first), body)
        return source, [first]

    def _state(self, run: Run, pages: list[PageRow]) -> RunState:
        known = self._records.known(run.source)
        before = self._harvests.last_complete(run.source)
        previous = {page.key: page for page in self._harvests.pages(before.id)} if before else {}
        seen = {identifier for page in pages if page.done for identifier in page.identifiers}
        return RunState(
            run=run,
            queue=deque(page for page in pages if not page.done),
            next_ordinal=len(pages),
            known=known,
            live=sum(one.live for one in known.values()),
            sorter=Sorter(run.source, known, seen),
            listings=Listings(run.source, (page.request for page in pages)),
            previous={key: page for key, page in previous.items() if page.done and page.whole},
            report=SyncReport(run.source, None if self._dry else run.id),
        )

    # Working

    def _work(self, state: RunState, accept_loss: bool) -> SyncReport:
        try:
            while state.queue:
                self._page(state, state.queue.popleft())
                self._say(state)
            return self._finish(state, accept_loss)
        except _TokenExpired:
            raise
        except (FetchFailed, FetchRefused, HarvestError, SyncStopped) as error:
            stopped = isinstance(error, SyncStopped)
            self._close(state, "stopped" if stopped else "failed", str(error))
            if (told := as_told(error)) is error:
                raise
            raise told from error

    def _page(self, state: RunState, row: PageRow) -> None:
        source = HarvestSource.model_validate(state.run.settings)
        request = Request.model_validate({**row.request, "source": source})
        before = state.previous.get(row.key)
        if before is not None and not self._still_live(state, before):
            before = None
        try:
            body = self._read(request, before)
            if before is not None and (body.unchanged or sha256(body.data) == before.sha256):
                self._same(state, row, before)
                return
            reader = reader_of(source, body.data, body.media_type, body.where)
            page = reader.read(body.data, request, media_type=body.media_type)
            if several := several_forms(state, self._source, reader.name, body):
                self._write(state, Sorted(told=[several]))
        except (HarvestError, FetchRefused, FetchFailed) as error:
            self._unread(state, row, request, error)
            return
        with _page_faults(self, state, row, request):
            self._take(state, row, request, body, page)

    def _read(self, request: Request, before: PageRow | None) -> Body:
        if self._probed and self._probed[0] == key_of(request):
            body, self._probed = self._probed[1], None
            return body
        if before is None:
            return self._bodies.read(request)
        return self._bodies.read(request, etag=before.etag, last_modified=before.last_modified)

    @staticmethod
    def _still_live(state: RunState, page: PageRow) -> bool:
        """False where something of the page was withdrawn since: it must be read to come back."""
        refused = {one.get("record") for one in page.refused}
        for identifier in page.identifiers:
            known = state.known.get(identifier)
            if identifier not in refused and (known is None or not (known.live or known.by_staff)):
                return False
        return True

    def _same(self, state: RunState, row: PageRow, before: PageRow) -> None:
        """A page that is what it was: nothing is parsed, nothing but the page itself is written."""
        # What the answer said of its listing holds as long as the answer does.
        request = {**row.request, "total": before.request.get("total")}
        done = replace(before, ordinal=row.ordinal, request=request)
        refusals = [Refusal(**one) for one in before.refused]
        counts = state.report.counts
        counts["pages"] += 1
        counts["pages_unchanged"] += 1
        bad = {(one.line, one.record) for one in refusals}
        counts["refused"] += len(bad)
        counts["unchanged"] += len(set(before.identifiers) - {record for _, record in bad})
        self._keep(state, done, Sorted(refusals=refusals), before.following)

    def _take(self, state: RunState, row: PageRow, request: Request, body: Body, page: Page) -> None:
        """The entries in transactions of a thousand; the last one finishes the page."""
        done = Sorted()
        entries = iter(page.entries)
        state.total = page.total or state.total
        while True:
            chunk = list(islice(entries, _CHUNK))
            found = state.sorter.sort(chunk, self._clock())
            done.add(found)
            if len(chunk) < _CHUNK:
                break
            self._write(state, found)
            self._say(state)
        complaints = [refusal_of(one) for one in page.complaints]
        found.refusals += complaints
        found.told += [refusal_of(one) for one in page.remarks]
        following = () if not is_web(request.url) else tuple(plain(one) for one in page.next)
        state.faults += [one.message for one in complaints]
        if len(following) != len(page.next):
            state.faults.append("it goes on at the server, and a file has its first page only")
        total = page.total if page.total is not None else row.request.get("total")
        finished = replace(
            row,
            request={**row.request, "total": total},
            done=True,
            sha256=sha256(body.data),
            etag=body.etag,
            last_modified=body.last_modified,
            identifiers=tuple(done.identifiers),
            deleted=tuple(done.deleted),
            following=following,
            refused=tuple(asdict(one) for one in done.refusals),
            # A saved page of a longer list says nothing of what stood on the others.
            whole=not complaints and len(following) == len(page.next),
            full=page.full,
            newest=done.newest,
        )
        state.unnamed += done.unnamed
        state.report.counts["pages"] += 1
        self._keep(state, finished, found, following)

    def _unread(self, state: RunState, row: PageRow, request: Request, error: Exception) -> None:
        """A page that is refused as a whole: the others go on, and nothing is taken for withdrawn."""
        if isinstance(error, ProtocolFault):
            if request.source.since and "noRecordsMatch" in error.rule:
                self._keep(state, replace(row, done=True, full=False), Sorted(), ())
                return
            if state.report.resumed and "esumptionToken" in error.rule:
                raise _TokenExpired from error
        passing = isinstance(error, FetchFailed) and not 400 <= (error.status or 0) < 500
        if passing:
            raise error
        smaller, lost = halved(request) if isinstance(error, ProtocolFault | Malformed) else (None, True)
        following = [plain(smaller)] if smaller else []
        if not lost:
            self._keep(state, replace(row, done=True), Sorted(), following)
            return
        alone = not (following or state.queue or state.identifiers or state.deleted)
        refusal = (
            Refusal(error.source, error.rule, error.message, error.line)
            if isinstance(error, HarvestError)
            else Refusal(request.url, getattr(error, "rule", "page.gone"), str(error))
        )
        state.report.counts["pages"] += 1
        state.report.counts["refused"] += 1
        state.faults.append(refusal.message)
        self._keep(state, replace(row, done=True, whole=False), Sorted(refusals=[refusal]), following)
        if alone:
            raise error

    def _keep(
        self, state: RunState, page: PageRow, found: Sorted, following: Iterable[dict[str, Any]]
    ) -> None:
        """Write a finished page, and queue what it leads to, in one transaction."""
        page, further, faults = state.listings.take(page, following)
        found.refusals += faults
        state.faults += [one.message for one in faults]
        fresh = []
        for request in further:
            fresh.append(row_of(state.next_ordinal, request, state.run.settings))
            state.next_ordinal += 1
        self._write(state, found, page, fresh)
        state.queue.extend(fresh)
        self._remember(state, page)

    def _write(
        self, state: RunState, found: Sorted, page: PageRow | None = None, fresh: Iterable[PageRow] = ()
    ) -> None:
        counts = state.report.counts
        counts["new"] += len(found.fresh)
        counts["changed"] += len(found.changed) - found.returned
        counts["returned"] += found.returned
        counts["unchanged"] += found.unchanged
        counts["refused"] += found.refused
        counts["remarks"] += found.remarks
        state.report.unread.update(found.unread)
        told = [*found.refusals, *found.told][: max(0, _MOST_REFUSALS - len(state.report.refusals))]
        state.report.refusals += told
        if self._dry:
            state.report.changes += changes_of(found, self._records)
        else:
            with self._database.write() as db:
                save_records(db, found.fresh, found.changed)
                save_refusals(db, state.run.id, told)
                if page is not None:
                    save_page(db, state.run.id, page)
                    insert_pages(db, state.run.id, list(fresh))
                    save_counts(db, replace(state.run, counts=dict(counts)))

    @staticmethod
    def _remember(state: RunState, page: PageRow) -> None:
        state.identifiers |= set(page.identifiers)
        state.deleted |= set(page.deleted)
        state.whole = state.whole and page.whole
        state.full = state.full and page.full
        state.newest = max(filter(None, (state.newest, page.newest)), default=None)

    def _say(self, state: RunState) -> None:
        if self._progress is not None:
            counts = state.report.counts
            records = sum(counts[name] for name in ("new", "changed", "returned", "unchanged", "refused"))
            self._progress(SyncProgress(state.run.source, counts["pages"], records, state.total))

    # Ending

    def _finish(self, state: RunState, accept_loss: bool) -> SyncReport:
        report = state.report
        if report.unread:
            told = Refusal(state.run.settings["url"], "fields.unread", not_read(report.unread))
            self._write(state, Sorted(told=[told]))
        if short := list(state.listings.shortfalls()):
            self._write(state, Sorted(refusals=short))
            state.faults += [one.message for one in short]
            state.whole = False
        end = ending(
            source=state.run.source,
            known=state.known,
            live=state.live,
            identifiers=state.identifiers,
            deleted=state.deleted,
            complete=state.full and state.whole,
            unnamed=state.unnamed,
            terms=self._terms,
            accept_loss=accept_loss,
        )
        gone = end.deleted | end.missing
        report.counts["withdrawn"] = len(gone)
        report.sentence, report.whole = end.sentence, state.whole
        if not state.whole:
            report.sentence = not_whole(state.faults)
        if state.full and not (state.identifiers or state.deleted):
            report.sentence = f"Source {state.run.source} gave no record. {report.sentence or ''}".strip()
        if self._dry:
            report.changes += withdrawals(gone, state.known, self._records)
            return report
        report.changed_answers = any(
            report.counts[name] for name in ("new", "changed", "returned", "withdrawn")
        )
        report.state = "done"
        self._end(state, end)
        return report

    def _end(self, state: RunState, end: Ending) -> None:
        moment, run, report = self._clock(), state.run, state.report
        complete = state.full and state.whole
        with self._database.write() as db:
            save_withdrawn(db, run.source, end.deleted, reason=DELETED, at=moment)
            save_withdrawn(db, run.source, end.missing, reason=MISSING, at=moment)
            save_cursor(db, run.source, state.newest if state.whole else None, moment if complete else None)
            if report.changed_answers:
                bump(db)
            ended = replace(
                run, state="done", finished=moment, counts=dict(report.counts), sentence=report.sentence
            )
            end_run(db, ended)
        if gone := end.deleted | end.missing:
            ids = {state.known[identifier].id for identifier in gone}
            successors = find_successors(self._records, ids, since=run.started)
            if successors:
                with self._database.write() as db:
                    save_successors(db, successors)

    def _close(self, state: RunState, how: Any, sentence: str) -> None:
        state.report.sentence, state.report.state = sentence, how
        if self._dry:
            return
        changed = any(state.report.counts[name] for name in ("new", "changed", "returned"))
        with self._database.write() as db:
            counts = dict(state.report.counts)
            end_run(
                db,
                replace(state.run, state=how, finished=self._clock(), counts=counts, sentence=sentence),
            )
            if changed:
                bump(db)


class _TokenExpired(HarvestingError):
    """The place where a run broke off is not known to the source any more."""


@contextmanager
def _page_faults(sync: Sync, state: RunState, row: PageRow, request: Request) -> Iterator[None]:
    """A page that turns out to be broken while its entries are read: what came of it is kept."""
    try:
        yield
    except HarvestError as error:
        sync._unread(state, row, request, error)
