"""Answers, sources and lists as rich text with buttons: the same words as on every other channel."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.records import Answer, Citation, Language
from bot import texts
from bot.backend import Found, PersonReply
from bot.records import Button, Reply, Rich, Span
from operations.texts import t

Rows = tuple[tuple[Button, ...], ...]

HEADLINE = 120
"""Characters of a first line that is set in bold."""
CHIP = 60
"""Characters of a suggestion on a button."""
SHORT = 280
"""Characters of an answer in a group."""
FOLLOW_UPS = 3

_MARK = re.compile(r"\[(\d{1,3})\]")
_STOP = re.compile(r"(?<=[。！？!?])|(?<=[^0-9]\.)(?=\s)|\n")
_URL = re.compile(r"https?://[^\s<>\"，。；、）】\]]+")


def answer_reply(answer: Answer, base_url: str | None) -> Reply:
    """The whole answer with its sources and buttons."""
    language = answer.language
    rich = [*_headed(_marked(answer.text, answer.citations, base_url))]
    rich += [Span(f"\n{texts.NOTE.in_(language)}{notice}", italic=True) for notice in answer.notices]
    rich += _made_by(answer)
    rich += _sources(answer.citations, language, base_url)
    return Reply(tuple(rich), answer_rows(answer), answer=answer.model_dump(mode="json"))


def short_reply(answer: Answer, base_url: str | None, whole: str) -> Reply:
    """The beginning of an answer, for a group; `whole` opens all of it in a private chat."""
    language = answer.language
    text, cut = _beginning(answer.text)
    used = {int(number) for number in _MARK.findall(text)}
    cited = [one for one in answer.citations if one.number in used]
    rich = [*_headed(_marked(text, answer.citations, base_url))]
    if cut:
        rich.append(Span(" …"))
    rich += _made_by(answer)
    rich += _sources(cited, language, base_url)
    about = {"a": answer.id}
    rows: list[tuple[Button, ...]] = [(Button(texts.label("whole", language), url=whole),)]
    rows.append(
        (
            Button(texts.label("up", language), {"do": "up", **about}),
            Button(texts.label("down", language), {"do": "down", **about}),
        )
    )
    return Reply(tuple(rich), tuple(rows), answer=answer.model_dump(mode="json"))


def answer_rows(answer: Answer) -> Rows:
    """来源 · 怎么申请 · 官网 / 有用 · 没用 · 转人工 / what to ask next; choices come first."""
    language = answer.language
    about = {"a": answer.id}
    first: list[Button] = []
    if answer.citations:
        named = f"{texts.label('source', language)} ({len(answer.citations)})"
        first.append(Button(named, {"do": "source", "n": 0, **about}))
    if answer.resources:
        card = answer.resources[0]
        question = texts.APPLY_TO.in_(language).format(name=card.name)
        if question not in answer.follow_ups:
            first.append(Button(texts.label("apply", language), {"do": "ask", "q": question}))
        if card.url and card.url.startswith(("http://", "https://")):
            first.append(Button(texts.label("site", language), url=card.url))
    judged = [Button(texts.label(name, language), {"do": name, **about}) for name in ("up", "down", "human")]
    chips = [
        (Button(_chip(question), {"do": "ask", "q": question}),)
        for question in answer.follow_ups[: 8 if answer.status == "clarify" else FOLLOW_UPS]
    ]
    rows = [tuple(first)] if first else []
    rows.append(tuple(judged))
    return tuple([*chips, *rows] if answer.status == "clarify" else [*rows, *chips])


def offered(answer: Answer, number: int) -> str | None:
    """The question that a line of an answer stands for: a choice that it asks about, a record that it lists.

    None where it numbers nothing so, or ends before.
    """
    if answer.status == "clarify":
        return answer.follow_ups[number - 1] if 0 < number <= len(answer.follow_ups) else None
    listed = answer.set.ids if answer.set else ()
    line = next((one for one in answer.text.splitlines() if one.startswith(f"{number}. ")), "")
    names = [one.title for one in answer.citations if one.id in listed and f"[{one.number}]" in line]
    return names[0] if names else None


def source_reply(answer: Answer, at: int, base_url: str | None, *, edits: bool) -> Reply:
    """One citation of an answer with its quote, and buttons to the others; `at` counts from 0."""
    language, total = answer.language, len(answer.citations)
    at %= total
    one = answer.citations[at]
    head = texts.SOURCE_HEAD.in_(language).format(n=at + 1, total=total)
    link = address_of(one, base_url)
    rich: Rich = (
        Span(f"{head}\n", italic=True),
        Span(f"[{one.number}] {one.title}", bold=True, link=link),
        Span(f" · {t(one.locator, language)} ({_kind(one, language)})\n\n{one.quote}"),
    )
    if one.source_url:
        rich += (Span(f"\n\n{one.source_url}"),)
    rows: list[tuple[Button, ...]] = []
    if total > 1:
        turn = {"do": "source", "a": answer.id, "page": True}
        rows.append(
            (
                Button(texts.label("earlier", language), {**turn, "n": (at - 1) % total}),
                Button(f"{at + 1}/{total}", {**turn, "n": at}),
                Button(texts.label("later", language), {**turn, "n": (at + 1) % total}),
            )
        )
    if link:
        rows.append((Button(texts.label("open", language), url=link),))
    return Reply(rich, tuple(rows), edits=edits)


def found_reply(query: str, found: Sequence[Found], language: Language, base_url: str | None) -> Reply:
    """What a search of the catalogue gave, as a list with a button for each."""
    rich = [Span(texts.FOUND.in_(language).format(query=query))]
    rows = []
    for number, one in enumerate(found, 1):
        link = f"{base_url}{one.url}" if base_url else None
        rich += [Span(f"\n\n{number}. "), Span(one.title, bold=True, link=link), Span(f"\n{one.snippet}")]
        about = texts.ABOUT_RESOURCE if one.kind == "resource" else texts.ABOUT_POLICY
        question = about.in_(language).format(name=one.title.strip("《》"))
        rows.append((Button(_chip(f"{number}. {one.title}"), {"do": "ask", "q": question}),))
    return Reply(tuple(rich), tuple(rows))


def list_reply(
    head: str,
    found: Sequence[Found],
    more: dict[str, object] | None,
    language: Language,
    base_url: str | None,
) -> Reply:
    """A page of the catalogue by name; `more` brings the next one."""
    rich, rows = [Span(head, bold=True)], []
    for number, one in enumerate(found, 1):
        rich += [Span(f"\n{number}. "), Span(one.title, link=f"{base_url}{one.url}" if base_url else None)]
        question = texts.ABOUT_RESOURCE.in_(language).format(name=one.title)
        rows.append((Button(_chip(f"{number}. {one.title}"), {"do": "ask", "q": question}),))
    if more:
        rows.append((Button(texts.label("more", language), more),))
    return Reply(tuple(rich), tuple(rows))


def person_reply(reply: PersonReply, language: Language, base_url: str | None) -> Reply:
    """What a member of the staff answered, said to be a person's."""
    head = texts.STAFF_REPLY.in_(language)
    if reply.author:
        head += f"（{reply.author}）" if language == "zh" else f" ({reply.author})"
    cited = [Citation.model_validate(one) for one in reply.citations]
    body = _marked(reply.text, cited, base_url)
    return Reply((Span(f"{head}\n", bold=True), *body, *_sources(cited, language, base_url)))


