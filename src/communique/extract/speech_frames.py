"""Speech frames of parsed sentences: cue, speaker, content, stance. Statements read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from communique.extract.quote_marks import Quote, find_quotes
from communique.extract.speech_content import (
    adjective_content,
    before_that,
    noun_content,
    passive_content,
    said_of,
    trimmed,
    verb_content,
)
from communique.extract.speech_hearsay import hearsay_content
from communique.extract.speech_sources import Source, according_source, adjective_source, noun_source, phrase_span, verb_source
from communique.lexicon.tables import read_table
from communique.text.tree import children
from communique.types import Analysis, Mention, Sentence, Span

_NEGATIONS = frozenset(("not", "n't", "never", "n’t", "neither", "hardly"))
_ADDRESSED = frozenset(("tell", "inform", "assure", "remind", "advise", "notify", "brief", "warn", "urge", "ask"))
_POS = {"VERB": "v", "NOUN": "n", "ADJ": "a"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One row of the table of speech verbs."""

    lemma: str
    pos: str
    stance: str
    direct: bool
    complement: tuple[str, ...]
    """What holds the content: `that` a clause, `obj` the object, `obj+` the object and what is said of it, prepositions."""


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
    pronoun: Span | None = None
    """The relative pronoun that stands for the speaker: 'the envoy, who said'."""
    addressee: int | None = None
    """Index of the addressee's head token."""
    unsourced: bool = False
    """A passive that names nobody: 'is said to'."""
    reported: bool = True
    """A clause stands below the cue, not just an object."""
    qualifies: bool = False
    """The cue only tells which one is meant: it can hold quoted words, but is no reported speech of its own."""


@lru_cache(maxsize=1)
def load_cues() -> dict[tuple[str, str], Cue]:
    """Cues by (lemma, part of speech: v, n, a or p)."""
    return {
        (r["lemma"], r["pos"]): Cue(
            lemma=r["lemma"], pos=r["pos"], stance=r["stance"], direct=r["direct"] == "yes", complement=tuple(r["complement"].split())
        )
        for r in read_table("speech_verbs.tsv")
    }


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """Words that a cue begins with, as lemma or as it stands."""
    return frozenset(lemma.split()[0] for lemma, _ in load_cues()) | {"accord"}


def _cue_at(sentence: Sentence, i: int) -> Cue | None:
    """The cue that token `i`, one of the first words, is, if any."""
    t = sentence.tokens[i]
    if t.lemma == "accord" or t.text.lower() == "according":
        to = i + 1 < len(sentence.tokens) and sentence.tokens[i + 1].text.lower() == "to"
        return load_cues()["according", "p"] if to else None
    pos = "v" if t.xpos in ("VBD", "VBZ", "VBP") else _POS.get(t.upos, "")
    particle = next((c for c in children(sentence)[i] if sentence.tokens[c].rel == "compound:prt"), None)
    if particle is not None and (f"{t.lemma} {sentence.tokens[particle].lemma}", pos) in load_cues():
        return load_cues()[f"{t.lemma} {sentence.tokens[particle].lemma}", pos]
    if t.lemma == "put" and i + 1 < len(sentence.tokens) and sentence.tokens[i + 1].text.lower() == "it":
        return load_cues()["put it", "v"]
    if t.xpos == "VBN" and any(sentence.tokens[c].rel in ("cop", "aux:pass") for c in children(sentence)[i]):
        by = any(sentence.tokens[c].rel == "obl:agent" for c in children(sentence)[i])
        felt = None if by else load_cues().get((t.text.lower(), "a"))
        return felt or load_cues().get((t.lemma, pos))
    return load_cues().get((t.lemma, pos))


def cues_in(sentence: Sentence) -> Iterator[tuple[int, Cue]]:
    """The tokens of a sentence that are cues."""
    first = _first_words()
    for i, t in enumerate(sentence.tokens):
        if (t.lemma in first or t.text.lower() in first) and (cue := _cue_at(sentence, i)):
            yield i, cue


def attribution_spans(analysis: Analysis, quotes: tuple[Quote, ...] | None = None) -> tuple[SpeechFrame, ...]:
    """All speech frames of a story, in text order; `quotes` are its quoted stretches where they are known."""
    by_sentence: dict[int, list[Mention]] = {}
    for m in analysis.mentions:
        by_sentence.setdefault(m.sentence, []).append(m)
    quotes = find_quotes(analysis.document.text, analysis.sentences) if quotes is None else quotes
    out: list[SpeechFrame] = []
    for s in analysis.sentences:
        if s.parsed:
            hidden = _hidden(s, quotes)
            near = by_sentence.get(s.index, [])
            out.extend(f for i, cue in cues_in(s) if (f := _frame(s, i, cue, near, hidden if i not in hidden else frozenset())))
    return tuple(out)


