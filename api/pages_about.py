"""GET /about, /help and /privacy: templates/<name>.<language>.md with what is counted today."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from api.deps import StateDep
from api.pages_errors import PageRoute
from api.pages_shell import READ, render, shell_of
from assistant.access import PUBLIC

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, and a list behind them."""

    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]


@router.api_route("/about", methods=READ)
@router.api_route("/help", methods=READ)
@router.api_route("/privacy", methods=READ)
async def prose(request: Request, state: StateDep) -> Response:
    """A page of plain words."""
    shell = shell_of(request)
    title, lead, sections = _read(f"{request.url.path.strip('/')}.{shell.language}.md")
    corpus = (await state.seen_by(PUBLIC)).corpus
    email = state.admin_email
    counts = {
        "resources": len(corpus.resources),
        "policies": len(corpus.policies),
        "contact": shell.t("contact_email", email=email) if email else shell.t("contact_none"),
    }
    return render(
        shell,
        "prose.html",
        title=title,
        description=lead,
        lead=lead,
        sections=sections,
        filled=lambda text: text.format(**counts),
    )


@cache
def _read(name: str) -> tuple[str, str, tuple[Section, ...]]:
    """(title, lead, sections) of a file: `#`, a paragraph, then `##` with paragraphs and `-` lines."""
    head, *rest = files("api").joinpath("templates", name).read_text("utf-8").split("\n## ")
    title, lead = (line for line in head.splitlines() if line.strip())
    sections = []
    for one in rest:
        named, *lines = (line for line in one.splitlines() if line.strip())
        items = tuple(line[2:] for line in lines if line.startswith("- "))
        sections.append(Section(named, tuple(line for line in lines if not line.startswith("- ")), items))
    return title.removeprefix("# "), lead, tuple(sections)
