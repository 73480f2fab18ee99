"""The encoder as an ONNX graph for one sentence a run, written node by node from the trained weights.

PyTorch's own export pads sentences to batches and multiplies query, key and value apart; here each run is one sentence without padding, so a
sentence is read the same whatever stands beside it (dynamic quantisation scales by all that a run holds). Modules that read the same input are
one product. `from_bundle` reads the weights back: what was joined stands in the file's metadata under `JOINED`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

from .model import EVENT_HEADS, Parser

TREE = ("arcs", "relations", "upos", "xpos", "ner")
EVENTS = (*EVENT_HEADS, "roles", "role_words", "marked", "hidden")
"""`roles` holds a row for each of `role_words` only; `marked` is of use where `marks` names a source and a target."""
TREE_PROJECTIONS = ("arc_dep", "arc_head", "rel_dep", "rel_head")
ROLES_FROM = 0.1
"""Roles are scored for words that are no trigger with at most 1 less this probability; the product's own bound (`LEAST`) is higher."""
JOINED = "joined"
MICROSOFT = "com.microsoft"


class Graph:
    """Nodes and constants as they are added; each method gives the name of what it computes."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: Any) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def integers(self, *values: int) -> str:
        return self.constant("int_" + "_".join(map(str, values)), np.array(values, np.int64))

    def add(self, kind: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        return self.split(kind, *inputs, names=(name or f"{kind}_{len(self.nodes)}",), domain=domain, **attributes)[0]

    def split(self, kind: str, *inputs: str, names: tuple[str, ...], domain: str = "", **attributes: Any) -> tuple[str, ...]:
        self.nodes.append(helper.make_node(kind, inputs, names, name=f"node_{names[0]}", domain=domain, **attributes))
        return names


def quantized(matrix: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Int8 values and the scales that give `matrix` back, a scale for each column (axis 0) or row (axis 1)."""
    scale = (np.abs(matrix).max(axis) / 127).astype(np.float32)
    scale[scale == 0] = 1
    return np.round(matrix / np.expand_dims(scale, axis)).astype(np.int8), scale


