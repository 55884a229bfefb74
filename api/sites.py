"""/api/sites: the registry of sites that may show the widget, for staff."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.deps import AskerDep, KewenDep, StateDep
from api.errors import ApiError
from api.schemas import Body, refusals
from api.state import base_url
from api.widget_snippet import snippet
from assistant.access import Asker
from storage.sites_records import Look, Quotas, Site, site_of

router = APIRouter(tags=["sites"], responses=refusals(401, 403, 404, 429, 503))


class SiteIn(Body):
    """A site; what is left out has the value of a new one."""

    origins: tuple[str, ...] = Field(description="https://www.example.org or https://*.example.org")
    name: str = ""
    languages: tuple[str, ...] = ("zh", "en")
    quotas: Quotas = Quotas()
    look: Look = Look()


class SiteOut(Site):
    """A site with what to paste into its pages; `fixed` ones stand in the settings file."""

    fixed: bool
    snippet: str


class SitesOut(BaseModel):
    sites: list[SiteOut]


@router.get("/api/sites")
async def list_sites(request: Request, state: StateDep, kewen: KewenDep, asker: AskerDep) -> SitesOut:
    """Every site that may show the widget."""
    _staff_only(asker)
    sites = state.widget.sites(kewen.database)
    found = await asyncio.to_thread(sites.all)
    base = base_url(request, state)
    return SitesOut(sites=[_out(site, base, fixed=site.id in sites.fixed) for site in found])


@router.put("/api/sites/{site_id}", responses=refusals(400, 409, 413, 422))
async def put_site(
    site_id: str, body: SiteIn, request: Request, state: StateDep, kewen: KewenDep, asker: AskerDep
) -> SiteOut:
    """Add a site, or replace it."""
    _staff_only(asker)
    site = site_of({"id": site_id, **body.model_dump()}, where="The site")
    await asyncio.to_thread(state.widget.sites(kewen.database).put, site, replace=True)
    return _out(site, base_url(request, state), fixed=False)


@router.delete("/api/sites/{site_id}", status_code=204, responses=refusals(409))
async def delete_site(site_id: str, state: StateDep, kewen: KewenDep, asker: AskerDep) -> None:
    """From now on its pages get no answers, also those that are open."""
    _staff_only(asker)
    await asyncio.to_thread(state.widget.sites(kewen.database).remove, site_id)


def _staff_only(asker: Asker) -> None:
    if asker.level != "staff":
        raise ApiError(403, "staff_only")


def _out(site: Site, base: str, *, fixed: bool) -> SiteOut:
    return SiteOut(**site.model_dump(), fixed=fixed, snippet=snippet(site, base))
