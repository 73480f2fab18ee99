"""Composes the stages: documents in, records out, one by one and in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from communique.encoder.parser import load_large, read_sentences
from communique.errors import CommuniqueError, UsageError
from communique.extract.decide import CODERS, LEAST_OF_ENTRIES, threshold
from communique.extract.events import find_events
from communique.extract.exercises import find_exercises
from communique.extract.ontology import Learnt
from communique.extract.places import find_places
from communique.extract.statements import find_statements
from communique.extract.times import find_times
from communique.resolve.actors import cast, find_mentions, is_candidate
from communique.resolve.casting import Casting
from communique.resolve.home import at_home
from communique.text.sentences import split_sentences
from communique.types import QUALITIES, Analysis, Document, Event, Exercise, Quality, Record, Reject, Sentence, Span, Statement


def analyse(document: Document, *, everything: bool = False, quality: Quality = "fast") -> Analysis:
    """Sentences, mentions, times and places of one document.

    Only sentences in which the lexicon sees enough to code are parsed; with `everything`, all are. With quality best the large encoder
    reads too what the shipped one is unsure of.
    """
    sentences = split_sentences(document)
    last_title = max((s.index for s in sentences if s.kind == "title"), default=-1)
    wanted = [s for s in sentences if everything or (is_candidate(s) and (s.kind != "title" or s.index == last_title))]
    parsed = {s.index: s for s in read_sentences(wanted, quality)} if wanted else {}
    return analysis_of(document, tuple(parsed.get(s.index, s) for s in sentences), quality)


def analysis_of(document: Document, sentences: tuple[Sentence, ...], quality: Quality = "fast") -> Analysis:
    """The extractors' input from sentences that are parsed already."""
    places = find_places(document, sentences)
    return Analysis(
        document=document,
        sentences=sentences,
        mentions=at_home(sentences, find_mentions(document, sentences), places),
        times=find_times(document, sentences),
        places=places,
        quality=quality,
    )


def record_of(analysis: Analysis, *, coder: str = "both", min_score: float | None = None, own: Sequence[Learnt] = ()) -> Record:
    """Facts of one story from its analysis.

    `coder` is both, rules or encoder; events below `min_score` are not filed; `own` are types of a user's codebook.
    """
    statements = find_statements(analysis)
    exercises = find_exercises(analysis)
    least, of_entries = (threshold(coder, analysis.quality), LEAST_OF_ENTRIES) if min_score is None else (min_score, None)
    events = find_events(analysis, exercises, statements, coder=coder, least=least, least_of_entries=of_entries, own=own)
    statements = tuple(replace(s, about=_about(s, events, exercises)) for s in statements)
    exercises = tuple(replace(x, reactions=tuple(s.id for s in statements if x.id in s.about)) for x in exercises)
    casting = Casting(cast(analysis.mentions))
    events, statements, exercises = casting.fill(events), casting.fill(statements), casting.fill(exercises)
    return Record(
        document=analysis.document,
        actors=casting.cast,
        events=events,
        statements=statements,
        exercises=exercises,
        times=analysis.times,
        places=analysis.places,
    )


def _about(statement: Statement, events: tuple[Event, ...], exercises: tuple[Exercise, ...]) -> tuple[str, ...]:
    """Events whose trigger, and exercises whose mention, stands in the words or the sentence of a statement."""
    out = [e.id for e in events if e.trigger and _inside(e.trigger, statement.quote)]
    near = (statement.quote, *statement.evidence)
    out += [x.id for x in exercises if any(_inside(m, n) for m in x.mentions for n in near)]
    return tuple(out)


def _inside(inner: Span, outer: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


class Coder:
    """Codes documents and counts the sentences that it has seen.

    Its settings: who codes (both, rules, encoder), the least score that is filed, types of a user's codebook, and the quality (fast, or
    best with the large encoder of communique-large). Raises `ModelError` where best is asked for and that is not installed.
    """

    def __init__(
        self, *, coder: str = "both", min_score: float | None = None, own: Sequence[Learnt] = (), quality: Quality = "fast"
    ) -> None:
        if coder not in CODERS:
            raise UsageError(f"coder is one of {', '.join(CODERS)}, not {coder!r}")
        if quality not in QUALITIES:
            raise UsageError(f"quality is one of {', '.join(QUALITIES)}, not {quality!r}")
        if quality == "best":
            load_large()
        self.coder, self.min_score, self.own = coder, min_score, tuple(own)
        self.quality: Quality = quality
        self.sentences = 0

    def code(self, documents: Iterable[Document]) -> Iterator[Record | Reject]:
        """One `Record` or `Reject` for each document, in order. A story that cannot be coded stops nothing."""
        for document in documents:
            try:
                analysis = analyse(document, quality=self.quality)
                self.sentences += len(analysis.sentences)
                yield record_of(analysis, coder=self.coder, min_score=self.min_score, own=self.own)
            except CommuniqueError as error:
                yield Reject(id=document.id, stage=error.stage, code=error.code, message=str(error))
            except (RecursionError, MemoryError, ValueError, IndexError, KeyError) as error:
                yield Reject(
                    id=document.id, stage="extract", code="C900", message=f"{type(error).__name__}: {error}; please report this story"
                )
