"""What decides how stories are coded: version, model, lexicon and code, each as a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from communique.encoder.bundle import bundle_folder
from communique.types import Quality

_CODE = ("text", "encoder", "lexicon", "resolve", "extract")
_MODULES = ("pipeline.py", "types.py", *(f"stories/{n}.py" for n in ("sketch", "terms", "minhash", "counts")), "stories/data/stopwords.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Equal fingerprints code equal stories equally."""

    version: str
    model: str
    lexicon: str
    code: str


@lru_cache(maxsize=2)
def fingerprint(quality: Quality = "fast") -> Fingerprint:
    """That of the installed package. Takes about 50 ms; no model is loaded. Raises `ModelError` where best is not installed."""
    from communique import __version__

    root = resources.files("communique")
    # a bundle.json holds the hashes of the model's files, which are checked where they are loaded
    bundle = b"".join((bundle_folder(q) / "bundle.json").read_bytes() for q in dict.fromkeys(("fast", quality)))
    code = [f for name in _CODE for f in _files(root / name, name) if f[0].endswith((".py", ".tsv")) and "/data/" not in f[0]]
    code += [(name, (root / name).read_bytes()) for name in _MODULES]
    return Fingerprint(
        version=__version__,
        model=hashlib.sha256(bundle).hexdigest()[:32],
        lexicon=_digest(_files(root / "lexicon" / "data", "data")),
        code=_digest(code),
    )


def _files(folder: Traversable, name: str) -> Iterable[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        path = f"{name}/{entry.name}"
        if entry.is_dir() and entry.name not in ("__pycache__", "bundle"):
            yield from _files(entry, path)
        elif entry.is_file() and not entry.name.endswith(".pyc"):
            yield path, entry.read_bytes()


def _digest(files: Iterable[tuple[str, bytes]]) -> str:
    whole = hashlib.sha256()
    for path, data in files:
        whole.update(f"{path} {hashlib.sha256(data).hexdigest()}\n".encode())
    return whole.hexdigest()[:32]