def _hidden(s: Sentence, quotes: tuple[Quote, ...]) -> frozenset[int]:
    """Tokens in quotation marks: no source of a cue outside them."""
    near = [q.span for q in quotes if q.span[0] < s.end and s.start < q.span[1]]
    return frozenset(i for i, t in enumerate(s.tokens) if any(a <= t.start < b for a, b in near)) if near else frozenset()


def _frame(s: Sentence, i: int, cue: Cue, mentions: list[Mention], hidden: frozenset[int]) -> SpeechFrame | None:
    source, content = _source_and_content(s, i, cue, hidden)
    if cue.pos in "na" and content is None:
        return None
    if content is not None:
        content = trimmed(s, content)
    head = source.head if source else None
    who = None if head is None else mention_at(s, head, mentions)
    token = s.tokens[source.pronoun] if source and source.pronoun is not None else None
    return SpeechFrame(
        sentence=s.index,
        cue=i,
        lemma="according to" if cue.pos == "p" else cue.lemma,
        speaker=who,
        speaker_span=who.span if who else (None if head is None else phrase_span(s, head)),
        content=content,
        stance=cue.stance,
        negated=any(s.tokens[c].text.lower() in _NEGATIONS for c in children(s)[i]),
        direct=cue.direct,
        pronoun=(token.start, token.end) if token else None,
        addressee=_addressee(s, i, cue),
        unsourced=source is None and content is not None and hearsay_content(s, i, cue.lemma, cue.pos) is not None,
        reported=content is not None,
        qualifies=_only_qualifies(s, i, cue),
    )


def _only_qualifies(s: Sentence, i: int, cue: Cue) -> bool:
    """A cue that tells which one is meant, no statement of its own: 'migrants seeking work', 'gave up its plan for the port'."""
    t = s.tokens[i]
    if cue.direct or cue.pos == "p":
        return False
    clause = any(s.tokens[c].rel in ("ccomp", "xcomp", "acl") and c > i for c in children(s)[i])
    if cue.pos == "n":
        return t.rel in ("nmod", "obl", "obj") and not clause
    return t.rel == "acl" and t.xpos == "VBG" and s.tokens[i - 1].text != ","


def _source_and_content(s: Sentence, i: int, cue: Cue, hidden: frozenset[int]) -> tuple[Source | None, Span | None]:
    if cue.pos == "p":
        found = according_source(s, i)
        return found, said_of(s, i, found.head if found else None)
    if not any(s.tokens[c].rel == "obl:agent" for c in children(s)[i]) and (content := hearsay_content(s, i, cue.lemma, cue.pos)):
        return None, content
    if cue.pos == "n":
        return noun_source(s, i, hidden), noun_content(s, i, cue.complement)
    if cue.pos == "a":
        return adjective_source(s, i, hidden), adjective_content(s, i, cue.complement)
    if any(s.tokens[c].rel == "obl:agent" for c in children(s)[i]):
        return verb_source(s, i, hidden), passive_content(s, i, cue.complement)
    return verb_source(s, i, hidden), verb_content(s, i, cue.complement, cue.direct)


def mention_at(s: Sentence, head: int, mentions: list[Mention]) -> Mention | None:
    """The actor mention that token `head` heads or belongs to."""
    t = s.tokens[head]
    fits = [m for m in mentions if m.kind != "adjective" and m.span[0] <= t.start and t.end <= m.span[1]]
    return max(fits, key=lambda m: (m.head == head, m.span[1] - m.span[0]), default=None)


def _addressee(s: Sentence, i: int, cue: Cue) -> int | None:
    tokens, kids = s.tokens, children(s)
    if cue.pos != "v":
        return None
    if cue.lemma in _ADDRESSED:
        astray = (k for c in kids[i] if tokens[c].rel == "ccomp" for k in before_that(s, c, i) if tokens[k].rel != "obl")
        return next((c for c in (*kids[i], *astray) if tokens[c].rel in ("iobj", "obj") or c not in kids[i]), None)
    return next(
        (c for c in kids[i] if tokens[c].rel == "obl" and any(tokens[k].lemma == "to" and tokens[k].rel == "case" for k in kids[c])), None
    )
