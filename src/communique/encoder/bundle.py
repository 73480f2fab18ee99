"""The model bundle: ONNX file, tokenizer and labels, checked against their hashes on every load."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from communique.errors import ModelError
from communique.types import Quality

VERSION = 3
"""Version of the bundle's form that this code reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Where the files lie and what the heads' outputs mean."""

    model: Path
    tokenizer: Path
    relations: tuple[str, ...]
    upos: tuple[str, ...]
    xpos: tuple[str, ...]
    ner: tuple[str, ...]
    triggers: tuple[str, ...]
    """Nothing, the event types, and the cue of a statement."""
    statuses: tuple[str, ...]
    modes: tuple[str, ...]
    sectors: tuple[str, ...]
    contents: tuple[str, ...]
    roles: tuple[str, ...]
    types: tuple[str, ...]
    start: int
    """Ids of the pieces that open and close a stretch, and of what the tokenizer cannot cut."""
    end: int
    unknown: int
    digest: str
    """SHA-256 of the ONNX file."""


def bundle_folder(quality: Quality = "fast") -> Path:
    """Where the files of the encoder lie; raises `ModelError` where the large one is asked for and not installed."""
    if quality == "fast":
        return Path(str(resources.files("communique.encoder") / "bundle"))
    try:
        return Path(str(resources.files("communique_large") / "bundle"))
    except ModuleNotFoundError:
        raise ModelError("quality best needs the large encoder: pip install communique-large") from None


@lru_cache(maxsize=2)
def load_bundle(folder: Path | None = None) -> Bundle:
    """Read `bundle.json` and check each file it names; raises `ModelError` where one is missing or altered."""
    root = folder or bundle_folder()
    try:
        facts = json.loads((root / "bundle.json").read_text(encoding="utf-8"))
        if facts.get("version") != VERSION:
            raise ModelError(f"the bundle is of version {facts.get('version')}, this communique reads {VERSION}; install both anew")
        for name, want in facts["files"].items():
            data = (root / name).read_bytes()
            if hashlib.sha256(data).hexdigest() != want["sha256"]:
                raise ModelError(f"{name} does not match its hash; install communique again")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"bundle.json is damaged ({type(error).__name__}); install communique again") from error
    except FileNotFoundError as error:
        raise ModelError(f"the encoder's file {Path(str(error.filename)).name} is missing; install communique again") from error
    return Bundle(
        model=root / "parser.onnx",
        tokenizer=root / "tokenizer.json",
        relations=tuple(facts["relations"]),
        upos=tuple(facts["upos"]),
        xpos=tuple(facts["xpos"]),
        ner=tuple(facts["ner"]),
        triggers=tuple(facts["trigger"]),
        statuses=tuple(facts["status"]),
        modes=tuple(facts["mode"]),
        sectors=tuple(facts["sector"]),
        contents=tuple(facts["content"]),
        roles=tuple(facts["roles"]),
        types=tuple(facts["types"]),
        start=int(facts["pieces"]["start"]),
        end=int(facts["pieces"]["end"]),
        unknown=int(facts["pieces"]["unknown"]),
        digest=facts["files"]["parser.onnx"]["sha256"],
    )
