"""`communique ontology`: check a codebook of your own, and try it on sentences."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def run(argv: list[str]) -> int:
    """Run `check` or `example`."""
    p = argparse.ArgumentParser(
        prog="communique ontology", description="Event types of your own, coded beside PLOVER's (docs/ontology.md)."
    )
    commands = p.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="read a YAML file, learn its types, say how many of the examples each would find")
    check.add_argument("path", type=Path)
    check.add_argument("--json", action="store_true")
    commands.add_parser("example", help="print a worked example to start from")
    args = p.parse_args(argv)
    if args.command == "example":
        from importlib import resources

        sys.stdout.write((resources.files("communique.demo") / "ontology.yaml").read_text(encoding="utf-8"))
        return 0
    from communique.extract.ontology import learn, read_ontology

    rows = [
        {
            "type": t.name,
            "plover": t.plover,
            "examples": len(t.examples),
            "counterexamples": len(t.counterexamples),
            "found_left_out": learn(t).found,
        }
        for t in read_ontology(args.path)
    ]
    if args.json:
        sys.stdout.write(json.dumps(rows) + "\n")
    else:
        for r in rows:
            sys.stdout.write(
                f"{r['type']} under {r['plover']}: {r['found_left_out']:.0%} of {r['examples']} examples found when left out in turn\n"
            )
    return 0
