"""A file as an operator hands it over -> texts with what is given about each.

`.md`, `.markdown`, `.txt`: one document, as it is but for numbers and heads of pages among its lines. It may
begin with front matter, YAML between two lines `---`, with the fields of `Given`: id, title, aliases,
version, doc_number, issuing_body, rank, issued, effective, until, status, official_url, history.

`.pdf`, `.docx`, `.doc`, `.html`, `.xlsx`: one document, read by corpus/documents; what is kept is its text
and, beside it, the file. A file `NAME.pdf.yaml` beside `NAME.pdf` (or `.txt` without front matter) may hold
the same fields.

`.jsonl`: one document a line, `{"title", "text"}` and any field of `Given` beside them. `id` counts as
the id of a policy only where it has the form of one. `meta` may hold `date` (issued), `level` (法律,
行政法规, 部门规章, 地方/… or a rank), `history` and `status`; other fields of it are ignored.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from corpus.documents.errors import DocumentRefused, Unreadable
from corpus.documents.margins import without_feet
from corpus.documents.plain import decoded
from corpus.documents.reading import SUFFIXES as DOCUMENTS
from corpus.documents.reading import left_out, read_document
from corpus.records import ID_PATTERN, PolicyStatus, Rank
from corpus.rulebooks.errors import RulebookInvalid
from corpus.rulebooks.records import Given

SUFFIXES = (".md", ".markdown", ".txt", ".jsonl", *DOCUMENTS)
ABOUT_A_FOLDER = frozenset({"readme", "license", "licence", "notice", "changelog", "contributing"})
"""Names under which a collection tells of itself: a README with headings would else count as a guideline."""
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_RANKS: dict[str, Rank] = {
    "行政法规": "administrative_regulation", "部门规章": "departmental_rule", "司法解释": "institution",
    "国家标准": "standard",
}  # fmt: skip
_LAWS = re.compile(r"^(法律|宪法|宪法相关法|民法商法|民法典|行政法|经济法|社会法|刑法|诉讼与非诉讼程序法)$")
_STATUSES: dict[str, PolicyStatus] = {
    "有效": "in_force", "现行有效": "in_force", "已修改": "superseded", "已废止": "repealed",
    "失效": "repealed", "尚未生效": "not_yet_in_force", "尚未施行": "not_yet_in_force",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Submitted:
    """One document: its bytes, how complaints name it, and how many lines are front matter.

    `original` is the file that the bytes were read from, where they are not the file itself; `left_out`
    has a sentence for each of its pages that could not be read, `notes` what else there is to know.
    """

    data: bytes
    given: Given
    origin: str
    where: str
    skip: int = 0
    original: bytes | None = None
    suffix: str = ""
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def files_of(path: Path) -> list[Path]:
    """The file, or every file of a folder that may hold a rule book, in order of name.

    Hidden ones are not taken, nor what tells of the folder itself (ABOUT_A_FOLDER).
    Raises RulebookInvalid where a folder has none.
    """
    if not path.is_dir():
        return [path]
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file()
        and file.suffix.lower() in SUFFIXES
        and file.stem.lower() not in ABOUT_A_FOLDER
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]
    if not files:
        raise RulebookInvalid([f"{path}: holds no file that is read ({', '.join(SUFFIXES)})."])
    return files


def read_submitted(path: Path, *, recognise: str | None = None) -> list[Submitted]:
    """The documents of a file; `recognise` as in read_document.

    Raises RulebookInvalid with every complaint, DocumentRefused for a file without a text; OSError as it
    comes.
    """
    if path.suffix.lower() not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise RulebookInvalid(
            [f"{path}, line 1: files ending in {path.suffix!r} are not read; give {allowed}."]
        )
    if path.suffix.lower() in DOCUMENTS:
        return [_of_document(path, recognise)]
    data = path.read_bytes()
    if data.startswith(_WIDE_MARKS):
        try:
            data = decoded(data).encode()
        except Unreadable as fault:
            raise DocumentRefused([f"{path}: {fault}."]) from fault
    if path.suffix.lower() == ".jsonl":
        return _of_json_lines(data, path)
    return [_of_text(data, path)]


def _of_document(path: Path, recognise: str | None) -> Submitted:
    document = read_document(path, recognise=recognise)
    missing = left_out(path, document)
    return Submitted(
        document.text().encode(), _given_beside(path), path.name, str(path), original=path.read_bytes(),
        suffix=path.suffix.lower(), left_out=tuple(missing), notes=document.notes,
    )  # fmt: skip


def _of_text(data: bytes, path: Path) -> Submitted:
    shown = str(path)
    body = data.removeprefix(b"\xef\xbb\xbf")
    lines = body.split(b"\n")
    given, skip = _given_beside(path), 0
    if lines[0].strip() == b"---":
        end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == b"---"), None)
        if end is None:
            raise RulebookInvalid([f"{shown}, line 1: front matter has no end; close it with a line ---."])
        given, skip = _given_in(lines[1:end], shown, first=2), end + 1
    try:
        rest = decoded(b"\n".join(lines[skip:]))
    except Unreadable:
        rest = ""  # told, with its line, where the text is parsed
    if (plain := without_feet(rest.replace("\r\n", "\n"))) is not None:
        note = (
            "numbers and heads of pages that stood among its lines were left out; the file is kept as it came"
        )
        return Submitted(plain.encode(), given, path.name, shown, original=data, suffix=".txt", notes=(note,))
    return Submitted(data, given, path.name, shown, skip=skip)


def _given_beside(path: Path) -> Given:
    """What `NAME.yaml` beside the file NAME says."""
    side = path.with_name(f"{path.name}.yaml")
    return _given_in(side.read_bytes().split(b"\n"), str(side), first=1) if side.is_file() else Given()


def _given_in(lines: list[bytes], shown: str, *, first: int) -> Given:
    """The fields in lines of YAML, of which the first is line `first` of the file."""
    try:
        # Dates stay the strings they are.
        values = yaml.load(b"\n".join(lines).decode(), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        mark = getattr(fault, "problem_mark", None)
        line = mark.line + first if mark else 1
        raise RulebookInvalid([f"{shown}, line {line}: front matter is no YAML; correct it."]) from fault
    if values in (None, ""):
        values = {}
    if isinstance(values, dict):
        values = {name: value for name, value in values.items() if value != ""}  # left empty: not said
    if not isinstance(values, dict):
        raise RulebookInvalid(
            [f"{shown}, line {first}: front matter is no list of fields; write `title: …`."]
        )
    at = {line.split(b":")[0].decode(errors="replace").strip(): n for n, line in enumerate(lines, first)}
    return _given(values, lambda field: f"{shown}, line {at.get(field, 1)}, {field}")


def _of_json_lines(data: bytes, path: Path) -> list[Submitted]:
    found: list[Submitted] = []
    complaints: list[str] = []
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            found.append(_of_object(raw, path, number))
        except RulebookInvalid as invalid:
            complaints += invalid.complaints
    if not (found or complaints):
        complaints.append(f"{path}, line 1: holds no document.")
    if complaints:
        raise RulebookInvalid(complaints)
    return found


def _of_object(raw: bytes, path: Path, number: int) -> Submitted:
    where = f"{path}, line {number}"
    try:
        document = json.loads(raw)
    except ValueError as fault:
        raise RulebookInvalid([f"{where}: is no JSON ({fault}); write one document a line."]) from fault
    if not isinstance(document, dict):
        raise RulebookInvalid([f"{where}: is no object; write {{'title': …, 'text': …}}."])
    text, meta = document.pop("text", None), document.pop("meta", None) or {}
    if not isinstance(text, str) or not isinstance(meta, dict):
        raise RulebookInvalid([f"{where}, text: is missing or no string; put the whole document there."])
    label = document.get("id") if isinstance(document.get("id"), str) else document.get("title")
    if not re.match(ID_PATTERN, str(document.get("id", ""))):
        document.pop("id", None)
    values = {**_of_meta(meta), **{name: value for name, value in document.items() if value is not None}}
    if "title" not in values:
        raise RulebookInvalid([f"{where}, title: is missing; give the name of the document."])
    given = _given(values, lambda field: f"{where}, {field}")
    return Submitted(
        text.encode("utf-8", "surrogatepass"), given, f"{path.name}:{number}", f"{where} ({label})"
    )


def _of_meta(meta: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if meta.get("date"):
        values["issued"] = meta["date"]
    if isinstance(meta.get("history"), list):
        values["history"] = meta["history"]
    if rank := _rank(str(meta.get("level") or "")):
        values["rank"] = rank
    status = str(meta.get("status") or "")
    if status in get_args(PolicyStatus) or status in _STATUSES:
        values["status"] = _STATUSES.get(status, status)
    return values


def _rank(level: str) -> str | None:
    if level in get_args(Rank):
        return level
    if level.startswith("地方"):
        return "local"
    return "law" if _LAWS.match(level) else _RANKS.get(level)


def _given(values: dict[str, Any], place: Any) -> Given:
    try:
        return Given.model_validate(values)
    except ValidationError as error:
        complaints = []
        for fault in error.errors():
            field = str(fault["loc"][0]) if fault["loc"] else "front matter"
            if fault["type"] == "extra_forbidden":
                reason = f"is not known; known are {', '.join(Given.model_fields)}"
            else:
                shown = repr(fault.get("input"))
                reason = f"{shown[:80]} cannot be taken: {fault['msg'].removeprefix('Value error, ')}"
            complaints.append(f"{place(field)}: {reason}.")
        raise RulebookInvalid(complaints) from error
