"""What every page has in common: language, addresses, template and headers."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from functools import cache
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from api.deps import get_state
from api.pages_files import asset
from api.pages_texts import say
from api.sign_in_cookie import cookie_of
from api.state import base_url
from assistant.records import Language
from corpus.loaders import load_vocabulary
from corpus.records import Article, Policy, Resource, Text
from corpus.vocabulary import Vocabulary
from retrieval.analysis import words

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
NOT_KEPT = {"Cache-Control": "no-store"}
"""Headers of a page that is for one reader's eyes."""
ZONE = timezone(timedelta(hours=8))
"""In which pages tell the time of day."""
READ = ["GET", "HEAD"]
"""Methods of a page: link checkers ask with HEAD."""

_COMPRESSED_FROM = 1024
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass
class Shell:
    """One request for a page: its language and the addresses around it.

    `chosen` is True where the address names the language: links on the page then carry it on.
    `params` are the parameters that belong to the page, besides the language.
    """

    request: Request
    language: Language
    chosen: bool
    params: list[tuple[str, str]] = field(default_factory=list)

    def t(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    @property
    def known(self) -> bool:
        """Whether the browser says that somebody is signed in; whether that counts, /me tells."""
        return is_known(self.request)

    @property
    def other(self) -> Language:
        return "en" if self.language == "zh" else "zh"

    @property
    def base(self) -> str:
        return base_url(self.request, get_state(self.request))

    @property
    def path(self) -> str:
        return quote(self.request.url.path, safe="/:@")

    def url(self, path: str, params: Mapping[str, str] | list[tuple[str, str]] | None = None) -> str:
        """An address on this server that keeps the chosen language; `path` may end in #anchor."""
        given = list(params.items()) if isinstance(params, Mapping) else list(params or [])
        if self.chosen:
            given.append(("lang", self.language))
        place, mark, anchor = path.partition("#")
        return place + (f"?{urlencode(given)}" if given else "") + mark + anchor

    def here(self, language: Language | None = None) -> str:
        """This page's own address, in that language or in the reader's own."""
        given = [*self.params, *([("lang", language)] if language else [])]
        return self.path + (f"?{urlencode(given)}" if given else "")

    def record(self, record: Resource | Policy, anchor: str = "") -> str:
        """The page of a record."""
        kind = "resources" if isinstance(record, Resource) else "policies"
        return self.url(f"/{kind}/{quote(record.id, safe='/:@')}{'#' + anchor if anchor else ''}")


def is_known(request: Request) -> bool:
    return cookie_of(request, get_state(request)) is not None


def shell_of(request: Request, params: list[tuple[str, str]] | None = None) -> Shell:
    """The language of ?lang=, else the one the browser likes best, else Chinese."""
    wanted = request.query_params.get("lang")
    if wanted in ("zh", "en"):
        return Shell(request, cast(Language, wanted), True, params or [])
    return Shell(request, _preferred(request.headers.get("accept-language")), False, params or [])


def _preferred(header: str | None) -> Language:
    best: tuple[float, Language] = (0.0, "zh")
    for part in (header or "").split(","):
        tag, _, weight = part.partition(";")
        quality = re.fullmatch(r"\s*q=(\d(?:\.\d+)?)\s*", weight)
        value = float(quality[1]) if quality else 1.0
        primary = tag.strip().lower().split("-")[0]
        if primary in ("zh", "en") and value > best[0]:
            best = (value, "zh" if primary == "zh" else "en")
    return best[1]


@cache
def vocabulary() -> Vocabulary:
    """The closed sets in words."""
    return load_vocabulary()


@cache
def labels() -> dict[str, dict[str, Text]]:
    """Words for codes: labels()["types"]["facility"]."""
    words = vocabulary()
    found = {
        name: {term.code: term.label for term in getattr(words, name)}
        for name in ("types", "access", "ranks", "statuses", "fields")
    }
    found["provinces"] = {place.name.zh: place.name for place in words.provinces}
    return found


def label(set_name: str, code: str, language: Language) -> str:
    """What people call a value of a closed set; the value itself where the set does not know it."""
    known = labels()[set_name].get(code)
    return known.in_(language) if known else code


def article_label(no: str, shell: Shell) -> str:
    """第二十条, or Article 20 on an English page; a heading as it is."""
    if shell.language == "zh":
        return no
    article = Article.model_construct(no=no, slug="x-0")
    number = article.anchor.removeprefix("art-") if article.number is not None else None
    return shell.t("article_n", no=number) if number else no


def language_of(text: str) -> str:
    """The language tag of a text, for fonts and speech."""
    return "zh-CN" if _HAN.search(text) else "en"


def marked(text: str, language: Language) -> Markup:
    """The text, with its own language told where it is not the page's."""
    own = language_of(text)
    if own == ("zh-CN" if language == "zh" else "en"):
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(own, text)


def broken(text: str) -> Markup:
    """A title with a place to break between any two words and nowhere else: 人类 and 遗传 stay whole."""
    if not _HAN.search(text):
        return escape(text)
    return Markup('<span class="words">{}</span>').format(Markup("<wbr>").join(words(text)))


def web_address(address: str | None) -> str | None:
    """The address when it is http or https with a host, else None: nothing else becomes a link."""
    try:
        parts = urlsplit(address or "")
        return address if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def host_of(address: str) -> str:
    """example.org of https://www.example.org/path."""
    return (urlsplit(address).hostname or "").removeprefix("www.")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.globals["asset"] = asset
    environment.filters["web"] = web_address
    environment.filters["host"] = host_of
    environment.filters["lang_of"] = language_of
    return environment


def render(
    shell: Shell,
    template: str,
    *,
    title: str,
    description: str = "",
    status: int = 200,
    indexed: bool = True,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """The page. Unchanged since the asker's last visit it is a 304; `indexed` False keeps searchers out."""
    language = shell.language
    page = (
        _environment()
        .get_template(template)
        .render(
            shell=shell,
            t=shell.t,
            url=shell.url,
            language=language,
            title=title,
            description=" ".join(description.split())[:200],
            indexed=indexed and status == 200,
            say=lambda text: marked(text.in_(language) if isinstance(text, Text) else text, language),
            gap="" if language == "zh" else " ",
            title_of=lambda text: broken(text.in_(language) if isinstance(text, Text) else text),
            label=lambda name, code: label(name, code, language),
            **values,
        )
    )
    return respond(shell.request, page, "text/html; charset=utf-8", status, headers)


def respond(
    request: Request, text: str, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """The text with an ETag, compressed where the asker takes it, or 304 where they have it."""
    body = text.encode("utf-8", "replace")
    tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    private = "authorization" in request.headers or is_known(request)
    sent = {
        **HEADERS,
        # Asked for anew each time, since records change; what is unchanged costs a few bytes.
        "Cache-Control": "private, no-cache" if private else "no-cache",
        "Vary": "Accept-Language, Accept-Encoding, Authorization, Cookie",
        **(headers or {}),
    }
    if status != 200:
        sent["Cache-Control"] = "no-store"
    elif sent["Cache-Control"] != "no-store":
        sent["ETag"] = tag
        if tag in (request.headers.get("if-none-match") or ""):
            return Response(status_code=304, headers=sent)
    if len(body) >= _COMPRESSED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 5, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status, sent, media_type)
