"""Export a trained parser to an int8 ONNX file with its bundle: `python -m communique_training.export`."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

from .bases import BASES
from .batches import Labels
from .corpus import MORE, TEXT
from .graph import write
from .model import SHAPES, Parser


def corpus_digest() -> str:
    """SHA-256 over the corpus texts, first 16 digits."""
    total = hashlib.sha256()
    for path in (*sorted(TEXT.glob("*.txt")), *sorted(MORE.glob("*.txt"))):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:16]


def export(run: Path, out: Path, *, base: str = "minilm", int8: bool = True) -> dict:
    """Write `parser.onnx`, `tokenizer.json` and `bundle.json` (labels, special pieces, hashes) to `out`."""
    labels, chosen = json.loads((run / "labels.json").read_text()), BASES[base]
    model = Parser(Labels(**{n: labels[n] for n in ("relations", "upos", "xpos", "ner")}).sizes(), base=chosen)
    model.load_state_dict(torch.load(run / "model.pt", map_location="cpu"))
    model.eval()
    out.mkdir(parents=True, exist_ok=True)
    write(model, out / "parser.onnx", int8=int8)
    tokenizer = Tokenizer.from_file(str(chosen.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(out / "tokenizer.json"))
    bundle = {
        "version": 3,
        "corpus": corpus_digest(),
        "pieces": {"start": chosen.start, "end": chosen.end, "unknown": chosen.unknown},
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
    cli.add_argument("--base", choices=tuple(BASES), default="minilm")
    cli.add_argument("--fp32", action="store_true")
    args = cli.parse_args()
    print(json.dumps(export(args.run, args.out, base=args.base, int8=not args.fp32)["files"], indent=1))


if __name__ == "__main__":
    main()
