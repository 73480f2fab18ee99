"""Speech frames of parsed sentences: cue, speaker, content, stance. Statements and event attribution both read them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from communique.lexicon.tables import read_table
from communique.text.tree import children, descendants
from communique.types import Analysis, Mention, Sentence, Span

_SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
_NEGATIONS = frozenset(("not", "n't", "never", "n’t", "neither", "hardly"))
_ADDRESSED = frozenset(("tell", "inform", "assure", "remind", "advise", "notify", "brief", "warn", "urge", "ask"))
_LOOSE = frozenset(("case", "mark", "fixed", "acl", "acl:relcl", "advcl", "parataxis", "conj", "cc", "punct", "dep", "list"))
_THEIR_OBJECT = frozenset(
    (
        "accuse",
        "charge",
        "suspect",
        "deny",
        "reject",
        "dismiss",
        "refute",
        "dispute",
        "blame",
        "condemn",
        "criticize",
        "criticise",
        "denounce",
        "praise",
        "describe",
        "allege",
        "call",
        "urge",
        "announce",
        "doubt",
        "question",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One row of the table of speech verbs."""

    lemma: str
    pos: str
    stance: str
    direct: bool
    complement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechFrame:
    """Somebody says something: where the cue stands, who speaks, what is said, with what stance."""

    sentence: int
    cue: int
    lemma: str
    speaker: Mention | None
    speaker_span: Span | None
    """The words that name the speaker, also where no mention resolves them."""
    content: Span | None
    stance: str
    negated: bool
    direct: bool
    """The cue can carry words in quotation marks."""
    addressee: int | None = None
    """Index of the addressee's head token."""
    reported: bool = True
    """A clause stands below the cue, not just an object."""


@lru_cache(maxsize=1)
def load_cues() -> dict[tuple[str, str], Cue]:
    """Cues by (lemma, part of speech: v, n or p)."""
    return {
        (r["lemma"], r["pos"]): Cue(
            lemma=r["lemma"], pos=r["pos"], stance=r["stance"], direct=r["direct"] == "yes", complement=r["complement"]
        )
        for r in read_table("speech_verbs.tsv")
    }


def cue_at(sentence: Sentence, i: int) -> Cue | None:
    """The cue that token `i` is, if any."""
    t = sentence.tokens[i]
    if t.lemma == "accord" or t.text.lower() == "according":
        to = i + 1 < len(sentence.tokens) and sentence.tokens[i + 1].text.lower() == "to"
        return load_cues()["according", "p"] if to else None
    pos = "v" if t.upos == "VERB" else "n" if t.upos == "NOUN" else ""
    return load_cues().get((t.lemma, pos))


def cue_of(sentence: Sentence) -> tuple[int, ...]:
    """Indexes of the cue tokens of a sentence."""
    return tuple(i for i in range(len(sentence.tokens)) if cue_at(sentence, i))


def attribution_spans(analysis: Analysis) -> tuple[SpeechFrame, ...]:
    """All speech frames of a story, in text order."""
    by_sentence: dict[int, list[Mention]] = {}
    for m in analysis.mentions:
        by_sentence.setdefault(m.sentence, []).append(m)
    out: list[SpeechFrame] = []
    for s in analysis.sentences:
        if s.parsed:
            out.extend(f for i in cue_of(s) if (f := _frame(s, i, by_sentence.get(s.index, []))))
    return tuple(out)


def _frame(s: Sentence, i: int, mentions: list[Mention]) -> SpeechFrame | None:
    cue = cue_at(s, i)
    if cue is None:
        return None
    if cue.pos == "p":
        head, content = _according(s, i)
    elif cue.pos == "n":
        head, content = _noun(s, i)
        if content is None:
            return None
    else:
        head, content = speaker_head(s, i), _content(s, i, cue)
    who = None if head is None else mention_at(s, head, mentions)
    return SpeechFrame(
        sentence=s.index,
        cue=i,
        lemma="according to" if cue.pos == "p" else cue.lemma,
        speaker=who,
        speaker_span=who.span if who else (None if head is None else phrase_span(s, head)),
        content=content,
        stance=cue.stance,
        negated=_negated(s, i),
        direct=cue.direct,
        addressee=_addressee(s, i, cue),
        reported=content is not None,
    )


def mention_at(s: Sentence, head: int, mentions: list[Mention]) -> Mention | None:
    """The actor mention that token `head` heads or belongs to."""
    t = s.tokens[head]
    fits = [m for m in mentions if m.kind != "adjective" and m.span[0] <= t.start and t.end <= m.span[1]]
    return max(fits, key=lambda m: (m.head == head, m.span[1] - m.span[0]), default=None)


def phrase_span(s: Sentence, head: int) -> Span:
    """The noun phrase of `head` without clauses, appositions and leading article."""
    kids, keep, stack = children(s), [], [head]
    while stack:
        k = stack.pop()
        keep.append(k)
        stack.extend(c for c in kids[k] if s.tokens[c].rel not in _LOOSE and s.tokens[c].rel != "appos" or _genitive(s, c))
    inside = sorted(keep)
    while len(inside) > 1 and s.tokens[inside[0]].rel in ("det", "case") and inside[0] != head:
        inside.pop(0)
    return s.tokens[inside[0]].start, s.tokens[inside[-1]].end


def _genitive(s: Sentence, i: int) -> bool:
    return s.tokens[i].rel == "case" and s.tokens[i].text.lower() in ("'s", "’s", "'", "’", "of", "for")


