"""The register of military exercises of one story: mentions joined to editions, with their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from communique.extract.binding import bind_date, token_at, tree_distance
from communique.extract.exercise_fields import aside, directed_at, domains_of, focus_of, forces_in, kind_of, purpose_of
from communique.extract.exercise_mentions import ExerciseMention, mentions_in, pair_groups, series_table
from communique.extract.roles import RoleFinder
from communique.extract.status import status_of
from communique.lexicon.triggers import light_verbs
from communique.resolve.seen import SEEN
from communique.resolve.temporal import parse_published
from communique.text.grammar import carriers, subjects, with_preposition
from communique.text.tree import children
from communique.types import Actor, Analysis, Exercise, ExerciseStatus, Interval, Mention, Place, Sentence, Span

_OBSERVING = frozenset(("observe", "observer", "watch"))
_STATES = {"country", "MIL", "GOV"}


@dataclass(slots=True)
class _Draft:
    """One edition while its mentions are gathered."""

    mentions: list[ExerciseMention] = field(default_factory=list)
    participants: list[Actor] = field(default_factory=list)
    observers: list[Actor] = field(default_factory=list)
    hosts: list[Actor] = field(default_factory=list)
    dates: list[Interval] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    cues: list[str] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    name: str | None = None
    series: str | None = None
    edition: str | None = None


def find_exercises(analysis: Analysis) -> tuple[Exercise, ...]:
    """All exercises that a story tells of, in text order, ids `x1`, `x2` ...; generic talk of exercises is left out."""
    # takes part in an exercise who is known to the lexicon: what only the encoder saw is too vague for a register
    analysis = replace(analysis, mentions=tuple(m for m in analysis.mentions if m.entry != SEEN))
    heads: dict[int, dict[int, Mention]] = {}
    for m in analysis.mentions:
        heads.setdefault(m.sentence, {}).setdefault(m.head, m)
    drafts: list[_Draft] = []
    for sentence in analysis.sentences:
        if not sentence.parsed or sentence.kind == "title":
            continue
        for mention in mentions_in(sentence):
            _place(_draft(mention, sentence, heads.get(sentence.index, {}), analysis), drafts, sentence)
    kept = [d for d in drafts if d.name or len(_states(d.participants)) > 1]
    made = [_exercise(d, analysis) for d in kept]
    return tuple(replace(x, id=f"x{n}") for n, x in enumerate(made, start=1))


def _states(actors: Sequence[Actor]) -> set[str]:
    return {a.code or "" for a in actors} - {""}


def _draft(mention: ExerciseMention, sentence: Sentence, heads: dict[int, Mention], analysis: Analysis) -> _Draft:
    finder = RoleFinder(sentence, heads)
    d = _Draft(mentions=[mention], sentences=[sentence.index], name=mention.name, series=mention.series, edition=mention.edition)
    i = mention.token
    observing = _is_observing(sentence, i)
    found = _parties(mention, sentence, finder)
    (d.observers if observing else d.participants).extend(found)
    when = bind_date(sentence, i, analysis)
    if when.basis == "text" and when.start:
        d.dates.append(when)
    d.cues.append(_cue(sentence, i))
    d.places, d.hosts = _where(sentence, i, analysis, finder, found)
    return d


def _is_observing(sentence: Sentence, i: int) -> bool:
    head = sentence.tokens[i].head
    return head >= 0 and (
        sentence.tokens[head].lemma in _OBSERVING
        or any(sentence.tokens[k].lemma in _OBSERVING for k in children(sentence)[head] if sentence.tokens[k].rel in ("obj", "obl"))
    )


def _parties(mention: ExerciseMention, sentence: Sentence, finder: RoleFinder) -> list[Actor]:
    """Who takes part, from every place in the tree that can name them."""
    i = mention.token
    if mention.group is not None:
        first, last = pair_groups(sentence, i)[mention.group]
        return [a for k in range(first, last + 1) if k in finder.heads for a in finder.heads[k].actors]
    out: list[Actor] = []
    for place in ("poss", "comp", "between", "of", "by", "light", "with", "involving", "alongside", "among"):
        out.extend(finder.find(place, i)[0])
    tokens = sentence.tokens
    for k in children(sentence)[i]:
        if tokens[k].rel in ("acl", "acl:relcl"):
            for s in subjects(sentence, k):
                out.extend(finder.at(s)[0] if s != i else ())
            for p in ("by", "with", "between"):
                for s in with_preposition(sentence, k, p):
                    out.extend(finder.at(s)[0])
    for verb in carriers(sentence, i, light_verbs()):
        out.extend(finder.find("subj", verb)[0])
    if (
        tokens[i].rel in ("nsubj", "nsubj:pass", "obl")
        and tokens[i].head >= 0
        and tokens[tokens[i].head].lemma in ("involve", "include", "bring", "gather")
    ):
        out.extend(finder.find("obj", tokens[i].head)[0])
    if tokens[i].head >= 0 and tokens[tokens[i].head].lemma == "hosting":
        out.extend(finder.find("poss", tokens[i].head)[0])
    return _military([a for a in out if a.code or a.sector in ("MIL", "IGO")])


def _military(actors: Sequence[Actor]) -> list[Actor]:
    out: dict[str, Actor] = {}
    for a in actors:
        code = a.code
        if code and a.sector in (None, "GOV", "MIL", "IGO"):
            out.setdefault(code, replace(a, sector="MIL" if a.country else a.sector))
    return list(out.values())


def _cue(sentence: Sentence, i: int) -> str:
    tokens = sentence.tokens
    above = [tokens[i].head] if tokens[i].head >= 0 else []
    near = {tokens[k].lemma for k in above} | {tokens[k].lemma for k in children(sentence)[i]}
    if near & {"cancel", "scrap"} or ("call" in near and any(tokens[c].lemma == "off" for k in above for c in children(sentence)[k])):
        return "cancelled"
    if near & {"postpone", "delay", "suspend", "defer"}:
        return "postponed"
    status = status_of(sentence, i, carriers(sentence, i, light_verbs()))
    if near & {"scheduled", "schedule", "plan", "planned", "upcoming", "forthcoming"}:
        return "planned"
    return {"past": "", "ongoing": "ongoing", "planned": "planned"}.get(status, "")


def _where(sentence: Sentence, i: int, analysis: Analysis, finder: RoleFinder, parties: list[Actor]) -> tuple[list[Place], list[Actor]]:
    """Places of the exercise, and its hosts: who hosts it, or the country that troops are sent to for it."""
    places, hosts = [], []
    elsewhere = aside(sentence, [i])
    for p in analysis.places:
        if not p.span or p.metonym or not sentence.start <= p.span[0] < sentence.end:
            continue
        k = token_at(sentence, p.span[0])
        if k in elsewhere:
            continue
        case = _case_above(sentence, k) if k is not None else ""
        if k is None or tree_distance(sentence, i, k) > 7 or not case:
            continue
        if case in ("with", "between", "of", "among", "by", "against", "over"):
            continue
        places.append(p)
        if p.kind == "country" and case in ("in", "to") and p.country:
            hosts.append(Actor(name=p.name, country=p.country, sector="MIL", span=p.span))
    for verb in [*carriers(sentence, i, light_verbs()), sentence.tokens[i].head]:
        if verb >= 0 and sentence.tokens[verb].lemma in ("host", "hosting"):
            hosts = list(finder.find("subj" if sentence.tokens[verb].upos == "VERB" else "poss", verb)[0]) or hosts
    return places, hosts


def _case_above(sentence: Sentence, k: int) -> str:
    """The preposition of a nominal or of the one that it is coordinated with."""
    tokens = sentence.tokens
    while tokens[k].rel in ("conj", "flat", "compound", "appos") and tokens[k].head >= 0:
        k = tokens[k].head
    return next((tokens[c].lemma for c in children(sentence)[k] if tokens[c].rel == "case"), "")


def _place(d: _Draft, drafts: list[_Draft], sentence: Sentence) -> None:
    """Join a draft to the edition that it speaks of, or file it as a new one."""
    for other in reversed(drafts):
        if _joins(d, other):
            _merge(other, d)
            return
    if d.mentions[0].definite and not d.name and not d.dates and drafts and not d.participants:
        return
    drafts.append(d)


def _joins(d: _Draft, o: _Draft) -> bool:
    if d.name and o.name:
        same = (d.series or d.name) == (o.series or o.name)
        return same and (not d.edition or not o.edition or d.edition == o.edition) and _compatible(d, o)
    if d.mentions[0].group is not None and o.mentions[-1].group is not None and d.sentences[-1] == o.sentences[-1]:
        return False
    if not _compatible(d, o):
        return False
    shared = bool(_states(d.participants) & _states(o.participants)) or not d.participants or not o.participants
    if d.mentions[0].definite and not d.name:
        return True
    return shared and (not d.cues[0] or not o.cues[0] or d.cues[0] == o.cues[0] or bool(d.name or o.name))


def _compatible(d: _Draft, o: _Draft) -> bool:
    """Dates overlap or one has none; years alone say little."""
    a = [t for t in d.dates if t.precision not in ("year", "decade")]
    b = [t for t in o.dates if t.precision not in ("year", "decade")]
    if not a or not b:
        return True
    return any((x.start or "") <= (y.end or "") and (y.start or "") <= (x.end or "") for x in a for y in b)


def _merge(o: _Draft, d: _Draft) -> None:
    o.mentions += d.mentions
    known = _states(o.participants) | _states(o.observers)
    o.participants += [a for a in d.participants if (a.country or a.organization) not in known]
    o.observers += [a for a in d.observers if (a.country or a.organization) not in _states(o.observers)]
    o.hosts += [a for a in d.hosts if (a.country or a.organization) not in _states(o.hosts)]
    o.dates += d.dates
    o.cues += d.cues
    o.places += [p for p in d.places if p.text not in {x.text for x in o.places}]
    o.sentences += d.sentences
    o.name, o.series, o.edition = o.name or d.name, o.series or d.series, o.edition or d.edition


def _exercise(d: _Draft, analysis: Analysis) -> Exercise:
    start, end = _dates(d.dates)
    sentences = [s for s in analysis.sentences if s.index in set(d.sentences)]
    ordered = sorted(set(d.sentences), key=lambda n: (n != _best(d, analysis), d.sentences.index(n)))
    by_index = {s.index: s for s in sentences}
    evidence: tuple[Span, ...] = tuple((by_index[n].start, by_index[n].end) for n in ordered)
    year = d.edition if d.edition and len(d.edition) == 4 else (start or "")[:4] or None
    name = None if not d.name else f"{d.series or d.name} {d.edition or year}" if d.edition or year else d.series or d.name
    known = series_table().get(d.series or "", {})
    hosts = [h for h in d.hosts if h.country in _states(d.participants)] or (d.hosts if d.name else [])
    anchors: dict[int, list[int]] = {}
    for m in d.mentions:
        anchors.setdefault(m.sentence, []).extend(range(m.first, m.last + 1))
    return Exercise(
        id="",
        name=name,
        series=d.series or d.name,
        edition=d.edition or (year if d.name else None),
        status=_status(d, start, end, analysis),
        hosts=tuple(hosts),
        participants=tuple(d.participants),
        observers=tuple(d.observers),
        start=start,
        end=end,
        places=tuple(d.places),
        domains=domains_of(sentences, known, anchors),
        kind=kind_of(sentences, known),
        focus=focus_of(sentences, known),
        forces=forces_in(sentences, analysis),
        purpose=purpose_of(sentences, [s for s in analysis.sentences if 0 < s.index - max(d.sentences) <= 3]),
        directed_at=directed_at(sentences, analysis, _states(d.participants)),
        reactions=(),
        evidence=evidence,
        mentions=tuple((by_index[m.sentence].tokens[m.first].start, by_index[m.sentence].tokens[m.last].end) for m in d.mentions),
    )


def _best(d: _Draft, analysis: Analysis) -> int:
    """The sentence that says most: name and day-precise date first."""

    def weight(n: int) -> tuple[int, int]:
        named = any(m.sentence == n and m.name for m in d.mentions)
        dated = any(
            t.span and s.start <= t.span[0] < s.end and t.precision == "day" for s in analysis.sentences if s.index == n for t in d.dates
        )
        return (named + dated, -n)

    return max(set(d.sentences), key=weight)


def _dates(found: list[Interval]) -> tuple[str | None, str | None]:
    """Start and end from the most precise expression; a month stands as a month."""
    order = {"day": 0, "week": 1, "month": 2, "season": 3, "quarter": 3}
    usable = sorted((t for t in found if t.precision in order), key=lambda t: (order[t.precision or "day"], "/" not in (t.value or "")))
    if not usable:
        return None, None
    value = usable[0].value or ""
    first, _, last = value.partition("/")
    if not last and usable[0].precision == "day":
        return first, None
    return first, last or first


def _status(d: _Draft, start: str | None, end: str | None, analysis: Analysis) -> ExerciseStatus:
    cues = [c for c in d.cues if c]
    for state in ("cancelled", "postponed"):
        if state in cues:
            return state  # type: ignore[return-value]
    published = parse_published(analysis.document.published)
    if published and start:
        day = published.isoformat()
        if start > day[: len(start)]:
            return "planned"
        if (end or start) < day[: len(end or start)]:
            return "completed" if end or "ongoing" not in cues else "ongoing"
        if len(start) == 10:
            return "ongoing"
    return "planned" if "planned" in cues else "ongoing" if "ongoing" in cues else "completed"
