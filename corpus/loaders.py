"""Files of a corpus folder -> records; every complaint names file, line and field.

A folder holds `resources/<id>.yaml` and `policies/<id>.yaml`, one record a file, and may hold
`questions/<id>.yaml`, the ways people ask for a record or for an article of it, and
`clauses/<policy-id>.yaml`, the rules of its articles one by one, and
`disagreements/<subject>.yaml`, points on which sources differ.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from corpus.clauses import ClauseFile
from corpus.disagreements import Disagreement
from corpus.disarming import disarmed
from corpus.errors import CorpusError
from corpus.located_yaml import LocatedFile, Location, load_located
from corpus.records import Corpus, Lines, Note, Policy, Record, Resource
from corpus.schema_faults import faults_of
from corpus.vocabulary import Vocabulary

R = TypeVar("R", bound=BaseModel)
Complain = Callable[[str], None]

_BUNDLED = Path(__file__).parent / "data"
_DATES = {"issued", "effective", "expires", "date"}
_HARVESTED: dict[str, Any] = {
    "languages": ["zh", "en"],
    **dict.fromkeys(
        ("licence", "access_rights", "issued", "modified", "temporal", "spatial", "details", "origin")
    ),
    "written_in": [],
    "creators": [],
    "formats": [],
    "funding": [],
    "relations": [],
    "origins": [],
}
"""Fields that only harvested records use, each with its default in JSON."""


class _Questions(Record):
    """A file of `questions/`."""

    record: Lines = Lines()
    articles: dict[str, Lines] = Field(default={})


def load_corpus(directory: Path | None = None) -> Corpus:
    """Every record of the folder (None: the bundled corpus), in order of id, without orders to its reader.

    Raises CorpusError with all complaints over all files.
    """
    folder, shown = (_BUNDLED, "corpus/data") if directory is None else (directory, str(directory))
    complaints: list[str] = []
    complain = complaints.append
    if not folder.is_dir():
        raise CorpusError([f"{shown}: there is no such folder; name one that holds resources/ or policies/."])
    vocabulary = load_vocabulary()

    resource_files = _files(folder, shown, "resources", complain)
    policy_files = _files(folder, shown, "policies", complain)
    question_files = _files(folder, shown, "questions", complain)
    if not (resource_files or policy_files or complaints):
        complain(f"{shown}: holds no record; put one in resources/<id>.yaml or policies/<id>.yaml.")

    known = _known_ids([*resource_files.values(), *policy_files.values()], complain)
    # A file that cannot be read is a complaint already; links to it are not another.
    known |= {path.stem for sub in ("resources", "policies") for path in (folder / sub).glob("*.yaml")}

    resources = _records(Resource, resource_files, complain)
    policies = _records(Policy, policy_files, complain)
    for file in resource_files.values():
        province = file.get(("province",))
        if isinstance(province, str) and province not in vocabulary.province_names:
            fault = f"{province!r} is not in corpus/data/vocabulary.yaml; write a name from there, or add it."
            complain(file.complaint(("province",), fault))
    for file in [*resource_files.values(), *policy_files.values()]:
        _check_links(file, known, complain)
    for file in policy_files.values():
        _check_dates(file, complain)

    by_stem: dict[str, Resource | Policy] = {**resources, **policies}
    for stem, file in question_files.items():
        questions = _validated(_Questions, file, complain)
        record = by_stem.get(stem)
        if stem not in {_stem(id_) for id_ in known}:
            complain(file.complaint((), f"no resource or policy has the id {stem!r}; rename the file."))
        elif record is not None and questions is not None:
            by_stem[stem] = _with_questions(record, questions, file, complain)
    for stem, file in _files(folder, shown, "clauses", complain).items():
        clauses = _validated(ClauseFile, file, complain)
        record = by_stem.get(stem)
        if not isinstance(record, Policy):
            complain(file.complaint((), f"no policy has the id {stem!r}; rename or remove the file."))
        elif clauses is not None:
            by_stem[stem] = _with_clauses(record, clauses, file, complain)
    for file in _files(folder, shown, "disagreements", complain).values():
        if disagreement := _validated(Disagreement, file, complain):
            _attach(disagreement, by_stem, file, complain)

    if complaints:
        raise CorpusError(sorted(complaints, key=_reading_order))
    found = [disarmed(record) for record in by_stem.values()]
    merged = sorted((record for record, _ in found), key=lambda record: record.id)
    return Corpus(
        resources=tuple(record for record in merged if isinstance(record, Resource)),
        policies=tuple(record for record in merged if isinstance(record, Policy)),
        digest=corpus_digest(merged),
        flags=tuple(flag for _, flags in found for flag in flags),
    )


@cache
def load_vocabulary() -> Vocabulary:
    """The words for places, types, access levels, ranks and statuses. Raises CorpusError."""
    complaints: list[str] = []
    file = load_located(_BUNDLED / "vocabulary.yaml", "corpus/data/vocabulary.yaml", complaints.append)
    vocabulary = _validated(Vocabulary, file, complaints.append) if file else None
    if vocabulary is None:
        raise CorpusError(complaints)
    return vocabulary


def corpus_digest(records: Iterable[Resource | Policy]) -> str:
    """SHA-256, hexadecimal, over the canonical JSON of the records in order of id."""
    digest = hashlib.sha256()
    for record in sorted(records, key=lambda record: record.id):
        content = record.model_dump(mode="json")
        _drop_unused(content)
        if isinstance(record, Resource):
            for field in _HARVESTED:  # Likewise of records that were not harvested.
                if content[field] == _HARVESTED[field]:
                    del content[field]
        line = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def _drop_unused(content: dict[str, Any]) -> None:
    """Fields of stored texts, where there is none: without them a corpus has the digest it always had."""
    for field in ("versions", "current", "unit"):
        if not content.get(field, True):
            del content[field]
    for article in content.get("articles", ()):
        del article["clauses"]  # The digest of the passages tells.
        for field in ("digest", "text", "version", "former", "text_page", "unit"):
            if not article[field]:
                del article[field]
    for note in content["notes"]:
        if note["disagreement"] is None:
            del note["disagreement"]


def _files(folder: Path, shown: str, sub: str, complain: Complain) -> dict[str, LocatedFile]:
    """Stem -> file, in order of name; what cannot be read is complained about and left out."""
    found: dict[str, LocatedFile] = {}
    if not (folder / sub).is_dir():
        return found
    for path in sorted((folder / sub).iterdir()):
        name = f"{shown}/{sub}/{path.name}"
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if path.suffix != ".yaml" or path.is_dir():
            complain(f"{name}: is not read; only <id>.yaml files belong here. Rename or move it.")
        elif file := load_located(path, name, complain):
            found[path.stem] = file
    return found


def _stem(id_: str) -> str:
    """The file name of an id: ':' and '/' cannot stand in one everywhere."""
    return id_.replace(":", "_").replace("/", "_")


def _known_ids(files: Iterable[LocatedFile], complain: Complain) -> set[str]:
    """Ids as written, also of records with other faults."""
    first: dict[str, LocatedFile] = {}
    for file in files:
        id_ = file.get(("id",))
        if not isinstance(id_, str):
            continue
        stem = file.shown.rsplit("/", 1)[-1].removesuffix(".yaml")
        if _stem(id_) != stem:
            fault = f"{id_!r} does not match the file name; write {stem!r} or rename to {_stem(id_)}.yaml."
            complain(file.complaint(("id",), fault))
        if id_ in first:
            fault = f"{id_!r} is the id in {first[id_].shown} too; every record needs its own."
            complain(file.complaint(("id",), fault))
        first.setdefault(id_, file)
    return set(first)


def _records(model: type[R], files: dict[str, LocatedFile], complain: Complain) -> dict[str, R]:
    """Stem -> record, without those that do not fit the schema."""
    validated = {stem: _validated(model, file, complain) for stem, file in files.items()}
    return {stem: record for stem, record in validated.items() if record is not None}


def _validated(model: type[R], file: LocatedFile, complain: Complain) -> R | None:
    try:
        return model.model_validate(file.value)
    except ValidationError as error:
        for location, fault in faults_of(error, model):
            complain(file.complaint(location, fault))
        return None


def _check_links(file: LocatedFile, known: set[str], complain: Complain) -> None:
    places: list[Location] = [("related", n) for n in range(_length(file, "related"))]
    for field in ("replaces", "replaced_by"):
        places += [(field, n, "policy_id") for n in range(_length(file, field))]
    for place in places:
        target = file.get(place)
        if isinstance(target, str) and target not in known:
            fault = f"no resource or policy has the id {target!r}; correct the id or leave it out."
            complain(file.complaint(place, fault))
        elif place[0] == "related" and target is not None and target == file.get(("id",)):
            complain(file.complaint(place, f"{target!r} is the record itself; leave it out."))


def _check_dates(file: LocatedFile, complain: Complain) -> None:
    places: list[Location] = [(field,) for field in sorted(_DATES)]
    for field in ("amendments", "replaces", "replaced_by"):
        places += [(field, n, name) for n in range(_length(file, field)) for name in sorted(_DATES)]
    for place in places:
        written = file.get(place)
        if isinstance(written, str) and not _possible(written):
            complain(file.complaint(place, f"{written!r} is no day of the calendar; write YYYY-MM-DD."))


def _possible(written: str) -> bool:
    """False for 2023-02-30 or 2023-13; what is no date at all is the schema's to tell."""
    parts = written.split("-")
    if not (1 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts)):
        return True
    year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _length(file: LocatedFile, field: str) -> int:
    value = file.get((field,))
    return len(value) if isinstance(value, list) else 0


