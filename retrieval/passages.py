"""Record to passages: what is embedded, searched and pointed to, in Chinese and English."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from corpus.loaders import load_vocabulary
from corpus.records import Article, Lines, Policy, PolicyVersion, Resource, Succession, Text
from corpus.seen import article_label
from corpus.versions import first_in_force, last_day, states_since
from retrieval.harvested_lines import getting_lines, harvested_lines, labelled_lines
from retrieval.records import Language, Part, Passage

LANGUAGES: tuple[Language, ...] = ("zh", "en")
CARD: Part = "card"
HOW_TO_APPLY: Part = "how_to_apply"
SUMMARY: Part = "summary"

LIMIT = 420
"""Estimated tokens of one passage: room for the title, the prefix and an estimate that is too low."""
_SENTENCES = re.compile(r"(?<=[。！？；!?;\n])|(?<=\. )")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def passages_of(record: Resource | Policy) -> list[Passage]:
    """All passages of a record: each part in both languages, then the questions that point to it.

    Ids are stable: `<record>#<part>:<lang>`, further pieces of a long text `…:2`, questions `…:q1`,
    words of a stored text `…:v`.
    """
    return list(_of_resource(record) if isinstance(record, Resource) else _of_policy(record))


def estimate_tokens(text: str) -> int:
    """About how many tokens an embedder sees: 0.8 for a Chinese character, 0.3 for any other."""
    wide = len(_WIDE.findall(text))
    return round(0.8 * wide + 0.3 * (len(text) - wide))


def split_text(text: str, limit: int = LIMIT) -> list[str]:
    """Pieces of at most `limit` estimated tokens, cut after sentences where there are any.

    A text that fits comes back alone; together the pieces hold every word of it.
    """
    if estimate_tokens(text) <= limit:
        return [text]
    pieces: list[str] = []
    current = ""
    for sentence in _SENTENCES.split(text):
        for chunk in _hard_cut(sentence, limit):
            if current and estimate_tokens(current + chunk) > limit:
                pieces.append(current.strip())
                current = ""
            current += chunk
    pieces.append(current.strip())
    return [piece for piece in pieces if piece]


def _hard_cut(sentence: str, limit: int) -> list[str]:
    """A sentence longer than a passage, cut at spaces, or anywhere when it has none."""
    chunks: list[str] = []
    while estimate_tokens(sentence) > limit:
        at = limit
        space = sentence.rfind(" ", limit // 2, at)
        at = space + 1 if space > 0 else at
        chunks.append(sentence[:at])
        sentence = sentence[at:]
    return [*chunks, sentence]


@cache
def _labels() -> dict[tuple[str, str], Text]:
    """Words for the codes and places of the catalogue, by (set, code)."""
    words = load_vocabulary()
    found = {("province", place.name.zh): place.name for place in words.provinces}
    for name, terms in (("type", words.types), ("access", words.access), ("status", words.statuses)):
        found |= {(name, term.code): term.label for term in terms}
    return found


def _label(name: str, code: str | None, lang: Language) -> str:
    if code is None:
        return ""
    label = _labels().get((name, code))
    return label.in_(lang) if label else code


def _in(text: Text | None, lang: Language) -> str:
    return text.in_(lang) if text else ""


def _joined(values: list[str] | tuple[str, ...], lang: Language) -> str:
    return ("、" if lang == "zh" else ", ").join(value for value in values if value)


@dataclass(frozen=True)
class _Fields:
    """What all text passages of a record share in one language."""

    title: str
    aliases: str
    host: str
    keywords: str = ""


@dataclass(frozen=True)
class _Place:
    """A part of a record, before it is cut: fields by language, and the facets of all its passages."""

    blank: Passage
    part: Part
    texts: dict[Language, str]
    questions: tuple[Lines, ...] = ()
    mark: str = ""

    def passages(self, fields: dict[Language, _Fields]) -> Iterator[Passage]:
        stem = f"{self.blank.record_id}#{self.part}"
        for lang in LANGUAGES:
            base = replace(self.blank, part=self.part, lang=lang)
            text = self.texts.get(lang, "")
            pieces = split_text(text) if text and lang in fields else []
            for number, piece in enumerate(pieces, 1):
                id_ = f"{stem}:{lang}{self.mark}" if number == 1 else f"{stem}:{lang}{self.mark}:{number}"
                shared = fields[lang]
                yield replace(
                    base, id=id_, text=piece, title=shared.title, aliases=shared.aliases,
                    host=shared.host, keywords=shared.keywords,
                )  # fmt: skip
            # A question stands alone: its title would pull all questions of a record together.
            asked = dict.fromkeys(question for lines in self.questions for question in lines.in_(lang))
            for number, question in enumerate(asked, 1):
                yield replace(base, id=f"{stem}:{lang}:q{number}", role="question", text=question)


def _names(
    title: Text, lang: Language, aliases: tuple[str, ...], former: tuple[str, ...], *others: str
) -> str:
    other = title.en if lang == "zh" else title.zh
    return "\n".join(dict.fromkeys(name for name in (*aliases, *former, *others, other) if name))


def _of_resource(record: Resource) -> Iterator[Passage]:
    blank = Passage(
        id="", record_id=record.id, kind="resource", part=CARD, lang="zh",
        visibility=record.label, type=record.type, province=record.province,
        access=record.access.level,
    )  # fmt: skip
    abbreviations = tuple(one.value for one in record.identifiers if one.scheme.startswith("abbr"))
    fields: dict[Language, _Fields] = {}
    cards: dict[Language, str] = {}
    routes: dict[Language, str] = {}
    # A text known in one language stands in both fields of Text: it is embedded once, as what it is.
    for lang in record.languages:
        fields[lang] = _Fields(
            title=record.name.in_(lang),
            aliases=_names(record.name, lang, record.aliases, record.former_names, *abbreviations),
            host="\n".join(filter(None, (_in(record.host, lang), _in(record.governing_body, lang)))),
            keywords="\n".join((*record.subjects.in_(lang), _label("type", record.type, lang))),
        )
        access = labelled_lines(
            [
                ("获取方式", "Access", _label("access", record.access.level, lang)),
                ("获取说明", "Terms", _in(record.access.text, lang)),
            ],
            lang,
        )
        place = [_label("province", record.province, lang), _in(record.city, lang)]
        cards[lang] = labelled_lines(
            [
                ("又称", "Also called", _joined((*record.aliases, *record.former_names), lang)),
                ("类型", "Type", _label("type", record.type, lang)),
                ("依托单位", "Host", _in(record.host, lang)),
                ("主管", "Governing body", _in(record.governing_body, lang)),
                ("所在地", "Place", _joined(list(dict.fromkeys(place)), lang)),
                ("内容", "Holdings", _in(record.holdings, lang)),
            ],
            lang,
        )
        subjects = labelled_lines([("学科", "Subjects", _joined(record.subjects.in_(lang), lang))], lang)
        harvested = harvested_lines(record, lang)
        cards[lang] = "\n".join(filter(None, (cards[lang], access, subjects, harvested)))
        routes[lang] = "\n".join(filter(None, (access, _steps(record, lang), getting_lines(record, lang))))
    yield from _Place(blank, CARD, cards, (record.questions,)).passages(fields)
    yield from _Place(blank, HOW_TO_APPLY, routes).passages(fields)


def _steps(record: Resource, lang: Language) -> str:
    if record.how_to_apply is None or not record.how_to_apply.steps.in_(lang):
        return ""
    steps = record.how_to_apply.steps.in_(lang)
    title = "申请步骤" if lang == "zh" else "How to apply"
    if record.how_to_apply.common_route:
        title += "（同类平台通用做法）" if lang == "zh" else " (the usual route for this kind)"
    return "\n".join((title, *(f"{number}. {step}" for number, step in enumerate(steps, 1))))


def _of_policy(record: Policy) -> Iterator[Passage]:
    blank = Passage(
        id="", record_id=record.id, kind="policy", part=SUMMARY, lang="zh",
        visibility=record.label, status=record.status, effective=first_in_force(record),
        expires=record.expires,
    )  # fmt: skip
    fields: dict[Language, _Fields] = {}
    for lang in LANGUAGES:
        numbers = (record.doc_number,) if record.doc_number else ()
        fields[lang] = _Fields(
            title=record.title.in_(lang),
            aliases=_names(record.title, lang, record.aliases, record.former_names, *numbers),
            host=record.issuing_body.in_(lang),
        )
    summary = {lang: _summary(record, lang) for lang in LANGUAGES}
    yield from _Place(blank, SUMMARY, summary, (record.questions,)).passages(fields)
    for article in record.articles:
        visibility = article_label(record, article)
        texts = {lang: _digest(article, lang) for lang in LANGUAGES} if article.digest else {}
        keyed = _keyed(fields, article)
        since = states_since(record) if record.versions else blank.effective
        seen = replace(blank, visibility=visibility, effective=since)
        yield from _Place(seen, article.anchor, texts, (article.questions,)).passages(keyed)
        if article.text is not None:
            yield from _verbatim(replace(seen, effective=_start(record)), article.anchor, article, keyed)
    shown = record.current or (record.versions[-1].version if _is_text_only(record) else None)
    for version in record.versions:
        if version.version != shown:
            yield from _of_version(record, version, blank, fields)


def _is_text_only(record: Policy) -> bool:
    """True where all articles are words of a stored text: the newest one, whether in force or not."""
    return bool(record.versions) and all(article.digest is None for article in record.articles)


def _of_version(
    record: Policy, version: PolicyVersion, blank: Passage, fields: dict[Language, _Fields]
) -> Iterator[Passage]:
    """The words of a version that is not in force: its places, `art-4@2019-07-01`, are only searched for
    a day."""
    dated = replace(
        blank,
        status=version.status,
        effective=version.start,
        expires=last_day(version.until) if version.until else None,
    )
    for one in version.articles:
        part = f"{one.anchor}@{version.version}"
        if article := record.article(part):
            seen = replace(dated, visibility=article_label(record, article))
            yield from _verbatim(seen, part, article, _keyed(fields, article))


def _verbatim(
    blank: Passage, part: Part, article: Article, fields: dict[Language, _Fields]
) -> Iterator[Passage]:
    """The stored words in the language they are in."""
    text = article.text or ""
    lang: Language = "zh" if _HAN.search(text) else "en"
    heading = " · ".join(_headings(article, lang))
    yield from _Place(blank, part, {lang: f"{heading}\n{text}"}, mark=":v").passages(fields)


def _start(record: Policy) -> str | None:
    """First day of the version whose words stand in the articles."""
    current = record.version(record.current) if record.current else None
    return current.start if current else record.versions[-1].start


def _keyed(fields: dict[Language, _Fields], article: Article) -> dict[Language, _Fields]:
    return {
        lang: replace(values, keywords="\n".join(_headings(article, lang))) for lang, values in fields.items()
    }


def _summary(record: Policy, lang: Language) -> str:
    def instruments(many: tuple[Succession, ...]) -> str:
        return _joined([one.title.in_(lang) for one in many], lang)

    changes = [" ".join(filter(None, (one.date, one.by, _in(one.change, lang)))) for one in record.amendments]
    return labelled_lines(
        [
            ("文号", "Number", record.doc_number or ""),
            ("发布机关", "Issued by", record.issuing_body.in_(lang)),
            ("发布日期", "Issued", record.issued or ""),
            ("施行日期", "In force from", record.effective or ""),
            ("失效日期", "Expires", record.expires or ""),
            ("效力", "Status", _label("status", record.status, lang)),
            ("效力说明", "Status note", _in(record.status_note, lang)),
            ("适用范围", "Scope", record.scope.in_(lang)),
            ("修订", "Amended", _joined(changes, lang)),
            ("替代", "Replaces", instruments(record.replaces)),
            ("被替代", "Replaced by", instruments(record.replaced_by)),
        ],
        lang,
    )


def _headings(article: Article, lang: Language) -> list[str]:
    """第二十条, Article 20 in English too, and the chapter."""
    number = [] if lang == "zh" or article.number is None else [f"Article {article.anchor[4:]}"]
    return [*number, article.no, *filter(None, [_in(article.chapter, lang)])]


def _digest(article: Article, lang: Language) -> str:
    heading = " · ".join(_headings(article, lang))
    return f"{heading}\n{article.says.in_(lang)}"


def name_of(passages: Iterable[Passage]) -> str:
    """The same for the same passages, whatever is hidden beside them."""
    digest = hashlib.sha256()
    for one in passages:
        digest.update(repr(one).encode())
    return digest.hexdigest()[:20]
