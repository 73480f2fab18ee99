"""What is said: the span of the content of a cue in a parsed sentence."""

from __future__ import annotations

from communique.extract.speech_sources import FINITE, SAYING, WHEN
from communique.extract.speech_spans import OPENERS, set_in, span_of
from communique.text.tree import ancestors, children, descendants
from communique.types import Sentence, Span

_OF_THE_OBJECT = frozenset("as of for with to against about on over by".split())
_ON_THE_OBJECT = frozenset("as of for with to about from over in between against through on toward towards".split())
_STANDING = frozenset(("ahead", "behind", "up", "down"))
"""'Polls show the party ahead'."""
_ASKED = frozenset("if whether when why how where what".split())
_RELATIVE = frozenset(("who", "which", "that"))
_OCCASIONS = frozenset(
    "interview statement twitter facebook time occasion ruling speech debate rally tweet post letter diatribe court hearing meeting".split()
)


_TAIL = frozenset("which who whom whose according while with compared despite well".split())


def trimmed(s: Sentence, content: Span) -> Span:
    """Without the writer's own addition behind a comma: ', which ...', ', according to ...', ', adding ...', ', a town in the south'."""
    inside = [k for k, t in enumerate(s.tokens) if content[0] <= t.start and t.end <= content[1]]
    for k in inside[1:-1]:
        if s.tokens[k].text not in (",", "—", "--", "–"):
            continue
        n = s.tokens[k + 1]
        up = k + 1 if n.rel.startswith(("appos", "advcl", "acl")) else n.head
        appos = up > k and s.tokens[up].rel == "appos" and n.rel in ("appos", "det", "amod", "compound", "nmod:poss", "nummod")
        if not (n.text.lower() in _TAIL or (n.xpos == "VBG" and n.rel == "advcl") or appos):
            continue
        tail = descendants(s, up if appos or (n.rel.startswith(("nsubj", "obj", "case", "fixed", "mark", "advmod")) and up > k) else k + 1)
        if max(tail, default=0) >= inside[-1] - 1:
            return content[0], s.tokens[k - 1].end
    return content


def _case(s: Sentence, c: int) -> str:
    return next(
        (s.tokens[k].lemma for k in children(s)[c] if s.tokens[k].rel in ("case", "mark") and s.tokens[k].text.lower() != "not"), ""
    )


def _infinitive(s: Sentence, c: int) -> bool:
    return any(s.tokens[k].rel == "mark" and s.tokens[k].text.lower() == "to" for k in children(s)[c])


def _own(s: Sentence, c: int, cue: int) -> list[int]:
    """The subtree without what goes on from the cue: 'said that A and urged B', 'said A, arguing B', 'A; the party says B'."""
    tokens, kids = s.tokens, children(s)
    has_subject = any(tokens[k].rel.startswith("nsubj") for k in kids[c])
    cut = {k for x in before_that(s, c, cue) for k in descendants(s, x)}
    for k in descendants(s, c):
        t = tokens[k]
        if t.lemma not in SAYING or k <= cue or k == c:
            continue
        subject = [x for x in kids[k] if tokens[x].rel.startswith("nsubj")]
        alone = not subject or all(tokens[x].upos == "PRON" and tokens[x].lemma not in _RELATIVE for x in subject)
        if t.head == c and t.rel == "conj" and has_subject and alone and t.xpos in FINITE and tokens[cue].xpos in (t.xpos, "VBG", "VBN"):
            cut.update(descendants(s, k), (x for x in kids[c] if tokens[x].rel in ("cc", "punct") and k > x > c))
        if t.xpos == "VBG" and tokens[k - 1].text == "," and t.rel in ("advcl", "parataxis", "conj", "acl"):
            cut.update(descendants(s, k))
    return [k for k in descendants(s, c) if k not in cut]


def _auxiliary_of(s: Sentence, k: int, cue: int) -> bool:
    """'has said that it leaves': the tree may hang 'has' on 'leaves'."""
    return k < cue and all(t.upos in ("AUX", "ADV", "PART") for t in s.tokens[k:cue])