class Encoder:
    """Builds the graph of MiniLM with all heads; `int8` false keeps every weight as it was trained."""

    trees = True
    """Whether the tree, tags and entities are among the outputs."""
    norm_of_attention = "attention.output.LayerNorm"
    exact: tuple[str, ...] = ()
    """Products whose weights are kept as int8 but multiplied as floats: what they read has outliers that rounding would feel."""

    def __init__(self, model: Parser, *, int8: bool) -> None:
        self.graph, self.int8 = Graph(), int8
        self.raw = {n: v.detach().float().numpy() for n, v in model.state_dict().items()}
        self.config = model.bert.config
        self.joined: dict[str, list[tuple[str, int]]] = {}

    def product(self, x: str, name: str, matrix: np.ndarray, bias: np.ndarray) -> str:
        """`x` times matrix [inputs, outputs], plus bias."""
        g = self.graph
        if not self.int8:
            return g.add("Gemm", x, g.constant(f"{name}.matrix", matrix), g.constant(f"{name}.bias", bias))
        values, scale = quantized(matrix, 0)
        if name.endswith(self.exact):
            whole = g.add("Cast", g.constant(f"{name}.matrix", values), to=TensorProto.FLOAT)
            whole = g.add("Mul", whole, g.constant(f"{name}.scale", scale[None]))
            return g.add("Gemm", x, whole, g.constant(f"{name}.bias", bias))
        weights = g.constant(f"{name}.matrix", values), g.constant(f"{name}.scale", scale), ""
        return g.add("DynamicQuantizeMatMul", x, *weights, g.constant(f"{name}.bias", bias), domain=MICROSOFT)

    def linear(self, x: str, name: str, *modules: str) -> str:
        """Linear modules that read the same input, as one product."""
        matrices = [self.raw[f"{m}.weight"].T for m in modules]
        self.joined[name] = [(m, w.shape[1]) for m, w in zip(modules, matrices)]
        return self.product(x, name, np.concatenate(matrices, 1), np.concatenate([self.raw[f"{m}.bias"] for m in modules]))

    def table(self, name: str, matrix: np.ndarray, index: str = "") -> str:
        """Rows of an embedding table, all of them without `index`."""
        g = self.graph
        if not self.int8:
            whole = g.constant(f"{name}.weight", matrix)
            return g.add("Gather", whole, index) if index else whole
        values, scale = quantized(matrix, 1)
        rows, scales = g.constant(f"{name}.rows", values), g.constant(f"{name}.scale", scale[:, None])
        if index:
            rows, scales = g.add("Gather", rows, index), g.add("Gather", scales, index)
        return g.add("Mul", g.add("Cast", rows, to=TensorProto.FLOAT), scales)

    def constant(self, name: str) -> str:
        """A parameter under its own name."""
        return self.graph.constant(name, self.raw[name])

    def norm(self, x: str, module: str) -> str:
        weights = self.constant(f"{module}.weight"), self.constant(f"{module}.bias")
        return self.graph.add("LayerNormalization", x, *weights, axis=-1, epsilon=self.config.layer_norm_eps)

    def gelu(self, x: str) -> str:
        return self.graph.add("Gelu", x, domain=MICROSOFT)

    def with_one(self, x: str) -> str:
        """The bias unit of a biaffine scorer, as a last column."""
        return self.graph.add("Pad", x, self.graph.integers(0, 0, 0, 1), self.graph.constant("one", np.float32(1)))

    def embeddings(self) -> str:
        """The sums of piece, shape, mark and position."""
        g, root = self.graph, "bert.embeddings"
        x = self.table(f"{root}.word_embeddings", self.raw[f"{root}.word_embeddings.weight"], "ids")
        for name, index in (("shape", "shapes"), ("mark", "marks")):
            x = g.add("Add", x, g.add("Gather", self.constant(f"{name}.weight"), index))
        places = self.table(f"{root}.position_embeddings", self.positions(root))
        return g.add("Add", x, g.add("Slice", places, g.integers(0), g.add("Shape", "ids"), g.integers(0)))

    def positions(self, root: str) -> np.ndarray:
        """[pieces, size], from the first piece on. All pieces are of type 0: its vector is part of the positions."""
        return self.raw[f"{root}.position_embeddings.weight"] + self.raw[f"{root}.token_type_embeddings.weight"][0]

    def attention(self, x: str, layer: str) -> str:
        read = tuple(f"{layer}.attention.self.{n}" for n in ("query", "key", "value"))
        return self.attend(x, layer, read, f"{layer}.attention.output.dense")

    def attend(self, x: str, layer: str, read: tuple[str, ...], out: str, bias: str = "") -> str:
        """Attention of all heads; `read` names the modules of query, key and value, `bias` what is added to the scores."""
        g, heads, size = self.graph, self.config.num_attention_heads, self.config.hidden_size
        width = size // heads
        x = self.linear(x, f"{layer}.read", *read)
        x = g.add("Transpose", g.add("Reshape", x, g.integers(0, 3 * heads, width)), perm=[1, 0, 2])
        query, key, value = g.split("Split", x, names=tuple(f"{layer}.{n}" for n in "qkv"), axis=0)
        x = g.add("FusedMatMul", query, key, domain=MICROSOFT, transB=1, alpha=1 / math.sqrt(width))
        x = g.add("Add", x, bias) if bias else x
        x = g.add("MatMul", g.add("Softmax", x, axis=-1), value)
        x = g.add("Reshape", g.add("Transpose", x, perm=[1, 0, 2]), g.integers(0, size))
        return self.linear(x, f"{layer}.attended", out)

    def layer(self, x: str, layer: str) -> str:
        g = self.graph
        x = self.norm(g.add("Add", self.attention(x, layer), x), f"{layer}.{self.norm_of_attention}")
        inner = self.gelu(self.linear(x, f"{layer}.inner", f"{layer}.intermediate.dense"))
        return self.norm(g.add("Add", self.linear(inner, f"{layer}.outer", f"{layer}.output.dense"), x), f"{layer}.output.LayerNorm")

    def tree(self, arc: tuple[str, str], label: tuple[str, str]) -> None:
        """Scores of heads, and of the labels to each word's best head."""
        g, raw = self.graph, self.raw["arc.weight"][0]
        left = g.add("Gemm", arc[0], g.constant("arc.matrix", raw[:-1]), g.constant("arc.bias", raw[-1]))
        arcs = g.add("FusedMatMul", left, self.with_one(arc[1]), name="arcs", domain=MICROSOFT, transB=1)
        best = g.add("ArgMax", arcs, axis=-1, keepdims=0)
        raw = self.raw["rel"].transpose(1, 0, 2)
        size, labels, _ = raw.shape
        left = self.product(label[0], "rel", raw[:-1].reshape(size - 1, -1), raw[-1].reshape(-1))
        left = g.add("Reshape", left, g.integers(0, labels, size))
        right = g.add("Unsqueeze", g.add("Gather", self.with_one(label[1]), best), g.integers(2))
        g.add("Squeeze", g.add("MatMul", left, right), g.integers(2), name="relations")

    def roles(self, row: str, column: str) -> None:
        """What each word is to each word that may be a trigger: [triggers, words, roles]."""
        g, raw = self.graph, self.raw["role.weight"].transpose(1, 0, 2)
        size, labels, _ = raw.shape
        nothing = g.add("Slice", g.add("Softmax", "trigger", axis=-1), g.integers(0), g.integers(1), g.integers(1))
        likely = g.add("LessOrEqual", nothing, g.constant("roles_from", np.float32(1 - ROLES_FROM)))
        likely = g.add("NonZero", g.add("Squeeze", likely, g.integers(1)))
        words = g.add("Reshape", likely, g.integers(-1), name="role_words")
        matrix, bias = g.constant("role.matrix", raw[:-1].reshape(size - 1, -1)), g.constant("role.bias", raw[-1].reshape(-1))
        left = g.add("Reshape", g.add("Gemm", g.add("Gather", row, words), matrix, bias), g.integers(-1, size))
        scores = g.add("FusedMatMul", left, self.with_one(column), domain=MICROSOFT, transB=1)
        shape = g.add("Concat", g.integers(-1, labels), g.add("Shape", "first"), axis=0)
        g.add("Transpose", g.add("Reshape", scores, shape), name="roles", perm=[0, 2, 1])

    def marked(self) -> None:
        """[types + 1]: what the marked source does to the marked target; none of it is computed where nothing is marked."""
        g = self.graph
        asked = g.add("Cast", g.add("ReduceMax", "marks", keepdims=0), to=TensorProto.BOOL)
        start = len(g.nodes)
        self.pair("pair")
        nodes, g.nodes = g.nodes[start:], g.nodes[:start]
        zeros = numpy_helper.from_array(np.zeros(self.joined["marked.outer"][0][1], np.float32))
        branches = {"then_branch": (nodes, "pair"), "else_branch": ([helper.make_node("Constant", [], ["none"], value=zeros)], "none")}
        graphs = {
            branch: helper.make_graph(inside, branch, [], [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)])
            for branch, (inside, out) in branches.items()
        }
        g.add("If", asked, name="marked", **graphs)

    def pair(self, name: str) -> None:
        """The scores of a marked pair. The mean over a mention is a product with each word's share in it."""
        g = self.graph
        marks = g.add("Unsqueeze", g.add("Gather", "marks", "first"), g.integers(0))
        inside = g.add("Cast", g.add("Equal", marks, g.constant("mentions", np.array([[1], [2]], np.int64))), to=TensorProto.FLOAT)
        count = g.add("Max", g.add("ReduceSum", inside, g.integers(1), keepdims=1), g.constant("one", np.float32(1)))
        means = g.add("MatMul", g.add("Div", inside, count), "hidden")
        whole = g.add("Slice", "hidden", g.integers(0), g.integers(1), g.integers(0))
        pooled = g.add("Reshape", g.add("Concat", whole, means, axis=0), g.integers(1, -1))
        scores = self.linear(self.gelu(self.linear(pooled, "marked.inner", "marked.0")), "marked.outer", "marked.3")
        g.add("Squeeze", scores, g.integers(0), name=name)

    def build(self) -> onnx.ModelProto:
        g, x = self.graph, self.norm(self.embeddings(), "bert.embeddings.LayerNorm")
        for k in range(self.config.num_hidden_layers):
            x = self.layer(x, f"bert.encoder.layer.{k}")
        words = g.add("Gather", x, "first", name="hidden", axis=0)
        modules = {n: n for n in ("upos", "xpos", "ner") if self.trees} | {n: f"heads.{n}" for n in EVENT_HEADS}
        scores = self.linear(words, "labels", *modules.values())
        g.split("Split", scores, g.integers(*(n for _, n in self.joined["labels"])), names=tuple(modules), axis=1)
        wanted = (*(TREE_PROJECTIONS if self.trees else ()), "role_row", "role_column")
        x = self.gelu(self.linear(words, "projections", *(f"{n}.0" for n in wanted)))
        widths = g.integers(*(n for _, n in self.joined["projections"]))
        *tree, row, column = g.split("Split", x, widths, names=wanted, axis=1)
        if self.trees:
            self.tree((tree[0], tree[1]), (tree[2], tree[3]))
        self.roles(row, column)
        self.marked()
        return self.finished()

    def finished(self) -> onnx.ModelProto:
        whole = TensorProto.INT64
        inputs = [helper.make_tensor_value_info(n, whole, ["pieces"]) for n in ("ids", "shapes", "marks")]
        inputs.append(helper.make_tensor_value_info("first", whole, ["words"]))
        names = (*(TREE if self.trees else ()), *EVENTS)
        outputs = [helper.make_tensor_value_info(n, whole if n == "role_words" else TensorProto.FLOAT, None) for n in names]
        graph = helper.make_graph(self.graph.nodes, "parser", inputs, outputs, list(self.graph.constants.values()))
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
        helper.set_model_props(model, {JOINED: json.dumps(self.joined)})
        return model


