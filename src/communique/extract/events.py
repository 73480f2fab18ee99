"""Political events of one story: candidates from the trigger table, dated, placed, attributed and merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from communique.extract.binding import attribution_of, bind_date, bind_places
from communique.extract.candidates import EVENT_NOUNS, RECIPROCAL, VERBAL, Candidate, candidates, guarded, part_of_another
from communique.extract.decide import decide
from communique.extract.learnt import learnt, learnt_attribution, type_scores
from communique.extract.ontology import Learnt, own_candidates
from communique.extract.roles import VIOLENCE
from communique.lexicon.codebook import cameo_code, context_words, intensity, quad_class
from communique.resolve.seen import SEEN
from communique.stories.parties import sides_agree, told_parties
from communique.text.grammar import objects
from communique.text.tree import found_in, top_of, words_in
from communique.types import Actor, Analysis, Event, Exercise, Interval, Mention, Place, Precision, Sentence, Span, Statement


def head_index(mentions: tuple[Mention, ...]) -> dict[int, dict[int, Mention]]:
    """Mentions by sentence and head token."""
    out: dict[int, dict[int, Mention]] = defaultdict(dict)
    for m in mentions:
        out[m.sentence].setdefault(m.head, m)
    return out


def find_events(
    analysis: Analysis,
    exercises: tuple[Exercise, ...] = (),
    statements: tuple[Statement, ...] = (),
    *,
    coder: str = "both",
    least: float = 0.0,
    least_of_entries: Mapping[str, float] | None = None,
    own: Sequence[Learnt] = (),
) -> tuple[Event, ...]:
    """The story's events, one for each happening, in text order; ids `e1`, `e2` ...

    `coder` is both, rules or encoder; events with a score below `least` are left out, those that an entry of the table tells below what
    `least_of_entries` gives for their coder: who writes an entry wants it to count. `own` are types of a user's codebook: an event
    of one stands under its PLOVER type and names it in `why["own"]`.
    """
    heads = head_index(analysis.mentions)
    found: list[Event] = []
    quotes = tuple(s.quote for s in statements if s.direct)
    for sentence in analysis.sentences:
        if not sentence.parsed:
            continue
        for c in decided(sentence, heads.get(sentence.index, {}), analysis.places, coder, least):
            if quad_class(c.entry.type) in (2, 4) and _quoted(sentence, c.token, quotes):
                continue
            if c.coder == "encoder" and _part_of_exercise(c, sentence, exercises):
                continue
            c = _point_back(c, sentence, found)
            if not c.recipients and c.entry.type in VERBAL and not _of_violence(c, sentence):
                continue
            if not _is_exercise(c, sentence, exercises) or c.entry.type == "MOBILIZE" or not _covered(c, sentence, exercises):
                found.append(_event(c, sentence, analysis, heads.get(sentence.index, {})))
        if not own:
            continue
        for c, name, score in own_candidates(sentence, with_places(sentence, heads.get(sentence.index, {}), analysis.places), own):
            made = _event(c, sentence, analysis, heads.get(sentence.index, {}))
            found.append(replace(made, why={**made.why, "own": [{"type": name, "score": score}]}))
    found.extend(_exercise_events(exercises, analysis))
    merged = [
        e
        for e in _merge(found, {(s.start, s.end) for s in analysis.sentences if s.kind == "title"})
        if e.score >= (least_of_entries or {}).get(str(e.why.get("coder")), least)
    ]
    merged.sort(key=lambda e: (e.trigger or (0, 0), e.type))
    return tuple(replace(e, id=f"e{n}") for n, e in enumerate(merged, start=1))


def decided(sentence: Sentence, heads: dict[int, Mention], places: tuple[Place, ...], coder: str, least: float = 0.0) -> list[Candidate]:
    """The candidates of one sentence that rules and encoder settle on. The rules know only actors of the lexicon."""
    known = {k: m for k, m in heads.items() if m.entry != SEEN}
    rules = candidates(sentence, with_places(sentence, known, places)) if coder != "encoder" else []
    every = with_places(sentence, heads, places)
    read = [c for c in learnt(sentence, every) if not guarded(sentence, c.token, every)] if coder != "rules" else []
    found = decide(rules, read, sentence, coder)
    sure = [c for c in found if c.score >= least]
    return [c for c in found if c.coder == "rules" or not part_of_another(c, sentence, sure)]


def _point_back(c: Candidate, sentence: Sentence, found: list[Event]) -> Candidate:
    """'denied the accusation', 'condemned the attack': the recipient is who did the event last told of."""
    if c.recipients or c.entry.type not in ("ACCUSE", "REJECT", "SUPPORT", "THREATEN"):
        return c
    nouns = [sentence.tokens[k].lemma for k in objects(sentence, c.token)]
    kind = next((EVENT_NOUNS[n] for n in nouns if n in EVENT_NOUNS), None)
    last = next((e for e in reversed(found) if e.type == kind and _side(e.actors) != _side(c.actors)), None) if kind else None
    return replace(c, recipients=last.actors, depth=c.depth + 1) if last else c


def _of_violence(c: Candidate, sentence: Sentence) -> bool:
    """'condemned the bombing in the capital': a reaction to what nobody is named for is filed without a recipient."""
    return c.entry.type == "ACCUSE" and any(sentence.tokens[k].lemma in VIOLENCE for k in objects(sentence, c.token))


def _quoted(sentence: Sentence, i: int, quotes: tuple[tuple[int, int], ...]) -> bool:
    return any(a <= sentence.tokens[i].start < b for a, b in quotes)


def with_places(sentence: Sentence, heads: dict[int, Mention], places: tuple[Place, ...]) -> dict[int, Mention]:
    """Mentions by head, with towns and regions beside them: who attacks a town attacks its country."""
    out = dict(heads)
    for p in found_in(sentence, places):
        if p.span and p.country and p.kind not in ("country", "sea"):
            head = top_of(sentence, words_in(sentence, p.span))
            if head >= 0 and head not in out:
                actor = Actor(name=p.name, country=p.country, span=p.span)
                out[head] = Mention(span=p.span, sentence=sentence.index, head=head, actors=(actor,), entry=f"place:{p.name}")
    return out


def _is_exercise(c: Candidate, sentence: Sentence, exercises: tuple[Exercise, ...]) -> bool:
    """Told by an exercise entry, or by a word that the register took for a mention of an exercise."""
    start = sentence.tokens[c.token].start
    if c.entry.type == "COOPERATE" and any(a <= start < b for x in exercises for a, b in x.mentions):
        return True
    return any(x.test in ("joint_exercise", "own_exercise") for x in c.entry.conditions)


def _part_of_exercise(c: Candidate, sentence: Sentence, exercises: tuple[Exercise, ...]) -> bool:
    """Forces sent, help given and promises made between participants, where the sentence tells of their exercise, are the exercise."""
    if c.entry.type not in ("AID", "MOBILIZE", "COOPERATE", "AGREE"):
        return False
    parties = {a.country for a in (*c.actors, *c.recipients) if a.country}
    here = (sentence.start, sentence.end)
    return any(
        parties <= {a.country for a in x.participants} and (sentence.kind == "title" or any(_overlaps(here, e) for e in x.evidence))
        for x in exercises
    )


def _covered(c: Candidate, sentence: Sentence, exercises: tuple[Exercise, ...]) -> bool:
    """True where the register already holds the exercise that the candidate tells."""
    return any(_overlaps((sentence.start, sentence.end), e) and len(x.participants) > 1 for x in exercises for e in x.evidence)


def _overlaps(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _event(c: Candidate, sentence: Sentence, analysis: Analysis, heads: dict[int, Mention]) -> Event:
    token = sentence.tokens[c.token]
    attribution = learnt_attribution(sentence, c.reading, heads) if c.reading else None
    return Event(
        id="",
        type=c.entry.type,
        mode=c.entry.mode,
        contexts=_contexts(c, sentence),
        actors=c.actors,
        recipients=c.recipients,
        status=c.status,
        date=bind_date(sentence, c.token, analysis, c.status),
        places=bind_places(sentence, c.token, analysis),
        attribution=attribution or attribution_of(sentence, c.token, heads, c.actors),
        trigger=(token.start, token.end),
        evidence=((sentence.start, sentence.end),),
        score=c.score,
        why={
            "coder": c.coder,
            "entry": c.entry.id,
            "encoder": {k: round(p, 3) for k, p in type_scores(c.reading).items() if p >= 0.05} if c.reading else None,
            "cameo": c.entry.cameo or cameo_code(c.entry.type, c.entry.mode),
            "intensity": intensity(c.entry.type, c.entry.mode),
            "quad": quad_class(c.entry.type),
        },
    )


def _contexts(c: Candidate, sentence: Sentence) -> tuple[str, ...]:
    words = context_words()
    found = [words[t.lemma] for t in sentence.tokens if t.lemma in words]
    return tuple(dict.fromkeys([*c.entry.contexts, *sorted(set(found), key=lambda x: (-found.count(x), x))[:3]]))


def _exercise_events(exercises: tuple[Exercise, ...], analysis: Analysis) -> list[Event]:
    """One COOPERATE for each joint exercise and each sentence that adds participants to it."""
    out = []
    for x in exercises:
        status = {"planned": "planned", "postponed": "planned", "ongoing": "ongoing", "completed": "past", "cancelled": "cancelled"}[
            x.status
        ]
        if len({p.country or p.organization or p.name for p in x.participants}) < 2:
            continue
        when = (
            Interval(value=_value(x), start=x.start, end=x.end, precision=_precision(x.start), basis="text", span=None)
            if x.start
            else Interval(value=None, start=None, end=None, precision=None, basis=None)
        )
        for actors, recipients, evidence in _dyads(x):
            trigger = next((m for m in x.mentions if evidence[0] <= m[0] < evidence[1]), x.mentions[0] if x.mentions else None)
            out.append(
                Event(
                    id="",
                    type="COOPERATE",
                    mode=None,
                    contexts=("military",),
                    actors=actors,
                    recipients=recipients,
                    status=status,  # type: ignore[arg-type]
                    date=when,
                    places=x.places,
                    attribution=None,
                    trigger=trigger,
                    evidence=(evidence, *(e for e in x.evidence if e != evidence)),
                    score=0.8,
                    why={
                        "entry": f"exercise:{x.series or x.name or x.id}",
                        "cameo": "061",
                        "intensity": intensity("COOPERATE", None),
                        "quad": 2,
                    },
                )
            )
    return out


def _value(x: Exercise) -> str | None:
    return x.start if not x.end or x.end == x.start else f"{x.start}/{x.end}"


def _precision(value: str | None) -> Precision | None:
    known: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}
    return known.get(len(value or ""))


def _dyads(x: Exercise) -> list[tuple[tuple[Actor, ...], tuple[Actor, ...], tuple[int, int]]]:
    """Groups of participants by the sentence that names them, each against the host or the first participant."""
    groups: dict[tuple[int, int], list[Actor]] = defaultdict(list)
    for p in x.participants:
        home = next((e for e in x.evidence if p.span and e[0] <= p.span[0] < e[1]), x.evidence[0])
        groups[home].append(p)
    hosts = {h.country for h in x.hosts if h.country}
    anchor = next((p for p in x.participants if p.country in hosts and p.country), None)
    out = []
    for evidence, group in groups.items():
        recipient = anchor or x.participants[0]
        others = tuple(p for p in group if p.country != recipient.country or p.organization != recipient.organization)
        if not others:
            continue
        if anchor:
            out.append((others, (recipient,), evidence))
        elif recipient in group:
            out.append(((recipient,), others, evidence))
        else:
            out.append((others, (recipient,), evidence))
    return out


def _side(actors: tuple[Actor, ...]) -> set[str]:
    """Keys of a side; somebody unnamed is nobody."""
    return {a.code or a.name.casefold() for a in actors if a.is_named}


def _same(a: Event, b: Event, *, headline: bool = False) -> bool:
    """Two tellings of one happening: type, parties (either way round where mutual), compatible dates and status.

    Of a `headline` and what the body tells it is enough that no party excludes another: it names them in other and fewer words.
    """
    if a.type != b.type or (a.status == "denied") != (b.status == "denied"):
        return False
    acting, other = _side(a.actors), _side(b.actors)
    met = _meet(_side(a.recipients), _side(b.recipients))
    if headline:
        straight = sides_agree(a.actors, b.actors) is not False and sides_agree(a.recipients, b.recipients) is not False
    else:
        # 'people' killed by nobody who is named, told elsewhere, may be other people
        known = met if a.evidence[0] == b.evidence[0] else bool(told_parties(a.recipients) & told_parties(b.recipients))
        straight = (_meet(acting, other) and (met or not a.recipients or not b.recipients)) or (known and not (acting and other))
    crossed = a.type in RECIPROCAL and bool(_side(a.actors) & _side(b.recipients)) and bool(_side(a.recipients) & _side(b.actors))
    if not (straight or crossed):
        return False
    if a.type == "COOPERATE" and {a.status, b.status} == {"past", "planned"}:
        return False
    return _dates_agree(a.date, b.date) and (a.mode == b.mode or a.type in RECIPROCAL or not a.mode or not b.mode)


def _meet(a: set[str], b: set[str]) -> bool:
    return bool(a & b)


def _dates_agree(a: Interval, b: Interval) -> bool:
    if a.basis != "text" or b.basis != "text" or not (a.start and b.start and a.end and b.end):
        return True
    return a.start[:10] <= b.end[:10] + "~" and b.start[:10] <= a.end[:10] + "~"


def _merge(found: list[Event], titles: set[Span]) -> list[Event]:
    """Fold second tellings into the best first one; a title tells an event only when the body does not."""
    ordered = sorted(found, key=lambda e: (e.evidence[0] in titles, e.date.basis != "text", -e.score, e.evidence[0]))
    out: list[Event] = []
    for e in ordered:
        twin = next((k for k, o in enumerate(out) if _same(o, e) and _joins(o, e)), None)
        if twin is None and e.evidence[0] in titles:
            told = [k for k, o in enumerate(out) if o.evidence[0] not in titles and _same(o, e, headline=True)]
            twin = min(told, key=lambda k: out[k].evidence[0], default=None)
        if twin is None:
            out.append(e)
            continue
        o = out[twin]
        out[twin] = replace(
            o,
            evidence=tuple(dict.fromkeys([*o.evidence, *e.evidence])),
            places=o.places or e.places,
            date=o.date if o.date.basis == "text" or e.date.basis != "text" else e.date,
            actors=o.actors if _side(o.actors) else e.actors,
            recipients=o.recipients or e.recipients,
            attribution=o.attribution or e.attribution,
            score=max(o.score, e.score),
            why={**o.why, "own": [*o.why.get("own", []), *e.why["own"]]} if "own" in e.why else o.why,
        )
    return out


def _joins(a: Event, b: Event) -> bool:
    """Requests, accusations and other words said twice in one story stay apart unless they share a trigger word's type in one paragraph."""
    if a.evidence[0] == b.evidence[0]:
        return (
            a.trigger == b.trigger or a.type not in ("REQUEST", "ACCUSE", "ASSAULT", "COERCE") or _side(a.recipients) == _side(b.recipients)
        )
    return a.type not in ("REQUEST",)
