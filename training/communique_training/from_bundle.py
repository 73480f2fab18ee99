"""A shipped bundle back to a checkpoint, so that training can go on from it: `python -m communique_training.from_bundle BUNDLE OUT`.

Int8 weights are scaled back to floats; what rounding took is learnt again in the first steps.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper


def weights(path: Path) -> dict[str, torch.Tensor]:
    """Parameters by the model's own names."""
    graph = onnx.load(str(path)).graph
    raw = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    out: dict[str, torch.Tensor] = {}

    def scaled(name: str) -> np.ndarray:
        zero, scale = raw[name + "_zero_point"].astype(np.float32), raw[name + "_scale"]
        return (raw[name + "_quantized"].astype(np.float32) - zero) * scale

    for name in raw:
        if name.endswith(("_scale", "_zero_point")) or name.startswith(("/", "onnx::")):
            continue
        plain = name.removesuffix("_quantized")
        out[plain] = torch.tensor(scaled(plain) if name != plain else raw[name])
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            module = node.name.removesuffix("/MatMul_quant").strip("/").split("/")
            # "/arc_dep/arc_dep.0": the last part holds the whole path of a member of a sequence
            names = [p for k, p in enumerate(module) if not (k + 1 < len(module) and module[k + 1].startswith(p + "."))]
            out[".".join(names) + ".weight"] = torch.tensor(scaled(node.input[1].removesuffix("_quantized")).T.copy())
    for name, value in raw.items():
        # the label scorer is stored as it is multiplied: [size, relations, size]
        if name.startswith("onnx::Reshape") and value.ndim == 3:
            out["rel"] = torch.tensor(value.transpose(1, 0, 2).copy())
    return out


def main() -> None:
    bundle, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(weights(bundle / "parser.onnx"), target)


if __name__ == "__main__":
    main()
