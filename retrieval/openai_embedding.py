"""Vectors from any server that speaks the OpenAI embeddings protocol."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import openai

from retrieval.embedding import Vector, unit_rows
from retrieval.errors import EmbeddingFailed

_BATCH = 64


class OpenAIEmbedder:
    """A model behind `base_url` (OpenAI, Qwen, vLLM, Ollama, TEI …).

    Sends strings, never token ids, and asks for plain floats: few compatible servers take more.
    Models of the e5 family get the prefixes they were trained with, others those that are given, in front of
    a question or a passage. `dimensions` asks for shorter vectors where the model can. `timeout_s` is for one
    request; time-outs, 429 and 5xx are tried again `retries` times with growing pauses. The number of
    dimensions is learnt from the first vector, so the property may call the server.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        model: str,
        *,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
        dimensions: int | None = None,
        timeout_s: float = 30.0,
        retries: int = 3,
    ) -> None:
        self._base_url, self._model = base_url.rstrip("/"), model
        self._client = openai.OpenAI(
            base_url=self._base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=retries
        )
        e5 = "e5" in model.lower().split("/")[-1].split("-")
        query, passage = ("query: ", "passage: ") if e5 else ("", "")
        self._query_prefix = query if query_prefix is None else query_prefix
        self._passage_prefix = passage if passage_prefix is None else passage_prefix
        self._told = "" if passage_prefix is None else f", after {passage_prefix!r}"
        self._asked: dict[str, Any] = {} if dimensions is None else {"dimensions": dimensions}
        self._size: int | None = None
        self._lock = threading.Lock()

    @cached_property
    def name(self) -> str:
        shorter = f", {self._asked['dimensions']} dimensions" if self._asked else ""
        return f"{self._model} at {self._base_url}{shorter}{self._told}"

    @property
    def dimensions(self) -> int:
        if self._size is None:
            self.embed_query("dimensions")
        assert self._size is not None
        return self._size

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        prefixed = [self._passage_prefix + text for text in texts]
        batches = [prefixed[at : at + _BATCH] for at in range(0, len(prefixed), _BATCH)]
        return np.concatenate([self._embed(batch) for batch in batches])

    def embed_query(self, text: str) -> Vector:
        row: Vector = self._embed([self._query_prefix + text])[0]
        return row

    def close(self) -> None:
        self._client.close()

    def _embed(self, texts: list[str]) -> Vector:
        # Many servers refuse an empty string; a lone surrogate has no UTF-8 form.
        clean = [text.encode("utf-8", "replace").decode() or " " for text in texts]
        try:
            answer = self._client.embeddings.create(
                model=self._model, input=clean, encoding_format="float", **self._asked
            )
        except openai.APITimeoutError as error:
            raise self._failed(f"did not answer in {self._client.timeout} s", "Try again.") from error
        except openai.AuthenticationError as error:
            raise self._failed("refused the key (401)", "Check KEWEN_EMBEDDING_API_KEY.") from error
        except openai.NotFoundError as error:
            advice = "Check KEWEN_EMBEDDING_BASE_URL and KEWEN_EMBEDDING_MODEL."
            raise self._failed("does not know the address or the model (404)", advice) from error
        except openai.APIStatusError as error:
            raise self._failed(f"answered {error.status_code}", "See the log of that server.") from error
        except openai.APIConnectionError as error:
            raise self._failed("cannot be reached", "Check KEWEN_EMBEDDING_BASE_URL.") from error
        except (openai.OpenAIError, ValueError) as error:
            raise self._failed(f"gave no readable answer ({error})", "Check what runs there.") from error
        return self._checked(self._rows(answer, len(texts)))

    def _rows(self, answer: Any, expected: int) -> Vector:
        """Rows in the order of the texts, whatever the order of the answer."""
        try:
            rows = [None] * expected
            for item in answer.data:
                if rows[item.index] is not None:
                    raise ValueError(f"index {item.index} is there twice")
                rows[item.index] = item.embedding
            if (missing := rows.count(None)) > 0:
                raise ValueError(f"{missing} of {expected} vectors are missing")
            return np.array(rows, dtype=np.float32)
        except (AttributeError, IndexError, TypeError, ValueError) as error:
            raise self._failed(f"gave no usable vectors ({error})", "Check what runs there.") from error

    def _checked(self, rows: Vector) -> Vector:
        with self._lock:
            if self._size is None:
                self._size = rows.shape[1]
        if rows.shape[1] != self._size:
            raise self._failed(
                f"gave vectors of {rows.shape[1]} dimensions where it gave {self._size} before",
                "Check that one model answers there, then run `kewen index --rebuild`.",
            )
        return unit_rows(rows)

    def _failed(self, what: str, next_step: str) -> EmbeddingFailed:
        return EmbeddingFailed(
            f"The embeddings server {self._base_url} (model {self._model!r}) {what}. {next_step}"
        )
