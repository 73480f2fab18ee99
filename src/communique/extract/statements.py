"""Statements of a story: quoted words with their speaker, and reported speech. One statement a quoted stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from communique.extract.quote_marks import Quote, find_quotes
from communique.extract.speech_frames import SpeechFrame, attribution_spans, load_cues, mention_at
from communique.extract.speech_sources import phrase_span
from communique.extract.speech_turns import Turn, find_turns, signed, turn_speaker
from communique.text.tree import found_in, sentences_of
from communique.types import Actor, Analysis, Interval, Mention, Sentence, Span, Statement

__all__ = ["SpeechFrame", "attribution_spans", "find_statements"]

Made = tuple[Span, SpeechFrame | Turn | None, bool]
"""Span, who said it, whether in marks."""


def find_statements(analysis: Analysis) -> tuple[Statement, ...]:
    """All statements in text order, ids `s1`, `s2` ...; `about` is left empty."""
    turns = find_turns(analysis)
    spoken = [t.body for t in turns if t.transcript]
    quotes = find_quotes(analysis.document.text, analysis.sentences)
    frames = tuple(f for f in attribution_spans(analysis, quotes) if not _stands_in(analysis, f, spoken))
    made = [*_direct(analysis, frames, quotes, turns), *_reported(analysis, frames, quotes), *_labelled(turns, quotes)]
    made.sort(key=lambda s: s[0])
    return tuple(_statement(analysis, n + 1, *parts) for n, parts in enumerate(made))


def _stands_in(analysis: Analysis, frame: SpeechFrame, bodies: Sequence[Span]) -> bool:
    """The cue stands in what a transcript gives as somebody's words."""
    at = analysis.sentences[frame.sentence].tokens[frame.cue].start
    return any(a <= at < b for a, b in bodies)


def _labelled(turns: Sequence[Turn], quotes: Sequence[Quote]) -> list[Made]:
    """'Smith: The talks go on' over a story is what Smith is reported to say; so are a transcript's words without marks."""
    quoted = [q.span for q in quotes]
    return [(t.body, t, False) for t in turns if not (t.transcript and any(a < t.body[1] and t.body[0] < b for a, b in quoted))]


def _direct(analysis: Analysis, frames: Sequence[SpeechFrame], quotes: Sequence[Quote], turns: Sequence[Turn]) -> list[Made]:
    out: list[Made] = []
    previous: tuple[Quote, SpeechFrame | None] | None = None
    turn: Turn | None = None
    for q in quotes:
        inside = list(sentences_of(analysis.sentences, q.outer))
        if not inside or inside[0].kind == "title" or _is_heading(analysis, q, inside):
            continue
        turn = _turn_of(q, turns, turn, inside)
        if turn is not None:
            out.append(((max(q.span[0], turn.body[0]) if q.paragraph == turn.paragraph else q.span[0], q.span[1]), turn, True))
            continue
        if (name := signed(analysis, q)) is not None and _is_whole(analysis, q):
            out.append((q.span, name, True))
            continue
        frame = _governing(analysis, frames, quotes, q, inside) or _tag_behind(analysis, frames, q, inside)
        if frame is None:
            frame = _nearby(analysis, frames, quotes, q, inside, previous)
        if _is_whole(analysis, q) or (frame is not None and not _is_label(analysis, q, frame, inside)):
            out.append((q.span, frame, True))
            previous = (q, frame)
    return out


def _turn_of(q: Quote, turns: Sequence[Turn], last: Turn | None, inside: list[Sentence]) -> Turn | None:
    """The label of the quote's paragraph, or of the turn that goes on through whole quoted paragraphs."""
    own = next((t for t in turns if t.transcript and t.paragraph == q.paragraph), None)
    if own is not None:
        return own if q.outer[0] <= own.label[0] or own.body[0] <= q.outer[0] else None
    opens = q.outer[0] <= min(s.start for s in inside)
    return last if last is not None and opens and q.outer[1] - q.outer[0] > 80 else None


def _is_heading(analysis: Analysis, q: Quote, inside: list[Sentence]) -> bool:
    """A title in marks on a line of its own, or a stage direction in brackets."""
    text = analysis.document.text
    words = text[q.span[0] : q.span[1]].split()
    if words and words[0].startswith("(") and words[-1].rstrip(".").endswith(")"):
        return True
    paragraph = [s for s in analysis.sentences if s.paragraph == q.paragraph]
    alone = q.outer[0] <= paragraph[0].start and q.outer[1] >= paragraph[-1].end - 1
    return alone and len(words) <= 8 and sum(w[:1].isupper() or w.lower() in _SMALL for w in words) == len(words) > 1