def _as_reported(s: Sentence, i: int) -> Span | None:
    """'As the paper reported, the mine was flooded': the clause that it stands beside."""
    t, kids = s.tokens[i], children(s)
    if t.rel != "advcl" or t.head < 0 or t.xpos not in FINITE or any(s.tokens[c].rel in ("obj", "ccomp", "xcomp") for c in kids[i]):
        return None
    if not any(s.tokens[c].rel == "mark" and s.tokens[c].text.lower() == "as" for c in kids[i]):
        return None
    below = set(descendants(s, i))
    return _around(s, i, [k for k in descendants(s, t.head) if k not in below])


def _clause(s: Sentence, c: int, cue: int) -> list[int]:
    """The clause's words; of a clause behind the cue nothing that stands before it but its own subject, object or circumstance."""
    below = [k for k in _own(s, c, cue) if not _auxiliary_of(s, k, cue)]
    if c < cue:
        return below
    fronted = (x for x in children(s)[c] if x < cue and s.tokens[x].rel not in ("nsubj", "nsubj:pass", "obj", "obl", "advmod", "ccomp"))
    cut = {k for x in fronted for k in descendants(s, x)}
    return [k for k in below if k not in cut]


def before_that(s: Sentence, c: int, cue: int) -> list[int]:
    """Heads of what stands between a cue and the "that" of its clause, though the tree has it in the clause: 'told [Greece] on Monday that ...'."""
    kids = children(s)[c]
    that = next((k for k in kids if k > cue and s.tokens[k].lemma == "that" and s.tokens[k].rel == "mark"), cue)
    return [k for k in kids if cue < k < that and s.tokens[k].rel in ("nsubj", "obj", "iobj", "obl")]


def _subjects_before(s: Sentence, i: int, clauses: list[int]) -> list[int]:
    """'said the mayor might resign', where the tree takes 'the mayor' for the object of 'said'."""
    tokens, kids = s.tokens, children(s)
    out = []
    for c in clauses:
        finite = tokens[c].xpos in FINITE or any(tokens[k].xpos in ("MD", *FINITE) and tokens[k].rel in ("aux", "cop") for k in kids[c])
        bare = not any(tokens[k].rel.startswith(("nsubj", "csubj", "expl", "mark")) for k in kids[c])
        if finite and bare and c > i:
            out.extend(o for o in kids[i] if i < o < min(descendants(s, c)) and tokens[o].rel in ("obj", "iobj"))
    return out


def _nominal(s: Sentence, c: int) -> list[int]:
    """The subtree of an object without a clause of its own that goes on behind it: 'claimed the attack, but the army says ...'."""
    tokens, kids = s.tokens, children(s)
    cut: set[int] = set()
    for k in descendants(s, c):
        clause = tokens[k].rel in ("conj", "parataxis") and tokens[k].upos in ("VERB", "AUX") and k > c
        if clause and any(tokens[x].rel.startswith("nsubj") and tokens[x].lemma not in _RELATIVE for x in kids[k]):
            cut.update(descendants(s, k))
    return [k for k in descendants(s, c) if k not in cut]


def _and_that(s: Sentence, found: list[int]) -> list[int]:
    """'said that A, and that B': B is content, wherever the tree hangs it."""
    last = max((k for k in found if s.tokens[k].upos != "PUNCT"), default=-1)
    n = last + 1
    while 0 < n < len(s.tokens) and s.tokens[n].text in (",", "''", *OPENERS):
        n += 1
    if last < 0 or n + 2 >= len(s.tokens) or s.tokens[n].rel != "cc" or s.tokens[n + 1].text.lower() != "that":
        return found
    verb = s.tokens[n + 1].head
    return [*found, *(k for k in descendants(s, verb) if k >= n)] if verb > n else found


def _bare(s: Sentence, c: int) -> list[int]:
    """A prepositional phrase without its preposition."""
    drop = {k for k in children(s)[c] if s.tokens[k].rel == "case"}
    return [k for k in descendants(s, c) if k not in drop]