def address_of(citation: Citation, base_url: str | None) -> str | None:
    """Kewen's page at the cited place where it can be reached, else the source's own address."""
    if base_url:
        return f"{base_url}{citation.url}"
    source = citation.source_url
    return source if source and source.startswith(("http://", "https://")) else None


def said(text: str, *rows: tuple[Button, ...]) -> Reply:
    """Plain words."""
    return Reply((Span(text),), tuple(rows))


def _marked(text: str, citations: Sequence[Citation], base_url: str | None) -> list[Span]:
    """The text with each [n] linked to what it rests on."""
    addresses = {one.number: address_of(one, base_url) for one in citations}
    spans, at = [], 0
    for found in _MARK.finditer(text):
        link = addresses.get(int(found[1]))
        if link is None:
            continue
        spans += [Span(text[at : found.start()]), Span(found[0], link=link)]
        at = found.end()
    return [span for span in (*spans, Span(text[at:])) if span.text]


def _headed(spans: list[Span]) -> list[Span]:
    """A short first line in bold, where more follows."""
    whole = "".join(span.text for span in spans)
    first, _, rest = whole.partition("\n")
    if not rest or len(first) > HEADLINE or _URL.search(first):
        return spans
    left, headed = len(first), []
    for span in spans:
        inside = span.text[: max(left, 0)]
        left -= len(span.text)
        if inside:
            headed.append(Span(inside, bold=True, link=span.link))
        if len(inside) < len(span.text):
            headed.append(Span(span.text[len(inside) :], link=span.link))
    return headed


def _made_by(answer: Answer) -> list[Span]:
    """The mark that a machine wrote it; nothing where a person did."""
    if answer.generated_by == "curated":
        return []
    return [Span(f"\n\n{texts.MADE_BY_MACHINE.in_(answer.language)}", italic=True)]


def _sources(citations: Sequence[Citation], language: Language, base_url: str | None) -> list[Span]:
    if not citations:
        return []
    spans = [Span(f"\n\n{texts.SOURCES.in_(language)}", bold=True)]
    for one in citations:
        spans += [
            Span(f"\n[{one.number}] "),
            Span(one.title, link=address_of(one, base_url)),
            Span(f" · {t(one.locator, language)} ({_kind(one, language)})"),
        ]
    return spans


def _kind(citation: Citation, language: Language) -> str:
    return (texts.VERBATIM if citation.quote_kind == "verbatim" else texts.DIGEST).in_(language)


def _beginning(text: str) -> tuple[str, bool]:
    """(whole sentences up to SHORT characters, True when there is more)."""
    if len(text) <= SHORT:
        return text, False
    end = 0
    for found in _STOP.finditer(text):
        # Marks behind a sentence belong to it.
        at = found.end()
        while mark := _MARK.match(text, at):
            at = mark.end()
        if at > SHORT and end:
            break
        end = at
    return (text[:end] if end else text[:SHORT]).rstrip(), True


def _chip(text: str) -> str:
    return text if len(text) <= CHIP else f"{text[: CHIP - 1]}…"
