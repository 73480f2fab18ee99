"""Where a story mentions exercises: known series, names by pattern, and plain nouns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from communique.extract.conditions import exercise_noun
from communique.lexicon.tables import cells, read_table
from communique.text.tokens import tokenize
from communique.text.tree import children, descendants
from communique.types import Sentence

NOUNS = frozenset("exercise drill manoeuvre maneuver wargame game training manouvre".split())
_GENERIC = frozenset("variety such any all various kind regular several other many range exchange future".split())
_NAME_CONTEXT = frozenset("exercise exercises drill drills manoeuvres maneuvers manoeuvre maneuver wargames games training".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseMention:
    """One mention: the token to ask about roles, its words, and the name where it has one."""

    sentence: int
    token: int
    first: int
    last: int
    name: str | None = None
    series: str | None = None
    edition: str | None = None
    definite: bool = False
    group: int | None = None
    """Number of the pair in 'U.S.-ROK and U.S.-Japan exercises'."""


@lru_cache(maxsize=1)
def series_table() -> dict[str, dict[str, str]]:
    """Series by name."""
    return {r["series"]: r for r in read_table("exercise_series.tsv")}


@lru_cache(maxsize=1)
def _series_index() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    out: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for r in read_table("exercise_series.tsv"):
        for name in (r["series"], *cells(r["aliases"])):
            words = tuple(t.text for t in tokenize(name))
            if name not in ("West", "East", "Center", "Centre", "Caucasus", "Ocean", "Thunder"):
                out.setdefault(words[0], []).append((words, r["series"]))
    for items in out.values():
        items.sort(key=lambda x: -len(x[0]))
    return out


def _is_noun(sentence: Sentence, i: int) -> bool:
    t = sentence.tokens[i]
    if t.lemma not in NOUNS or t.upos not in ("NOUN", "PROPN"):
        return False
    if t.lemma == "game":
        return i > 0 and sentence.tokens[i - 1].lemma == "war"
    if t.lemma == "training":
        return any(sentence.tokens[k].lemma in ("military", "naval", "joint") for k in children(sentence)[i])
    return True


def mentions_in(sentence: Sentence) -> list[ExerciseMention]:
    """All exercise mentions of one parsed sentence, in order; a name and its noun are one mention."""
    tokens = sentence.tokens
    nouns = [i for i in range(len(tokens)) if _is_noun(sentence, i)]
    named = _named(sentence, bool(nouns))
    out: list[ExerciseMention] = []
    used: set[int] = set()
    for i in nouns:
        near = next((n for n in named if _belongs(sentence, i, n)), None)
        if near:
            used.add(named.index(near))
            out.append(_with_name(sentence, i, near))
        elif exercise_noun(sentence, i) or _is_definite(sentence, i) or pair_groups(sentence, i):
            if _generic(sentence, i):
                continue
            out += _plain(sentence, i)
    for k, n in enumerate(named):
        if k not in used:
            first, last, name, series, edition = n
            head = next((j for j in range(first, last + 1) if tokens[j].head not in range(first, last + 1)), last)
            out.append(
                ExerciseMention(sentence=sentence.index, token=head, first=first, last=last, name=name, series=series, edition=edition)
            )
    return sorted(out, key=lambda m: m.first)


def _with_name(sentence: Sentence, i: int, near: tuple[int, int, str, str | None, str | None]) -> ExerciseMention:
    first, last, name, series, edition = near
    return ExerciseMention(
        sentence=sentence.index, token=i, first=min(first, i), last=max(last, i), name=name, series=series, edition=edition
    )


def _plain(sentence: Sentence, i: int) -> list[ExerciseMention]:
    pairs = _pairs(sentence, i)
    if pairs > 1:
        return [ExerciseMention(sentence=sentence.index, token=i, first=i, last=i, group=g) for g in range(pairs)]
    return [ExerciseMention(sentence=sentence.index, token=i, first=i, last=i, definite=_is_definite(sentence, i))]


def pair_groups(sentence: Sentence, i: int) -> list[tuple[int, int]]:
    """Stretches such as 'U.S.-ROK' in 'U.S.-ROK and U.S.-Japan exercises' left of noun `i`."""
    tokens, out, k = sentence.tokens, [], i - 1
    while k >= 2 and tokens[k - 1].text in ("-", "–") and tokens[k].text[:1].isupper() and tokens[k - 2].text[:1].isupper():
        first = k - 2
        while first >= 2 and tokens[first - 1].text in ("-", "–"):
            first -= 2
        out.append((first, k))
        k = first - 1
        if k >= 0 and tokens[k].text in ("and", ","):
            k -= 1
        else:
            break
    return out[::-1]


def _pairs(sentence: Sentence, i: int) -> int:
    return len(pair_groups(sentence, i))


def _is_definite(sentence: Sentence, i: int) -> bool:
    tokens = sentence.tokens
    kids = children(sentence)[i]
    if any(tokens[k].rel == "nsubj" and tokens[k].lemma in ("this", "these", "it") for k in kids):
        return True
    return any(tokens[k].rel in ("det", "nmod:poss") and tokens[k].lemma in ("the", "this", "these", "that", "those") for k in kids)


def _generic(sentence: Sentence, i: int) -> bool:
    """'a variety of exercises', 'such drills', 'regularly take part in': no exercise in particular."""
    tokens = sentence.tokens
    words = {tokens[k].lemma for k in children(sentence)[i]}
    head = tokens[i].head
    chain = {tokens[head].lemma} if head >= 0 else set()
    verb = head
    while verb >= 0 and tokens[verb].upos != "VERB":
        verb = tokens[verb].head
    habits = {tokens[k].lemma for k in children(sentence)[verb]} if verb >= 0 else set()
    return bool((words | chain) & _GENERIC) or bool(habits & {"regularly", "often", "routinely", "usually", "never"})


def _named(sentence: Sentence, near_noun: bool) -> list[tuple[int, int, str, str | None, str | None]]:
    """(first, last, name, series, edition) of names: known series, 'Exercise Iron Wolf', 'the “X” drills', 'X 2023'."""
    tokens = sentence.tokens
    out: list[tuple[int, int, str, str | None, str | None]] = []
    i, index = 0, _series_index()
    while i < len(tokens):
        known = index.get(tokens[i].text)
        hit = next(((w, s) for w, s in known if tuple(t.text for t in tokens[i : i + len(w)]) == w), None) if known else None
        if hit:
            last = i + len(hit[0]) - 1
            edition, end = _edition(sentence, last)
            after = tokens[last + 1].lemma if last + 1 < len(tokens) else ""
            before = tokens[i - 1].lemma if i else ""
            if near_noun or edition or after in _NAME_CONTEXT or before == "exercise":
                out.append((i, end, " ".join(hit[0]).replace(" - ", "-"), hit[1], edition))
                i = end
        else:
            found = _by_pattern(sentence, i)
            if found:
                out.append(found)
                i = found[1]
        i += 1
    return out


def _edition(sentence: Sentence, last: int) -> tuple[str | None, int]:
    """The year or number after a name: 'Zapad 2021', 'Zapad-2021', 'Sea Breeze 21'."""
    tokens = sentence.tokens
    k = last + 1
    if k < len(tokens) and tokens[k].text in ("-", "–", "'", "’"):
        k += 1
    if k < len(tokens) and re.fullmatch(r"(?:19|20)\d\d|\d\d|\d\d-\d", tokens[k].text) and tokens[k].start - tokens[last].end <= 2:
        return tokens[k].text, k
    return None, last


def _by_pattern(sentence: Sentence, i: int) -> tuple[int, int, str, str | None, str | None] | None:
    tokens = sentence.tokens
    if (
        tokens[i].text in ("Exercise", "Operation")
        and i + 1 < len(tokens)
        and tokens[i + 1].text[:1].isupper()
        and tokens[i + 1].text.isalpha()
    ):
        last = i + 1
        while last + 1 < len(tokens) and last - i < 4 and tokens[last + 1].text[:1].isupper() and tokens[last + 1].text.isalpha():
            last += 1
        if tokens[i].text == "Operation" and not any(t.lemma in _NAME_CONTEXT for t in tokens):
            return None
        edition, end = _edition(sentence, last)
        return i, end, " ".join(t.text for t in tokens[i + 1 : last + 1]), None, edition
    if tokens[i].text in '“"‘«' and i + 1 < len(tokens) and tokens[i + 1].text[:1].isupper():
        close = next((k for k in range(i + 1, min(i + 7, len(tokens))) if tokens[k].text in '”"’»'), None)
        if (
            close
            and close > i + 1
            and all(t.text[:1].isupper() or t.text[:1].isdigit() or t.text in ("-", "of") for t in tokens[i + 1 : close])
        ):
            around = [t.lemma for t in (*tokens[max(0, i - 3) : i], *tokens[close + 1 : close + 4])]
            if any(w in _NAME_CONTEXT for w in around):
                words = [t.text for t in tokens[i + 1 : close]]
                edition = words.pop() if re.fullmatch(r"(?:19|20)\d\d", words[-1]) and len(words) > 1 else None
                name = " ".join(w for w in words if w != "-")
                series = next((s for w, s in _series_index().get(words[0], ()) if tuple(words[: len(w)]) == w), None)
                return i, close, name, series, edition
    return None


def _belongs(sentence: Sentence, i: int, named: tuple[int, int, str, str | None, str | None]) -> bool:
    """A name inside the noun's phrase, beside it, or as its apposition."""
    first, last = named[0], named[1]
    if first - 3 <= i <= last + 3:
        return True
    return any(first <= k <= last for k in descendants(sentence, i)) or any(k == i for k in descendants(sentence, first))
