"""`communique publish`: a dataset into PostgreSQL."""

from __future__ import annotations

import argparse
import sys

from communique.errors import UsageError


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="communique publish",
        description="Bring tables, indices and views of a PostgreSQL database to the state of a dataset. Doing it again sends what changed.",
    )
    p.add_argument("dataset", metavar="DATASET", help="folder or URL")
    p.add_argument(
        "--to", required=True, metavar="URL", help="postgresql://user@host/database; passwords better from PGPASSWORD or ~/.pgpass"
    )
    p.add_argument("--schema", default="communique", help="schema of the database (default communique)")
    p.add_argument("--without-text", action="store_true", help="leave the texts of the stories out, for licences that say so")
    p.add_argument("--replace", action="store_true", help="replace another dataset that the schema holds")
    return p


def run(argv: list[str]) -> int:
    """Run the command."""
    args = parser().parse_args(argv)
    if not args.to.startswith(("postgresql://", "postgres://")):
        raise UsageError("--to: write postgresql://user@host/database")
    from communique.store.dataset import open_dataset
    from communique.store.postgres import publish_to_postgres

    snapshot = open_dataset(args.dataset).snapshot()
    sent = publish_to_postgres(snapshot, args.to, schema=args.schema, keep_text=not args.without_text, replace=args.replace)
    sys.stderr.write(
        f"{sent.rows:,} rows of {sent.files} files sent, {sent.deleted:,} rows deleted; schema {args.schema} is at {snapshot.name}\n"
    )
    return 0
