"""Searches for words: in the index of words where there is one, else in the texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from communique.errors import UsageError
from communique.store.conditions import Condition, all_of

_START, _END = r"(^|[^\p{L}\p{N}])", r"($|[^\p{L}\p{N}])"


def terms(text: str) -> list[str]:
    """The words of a text as the index of words has them: letters and digits, lower case, without accents.

    >>> terms("São Tomé's G20")
    ['sao', 'tome', 's', 'g20']
    """
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", plain))


FOLDED = "strip_accents(lower(replace(concat_ws(' ', title, text), chr(0), ' ')))"
"""SQL of a document's words, folded as `terms` folds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A search for words, as conditions."""

    of_documents: Condition
    """On rows of `documents`."""
    by_number: Condition | None
    """On any row with the number of its document; only with the index, and where no phrase has to be sought in the texts."""


def words_condition(value: str, indexed: bool) -> Words:
    """All words of a search: `word`, `begin*`, `"a phrase"`. Raises `UsageError` where there is none."""
    found, phrases = [], []
    for match in re.finditer(r'"([^"]*)"|([^\s"]+)', value):
        phrase, piece = bool(match[1]), match[1] or match[2]
        words = terms(piece or "")
        open_end = not phrase and piece.endswith("*")
        found += [_term(w, indexed, prefix=open_end and n == len(words) - 1) for n, w in enumerate(words)]
        if len(words) > 1:
            pattern = _START + r"[^\p{L}\p{N}]+".join(words) + ("" if open_end else _END)
            phrases.append(Condition(sql=f"regexp_matches({FOLDED}, ?)", values=(pattern,)))
    if not found:
        raise UsageError(f"text: {value!r} has no word; write letters or digits")
    words_in = _nested(found) if indexed else all_of(found)
    if not phrases:
        return Words(of_documents=words_in, by_number=words_in if indexed else None)
    key = "number" if indexed else "document_id"
    both = all_of(phrases)
    few = f"WITH few AS MATERIALIZED (SELECT {key}, title, text FROM documents WHERE {words_in.sql})"  # else every text would be read
    return Words(
        of_documents=Condition(sql=f"{key} IN ({few} SELECT {key} FROM few WHERE {both.sql})", values=words_in.values + both.values),
        by_number=None,
    )


def _nested(found: Sequence[Condition]) -> Condition:
    """All words, each sought among the stories that have the ones after it, so that the many rows of a table are looked through once."""
    out = found[-1]
    for one in reversed(found[:-1]):
        out = Condition(sql=f"{one.sql[:-1]} AND {out.sql})", values=one.values + out.values)
    return out


def _term(word: str, indexed: bool, *, prefix: bool) -> Condition:
    if not indexed:
        return Condition(sql=f"regexp_matches({FOLDED}, ?)", values=(_START + word + ("" if prefix else _END),))
    if prefix:
        return Condition(sql="number IN (SELECT number FROM postings WHERE term >= ? AND term < ?)", values=(word, word + "\U0010ffff"))
    return Condition(sql="number IN (SELECT number FROM postings WHERE term = ?)", values=(word,))