def _with_questions(
    record: Resource | Policy, questions: _Questions, file: LocatedFile, complain: Complain
) -> Resource | Policy:
    """The record with the search keys of its questions file added to its own."""
    changes: dict[str, object] = {"questions": _joined(record.questions, questions.record)}
    numbers = [article.no for article in record.articles] if isinstance(record, Policy) else []
    for no in questions.articles:
        if no not in numbers:
            known = f"it has {'、'.join(numbers[:3])} …" if numbers else "a resource has no articles"
            complain(file.complaint(("articles", no), f"{record.id!r} has no article {no!r}; {known}."))
    if isinstance(record, Policy):
        changes["articles"] = tuple(
            article.model_copy(
                update={"questions": _joined(article.questions, questions.articles[article.no])}
            )
            if article.no in questions.articles
            else article
            for article in record.articles
        )
    return record.model_copy(update=changes)


def _with_clauses(record: Policy, clauses: ClauseFile, file: LocatedFile, complain: Complain) -> Policy:
    """The document with the clauses of its articles; complains about spans that stand in no digest."""
    digests = {one.no: (one.digest.zh, one.digest.en) if one.digest else None for one in record.articles}
    for place, fault in clauses.faults(digests):
        complain(file.complaint(place, fault))
    articles = tuple(
        one.model_copy(update={"clauses": clauses.articles[one.no]}) if one.no in clauses.articles else one
        for one in record.articles
    )
    return record.model_copy(update={"articles": articles})


