"""The learning curve of `make curve` as a table: `python -m communique_training.curve RUN`."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    shown = ("actor_span_f1", "trigger_f1", "type_accuracy", "role_word_f1", "status_macro_f1", "marked_macro_f1")
    print("| share of the corpus | " + " | ".join(shown) + " |\n|" + " --- |" * (len(shown) + 1))
    for folder in sorted(Path(sys.argv[1]).glob("curve-*"), key=lambda p: float(p.name.split("-")[1])):
        figures = json.loads((folder / "figures.json").read_text())["test"]
        print(f"| {folder.name.split('-')[1]} | " + " | ".join(f"{figures[k]:.3f}" for k in shown) + " |")


if __name__ == "__main__":
    main()
