"""The command line: one thin file for each command, loaded when it is asked for."""

from __future__ import annotations

import os
import sys

COMMANDS = {
    "code": "read stories, file what they report",
    "fetch": "new stories of feeds, the one command that reaches the network",
    "run": "stories of files, folders and archives into a dataset",
    "query": "rows, counts and pictures of a dataset",
    "show": "one fact with its evidence in every source",
    "export": "a dataset in the formats of the field, with a report of what was lost",
    "import": "events of ICEWS, POLECAT, GDELT 2 or Phoenix into a dataset",
    "compare": "how far two datasets agree",
    "index": "build a dataset's index, which makes questions quick",
    "publish": "a dataset into PostgreSQL",
    "serve": "open a dataset in a browser and over an API",
    "compact": "merge a dataset's small files, remove what old snapshots left",
    "eval": "score against a measuring set",
    "lexicon": "import dictionaries, look words up",
    "ontology": "event types of your own, beside PLOVER's",
    "demo": "code our own stories and show the records",
}
"""Each stands in `cli/NAME_command.py`, with a function `run(argv) -> exit code`."""

_LIST = "\n".join(f"  {name:<9} {text}" for name, text in COMMANDS.items())
HELP = f"""communique: event data from news

usage: communique COMMAND [OPTIONS]

commands:
{_LIST}
  version   print the version

communique COMMAND --help says more. Exit codes: 0 done, 1 failure, 2 usage, 3 finished with rejects, 130 interrupted.
"""


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or args[0] in ("-h", "--help", "help"):
        sys.stdout.write(HELP)
        return 0 if args else 2
    name, rest = args[0], args[1:]
    if name in ("version", "--version"):
        from communique import __version__

        sys.stdout.write(__version__ + "\n")
        return 0
    if name not in COMMANDS:
        sys.stderr.write(f"communique: no such command: {name}\n\n{HELP}")
        return 2
    from importlib import import_module

    from communique.errors import CommuniqueError, UsageError

    try:
        return import_module(f"communique.cli.{name}_command").run(rest)
    except UsageError as error:
        sys.stderr.write(f"communique {name}: {error}\n")
        return 2
    except CommuniqueError as error:
        sys.stderr.write(f"communique {name}: {error.code} {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def entry() -> None:
    """The console script."""
    raise SystemExit(main())
