"""PLOVER's types, modes, quad classes and scores."""

from __future__ import annotations

from functools import lru_cache

from communique.lexicon.tables import cells, read_table


@lru_cache(maxsize=1)
def _codes() -> dict[tuple[str, str], tuple[int, float, bool]]:
    return {(r["type"], r["mode"]): (int(r["quad"]), float(r["score"]), r["recipient"] == "required") for r in read_table("plover.tsv")}


def intensity(type_: str, mode: str | None) -> float:
    """PLOVER's score of a type and mode, from -10 (hostile) to +10.

    >>> intensity("ASSAULT", "aerial"), intensity("ACCUSE", None)
    (-9.5, -3.0)
    """
    known = _codes().get((type_, mode or ""))
    return known[1] if known else _codes()[(type_, "")][1]


def quad_class(type_: str) -> int:
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
    return _codes()[(type_, "")][0]


def scores(type_: str, mode: str | None) -> tuple[int, float]:
    """Quad class and score of a type and mode.

    >>> scores("COOPERATE", None)
    (2, 9.5)
    """
    return quad_class(type_), intensity(type_, mode)


def requires_recipient(type_: str) -> bool:
    """True for types that stand only with a recipient: COOPERATE, AID, SANCTION."""
    return _codes()[(type_, "")][2]


@lru_cache(maxsize=1)
def _cameo() -> dict[tuple[str, str], str]:
    return {(r["type"], r["mode"]): r["cameo"] for r in read_table("plover.tsv")}


def cameo_code(type_: str, mode: str | None) -> str:
    """The CAMEO code of a type and mode, where nothing closer is known.

    >>> cameo_code("COERCE", "arrest")
    '173'
    """
    return _cameo().get((type_, mode or "")) or _cameo()[(type_, "")]


@lru_cache(maxsize=1)
def context_words() -> dict[str, str]:
    """Lemma to PLOVER context."""
    return {w: r["context"] for r in read_table("contexts.tsv") for w in cells(r["words"])}