class Mpnet(Encoder):
    """Builds the graph of MPNet, which adds to its attention a bias for the distance of two pieces; events alone, for trees stay the small one's."""

    trees = False
    norm_of_attention = "attention.LayerNorm"
    exact = (".outer",)
    FIRST, FARTHEST, BUCKETS = 2, 255, 32
    """Positions start after that of padding; distances in pieces are told apart up to here (inputs have at most 200 and two); MPNet-base has so many
    buckets of distances."""

    def embeddings(self) -> str:
        x = super().embeddings()
        self.bias = self.distances()
        return x

    def positions(self, root: str) -> np.ndarray:
        return self.raw[f"{root}.position_embeddings.weight"][self.FIRST :]

    def distances(self) -> str:
        """[heads, pieces, pieces]: what each head adds for the distance from one piece to another."""
        g, far = self.graph, self.FARTHEST
        steps = torch.arange(-far, far + 1)
        buckets = MPNetEncoder.relative_position_bucket(steps, num_buckets=self.config.relative_attention_num_buckets)
        by_step = self.raw["bert.encoder.relative_attention_bias.weight"][buckets.numpy()].T
        size = g.add("Squeeze", g.add("Shape", "ids"), g.integers(0))
        zero, one = (g.constant(f"whole_{n}", np.array(n, np.int64)) for n in (0, 1))
        places = g.add("Range", zero, size, one)
        steps_to = g.add("Sub", g.add("Unsqueeze", places, g.integers(0)), g.add("Unsqueeze", places, g.integers(1)))
        return g.add("Gather", g.constant("by_step", by_step), g.add("Add", steps_to, g.integers(far)), axis=1)

    @classmethod
    def read_back(cls, by_step: np.ndarray, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """MPNet's own tables from those of the graph: positions with the rows before the first piece, and a bias for each bucket."""
        steps = torch.arange(-cls.FARTHEST, cls.FARTHEST + 1)
        buckets = MPNetEncoder.relative_position_bucket(steps, num_buckets=cls.BUCKETS).numpy()
        bias = np.zeros((cls.BUCKETS, len(by_step)), np.float32)
        bias[buckets] = by_step.T
        places = found["bert.embeddings.position_embeddings.weight"]
        return {
            "bert.encoder.relative_attention_bias.weight": bias,
            "bert.embeddings.position_embeddings.weight": np.concatenate([np.zeros_like(places[: cls.FIRST]), places]),
        }

    def attention(self, x: str, layer: str) -> str:
        root = f"{layer}.attention.attn"
        return self.attend(x, layer, tuple(f"{root}.{n}" for n in "qkv"), f"{root}.o", self.bias)


BUILDERS = {"minilm": Encoder, "mpnet": Mpnet}


def write(model: Parser, path: Path, *, int8: bool = True) -> None:
    """The model's graph to `path`. Positions of the inputs: [CLS], the pieces, [SEP]; word 0 is the root, at [CLS]."""
    onnx.save(BUILDERS[model.base.name](model, int8=int8).build(), str(path))


def weights(path: Path) -> dict[str, np.ndarray]:
    """Parameters by the model's own names, from a file that `write` wrote."""
    model = onnx.load(str(path))
    raw = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    joined = json.loads(next(p.value for p in model.metadata_props if p.key == JOINED))

    def matrix(name: str) -> np.ndarray:
        return raw[f"{name}.matrix"].astype(np.float32) * raw.get(f"{name}.scale", np.float32(1))

    def biaffine(name: str) -> np.ndarray:
        """[labels, size + 1, size + 1]"""
        both = np.concatenate([matrix(name), raw[f"{name}.bias"][None]])
        return both.reshape(len(both), -1, len(both)).transpose(1, 0, 2)

    out = {n: v for n, v in raw.items() if n.endswith(("LayerNorm.weight", "LayerNorm.bias", "embeddings.weight"))}
    out |= {n: raw[n] for n in ("shape.weight", "mark.weight")}
    out |= {f"{n.removesuffix('.rows')}.weight": v * raw[n.removesuffix("rows") + "scale"] for n, v in raw.items() if n.endswith(".rows")}
    out["bert.embeddings.token_type_embeddings.weight"] = np.zeros((2, out["shape.weight"].shape[1]), np.float32)
    out |= {target: biaffine(n) for n, target in (("arc", "arc.weight"), ("rel", "rel"), ("role", "role.weight")) if f"{n}.matrix" in raw}
    if "by_step" in raw:
        out |= Mpnet.read_back(raw["by_step"], out)
    for name, parts in joined.items():
        ends = np.cumsum([n for _, n in parts])[:-1]
        for (module, _), w, b in zip(parts, np.split(matrix(name), ends, 1), np.split(raw[f"{name}.bias"], ends)):
            out |= {f"{module}.weight": w.T, f"{module}.bias": b}
    return out
