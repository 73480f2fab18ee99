"""Export a trained parser to an int8 ONNX file with its bundle: `python -m communique_training.export`."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from .batches import Labels
from .corpus import TEXT
from .bases import MINILM
from .model import EVENT_HEADS, SHAPES, Parser

NAMES = ("ids", "mask", "shapes", "marks", "first", "word_mask", "word_marks")
OUTPUTS = ("arcs", "relations", "upos", "xpos", "ner", *EVENT_HEADS, "roles", "marked", "hidden")
SQUARE = ("arcs", "roles")


def export_fp32(model: Parser, path: Path) -> None:
    ids = torch.randint(1000, 2000, (2, 9))
    first = torch.tensor([[0, 1, 2, 4], [0, 1, 3, 5]])
    batch = (ids, torch.ones_like(ids), torch.ones_like(ids), torch.zeros_like(ids), first, torch.ones_like(first), torch.ones_like(first))
    axes = {n: {0: "batch", 1: "pieces"} for n in ("ids", "mask", "shapes", "marks")}
    axes |= {
        n: {0: "batch", 1: "words"}
        for n in ("first", "word_mask", "word_marks", "relations", "upos", "xpos", "ner", "hidden", *EVENT_HEADS)
    }
    axes |= {n: {0: "batch", 1: "words", 2: "words"} for n in SQUARE} | {"marked": {0: "batch"}}
    torch.onnx.export(
        model, batch, str(path), input_names=list(NAMES), output_names=list(OUTPUTS), dynamic_axes=axes, opset_version=17, dynamo=False
    )


def corpus_digest() -> str:
    """SHA-256 over the corpus texts, first 16 digits."""
    total = hashlib.sha256()
    for path in sorted(TEXT.glob("*.txt")):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


def export(run: Path, out: Path, *, int8: bool = True) -> dict:
    """Write `parser.onnx`, `tokenizer.json` and `bundle.json` (labels, hashes) to `out`."""
    labels = json.loads((run / "labels.json").read_text())
    model = Parser(Labels(**{n: labels[n] for n in ("relations", "upos", "xpos", "ner")}).sizes())
    model.load_state_dict(torch.load(run / "model.pt", map_location="cpu"))
    model.eval()
    out.mkdir(parents=True, exist_ok=True)
    target = out / "parser.onnx"
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        with torch.no_grad():
            export_fp32(model, full)
        if int8:
            quantize_dynamic(full, target, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gemm", "Gather"])
        else:
            shutil.copy(full, target)
    tokenizer = Tokenizer.from_file(str(MINILM.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out / "tokenizer.json"))
    bundle = {
        "version": 2,
        "corpus": corpus_digest(),
        "shapes": list(SHAPES),
        **labels,
        "files": {
            n: {"sha256": hashlib.sha256((out / n).read_bytes()).hexdigest(), "bytes": (out / n).stat().st_size}
            for n in ("parser.onnx", "tokenizer.json")
        },
    }
    (out / "bundle.json").write_text(json.dumps(bundle, indent=1) + "\n")
    return bundle


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--run", type=Path, required=True, help="folder that train wrote")
    cli.add_argument("--out", type=Path, required=True, help="the product's bundle folder")
    cli.add_argument("--fp32", action="store_true")
    args = cli.parse_args()
    print(json.dumps(export(args.run, args.out, int8=not args.fp32)["files"], indent=1))


if __name__ == "__main__":
    main()
