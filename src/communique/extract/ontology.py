"""Your own codebook beside PLOVER's: types learnt from a definition, trigger words and a few marked examples.

A type is a ridge-penalised logistic regression over the encoder's hidden state of the trigger word. Positive are the marked words of
the examples, negative their other content words and the marked words of the counterexamples.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from communique.encoder.parser import load_parser
from communique.errors import OntologyError
from communique.extract.candidates import Candidate, fill
from communique.extract.roles import RoleFinder
from communique.lexicon.triggers import DEFAULT_ROLES, TYPES, Trigger
from communique.text.sentences import split_sentences
from communique.types import Document, Mention, Sentence

FEWEST, MOST = 5, 50
RIDGE = 4.0
_MARK = re.compile(r"\[([^\[\]]+)\]")
_CONTENT = ("VERB", "NOUN", "ADJ")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnType:
    """One type of a user's codebook."""

    name: str
    plover: str
    """The PLOVER type that it stands under."""
    definition: str
    triggers: frozenset[str]
    """Lemmas that may tell it; empty: any content word."""
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """A type with its weights: [hidden size + 1], the bias last."""

    type: OwnType
    weights: tuple[float, ...]
    found: float
    """Share of the examples that are found when each is left out in turn."""

    def score(self, vector: np.ndarray) -> float:
        """Probability (0 to 1) that a word with this hidden state tells the type."""
        w = np.asarray(self.weights, np.float32)
        return float(1 / (1 + np.exp(-np.clip(_unit(vector) @ w[:-1] + w[-1], -30, 30))))


def read_ontology(path: Path | str) -> tuple[OwnType, ...]:
    """The types of a YAML file. Raises `OntologyError` that names the type and what is missing."""
    import yaml

    try:
        raw = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise OntologyError(f"{path} cannot be read: {str(error)[:200]}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("types"), list) or not raw["types"]:
        raise OntologyError(f"{path}: write a list under 'types'; docs/ontology.md shows one")
    return tuple(_type(item, n) for n, item in enumerate(raw["types"], start=1))


def _type(item: Any, number: int) -> OwnType:
    if not isinstance(item, dict):
        raise OntologyError(f"type {number} is no mapping; docs/ontology.md shows one")
    name = str(item.get("name") or f"type {number}")
    plover = str(item.get("plover") or "")
    examples = tuple(str(x) for x in item.get("examples") or ())
    counter = tuple(str(x) for x in item.get("counterexamples") or ())
    if plover not in TYPES:
        raise OntologyError(f"{name}: 'plover' is {plover!r}; name the PLOVER type that it stands under: {', '.join(TYPES)}")
    if not item.get("definition"):
        raise OntologyError(f"{name}: write a definition, so that others know what it means")
    if not FEWEST <= len(examples) <= MOST:
        raise OntologyError(f"{name}: {len(examples)} examples; give {FEWEST} to {MOST} sentences")
    for x in (*examples, *counter):
        if len(_MARK.findall(x)) != 1 or " " in _MARK.findall(x)[0].strip():
            raise OntologyError(f"{name}: mark the one word that tells it in square brackets: {x[:80]!r}")
    return OwnType(
        name=name,
        plover=plover,
        definition=str(item["definition"]),
        triggers=frozenset(str(t).lower() for t in item.get("triggers") or ()),
        examples=examples,
        counterexamples=counter,
    )


def _unit(v: np.ndarray) -> np.ndarray:
    return v / (np.linalg.norm(v, axis=-1, keepdims=True) + 1e-9)


def _vectors(texts: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each marked sentence the vectors of its marked word and of its other content words."""
    out = []
    for text in texts:
        m = _MARK.search(text)
        assert m is not None
        plain = text[: m.start()] + m.group(1) + text[m.end() :]
        document = Document(id="example", title=None, publisher=None, url=None, language="en", published=None, text=plain)
        marked, others = [], []
        for s, hidden in _read(document):
            for k, t in enumerate(s.tokens):
                if m.start() <= t.start < m.start() + len(m.group(1)):
                    marked.append(hidden[k])
                elif t.upos in _CONTENT:
                    others.append(hidden[k])
        out.append((np.array(marked[:1]), np.array(others).reshape(len(others), -1)))
    return out


def _read(document: Document) -> list[tuple[Sentence, np.ndarray]]:
    sentences = load_parser().parse(split_sentences(document))
    return list(zip(sentences, load_parser().vectors(sentences)))


def _fit(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Newton steps in the dual (there are fewer examples than dimensions): weights with the bias last."""
    x = np.concatenate([_unit(x), np.ones((len(x), 1))], 1).astype(np.float64)
    alpha, kernel = np.zeros(len(x)), x @ x.T * RIDGE
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(kernel @ alpha, -30, 30)))
        d = np.maximum(weight * p * (1 - p), 1e-6)
        step = np.linalg.solve(kernel + np.diag(1 / d), (kernel @ alpha) + weight * (y - p) / d) - alpha
        alpha += step
        if np.abs(step).max() < 1e-7:
            break
    return (x.T @ alpha) * RIDGE


def learn(own: OwnType) -> Learnt:
    """The weights of a type, and how many of its examples are found when each is left out."""
    positive, negative = _vectors(own.examples), _vectors(own.counterexamples)
    counter = [v for marked, _ in negative for v in marked]
    wrong = [v for _, others in positive for v in others] + counter
    right = [marked[0] for marked, _ in positive if len(marked)]

    def weights(keep: list[np.ndarray]) -> np.ndarray:
        x = np.array([*keep, *wrong])
        y = np.array([1.0] * len(keep) + [0.0] * len(wrong))
        weight = np.where(y > 0, len(wrong) / max(len(keep), 1), 1.0)
        weight[len(x) - len(counter) :] = len(wrong) / max(
            2 * len(counter), 1
        )  # what is said to be something else counts for more than any word
        return _fit(x, y, weight)

    hits = 0
    for k in range(len(right)):
        w = weights(right[:k] + right[k + 1 :])
        hits += float(_unit(right[k]) @ w[:-1] + w[-1]) > 0
    return Learnt(type=own, weights=tuple(float(v) for v in weights(right)), found=round(hits / max(len(right), 1), 3))


def own_candidates(sentence: Sentence, heads: dict[int, Mention], types: Sequence[Learnt]) -> list[tuple[Candidate, str, float]]:
    """Candidates of a user's types in one parsed sentence, with the type's name and score; roles by the rules' default places."""
    out: list[tuple[Candidate, str, float]] = []
    hidden = load_parser().vectors([sentence])[0] if types else np.zeros((0, 0))
    finder = RoleFinder(sentence, heads)
    for own in types:
        for k, t in enumerate(sentence.tokens):
            if (own.type.triggers and t.lemma not in own.type.triggers) or t.upos not in _CONTENT:
                continue
            score = own.score(hidden[k])
            pos = "n" if t.upos == "NOUN" else "v" if t.upos == "VERB" else "a"
            actor, recipient = DEFAULT_ROLES[pos]
            entry = Trigger(
                id=f"own:{own.type.name}", type=own.type.plover, mode=None, contexts=(), cameo=None, pos=pos, word=t.lemma,
                actor=actor, recipient=(*recipient, "against", "on", "from", "in"), conditions=(), rank=0,
            )  # fmt: skip
            made = fill(entry, sentence, k, finder) if score >= 0.5 else None
            if made:
                out.append((replace(made, score=round(score, 4), coder="own"), own.type.name, round(score, 4)))
    return out