def _tag_behind(analysis: Analysis, frames: Sequence[SpeechFrame], q: Quote, inside: list[Sentence]) -> SpeechFrame | None:
    """A sentence of its own right behind the marks that holds the cue: '“Why?” the envoy asked.'"""
    nearest = inside[-1].index + 1
    for f in frames:
        s = analysis.sentences[f.sentence]
        if (
            f.sentence == nearest
            and f.direct
            and f.speaker_span
            and s.paragraph == q.paragraph
            and s.start - q.outer[1] <= 2
            and f.cue <= 6
        ):
            return f
    return None


def _is_whole(analysis: Analysis, q: Quote) -> bool:
    """A quoted sentence, not a title or a word in scare quotes."""
    text = analysis.document.text[q.span[0] : q.span[1]]
    return (len(text.split()) >= 4 and text.rstrip("”’'\"")[-1:] in ".,!?…—-;" and text[:1].isupper()) or q.continued


_SMALL = frozenset("a an the of and in on to for with at by".split())


_NAMED = frozenset("named called dubbed codenamed code-named styled christened".split())


def _follows_a_naming(q: Quote, inside: list[Sentence]) -> bool:
    """'an exercise named "Coral Guard"': a participle of naming right before the marks."""
    words = [t for s in inside for t in s.tokens if t.end <= q.outer[0] and t.upos != "PUNCT"]
    return bool(words) and words[-1].text.casefold() in _NAMED and words[-1].xpos == "VBN" and words[-1].rel in ("acl", "amod")


def _is_label(analysis: Analysis, q: Quote, frame: SpeechFrame, inside: list[Sentence]) -> bool:
    """A name in quotation marks before its noun, or one word that no speech verb governs."""
    words = analysis.document.text[q.span[0] : q.span[1]].split()
    named = len(words) <= 5 and all(w[:1].isupper() or w[:1].isdigit() or w in _SMALL for w in words) and words[:1] != ["I"]
    if named and _follows_a_naming(q, inside):
        return True
    if named and len(words) > 1 and analysis.document.text[: q.outer[0]].rstrip().endswith(("'s", "’s", " on", " of", "program", "show")):
        return True
    following = next((t for s in inside for t in s.tokens if t.start >= q.outer[1]), None)
    holds = frame.content is not None and frame.content[0] <= q.span[0] and q.span[1] <= frame.content[1]
    cue = load_cues().get((frame.lemma, "v"))
    holds = holds and cue is not None and any(c in ("obj+", "obj++") for c in cue.complement)
    said = frame.direct and frame.lemma not in ("announce", "according to")
    return (
        not words
        or (named and following is not None and following.upos in ("NOUN", "PROPN"))
        or (len(words) == 1 and not said and not holds)
    )


def _governing(
    analysis: Analysis, frames: Sequence[SpeechFrame], quotes: Sequence[Quote], q: Quote, inside: list[Sentence]
) -> SpeechFrame | None:
    """The frame in the quote's own sentences: nearest cue outside the marks, one whose clause holds the quote first."""
    indexes = {s.index for s in inside}
    fits = []
    for f in frames:
        if f.sentence not in indexes or f.speaker_span is None:
            continue
        t = analysis.sentences[f.sentence].tokens[f.cue]
        if any(o.span[0] <= t.start < o.span[1] for o in quotes):
            continue
        holds = f.content is not None and f.content[0] <= q.span[1] and q.span[0] <= f.content[1]
        gap = q.outer[0] - t.end if t.end <= q.outer[0] else t.start - q.outer[1]
        if holds or (f.direct and gap < 120):
            fits.append((not (holds and f.direct), not f.direct, gap, f))
    holders = [f for _, _, _, f in fits if f.content and f.content[0] <= q.span[0] and q.span[1] <= f.content[1]]
    top = max((f.content[1] - f.content[0] for f in holders if f.content), default=0)
    things = [f for f in holders if f.speaker is None and f.content and f.content[1] - f.content[0] < top]
    fits = [x for x in fits if x[3] not in things]
    return min(fits, key=lambda x: x[:3])[3] if fits else None


