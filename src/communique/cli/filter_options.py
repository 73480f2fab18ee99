"""The filters as options of a command."""

from __future__ import annotations

import argparse
from typing import Any

from communique.store.filters import WORDS, Filters, parse_filters


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add one option for each filter; several values widen, several options narrow."""
    group = parser.add_argument_group("filters", "several values of one widen (commas, or the option again), several filters narrow")
    for name, word in WORDS.items():
        flag: dict[str, Any] = {"nargs": "?", "const": "true"} if name == "attributed" else {}
        group.add_argument(
            "--" + name.replace("_", "-"),
            dest="filter_" + name,
            action="append",
            metavar=name.split("_")[-1].upper(),
            help=word.help,
            **flag,
        )


def filters_of(args: argparse.Namespace) -> Filters:
    """The filters that were given."""
    return parse_filters((name, value) for name in WORDS for value in getattr(args, "filter_" + name) or ())
