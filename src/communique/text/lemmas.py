"""Lemmas from a table of the irregular and rules for the rest."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

_VOWELS = "aeiou"


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str], str]:
    lines = (resources.files("communique.text") / "lemmas.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {(form, tag): lemma for form, tag, lemma in (line.split("\t") for line in lines)}


@lru_cache(maxsize=65536)
def lemma(word: str, upos: str) -> str:
    """Lower-case lemma of a word with its universal part of speech.

    >>> lemma("sent", "VERB"), lemma("troops", "NOUN"), lemma("launching", "VERB"), lemma("carried", "VERB")
    ('send', 'troop', 'launch', 'carry')
    """
    low = word.lower().replace("’", "'")
    if upos == "PROPN":
        return low
    if upos == "AUX":
        upos = "AUX" if (low, "AUX") in _table() else "VERB"
    known = _table().get((low, upos))
    if known:
        return known
    return by_rule(low, upos)


def by_rule(low: str, upos: str) -> str:
    """The regular lemma, without the table."""
    if upos in ("VERB", "AUX"):
        return _verb(low)
    if upos == "NOUN":
        return _noun(low)
    return low


def _noun(low: str) -> str:
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3:
        return low[:-1]
    return low


def _verb(low: str) -> str:
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith("ied") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3:
        return low[:-1]
    for ending in ("ing", "ed"):
        if low.endswith(ending) and len(low) - len(ending) >= 2 and any(c in "aeiouy" for c in low[: -len(ending)]):
            return _stem(low[: -len(ending)])
    return low


def _stem(stem: str) -> str:
    if len(stem) > 2 and stem[-1] == stem[-2] and stem[-1] not in "lsfz":
        return stem[:-1]
    if stem.endswith(("at", "iz", "us", "as", "os", "is", "v", "c", "dg", "rg", "ng", "uc", "u", "ag", "eg", "ys")) and not stem.endswith(
        ("ing", "ong", "ang")
    ):
        return stem + "e"
    if len(stem) > 2 and stem[-1] not in "aeiouwxy" and stem[-2] in _VOWELS and stem[-3] not in _VOWELS and stem[-1] in "rlkpnmdtb":
        syllables = sum(1 for a, b in zip(" " + stem, stem) if b in "aeiouy" and a not in "aeiouy")
        if syllables == 1:
            return stem + "e"
    return stem