def _nearby(
    analysis: Analysis,
    frames: Sequence[SpeechFrame],
    quotes: Sequence[Quote],
    q: Quote,
    inside: list[Sentence],
    previous: tuple[Quote, SpeechFrame | None] | None,
) -> SpeechFrame | None:
    """No cue in the sentence: the quote goes on, or the sentence before or after names the speaker."""
    if not _is_whole(analysis, q):
        return None
    if previous and previous[1] is not None and (previous[0].continued or q.paragraph - previous[0].paragraph <= 1):
        return previous[1]
    first, last = inside[0].index, inside[-1].index
    for near in (first - 1, last + 1):
        found = [f for f in frames if f.sentence == near and f.direct and f.speaker_span]
        if found:
            return found[-1] if near < first else found[0]
    return None


def _reported(analysis: Analysis, frames: Sequence[SpeechFrame], quotes: Sequence[Quote]) -> list[Made]:
    out: list[Made] = []
    for f in frames:
        if f.content is None or f.qualifies or (f.speaker_span is None and not f.unsourced):
            continue
        t = analysis.sentences[f.sentence].tokens[f.cue]
        if any(q.span[0] <= t.start < q.span[1] for q in quotes):
            continue
        content = _to_the_marks(analysis.document.text, f.content, t.start, quotes)
        if content is not None:
            out.append((content, f, False))
    return _outermost(out)


def _to_the_marks(text: str, content: Span, cue: int, quotes: Sequence[Quote]) -> Span | None:
    """The content, a quote at its end made whole; None where it is the quote that the cue stands beside."""
    a, b = content
    for q in quotes:
        beside = q.outer[0] <= a <= q.span[0] and q.outer[1] < b and q.outer[1] <= cue
        if q.span[0] < a < q.span[1] or (beside and (cue <= b or text[q.span[1] - 1] in ",.!?")):
            return None
        if a < q.span[0] < b < q.outer[1] and not q.continued:
            b = q.outer[1]
    quoted = sum(max(0, min(q.outer[1], b) - max(q.outer[0], a)) for q in quotes)
    return (a, b) if quoted * 10 < (b - a) * 8 else None


def _outermost(made: list[Made]) -> list[Made]:
    """Those that are no part of what somebody else is reported to say."""
    inner: set[Span] = set()
    reach = -1
    for span in sorted({m[0] for m in made}, key=lambda s: (s[0], -s[1])):
        if span[1] <= reach:
            inner.add(span)
        reach = max(reach, span[1])
    return [m for m in made if m[0] not in inner]


def _statement(analysis: Analysis, number: int, span: Span, said: SpeechFrame | Turn | None, direct: bool) -> Statement:
    evidence = [(s.start, s.end) for s in sentences_of(analysis.sentences, span)]
    frame = said if isinstance(said, SpeechFrame) else None
    s = analysis.sentences[frame.sentence] if frame else None
    if s is not None and (s.start, s.end) not in evidence:
        evidence.append((s.start, s.end))
    speaker = turn_speaker(analysis, said) if isinstance(said, Turn) else None
    return Statement(
        id=f"s{number}",
        speaker=_actor(analysis, frame.speaker, frame.speaker_span, frame.pronoun) if frame else speaker,
        verb=frame.lemma if frame else None,
        addressee=_addressee(analysis, s, frame) if frame and s else None,
        direct=direct,
        quote=span,
        text=analysis.document.text[span[0] : span[1]],
        date=_date(analysis, s, frame) if frame and s else None,
        about=(),
        evidence=tuple(sorted(evidence)),
    )


def _actor(analysis: Analysis, mention: Mention | None, span: Span | None, pronoun: Span | None = None) -> Actor | None:
    """The actor meant; where a relative pronoun stands for it, its span is that pronoun's, as with personal pronouns."""
    if mention and mention.actors:
        found = mention.actors[0]
        return replace(found, span=pronoun) if pronoun else found
    return Actor(name=analysis.document.text[span[0] : span[1]], span=pronoun or span) if span else None


def _addressee(analysis: Analysis, s: Sentence, frame: SpeechFrame) -> Actor | None:
    if frame.addressee is None:
        return None
    found = mention_at(s, frame.addressee, [m for m in analysis.mentions if m.sentence == s.index])
    return _actor(analysis, found, phrase_span(s, frame.addressee))


def _date(analysis: Analysis, s: Sentence, frame: SpeechFrame) -> Interval | None:
    """The time expression in the cue's own sentence nearest to the cue and outside the content."""
    cue = s.tokens[frame.cue]
    near = [
        t
        for t in found_in(s, analysis.times)
        if t.span and t.timex_type in ("DATE", "TIME", None) and not (frame.content and frame.content[0] <= t.span[0] < frame.content[1])
    ]
    best = min(near, key=lambda t: abs((t.span or (0, 0))[0] - cue.start), default=None)
    return best if best and best.span and abs(best.span[0] - cue.start) < 80 else None
