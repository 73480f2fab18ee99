"""A shipped bundle back to a checkpoint, so that training can go on from it: `python -m communique_training.from_bundle BUNDLE OUT`.

Int8 weights are scaled back to floats; what rounding took is learnt again in the first steps.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from .graph import weights


def main() -> None:
    bundle, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save({n: torch.tensor(v.copy()) for n, v in weights(bundle / "parser.onnx").items()}, target)


if __name__ == "__main__":
    main()
