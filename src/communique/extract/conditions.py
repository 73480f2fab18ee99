"""Does an entry's list of conditions hold around a word?"""

from __future__ import annotations

from collections.abc import Collection

from communique.lexicon.triggers import Condition, Trigger, light_verbs
from communique.text.grammar import carriers, case_of, objects, subjects
from communique.text.tree import children, conjuncts, descendants
from communique.types import Mention, Sentence

_JOINT = frozenset(
    "joint bilateral trilateral multinational combined multilateral coordinated allied together alongside international".split()
)
_MILITARY = frozenset(
    "military naval army air force navy war live-fire fire combat defense defence troop exercise drill maneuver manoeuvre landing amphibious "
    "missile anti maritime border field coast guard joint marine command post airborne nato annual snap tabletop training".split()
)
_PLAIN_EXERCISE = frozenset(("maneuver", "manoeuvre", "wargame", "drill"))


def near(sentence: Sentence, values: Collection[str]) -> bool:
    """Whether one of some words stands in a sentence, as a lemma or as it is."""
    return any(t.lemma in values or t.text.lower() in values for t in sentence.tokens)


def object_words(sentence: Sentence, i: int) -> set[str]:
    """Lemmas of the objects' heads with their conjuncts."""
    return {sentence.tokens[c].lemma for k in objects(sentence, i) for c in conjuncts(sentence, k)}


def _object_phrase(sentence: Sentence, i: int) -> set[str]:
    tokens = sentence.tokens
    roots = objects(sentence, i) + [
        k for k in children(sentence)[i] if tokens[k].rel in ("obl", "nmod", "compound", "amod", "xcomp", "conj")
    ]
    if tokens[i].upos in ("NOUN", "PROPN"):
        roots.append(i)
    out: set[str] = set()
    for r in roots:
        for d in [r, *children(sentence)[r]]:
            out.add(tokens[d].lemma)
            out.update(tokens[c].lemma for c in conjuncts(sentence, d))
            for e in children(sentence)[d]:
                out.add(tokens[e].lemma)
    return out


def exercise_noun(sentence: Sentence, i: int) -> bool:
    """True where a noun means a military exercise and not physical exercise, restraint or a drill for oil."""
    below = descendants(sentence, i)
    words = {sentence.tokens[k].lemma for k in below} - {sentence.tokens[i].lemma}
    quoted = any(sentence.tokens[k].text in '"“‘«' for k in below)
    above = {sentence.tokens[k].lemma for k in carriers(sentence, i, light_verbs())}
    named = any(sentence.tokens[k].upos == "PROPN" for k in children(sentence)[i])
    if (
        words & {"fire", "evacuation", "earthquake", "emergency"}
        and sentence.tokens[i].lemma == "drill"
        and not words & {"live", "military", "naval"}
    ):
        return False
    return (
        bool(words & (_MILITARY | _JOINT))
        or (named and bool(above or quoted or sentence.tokens[i].text.endswith("s")))
        or (sentence.tokens[i].lemma in _PLAIN_EXERCISE and bool(above))
        or quoted
    )


def is_joint(sentence: Sentence, i: int, actors: int) -> bool:
    """True where an exercise is done together: it says so, or has two or more parties."""
    tokens = sentence.tokens
    words = {tokens[k].lemma for k in descendants(sentence, i)} | {tokens[k].lemma for k in children(sentence)[i]}
    for verb in carriers(sentence, i, light_verbs()):
        words |= {tokens[k].lemma for k in children(sentence)[verb] if tokens[k].rel in ("advmod", "obl")}
        if tokens[verb].lemma in ("participate", "join") or (tokens[verb].lemma == "take" and near(sentence, ("part",))):
            return True
    return bool(words & _JOINT) or actors > 1 or "jointly" in words


def holds(condition: Condition, sentence: Sentence, i: int, mentions: dict[int, Mention]) -> bool | None:
    """Whether one condition holds at token `i`; None for those that are judged after the roles are known."""
    tokens, kids = sentence.tokens, children(sentence)[i]
    values = condition.values
    match condition.test:
        case "object":
            found = bool(objects(sentence, i))
        case "obj":
            found = bool(object_words(sentence, i) & values)
        case "noun":
            found = bool(_object_phrase(sentence, i) & values)
        case "near":
            found = near(sentence, values)
        case "prep":
            cases = {w for k in kids for w in case_of(sentence, k).split()} | {
                tokens[k].lemma for k in kids if tokens[k].rel in ("compound:prt", "mark", "case")
            }
            cases |= {
                tokens[m].lemma
                for k in kids
                if tokens[k].rel in ("advcl", "ccomp", "xcomp")
                for m in children(sentence)[k]
                if tokens[m].rel == "mark"
            }
            found = bool(cases & values)
        case "prt":
            found = any(tokens[k].lemma in values and tokens[k].rel in ("compound:prt", "advmod", "case") for k in kids)
        case "xcomp":
            verbs = {tokens[k].lemma for k in kids if tokens[k].rel in ("xcomp", "ccomp", "acl") and tokens[k].xpos in ("VB", "VBG")}
            verbs |= (
                {tokens[c].lemma for k in kids if tokens[k].rel in ("xcomp", "ccomp") for c in conjuncts(sentence, k)} if verbs else set()
            )
            found = bool(verbs & values) if values else bool(verbs)
        case "ccomp":
            found = any(tokens[k].rel == "ccomp" for k in kids)
        case "subj":
            found = bool({tokens[k].lemma for k in subjects(sentence, i)} & values)
        case "modal":
            found = bool({tokens[k].lemma for k in kids if tokens[k].rel == "aux"} & values) or any(
                tokens[m].lemma in values for k in kids if tokens[k].rel == "ccomp" for m in children(sentence)[k] if tokens[m].rel == "aux"
            )
        case "light":
            found = tokens[i].head >= 0 and tokens[tokens[i].head].lemma in values
        case "actor":
            sectors = {
                a.sector or "" for k in subjects(sentence, i) for c in conjuncts(sentence, k) if c in mentions for a in mentions[c].actors
            }
            countries = {a.country or "" for k in subjects(sentence, i) if k in mentions for a in mentions[k].actors}
            found = bool((sectors | countries) & values)
        case _:
            return None
    return found != condition.negated


def entry_holds(entry: Trigger, sentence: Sentence, i: int, mentions: dict[int, Mention]) -> bool:
    """Whether all the conditions that can be judged before the roles hold."""
    return all(holds(c, sentence, i, mentions) is not False for c in entry.conditions)
