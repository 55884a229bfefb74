"""Sites: the registry of web sites that may show the widget, and the secret that signs their sessions."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import delete, insert, select

from storage.database import Database
from storage.errors import RecordUnknown, StorageUnavailable
from storage.records import now
from storage.sites_records import Site, SiteFixed, SiteInvalid, site_of
from storage.tables import signing_secrets, widget_sites

_SECRET = "widget"


class Sites:
    """Those of the settings file, which cannot be changed here, and those of the database."""

    def __init__(self, database: Database, fixed: Iterable[Site] = ()) -> None:
        self._database = database
        self.fixed = {site.id: site for site in fixed}

    def find(self, site_id: str) -> Site | None:
        if site_id in self.fixed:
            return self.fixed[site_id]
        with self._database.read() as connection:
            row = connection.execute(select(widget_sites).where(widget_sites.c.id == site_id)).one_or_none()
        return _site(row) if row else None

    def all(self) -> list[Site]:
        """Those of the file first, then the others by id."""
        with self._database.read() as connection:
            rows = connection.execute(select(widget_sites).order_by(widget_sites.c.id)).all()
        return [*self.fixed.values(), *(_site(row) for row in rows if row.id not in self.fixed)]

    def allow(self, origin: str) -> bool:
        """Whether any site lists the origin."""
        return any(site.allows(origin) for site in self.all())

    def put(self, site: Site, *, replace: bool = False) -> None:
        """Add the site. Raises SiteInvalid when its id is taken, unless it is to be replaced; SiteFixed."""
        self._check_free(site.id)
        values = {"id": site.id, "created": site.created}
        values["definition"] = site.model_dump(mode="json", exclude={"id", "created"})
        with self._database.write() as connection:
            known = connection.scalar(select(widget_sites.c.id).where(widget_sites.c.id == site.id))
            if known and not replace:
                raise SiteInvalid(f"There is a site {site.id!r} already. Replace it, or take another id.")
            connection.execute(delete(widget_sites).where(widget_sites.c.id == site.id))
            connection.execute(insert(widget_sites).values(**values))

    def remove(self, site_id: str) -> None:
        """From now on its pages get no answers. Raises RecordUnknown, SiteFixed."""
        self._check_free(site_id)
        with self._database.write() as connection:
            if connection.execute(delete(widget_sites).where(widget_sites.c.id == site_id)).rowcount == 0:
                raise RecordUnknown("site", site_id)

    def _check_free(self, site_id: str) -> None:
        if site_id in self.fixed:
            raise SiteFixed(f"Site {site_id!r} stands in the file of KEWEN_SITES_FILE. Change it there.")


def signing_secret(database: Database) -> bytes:
    """32 random bytes, made at the first call and the same for every process on this database."""
    query = select(signing_secrets.c.value).where(signing_secrets.c.name == _SECRET)
    with database.read() as connection:
        value = connection.scalar(query)
    if value is not None:
        return bytes(value)
    made = {"name": _SECRET, "value": secrets.token_bytes(32), "created": now()}
    try:
        with database.write() as connection:
            value = connection.scalar(query)
            if value is None:
                connection.execute(insert(signing_secrets).values(**made))
    except StorageUnavailable:
        # Another process may have been first; if not, the next line fails in the same way.
        pass
    with database.read() as connection:
        return bytes(connection.execute(query).scalar_one())


def load_sites(file: Path) -> tuple[Site, ...]:
    """The sites of a YAML or JSON file: {"sites": [{"id", "origins", …}]}. Raises SiteInvalid."""
    try:
        text = file.read_text(encoding="utf-8")
        # JSON is YAML, but its own parser tells better what is wrong with it.
        given: Any = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or str(error).replace("\n", " ")
        raise SiteInvalid(f"KEWEN_SITES_FILE {str(file)!r} cannot be read: {reason}.") from None
    listed = given.get("sites") if isinstance(given, dict) else given
    if not isinstance(listed, list):
        raise SiteInvalid(
            f"KEWEN_SITES_FILE {str(file)!r} has no list `sites`. Write one, with id and origins."
        )
    sites = [site_of(one, where=f"{file}, site {number}") for number, one in enumerate(listed, 1)]
    ids = [site.id for site in sites]
    for site_id in ids:
        if ids.count(site_id) > 1:
            raise SiteInvalid(f"{file} has two sites {site_id!r}. Give each an id of its own.")
    return tuple(sites)


def _site(row: Any) -> Site:
    return Site.model_validate({"id": row.id, "created": row.created, **row.definition})
