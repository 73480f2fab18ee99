"""Labels that name the speaker of a paragraph: 'SMITH: ...' in a transcript, 'Smith: ...' over a story."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from communique.extract.quote_marks import Quote
from communique.types import Actor, Analysis, Mention, Span

_CAPITALS = re.compile(r"""["“'‘«]{0,2}([A-Z][A-Z.'’\- ]{1,30}[A-Z]):\s+(?=\S)""")
_NAME = re.compile(r"""([A-Z][\w.’'-]+(?: [A-Z][\w.’'-]+){0,2}):\s+(?=\S)""")
_SIGNED = re.compile(r"""\s*(?:[―—–]|--)\s*([A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,4})(?=\s*(?:[\n“"'(,.]|$))""")
_NO_SPEAKER = frozenset(
    "video photo photos update updated watch breaking exclusive note read more related source analysis opinion live poll".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A labelled paragraph: where the label and the words behind it stand."""

    label: Span
    body: Span
    paragraph: int
    transcript: bool
    """The label is in capitals: the words are the speaker's own; else the line is a paraphrase."""


def find_turns(analysis: Analysis) -> tuple[Turn, ...]:
    """The labelled paragraphs in text order; one label in capitals may be a dateline, so a transcript has two.

    A name in mixed case counts in the first line alone, and only a person's: 'Chile: Storm ahead' names a place.
    """
    bounds: dict[int, Span] = {}
    for s in analysis.sentences:
        a, b = bounds.get(s.paragraph, (s.start, s.end))
        bounds[s.paragraph] = (min(a, s.start), max(b, s.end))
    text, out = analysis.document.text, []
    first = min(bounds, default=0)
    for number, (a, b) in sorted(bounds.items()):
        capitals = _CAPITALS.match(text, a, b)
        found = capitals or (_NAME.match(text, a, b) if number == first else None)
        if found and found[1].split()[0].casefold() not in _NO_SPEAKER:
            end = b if capitals else next(s.end for s in analysis.sentences if s.end > found.end())
            out.append(Turn(label=found.span(1), body=(found.end(), end), paragraph=number, transcript=capitals is not None))
    transcript = sum(t.transcript for t in out) > 1
    return tuple(t for t in out if (transcript if t.transcript else _person(analysis, t) is not None))


def signed(analysis: Analysis, q: Quote) -> Turn | None:
    """The name behind a dash after the marks: '“It rained.” — Ana Diaz'."""
    found = _SIGNED.match(analysis.document.text, q.outer[1])
    return Turn(label=found.span(1), body=q.span, paragraph=q.paragraph, transcript=False) if found else None


def _person(analysis: Analysis, turn: Turn) -> Mention | None:
    """A person's mention with the label's last word."""
    last = analysis.document.text[turn.label[0] : turn.label[1]].casefold().split()[-1]
    named = (m for m in analysis.mentions if m.actors and m.person and m.kind == "name")
    return next((m for m in named if m.actors[0].name.casefold().split()[-1:] == [last]), None)


def turn_speaker(analysis: Analysis, turn: Turn) -> Actor:
    """The person that the label names, else the label itself."""
    found = _person(analysis, turn)
    if found is not None:
        return replace(found.actors[0], span=turn.label)
    return Actor(name=analysis.document.text[turn.label[0] : turn.label[1]], span=turn.label)