def _phrase(s: Sentence, c: int, complement: tuple[str, ...]) -> bool:
    """A noun with one of the cue's prepositions, whatever the tree calls it."""
    kids = children(s)[c]
    return s.tokens[c].upos in ("NOUN", "PROPN") and any(s.tokens[k].rel == "case" and s.tokens[k].lemma in complement for k in kids)


def verb_content(s: Sentence, i: int, complement: tuple[str, ...], direct: bool) -> Span | None:
    """Below the cue, or around a cue that is set in."""
    tokens, kids = s.tokens, children(s)
    if direct and (around := set_in(s, i) or _as_reported(s, i)):
        return around
    objects = [c for c in kids[i] if tokens[c].rel in ("obj", "iobj")]
    clauses = [c for c in kids[i] if tokens[c].rel in ("ccomp", "xcomp") and not _phrase(s, c, complement)]
    if "that" in complement and not clauses and direct:
        clauses = [c for c in kids[i] if tokens[c].rel == "parataxis"]
    wide = [c for c in complement if c.endswith("+")]
    if wide:
        parts = _wide(s, i, complement, objects, clauses)
        if parts:
            return span_of(s, _with_what_follows(s, i, parts) if "obj++" in complement else parts)
    elif "that" in complement and clauses and not ({"for", "on"} & set(complement) and _called_on(s, i)):
        with_object = [o for o in objects if any(_infinitive(s, c) and o < c for c in clauses)]
        found = [k for c in (*with_object, *_subjects_before(s, i, clauses), *clauses) for k in _clause(s, c, i)]
        return _around(s, i, found) if direct and max(found) < i else span_of(s, _and_that(s, [k for k in found if k != i]))
    if direct and (inserted := _inserted(s, i)):
        return inserted
    if "obj" in complement and objects:
        return span_of(s, _with_what_follows(s, i, [k for c in objects for k in _nominal(s, c)]))
    for c in kids[i]:
        fits = tokens[c].rel in ("obl", "advcl") or _phrase(s, c, complement)
        if fits and (c > i or tokens[c].upos == "PRON") and _case(s, c) in complement and _case(s, c) != "that" and not _temporal(s, c):
            told = [
                k
                for x in kids[i]
                if x > c and tokens[x].rel in ("xcomp", "advcl", "ccomp") and _infinitive(s, x)
                for k in descendants(s, x)
            ]
            return span_of(s, [*_bare(s, c), *told])
    return (_marked(s, i) or _asked(s, i) or (_unmarked(s, i) if direct else None)) if "that" in complement else None


def _asked(s: Sentence, i: int) -> Span | None:
    """'did not say when ...': a question clause right behind the cue."""
    for c in children(s)[i]:
        below = descendants(s, c)
        if s.tokens[c].rel == "advcl" and below[0] == i + 1 and s.tokens[i + 1].text.lower() in _ASKED:
            return span_of(s, below)
    return None


def _with_what_follows(s: Sentence, i: int, found: list[int]) -> list[int]:
    """The object and the phrases right behind it that the tree hangs on the cue: 'raise doubts | about the plan'."""
    tokens = s.tokens
    for c in children(s)[i]:
        below = descendants(s, c)
        near = tokens[c].rel in ("obl", "nmod", "acl", "xcomp", "advcl") and below[0] == max(found) + 1
        if near and (_case(s, c) in _ON_THE_OBJECT or tokens[c].xpos == "VBG") and not _temporal(s, c):
            found = [*found, *below]
        elif below[0] == max(found) + 1 and (tokens[c].lemma in _STANDING or tokens[c].rel == "xcomp"):
            found = [*found, *below]
    return found


