"""`communique eval`: score against a measuring set."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

KINDS = ("stories", "pairs", "times", "places", "quotes", "spans", "parser", "clusters", "coreference")


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
    """Run one scorer and print its figures."""
    p = argparse.ArgumentParser(prog="communique eval", description="Score against a measuring set; none of them ships with communique.")
    p.add_argument("kind", choices=KINDS)
    p.add_argument("path", type=Path)
    p.add_argument("--predictions", type=Path, metavar="FILE", help="keep what was predicted")
    p.add_argument("--json", action="store_true")
    args = p.parse_args(argv)
    scores = getattr(import_module(f"communique.evaluate.{args.kind}"), f"score_{args.kind}")(args.path, predictions=args.predictions)
    sys.stdout.write((json.dumps(scores) if args.json else "\n".join(lines(scores))) + "\n")
    return 0