def _attach(
    disagreement: Disagreement, by_stem: dict[str, Resource | Policy], file: LocatedFile, complain: Complain
) -> None:
    """Put it, as a note, before the notes of every record that it is about."""
    for number, statement in enumerate(disagreement.statements):
        record = by_stem.get(_stem(statement.record)) if statement.record else None
        if statement.record and record is None:
            fault = f"no resource or policy has the id {statement.record!r}; correct the id or leave it out."
            complain(file.complaint(("statements", number, "record"), fault))
        elif statement.article and not (isinstance(record, Policy) and record.article(statement.article)):
            fault = f"{statement.record!r} has no article {statement.article!r}; correct it or leave it out."
            complain(file.complaint(("statements", number, "article"), fault))
    note = Note(kind="contradiction", text=disagreement.told, disagreement=disagreement)
    for number, id_ in enumerate(disagreement.about):
        record = by_stem.get(_stem(id_))
        if record is None:
            fault = f"no resource or policy has the id {id_!r}; correct the id or leave it out."
            complain(file.complaint(("about", number), fault))
        else:
            by_stem[_stem(id_)] = record.model_copy(update={"notes": (note, *record.notes)})


def _joined(first: Lines, second: Lines) -> Lines:
    return Lines(
        zh=tuple(dict.fromkeys((*first.zh, *second.zh))), en=tuple(dict.fromkeys((*first.en, *second.en)))
    )


def _reading_order(complaint: str) -> tuple[str, int]:
    """By file, then by line."""
    head = complaint.split(": ", 1)[0]
    shown, _, rest = head.partition(", line ")
    number = rest.split(",", 1)[0]
    return shown, int(number) if number.isdigit() else 0
