"""What a portal speaks: asked as a harvest would ask, read by the reader that a harvest would use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin, urlsplit, urlunsplit

from corpus.harvest import detected, harvester
from corpus.harvest.bodies import local_name, parsed_xml, text_of
from corpus.harvest.errors import HarvestError, ProtocolFault, UnsupportedFormat
from corpus.harvest.mapping import bundled_mappings
from corpus.harvest.records import HarvestSource, Page, Request
from corpus.harvest.sitemaps import is_sitemap
from corpus.harvest.xmlreading import is_protocol_answer
from harvesting.bodies import Body, WebBodies
from harvesting.errors import FetchFailed, FetchRefused, HarvestingError
from harvesting.fetching import Fetcher
from harvesting.presets import Preset, Presets

_LOOKED_AT = 5
"""Records of the first page, or pages of a list of pages."""
_SITEMAP = re.compile(rb"^\s*sitemap\s*:\s*(\S+)", re.I | re.M)
_SILENT = 2
"""Addresses in a row without an answer that end an examination."""


@dataclass(slots=True)
class Spoken:
    """One interface that a portal has, with what its first page holds.

    `total` is what it says it has, None where it does not say.
    """

    preset: str
    what: str
    url: str
    command: tuple[str, ...]
    total: int | None = None
    came: int = 0
    refused: int = 0
    called: str = ""
    titles: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    whole: bool = True
    """False for an address that is only a part of what its host has."""


@dataclass(frozen=True, slots=True)
class _Answer:
    request: Request
    body: Body
    page: Page


class Examination:
    """Asks one portal at the places where presets are found; `notes` is what stood in the way."""

    def __init__(
        self, fetcher: Fetcher, presets: Presets, *, progress: Callable[[int, int | None], None] | None = None
    ) -> None:
        self._fetcher, self._presets, self._progress = fetcher, presets, progress
        self._bodies = WebBodies(fetcher)
        self._silent = 0
        self.notes: list[str] = []

    @property
    def requests(self) -> int:
        return self._fetcher.requests

    def examine(self, url: str) -> list[Spoken]:
        """What was found, the longest listing first.

        Raises FetchRefused where the address may not be fetched, FetchFailed where nothing answers there.
        """
        given, found = self._given(url), list[Spoken]()
        for preset in self._presets.presets:
            if (given and given.whole and given.preset == preset.name) or self._silent >= _SILENT:
                continue
            for place in self._places(preset, url):
                if spoken := self._probe(preset, place):
                    found.append(spoken)
                    break
        if given and given.preset not in [one.preset for one in found]:
            found.append(given)
        if self._silent >= _SILENT:
            self.notes.append(f"{urlsplit(url).hostname} stopped answering; what follows was not asked.")
        return sorted(found, key=lambda one: -(one.total or one.came))

    # The address itself

    def _given(self, url: str) -> Spoken | None:
        source = HarvestSource(name="doctor", url=url)
        try:
            body = self._bodies.read(Request(source=source, url=url))
            self._step()
            reader = detected(body.data, body.media_type, body.where)
        except FetchFailed as error:
            if error.status is None:
                raise
            hint = "; it may want a login, or refuses programs" if error.status in (401, 403) else ""
            self.notes.append(f"{error}{hint}.")
            return None
        except UnsupportedFormat as error:
            self.notes.append(f"{url}: {error.message}.")
            return None
        except HarvestError:
            return None
        request = Request(source=source.model_copy(update={"format": reader.name}), url=url)
        if is_protocol_answer(body.data) or (answer := self._quiet_read(request, body)) is None:
            return None  # its interface is asked below
        preset = self._preset_of(reader.name, body.data)
        name = preset.name if preset else ""
        command = (
            ("kewen", "sources", "add", name, "--url", url)
            if preset
            else ("kewen", "harvest", url, "--format", reader.name)
        )
        what = preset.title.en if preset else f"A document of the form {reader.name}"
        # One answer to a question, or one page of a site: an interface to all of it is better.
        whole = not urlsplit(url).query and reader.name != "schema_org"
        return self._told(answer, Spoken(name, what, url, command, whole=whole))

    def _preset_of(self, form: str, data: bytes) -> Preset | None:
        """The one for any system of that form; of a JSON API, the one whose words the answer has."""
        for one in self._presets.presets:
            if one.format != form:
                continue
            if one.mapping is None and (one.url is None or one.probes):
                return one
            if one.mapping and all(
                word.encode() in data for word in bundled_mappings()[one.mapping].recognise or ("\0",)
            ):
                return one
        return None

    # Where presets are found

    def _places(self, preset: Preset, url: str) -> Iterator[str]:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}/"
        first = next((one for one in parts.path.split("/") if one), "")
        bases = [urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")).rstrip("/") + "/"]
        bases += [f"{root}{first}/"] if first else []
        bases += [root]
        if preset.format == "schema_org":
            yield from self._sitemaps(root)
        for probe in preset.probes:
            for base in [root] if probe.startswith("/") else dict.fromkeys(bases):
                yield urljoin(base, probe) if probe else base.rstrip("/")

    def _sitemaps(self, root: str) -> Iterator[str]:
        """Those that robots.txt names on the same host."""
        try:
            robots = self._fetcher.get(urljoin(root, "/robots.txt")).body
        except HarvestingError:
            return
        for found in _SITEMAP.findall(robots)[:3]:
            place = found.decode("utf-8", "replace")
            if urlsplit(place).netloc == urlsplit(root).netloc:
                yield place

    def _probe(self, preset: Preset, place: str) -> Spoken | None:
        source = HarvestSource(
            name="doctor",
            url=place,
            format=preset.format,
            page_size=_LOOKED_AT,
            mapping=bundled_mappings()[preset.mapping] if preset.mapping else None,
        )
        command = ("kewen", "sources", "add", preset.name, "--url", place)
        request = harvester(preset.format).first(source)
        try:
            answer = self._ask(request)
        except ProtocolFault as fault:
            note = f"answers to the first question of a harvest with: {fault.message}"
            return Spoken(preset.name, preset.title.en, place, command, notes=[note])
        if answer is None:
            return None
        spoken = self._told(answer, Spoken(preset.name, preset.title.en, place, command))
        return self._as_oai(spoken, preset, request) if spoken and preset.format == "oai_pmh" else spoken

    def _ask(self, request: Request) -> _Answer | None:
        """None where nothing of that form is there. Raises ProtocolFault."""
        try:
            body = self._bodies.read(request)
            self._silent = 0
        except FetchRefused as error:
            if (told := str(error)) not in self.notes:
                self.notes.append(told)
            return None
        except FetchFailed as error:
            self._silent = self._silent + 1 if error.status is None else 0
            if error.status in (429, 503) and not any("patience" in note for note in self.notes):
                self.notes.append(f"{error}: it asks for patience, so what it has may be more.")
            return None
        finally:
            self._step()
        form = request.source.format or ""
        if form == "json_api" and not _recognised(request, body.data):
            return None
        if form != "json_api" and not harvester(form).detects(body.data[:65536], body.media_type, body.where):
            return None
        return self._read(request, body)

    def _quiet_read(self, request: Request, body: Body) -> _Answer | None:
        try:
            return self._read(request, body)
        except ProtocolFault:
            return None

    @staticmethod
    def _read(request: Request, body: Body) -> _Answer | None:
        try:
            page = harvester(request.source.format or "").read(body.data, request, media_type=body.media_type)
            return _Answer(request, body, page)
        except ProtocolFault:
            raise
        except HarvestError:
            return None

    # What an answer holds

    def _told(self, answer: _Answer, spoken: Spoken) -> Spoken | None:
        """None where it holds nothing and says of nothing that it will come."""
        page, listed = answer.page, 0
        spoken.total = page.total
        self._count(spoken, page)
        if not spoken.came and not spoken.refused:
            listed = len(page.next)
            for request in islice(self._first_pages(page), 3):
                if (one := self._quietly(request)) is not None:
                    self._count(spoken, one.page)
        if is_sitemap(answer.body.data[:65536]):
            if not spoken.came:
                return None
            spoken.notes.append(f"its sitemap lists {listed:,} pages; not each need describe a data set")
        empty = not (spoken.came or spoken.refused or page.total is not None)
        return None if empty and not is_protocol_answer(answer.body.data) else spoken

    def _first_pages(self, page: Page) -> Iterator[Request]:
        """What a list leads to, through a list of lists."""
        for request in page.next[:3]:
            inner = self._quietly(request)
            if inner is not None and is_sitemap(inner.body.data[:65536]):
                yield from inner.page.next[:3]
                return
            yield request

    def _quietly(self, request: Request) -> _Answer | None:
        try:
            return self._ask(request)
        except ProtocolFault:
            return None

    @staticmethod
    def _count(spoken: Spoken, page: Page) -> None:
        try:
            for entry in islice(page.entries, _LOOKED_AT):
                if entry.resource is not None:
                    spoken.came += 1
                    if len(spoken.titles) < 3:
                        spoken.titles = (*spoken.titles, entry.resource.name.en)
                elif entry.refused:
                    spoken.refused += 1
                    spoken.notes += [str(one) for one in entry.complaints[:1] if len(spoken.notes) < 3]
        except HarvestError as error:
            spoken.notes.append(str(error))

    # OAI-PMH tells more of itself

    def _as_oai(self, spoken: Spoken, preset: Preset, request: Request) -> Spoken:
        """With its name, its sets, and the best metadata that it gives and that is read."""
        names = self._words(request, "Identify", "repositoryName")
        spoken.called = next(iter(names), "")
        offered = self._words(request, "ListMetadataFormats", "metadataPrefix")
        sets = self._words(request, "ListSets", "setSpec")
        if offered:
            spoken.notes.append(f"metadata: {', '.join(offered)}")
        if sets:
            more = f" and {len(sets) - 5} more on its first page" if len(sets) > 5 else ""
            spoken.notes.append(f"--set may be {', '.join(sets[:5])}{more}")
        for prefix in preset.prefixes:
            if prefix == "oai_dc" or prefix not in offered:
                continue
            source = request.source.model_copy(update={"metadata_prefix": prefix})
            answer = self._quietly(harvester(preset.format).first(source))
            if answer and any(one.resource for one in islice(answer.page.entries, _LOOKED_AT)):
                spoken.command = (*spoken.command, "--metadata-prefix", prefix)
                break
        return spoken

    def _words(self, request: Request, verb: str, element: str) -> list[str]:
        """The texts of that element in the answer to a verb; none where it is not answered."""
        asked = request.model_copy(update={"params": (("verb", verb),)})
        try:
            body = self._bodies.read(asked)
            root, _ = parsed_xml(body.data, body.where, body.media_type)
        except (HarvestError, HarvestingError):
            return []
        finally:
            self._step()
        answer = next((one for one in root if local_name(one) == verb), None)
        if answer is None:
            return []
        return [text for one in answer.iter() if local_name(one) == element and (text := text_of(one))]

    def _step(self) -> None:
        if self._progress is not None:
            self._progress(self.requests, None)


def _recognised(request: Request, data: bytes) -> bool:
    mapping = request.source.mapping
    return mapping is not None and all(word.encode() in data for word in mapping.recognise)
