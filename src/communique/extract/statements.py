"""Statements of a story: quoted words with their speaker, and reported speech. One statement a quoted stretch."""

from __future__ import annotations

from collections.abc import Sequence

from communique.extract.quote_marks import Quote, find_quotes
from communique.extract.speech_frames import SpeechFrame, attribution_spans, cue_of, mention_at, phrase_span
from communique.types import Actor, Analysis, Interval, Mention, Sentence, Span, Statement

__all__ = ["SpeechFrame", "attribution_spans", "cue_of", "find_statements"]


def find_statements(analysis: Analysis) -> tuple[Statement, ...]:
    """All statements in text order, ids `s1`, `s2` ...; `about` is left empty."""
    frames = attribution_spans(analysis)
    quotes = find_quotes(analysis.document.text, analysis.sentences)
    made = [*_direct(analysis, frames, quotes), *_reported(analysis, frames, quotes)]
    made.sort(key=lambda s: s[0])
    return tuple(_statement(analysis, n + 1, span, frame, direct) for n, (span, frame, direct) in enumerate(made))


def _direct(analysis: Analysis, frames: Sequence[SpeechFrame], quotes: Sequence[Quote]) -> list[tuple[Span, SpeechFrame | None, bool]]:
    out: list[tuple[Span, SpeechFrame | None, bool]] = []
    previous: tuple[Quote, SpeechFrame | None] | None = None
    for q in quotes:
        inside = [s for s in analysis.sentences if s.start < q.outer[1] and q.outer[0] < s.end]
        if not inside or inside[0].kind == "title":
            continue
        frame = _governing(analysis, frames, quotes, q, inside)
        if frame is None:
            frame = _nearby(analysis, frames, quotes, q, inside, previous)
        if _is_whole(analysis, q) or (frame is not None and not _is_label(analysis, q, frame, inside)):
            out.append((q.span, frame, True))
            previous = (q, frame)
    return out


def _is_whole(analysis: Analysis, q: Quote) -> bool:
    """A quoted sentence, not a title or a word in scare quotes."""
    text = analysis.document.text[q.span[0] : q.span[1]]
    return (len(text.split()) >= 4 and text.rstrip("”’'\"")[-1:] in ".,!?…—-;" and text[:1].isupper()) or q.continued


_SMALL = frozenset("a an the of and in on to for with at by".split())


def _is_label(analysis: Analysis, q: Quote, frame: SpeechFrame, inside: list[Sentence]) -> bool:
    """A name in quotation marks before its noun, or one word that no speech verb governs."""
    words = analysis.document.text[q.span[0] : q.span[1]].split()
    named = len(words) <= 5 and all(w[:1].isupper() or w[:1].isdigit() or w in _SMALL for w in words) and words[:1] != ["I"]
    if named and len(words) > 1 and analysis.document.text[: q.outer[0]].rstrip().endswith(("'s", "’s", " on", " of", "program", "show")):
        return True
    following = next((t for s in inside for t in s.tokens if t.start >= q.outer[1]), None)
    said = frame.direct and frame.lemma not in ("announce", "according to")
    return not words or (named and following is not None and following.upos in ("NOUN", "PROPN")) or (len(words) == 1 and not said)


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


def _reported(analysis: Analysis, frames: Sequence[SpeechFrame], quotes: Sequence[Quote]) -> list[tuple[Span, SpeechFrame | None, bool]]:
    out: list[tuple[Span, SpeechFrame | None, bool]] = []
    for f in frames:
        if f.content is None or f.speaker_span is None:
            continue
        t = analysis.sentences[f.sentence].tokens[f.cue]
        if any(q.span[0] <= t.start < q.span[1] for q in quotes):
            continue
        quoted = sum(max(0, min(q.outer[1], f.content[1]) - max(q.outer[0], f.content[0])) for q in quotes)
        if quoted * 10 < (f.content[1] - f.content[0]) * 8:
            out.append((f.content, f, False))
    return out


def _statement(analysis: Analysis, number: int, span: Span, frame: SpeechFrame | None, direct: bool) -> Statement:
    evidence = [(s.start, s.end) for s in analysis.sentences if s.start < span[1] and span[0] < s.end]
    if frame is None:
        return Statement(
            id=f"s{number}",
            speaker=None,
            verb=None,
            addressee=None,
            direct=direct,
            quote=span,
            text=analysis.document.text[span[0] : span[1]],
            date=None,
            about=(),
            evidence=tuple(evidence),
        )
    s = analysis.sentences[frame.sentence]
    if (s.start, s.end) not in evidence:
        evidence.append((s.start, s.end))
    return Statement(
        id=f"s{number}",
        speaker=_actor(analysis, frame.speaker, frame.speaker_span),
        verb=frame.lemma,
        addressee=_addressee(analysis, s, frame),
        direct=direct,
        quote=span,
        text=analysis.document.text[span[0] : span[1]],
        date=_date(analysis, s, frame),
        about=(),
        evidence=tuple(sorted(evidence)),
    )


def _actor(analysis: Analysis, mention: Mention | None, span: Span | None) -> Actor | None:
    if mention and mention.actors:
        return mention.actors[0]
    return Actor(name=analysis.document.text[span[0] : span[1]], span=span) if span else None


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
        for t in analysis.times
        if t.span
        and s.start <= t.span[0] < s.end
        and t.timex_type in ("DATE", "TIME", None)
        and not (frame.content and frame.content[0] <= t.span[0] < frame.content[1])
    ]
    best = min(near, key=lambda t: abs((t.span or (0, 0))[0] - cue.start), default=None)
    return best if best and best.span and abs(best.span[0] - cue.start) < 80 else None