def _wide(s: Sentence, i: int, complement: tuple[str, ...], objects: list[int], clauses: list[int]) -> list[int]:
    """The object with what is said of it: 'accused X of Y', 'called X a liar', 'see X as Y', 'urged X to go'."""
    tokens, kids = s.tokens, children(s)
    said = [c for c in clauses if c > i] or (clauses if "that" in complement else [])
    marks = {"as"} if "as+" in complement else _OF_THE_OBJECT - {"by"}
    obliques = [c for c in kids[i] if tokens[c].rel in ("obl", "nmod", "advcl") and _case(s, c) in marks and c > i and not _temporal(s, c)]
    if "to+" in complement:
        obliques = []
        if not said:
            return []
        if not any(_infinitive(s, c) for c in said):
            objects = []
    if "as+" in complement:
        if obliques or [c for c in said if tokens[c].upos != "VERB"]:
            return [k for c in (*objects, *said, *obliques) for k in descendants(s, c)]
        return [k for c in said for k in descendants(s, c)] if "that" in complement else []
    if "obj++" in complement and not (said or [c for c in obliques if _case(s, c) == "as"]):
        return [k for c in objects for k in descendants(s, c)] if len(objects) > 1 else []
    if "obj++" in complement:
        obliques = [c for c in obliques if _case(s, c) == "as"]
    return [k for c in (*objects, *said, *obliques) for k in _own(s, c, i)]


def _called_on(s: Sentence, i: int) -> bool:
    """'called on X to go': the clause belongs to the one called on."""
    return s.tokens[i].lemma == "call" and any(s.tokens[c].rel == "obl" and _case(s, c) in ("on", "for") for c in children(s)[i])


def _temporal(s: Sentence, c: int) -> bool:
    return s.tokens[c].rel == "obl:tmod" or s.tokens[c].lemma in WHEN or s.tokens[c].lemma in _OCCASIONS


def _inserted(s: Sentence, i: int) -> Span | None:
    """The clause that a cue is set into or stands behind: 'X, the envoy said, Y'."""
    tokens = s.tokens
    if tokens[i].rel == "parataxis" and tokens[i].head >= 0:
        below = set(descendants(s, i))
        rest = [k for k in descendants(s, tokens[i].head) if k not in below]
        return _around(s, i, rest)
    first = min(descendants(s, i))
    subject = [c for c in children(s)[i] if tokens[c].rel == "nsubj"]
    start = min([i, *(k for c in subject for k in descendants(s, c))])
    if subject and first == start and first > 4 and tokens[first - 1].text == ",":
        return span_of(s, range(first - 1))
    return None


def _around(s: Sentence, i: int, indexes: list[int]) -> Span | None:
    """Both sides of a cue that is set in, else the side that holds the words."""
    before = [k for k in indexes if k < i and s.tokens[k].upos != "PUNCT"]
    after = [k for k in indexes if k > i and s.tokens[k].upos != "PUNCT"]
    if (before and len(after) > 3) or (len(before) > 3 and len(after) > 2):
        return span_of(s, indexes)
    return span_of(s, before if len(before) >= len(after) else after)


def _marked(s: Sentence, i: int) -> Span | None:
    """A 'that' right behind the cue, whatever the tree says: up to the end of the sentence."""
    n = i + 1
    if n < len(s.tokens) - 2 and s.tokens[n].text.lower() == "that" and s.tokens[n].upos in ("SCONJ", "PRON"):
        return span_of(s, range(n, len(s.tokens)))
    return None


def _unmarked(s: Sentence, i: int) -> Span | None:
    """'said they were forced to pay': a clause with a subject right behind the cue, wherever the tree hangs it."""
    tokens, n = s.tokens, i + 1
    if tokens[i].xpos not in FINITE or n >= len(tokens) or tokens[n].upos not in ("PRON", "DET", "NOUN", "PROPN", "NUM"):
        return None
    verb = next((k for k in range(n, len(tokens)) if tokens[k].xpos in (*FINITE, "MD")), None)
    subject = any(n <= k < (verb or 0) and tokens[k].rel.startswith(("nsubj", "expl")) and tokens[k].head >= n for k in range(n, verb or n))
    return span_of(s, range(n, len(tokens))) if verb is not None and subject and not _breaks(s, n, verb) else None


def _breaks(s: Sentence, a: int, b: int) -> bool:
    return any(t.upos == "PUNCT" and t.text != "'" for t in s.tokens[a:b])


