"""Write docs/accuracy.md: every measure on the sets under COMMUNIQUE_DATA, with their digests and the model's hash.

With kinds as arguments only their blocks are measured; the others stay as they stand in the card.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from importlib import import_module
from pathlib import Path

from communique.cli.eval_command import lines
from communique.encoder.bundle import bundle_folder, load_bundle
from communique.settings import data_folder

MEASURES = (
    ("parser", "train/ud_ewt/en_ewt-ud-dev.conllu"),
    ("parser", "train/ud_gum_open/en_gum_open-dev.conllu"),
    ("stories", "dev/stories"),
    ("pairs", "dev/pairs"),
    ("times", "dev/time/TimeBank"),
    ("times", "dev/time/AQUAINT"),
    ("times", "dev/time/WikiWars"),
    ("places", "dev/places/lgl.xml"),
    ("places", "dev/places/GeoVirus.xml"),
    ("quotes", "dev/quotes/polnear-dev.tar.gz"),
    ("spans", "dev/actor_spans"),
    ("clusters", "dev/clusters"),
    ("coreference", "dev/clusters"),
    ("corpus", "training/corpus"),
)
BY_CODER = ("stories", "pairs", "spans", "corpus")
"""Measured for each of `OPTIONS`."""
OPTIONS: tuple[dict[str, str], ...] = ({"coder": "both"}, {"coder": "rules"}, {"coder": "encoder"}, {"quality": "best"})
"""Rules and encoder together, each alone, and together with the large encoder."""
CARD = Path("docs/accuracy.md")


def digest(path: Path) -> str:
    """SHA-256 over the files of a set, first 12 digits."""
    total = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            total.update(file.name.encode() + file.read_bytes())
    return total.hexdigest()[:12]


def standing() -> dict[str, list[str]]:
    """Blocks of the card as it stands, by their command."""
    blocks: dict[str, list[str]] = {}
    for block in CARD.read_text(encoding="utf-8").split("\n`communique eval ")[1:] if CARD.exists() else ():
        blocks[block.split("`")[0]] = [*("`communique eval " + block).rstrip("\n").split("\n"), ""]
    return blocks


def main() -> None:
    root = data_folder()
    only = set(sys.argv[1:])
    kept = standing() if only else {}
    small, large = (load_bundle(bundle_folder(q)).digest[:12] for q in ("fast", "best"))
    out = [
        "# Accuracy card",
        "",
        f"Written by `make card` on {date.today().isoformat()}; encoder {small}, large encoder {large}. Each block is the output of the command above it,",
        "with the sets under `COMMUNIQUE_DATA`.",
        "",
    ]
    runs = [(k, n, o) for k, n in MEASURES for o in (OPTIONS if k in BY_CODER else ({},))]
    for kind, name, options in runs:
        command = f"{kind} {name}" + "".join(f" --{o} {v}" for o, v in options.items())
        if only and kind not in only:
            out += kept.get(command, [])
            continue
        path = Path(name) if kind == "corpus" else root / name
        if not path.exists():
            out += [f"`communique eval {command}`: the set is not here.", ""]
            continue
        print(command, file=sys.stderr, flush=True)
        scores = getattr(import_module(f"communique.evaluate.{kind}"), f"score_{kind}")(path, **options)
        out += [f"`communique eval {command}` (data {digest(path)})", "", "```text", *lines(scores), "```", ""]
    CARD.write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