def speaker_head(s: Sentence, i: int) -> int | None:
    """Head token of who speaks: subject, agent, or the subject of a governing verb."""
    kids, k = children(s), i
    for _ in range(6):
        t = s.tokens[k]
        agents = [c for c in kids[k] if s.tokens[c].rel == "obl:agent"]
        passive = any(s.tokens[c].rel in ("nsubj:pass", "aux:pass") for c in kids[k])
        if agents:
            return agents[0]
        subjects = [c for c in kids[k] if s.tokens[c].rel in _SUBJECTS]
        if subjects and not (passive and k == i):
            return _antecedent(s, subjects[0], k)
        if passive and k == i:
            return None
        if t.rel in ("acl", "acl:relcl") and t.head >= 0:
            return t.head
        if t.rel in ("xcomp", "conj", "advcl") and t.head >= 0:
            k = t.head
            continue
        return _beside(s, i)
    return None


def _beside(s: Sentence, i: int) -> int | None:
    """The noun phrase right before a cue that stands after a closing quotation mark: '“...,” the envoy said'."""
    k = i - 1
    while (
        k >= 0
        and s.tokens[k].rel in ("flat", "compound", "nmod", "appos")
        and 0 <= s.tokens[k].head < i
        and s.tokens[s.tokens[k].head].upos in ("NOUN", "PROPN")
    ):
        k = s.tokens[k].head
    quoted = any(t.text in ("”", '"', "»", "’") for t in s.tokens[:i])
    return k if quoted and k >= 0 and s.tokens[k].upos in ("NOUN", "PROPN") else None


def _antecedent(s: Sentence, subject: int, verb: int) -> int:
    t, v = s.tokens[subject], s.tokens[verb]
    if t.lemma in ("who", "which", "that") and v.rel == "acl:relcl" and v.head >= 0:
        return v.head
    return subject


def _span_of(s: Sentence, indexes: list[int]) -> Span | None:
    inside = [k for k in indexes if s.tokens[k].upos != "PUNCT"]
    return (s.tokens[min(inside)].start, s.tokens[max(inside)].end) if inside else None


def _content(s: Sentence, i: int, cue: Cue) -> Span | None:
    """The reported clause: below the cue, or around a cue that is set in."""
    tokens, kids = s.tokens, children(s)
    clauses = [c for c in kids[i] if tokens[c].rel in ("ccomp", "xcomp")]
    clauses = clauses or [c for c in kids[i] if tokens[c].rel == "parataxis" and cue.direct]
    if cue.lemma in _THEIR_OBJECT:
        extra = [
            c
            for c in kids[i]
            if tokens[c].rel in ("obj", "xcomp", "obl", "nsubj:pass", "ccomp") and not _time(s, c) and tokens[c].rel != "obl:tmod"
        ]
        if cue.lemma in ("accuse", "charge", "blame", "suspect", "call", "describe", "urge") or not clauses:
            clauses = [c for c in extra if tokens[c].rel != "obl" or cue.lemma in ("accuse", "charge", "describe", "suspect", "blame")]
    if clauses:
        return _span_of(s, [k for c in clauses for k in descendants(s, c)])
    if tokens[i].rel == "parataxis" and cue.direct and tokens[i].head >= 0:
        below = set(descendants(s, i))
        return _largest_run(s, [k for k in descendants(s, tokens[i].head) if k not in below], i)
    return None


def _largest_run(s: Sentence, indexes: list[int], i: int) -> Span | None:
    before, after = [k for k in indexes if k < i], [k for k in indexes if k > i]
    return _span_of(s, before if len(before) >= len(after) else after)


def _time(s: Sentence, c: int) -> bool:
    return any(s.tokens[k].rel == "case" and s.tokens[k].lemma in ("on", "during", "at", "after", "before", "in") for k in children(s)[c])


def _according(s: Sentence, i: int) -> tuple[int | None, Span | None]:
    t = s.tokens[i]
    source = (
        t.head if t.rel in ("case", "fixed", "mark") and t.head > i else next((c for c in children(s)[i] if s.tokens[c].rel == "obl"), None)
    )
    if source is None:
        return None, None
    top = source if source == t.head else i
    governor = s.tokens[top].head
    if governor < 0:
        return source, None
    below = set(descendants(s, top))
    return source, _largest_run(s, [k for k in descendants(s, governor) if k not in below], i)


def _noun(s: Sentence, i: int) -> tuple[int | None, Span | None]:
    """'its claim that ...', 'allegations of ... by X'."""
    tokens, kids = s.tokens, children(s)
    clause = [
        c
        for c in kids[i]
        if tokens[c].rel in ("acl", "ccomp") and any(tokens[k].lemma == "that" and tokens[k].rel == "mark" for k in kids[c])
    ]
    owner = next((c for c in kids[i] if tokens[c].rel == "nmod:poss"), None)
    by = next(
        (
            c
            for c in kids[i]
            if tokens[c].rel == "nmod" and any(tokens[k].lemma in ("by", "from") and tokens[k].rel == "case" for k in kids[c])
        ),
        None,
    )
    head = owner if owner is not None else by
    return head, _span_of(s, [k for c in clause for k in descendants(s, c)]) if clause else None


def _negated(s: Sentence, i: int) -> bool:
    return any(s.tokens[c].text.lower() in _NEGATIONS for c in children(s)[i])


def _addressee(s: Sentence, i: int, cue: Cue) -> int | None:
    tokens, kids = s.tokens, children(s)
    if cue.pos != "v":
        return None
    if cue.lemma in _ADDRESSED:
        return next((c for c in kids[i] if tokens[c].rel in ("iobj", "obj")), None)
    return next(
        (c for c in kids[i] if tokens[c].rel == "obl" and any(tokens[k].lemma == "to" and tokens[k].rel == "case" for k in kids[c])), None
    )
