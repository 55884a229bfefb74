"""Since when each public record is as it is, and which are gone: what an OAI-PMH provider must know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, insert, or_, select, update

from storage.database import Database
from storage.records import now
from storage.tables import record_stamps

_IN = 500


@dataclass(frozen=True, slots=True)
class Stamp:
    """`stamp` has whole seconds; `set_spec` is the set the record is in, also after it is gone."""

    id: str
    stamp: datetime
    gone: bool
    set_spec: str


class RecordStamps:
    """The stamps of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refresh(self, current: Mapping[str, tuple[str, str]]) -> int:
        """Bring the stamps in step with the records there are: id -> (digest, set). How many changed.

        New and changed records are stamped with this moment, and so are those that are no longer there,
        which stay as tombstones.
        """
        table = record_stamps.c
        moment = now().replace(microsecond=0)
        with self._database.write() as db:
            known = {
                id_: (digest, gone)
                for id_, digest, gone in db.execute(select(table.id, table.digest, table.gone))
            }
            added = [id_ for id_ in current if id_ not in known]
            changed = [id_ for id_, one in current.items() if id_ in known and known[id_] != (one[0], False)]
            lost = [id_ for id_, (_, gone) in known.items() if not gone and id_ not in current]
            for id_ in changed:
                digest, spec = current[id_]
                db.execute(
                    update(record_stamps)
                    .where(table.id == id_)
                    .values(digest=digest, set_spec=spec, stamp=moment, gone=False)
                )
            for at in range(0, len(lost), _IN):
                db.execute(
                    update(record_stamps)
                    .where(table.id.in_(lost[at : at + _IN]))
                    .values(stamp=moment, gone=True)
                )
            if added:
                db.execute(
                    insert(record_stamps),
                    [
                        {
                            "id": id_,
                            "digest": current[id_][0],
                            "set_spec": current[id_][1],
                            "stamp": moment,
                            "gone": False,
                        }
                        for id_ in added
                    ],
                )
        return len(added) + len(changed) + len(lost)

    def get(self, record_id: str) -> Stamp | None:
        with self._database.read() as db:
            row = db.execute(_columns().where(record_stamps.c.id == record_id)).first()
        return Stamp(**row._mapping) if row else None

    def edition(self) -> str:
        """Another one whenever a record came, changed or went; says nothing of what was never public."""
        table = record_stamps.c
        latest = select(func.count(), func.sum(cast(table.gone, Integer)), func.max(table.stamp))
        with self._database.read() as db:
            return "-".join(map(str, db.execute(latest).one()))

    def earliest(self) -> datetime | None:
        with self._database.read() as db:
            found: datetime | None = db.scalar(select(func.min(record_stamps.c.stamp)))
        return found

    def count(
        self, *, specs: Sequence[str] = (), since: datetime | None = None, until: datetime | None = None
    ) -> int:
        """How many `listed` would give in all."""
        query = select(func.count()).select_from(record_stamps).where(*_wanted(specs, since, until))
        with self._database.read() as db:
            return db.scalar(query) or 0

    def listed(
        self,
        *,
        specs: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[datetime, str] | None = None,
        limit: int = 100,
    ) -> list[Stamp]:
        """By stamp and id, those that are gone too; both bounds belong to it. `specs` empty: all sets."""
        table = record_stamps.c
        conditions = list(_wanted(specs, since, until))
        if after is not None:
            stamp, id_ = after
            conditions.append(or_(table.stamp > stamp, and_(table.stamp == stamp, table.id > id_)))
        query = _columns().where(*conditions).order_by(table.stamp, table.id).limit(limit)
        with self._database.read() as db:
            return [Stamp(**row._mapping) for row in db.execute(query)]


def _columns() -> Select[tuple[str, datetime, bool, str]]:
    table = record_stamps.c
    return select(table.id, table.stamp, table.gone, table.set_spec)


def _wanted(
    specs: Sequence[str], since: datetime | None, until: datetime | None
) -> Iterable[ColumnElement[bool]]:
    table = record_stamps.c
    if specs:
        yield table.set_spec.in_(specs)
    if since is not None:
        yield table.stamp >= since
    if until is not None:
        yield table.stamp <= until
