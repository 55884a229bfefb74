"""Links and merges: what is known beside the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import delete, insert, select, update

from storage.database import Database
from storage.errors import RecordUnknown
from storage.harvest_records import LinkState, Merge, MergeState
from storage.harvest_tables import harvest_links, harvest_merges
from storage.harvested import bump

_IN = 500


class Links:
    """How addresses answered when they were last asked."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self) -> dict[str, LinkState]:
        with self.database.read() as db:
            return {row.url: LinkState(**row._mapping) for row in db.execute(select(harvest_links))}

    def save(self, states: Iterable[LinkState]) -> None:
        """Each in place of what was known of its address; answers show it from the next revision on."""
        found = list(states)
        if not found:
            return
        with self.database.write() as db:
            for begin in range(0, len(found), _IN):
                some = found[begin : begin + _IN]
                db.execute(delete(harvest_links).where(harvest_links.c.url.in_([one.url for one in some])))
                db.execute(insert(harvest_links), [asdict(one) for one in some])
            bump(db)


class Merges:
    """Pairs of records that seem to be one, and what was decided."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def all(self, state: MergeState | None = None) -> list[Merge]:
        query = select(harvest_merges).order_by(harvest_merges.c.kept, harvest_merges.c.other)
        if state is not None:
            query = query.where(harvest_merges.c.state == state)
        with self.database.read() as db:
            return [Merge(**{**row._mapping, "why": tuple(row.why)}) for row in db.execute(query)]

    def propose(self, merges: Iterable[Merge]) -> int:
        """Keep those that nobody has decided on yet, in either direction; how many are new."""
        held = {frozenset((one.kept, one.other)) for one in self.all()}
        fresh = [one for one in merges if frozenset((one.kept, one.other)) not in held]
        if fresh:
            with self.database.write() as db:
                db.execute(insert(harvest_merges), [{**asdict(one), "why": list(one.why)} for one in fresh])
                if any(one.state == "accepted" for one in fresh):
                    bump(db)
        return len(fresh)

    def drop_proposed(self, keep: Iterable[frozenset[str]]) -> None:
        """Forget open proposals that no longer hold."""
        wanted = set(keep)
        with self.database.write() as db:
            for one in db.execute(select(harvest_merges).where(harvest_merges.c.state == "proposed")).all():
                if frozenset((one.kept, one.other)) not in wanted:
                    db.execute(
                        delete(harvest_merges).where(
                            harvest_merges.c.kept == one.kept, harvest_merges.c.other == one.other
                        )
                    )

    def decide(self, one: str, other: str, state: MergeState, who: str) -> None:
        """Accept or reject a pair, in whichever order it is named. Raises RecordUnknown."""
        table = harvest_merges.c
        pair = ((table.kept == one) & (table.other == other)) | ((table.kept == other) & (table.other == one))
        with self.database.write() as db:
            if not db.execute(
                update(harvest_merges).where(pair).values(state=state, decided_by=who)
            ).rowcount:
                raise RecordUnknown("merge", f"{one} + {other}")
            bump(db)
