"""How an endpoint of models stands, with the cause where it does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

import httpx

from assistant.model.causes import CAUSES, Cause, cause_of, cause_of_status, words_of
from assistant.records import Language
from corpus.texts import fixed_text as _t

Kind = Literal["llm", "embedding", "rerank"]
TIMEOUT_S = 20.0
"""A model that is loaded first, or that thinks, takes its time."""
_SHOWN = 8
_TRIES: dict[Kind, tuple[str, dict[str, Any]]] = {
    "llm": ("chat/completions", {"messages": [{"role": "user", "content": "OK?"}], "max_tokens": 16}),
    "embedding": ("embeddings", {"input": ["OK"]}),
    "rerank": ("rerank", {"query": "OK", "documents": ["OK"]}),
}
"""The smallest request of each kind, made only where /models does not name the model."""
ANSWERS = _t("{model} @ {base} 可用", "{model} at {base} answers")
FAILS = _t("{model} @ {base}：{cause}", "{model} at {base}: {cause}")
TRY = _t("；请试 {base}", "; try {base}")
OFFERED = _t("；可用的有：{names}", "; it offers {names}")
CHECK = _t("；请检查 {setting}", "; check {setting}")
_SETTING: dict[Cause, str] = {
    "dns": "BASE_URL", "tls": "BASE_URL", "closed": "BASE_URL", "path": "BASE_URL", "foreign": "BASE_URL",
    "key": "API_KEY", "model": "MODEL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """`cause` None: it answers. `names` are the models that it offers, the likest first; `better` is an
    address that answers where this one does not."""

    cause: Cause | None
    names: tuple[str, ...] = ()
    better: str | None = None

    def told(self, kind: str, base: str, model: str, language: Language) -> str:
        """In one line; `kind` is the setting's prefix (llm, llm_fallback …)."""
        if self.cause is None:
            return ANSWERS.in_(language).format(model=model, base=base)
        cause = CAUSES[self.cause].in_(language)
        line = FAILS.in_(language).format(model=model, base=base, cause=cause)
        if self.better:
            return line + TRY.in_(language).format(base=self.better)
        if self.names:
            return line + OFFERED.in_(language).format(names=", ".join(self.names[:_SHOWN]))
        setting = _SETTING.get(self.cause)
        return line + (
            CHECK.in_(language).format(setting=f"KEWEN_{kind.upper()}_{setting}") if setting else ""
        )


def stands(kind: Kind, base: str, model: str, key: str | None, *, timeout_s: float = TIMEOUT_S) -> Standing:
    """Ask an endpoint for its models, and where they do not name this one, for the least that it can do."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(headers=headers, timeout=timeout_s, follow_redirects=True) as client:
        try:
            listed = client.get(f"{base}/models")
            names = _names(listed)
            if listed.status_code in (401, 403):
                return Standing("key")
            if model in names:
                return Standing(None, names)
            return _tried(client, kind, base, model, names)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Standing(cause_of(error, base))


def _tried(client: httpx.Client, kind: Kind, base: str, model: str, names: tuple[str, ...]) -> Standing:
    path, body = _TRIES[kind]
    answer = client.post(f"{base}/{path}", json={"model": model, **body})
    told = _json(answer)
    if answer.status_code == 200 and told is not None:
        return Standing(None, names)
    cause = cause_of_status(answer.status_code, words_of(told, answer.text), model)
    if cause == "model" or (names and cause == "path"):
        likest = get_close_matches(model, names, n=_SHOWN, cutoff=0.3)
        return Standing("model", tuple(dict.fromkeys([*likest, *names])))
    if cause == "path" or (answer.status_code == 200 and told is None):
        better = f"{base}/v1"
        if _names(client.get(f"{better}/models")):
            return Standing("path", better=better)
        return Standing(cause or "foreign")
    # What is refused for its form has been understood.
    return Standing(cause)


def _names(answer: httpx.Response) -> tuple[str, ...]:
    """The models that an answer lists."""
    told = _json(answer) if answer.status_code == 200 else None
    rows = told.get("data") if isinstance(told, Mapping) else told
    rows = rows if isinstance(rows, list) else []
    return tuple(str(row["id"]) for row in rows if isinstance(row, Mapping) and row.get("id"))


def _json(answer: httpx.Response) -> Any:
    """What an answer says; None where it is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None
