"""`communique lexicon`: import PETRARCH and TABARI dictionaries, look words up."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from communique.errors import UsageError


def run(argv: list[str]) -> int:
    """Run `import` or `find`."""
    p = argparse.ArgumentParser(prog="communique lexicon", description="Import dictionaries of PETRARCH and TABARI, or look words up.")
    commands = p.add_subparsers(dest="command", required=True)
    take = commands.add_parser("import", help="dictionary to tables")
    take.add_argument("path", type=Path)
    take.add_argument("--kind", choices=("actors", "agents", "verbs"), help="told by the content where not given")
    take.add_argument("--output", type=Path, required=True, metavar="DIR")
    find = commands.add_parser("find", help="what the lexicon holds of some words")
    find.add_argument("words", nargs="+")
    args = p.parse_args(argv)
    return _import(args) if args.command == "import" else _find(" ".join(args.words))


def _import(args: argparse.Namespace) -> int:
    from communique.lexicon.importer import import_dictionary

    if not args.path.is_file():
        raise UsageError(f"no such file: {args.path}")
    report = import_dictionary(args.path, args.kind)
    target = report.write(args.output)
    sys.stdout.write(f"{target}\n")
    sys.stderr.write(f"{len(report.rows)} {report.kind}, {len(report.problems)} lines not understood\n")
    for number, line in report.problems[:10]:
        sys.stderr.write(f"  line {number}: {line[:100]}\n")
    return 3 if report.problems else 0


def _find(words: str) -> int:
    from communique.lexicon.matcher import load_matcher
    from communique.text.tokens import tokenize

    hits = load_matcher().find(tuple(tokenize(words)))
    for hit in hits:
        for e in hit.entries:
            sys.stdout.write("\t".join((e.id, e.name, e.country or "", e.organization or "", e.sector or "")) + "\n")
            for o in e.offices:
                sys.stdout.write("\t".join(("", o.title or "", o.start or "?", o.end or "?", o.note)) + "\n")
    return 0 if hits else 1
