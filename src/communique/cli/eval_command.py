"""`communique eval`: score against a measuring set."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from communique.errors import UsageError
from communique.evaluate.confusion import picture
from communique.evaluate.errors import errors
from communique.render.png import drawn, picture_kind
from communique.types import QUALITIES

KINDS = ("stories", "pairs", "times", "places", "quotes", "spans", "corpus", "parser", "clusters", "coreference", "corrections")
BY_CODER = ("stories", "pairs", "spans", "corpus", "corrections")
"""Measures that differ with who codes."""


def lines(scores: dict[str, Any], indent: int = 0) -> list[str]:
    """Nested scores as aligned lines."""
    out = []
    for name, value in scores.items():
        if isinstance(value, dict):
            out += ["  " * indent + name, *lines(value, indent + 1)]
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            out.append(f"{'  ' * indent}{name:<{30 - 2 * indent}}{shown}")
    return out


def run(argv: list[str]) -> int:
    """Run one scorer and print its figures, or compare two files of predictions."""
    if argv[:1] == ["compare"]:
        return _compare(argv[1:])
    p = argparse.ArgumentParser(prog="communique eval", description="Score against a measuring set; none of them ships with communique.")
    p.add_argument("kind", choices=KINDS, help="or: compare A B, two files of predictions")
    p.add_argument("path", type=Path)
    p.add_argument("--predictions", type=Path, metavar="FILE", help="keep what was predicted")
    p.add_argument(
        "--coder",
        choices=("both", "rules", "encoder"),
        default="both",
        help="who codes events (stories, pairs, spans, corpus, corrections)",
    )
    p.add_argument("--quality", choices=QUALITIES, default="fast", help="best: with the large encoder (the same measures as --coder)")
    p.add_argument("--part", choices=("train", "tune", "test"), default="test", help="part of our own corpus")
    p.add_argument("--errors", type=int, metavar="N", help="list N errors with their evidence")
    p.add_argument("--confusion", type=Path, metavar="FILE", help="a picture of what was coded for what, .svg or .png (pairs, corpus)")
    p.add_argument("--json", action="store_true")
    args = p.parse_args(argv)
    if args.quality == "best" and args.kind not in BY_CODER:
        raise UsageError(f"--quality goes with {', '.join(BY_CODER)}")
    if args.confusion and args.kind not in ("pairs", "corpus"):
        raise UsageError("--confusion draws pairs and corpus")
    kind = picture_kind(args.confusion) if args.confusion else ""
    more = {"coder": args.coder, "quality": args.quality} if args.kind in BY_CODER else {}
    if args.kind == "corpus":
        more["part"] = args.part
    with TemporaryDirectory() as folder:
        kept = args.predictions or (Path(folder) / "predictions" if args.errors or args.confusion else None)
        scorer = getattr(import_module(f"communique.evaluate.{args.kind}"), f"score_{args.kind}")
        scores = scorer(args.path, predictions=kept, **more)
        if args.confusion and kept:
            args.confusion.write_bytes(drawn(picture(kept, f"{args.kind} coded by {args.coder}"), kind))
        shown = errors(kept, args.errors) if args.errors and kept else []
    sys.stdout.write((json.dumps(scores) if args.json else "\n".join(lines(scores))) + "\n")
    sys.stdout.write("".join(f"{line}\n" for line in shown))
    return 0


def _compare(argv: list[str]) -> int:
    p = argparse.ArgumentParser(
        prog="communique eval compare",
        description="Whether one file of predictions on dev/pairs is better than another (paired bootstrap).",
    )
    p.add_argument("a", type=Path)
    p.add_argument("b", type=Path)
    p.add_argument("--json", action="store_true")
    args = p.parse_args(argv)
    from communique.evaluate.compare import compare

    scores = compare(args.a, args.b)
    sys.stdout.write((json.dumps(scores) if args.json else "\n".join(lines(scores))) + "\n")
    return 0