def passive_content(s: Sentence, i: int, complement: tuple[str, ...]) -> Span | None:
    """'The plan was criticised by X', 'a proposal backed by X'."""
    tokens, kids = s.tokens, children(s)
    said = [c for c in kids[i] if tokens[c].rel in ("xcomp", "ccomp")]
    subjects = [c for c in kids[i] if tokens[c].rel in ("nsubj:pass", "nsubj")]
    if not any(c.startswith("obj") or c.endswith("+") for c in complement) and not said:
        return None
    if subjects:
        return span_of(s, [k for c in (*subjects, *said) for k in descendants(s, c)])
    if tokens[i].rel in ("acl", "acl:relcl") and tokens[i].head >= 0:
        below = set(descendants(s, i))
        return span_of(s, [k for k in descendants(s, tokens[i].head) if k not in below and k < i])
    return None


def noun_content(s: Sentence, i: int, complement: tuple[str, ...]) -> Span | None:
    """'its claim that ...', 'a plan to ...', 'criticism of ...'."""
    tokens, kids = s.tokens, children(s)
    if (told := _is_that(s, i, complement)) is not None:
        return told
    for c in kids[i]:
        if c < i:
            continue
        if tokens[c].rel in ("acl", "ccomp", "acl:relcl"):
            that = any(tokens[k].lemma == "that" and tokens[k].rel == "mark" for k in kids[c])
            if that or ("to" in complement and _infinitive(s, c)):
                return span_of(s, descendants(s, c))
        if tokens[c].rel == "nmod" and _case(s, c) in complement:
            return span_of(s, _bare(s, c))
    return None


def _is_that(s: Sentence, i: int, complement: tuple[str, ...]) -> Span | None:
    """'Her fear is that prices rise', 'Their plan is to leave'."""
    tokens, up = s.tokens, s.tokens[i].head
    if tokens[i].rel != "nsubj" or up < i:
        return None
    kids = children(s)
    clauses = [up, *(c for c in kids[up] if c > up and tokens[c].rel in ("ccomp", "xcomp"))]
    for c in clauses:
        mark = next((k for k in kids[c] if k > i and tokens[k].rel == "mark" and tokens[k].lemma in ("that", "to")), None)
        if mark is not None and tokens[mark - 1].lemma == "be" and (tokens[mark].lemma == "that" or "to" in complement):
            return span_of(s, [k for k in descendants(s, c) if k >= mark])
    return None


def adjective_content(s: Sentence, i: int, complement: tuple[str, ...]) -> Span | None:
    """'convinced that ...', 'critical of ...', 'willing to ...'; not before its noun."""
    tokens, kids = s.tokens, children(s)
    if tokens[i].rel == "amod":
        return None
    for c in kids[i]:
        if c < i:
            continue
        if tokens[c].rel in ("ccomp", "xcomp", "advcl"):
            that = any(tokens[k].lemma == "that" and tokens[k].rel == "mark" for k in kids[c]) or tokens[c].rel == "ccomp"
            if that or ("to" in complement and _infinitive(s, c)):
                return span_of(s, descendants(s, c))
        if tokens[c].rel in ("obl", "nmod") and _case(s, c) in complement:
            return span_of(s, _bare(s, c))
    return None


def said_of(s: Sentence, i: int, source: int | None) -> Span | None:
    """'According to X, ...': the clause around it; the whole main clause where the phrase opens or closes the sentence."""
    if source is None:
        return None
    top = source if s.tokens[i].head == source else i
    governor = s.tokens[top].head
    below = set(descendants(s, top))
    behind = [k for k in range(i + 1, len(s.tokens)) if s.tokens[k].upos != "PUNCT" and k not in below]
    if i > 3 and s.tokens[i - 1].text in (",", "—", "--", "–") and not any(s.tokens[k].xpos in (*FINITE, "MD") for k in behind):
        return span_of(s, range(i - 1))
    if governor < 0:
        return None
    if min(below) <= 1:
        governor = [governor, *ancestors(s, governor)][-1]
    return _around(s, i, [k for k in descendants(s, governor) if k not in below])
