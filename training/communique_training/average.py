"""The mean of two checkpoints of one line of training: `python -m communique_training.average A B OUT`, files or folders of runs.

Weights that went on from each other for a while lie in one valley; their mean is a little better than either on tune.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch


def main() -> None:
    first, second, out = (Path(a) for a in sys.argv[1:4])
    a, b = (torch.load(p / "model.pt" if p.is_dir() else p, map_location="cpu") for p in (first, second))
    out.mkdir(parents=True, exist_ok=True)
    torch.save({k: (a[k] + v) / 2 if v.is_floating_point() else v for k, v in b.items()}, out / "model.pt")
    shutil.copy((second if second.is_dir() else second.parent) / "labels.json", out / "labels.json")


if __name__ == "__main__":
    main()
