"""Toponyms of a story: gazetteer names in the words, told apart from people and bodies of the same name, then resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from communique.extract.time_lexicon import MONTHS, WEEKDAYS
from communique.lexicon.matcher import Hit, load_matcher
from communique.resolve.gazetteer import Entry, load_gazetteer
from communique.resolve.toponyms import LARGE, US_STATES, Toponym, choose
from communique.text.tree import children
from communique.types import Document, Place, Sentence, Span, Token

_LOCATIVE = frozenset(
    "in at near from to into across off around over toward towards outside inside through throughout within along via between north south east west "
    "of for around beyond".split()
)
_ACTING = frozenset("nsubj nsubj:pass obl:agent nmod:poss iobj obj".split())
_HERE = frozenset(
    "in at near from to into across off around over toward towards outside inside through throughout within along via against".split()
)
_BODY_WORDS = frozenset(
    "Times Post Herald Tribune Journal Gazette News University College School High Hospital Street Avenue Road Boulevard Drive Lane Bank Airlines "
    "Company Corp. Corp Inc. Inc Ltd. Co. Club United FC City Council Press Institute Museum Church Airport Stadium Center Centre Park Club "
    "Hotel Group Committee Foundation Association Society Police Department Court Elementary Middle Zoo Library Theater Theatre Daily Star "
    "Telegraph Express Bay Blvd. St. Ave. Rd. Township Cup Open Championship Film Festival Act Bill Jr. Sr.".split()
)
_PEOPLE_BEFORE = frozenset(
    "Mr. Mrs. Ms. Dr. Gen. Sen. Rep. Gov. Sgt. Lt. Col. Capt. Maj. President Senator Governor Judge Justice Officer Sheriff Mayor Coach "
    "Prime Minister Secretary Queen King Prince Princess Pope Father Sister Sir Lord Lady Rev. Prof. Cpl. Pvt. Adm. Chief Deputy Detective".split()
)
_COMMON = frozenset(
    """of most the man bar police march sunday mobile reading nice split bath sale police college university best home young hope union liberty
    independence central orange justice enterprise eagle commerce church media male battle victoria carolina santa san saint new old north south east west northern
    southern eastern western upper lower great grand big little park lake river bay beach hill hills valley point fort mount center centre street road court house
    green white black brown gray grey red blue price king kings queen prince page hall cook marshall jackson johnson davis wilson martin scott moore taylor clark
    lewis walker allen wright baker nelson carter mitchell roberts turner phillips campbell parker evans edwards collins stewart morris rogers reed morgan bell
    murphy bailey cooper richardson cox howard ward peterson ramsey kelly sanders bennett wood barnes ross henderson coleman jenkins perry powell long patterson
    hughes flores simmons foster bryant alexander russell griffin hayes may june april august sun star post times many say can bush see imam mana deal sol anna
    maria elizabeth charlotte florence sydney-jane madison chelsea carol grace diana irene sofia christine obama trump david john george henry william james paul
    normal defiance republic federal national state states capital county district province city town village parish opposition senate congress assembly council
    parliament ministry minister president army navy force forces air coast guard security defence defense foreign interior health education justice finance trade
    god islam christian muslim jewish hindu catholic english french german spanish russian chinese american british european african asian arab western progress
    bay-area university super early late monday tuesday wednesday thursday friday saturday january february july september october november december major
    general colonel captain chief judge sheriff mayor along why who what when where how both these those this that they are was has had but not for and""".split()
)
_LONGEST = 5
"""Words of the longest name that is looked up."""
_SMALL = 15_000
"""Below this many people a bare city name needs a locative or an entity label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    sentence: Sentence
    first: int
    last: int
    name: Toponym


def find_places(document: Document, sentences: Sequence[Sentence]) -> tuple[Place, ...]:
    """All toponyms by start, each resolved to one place; names that stand for a government are marked as metonyms."""
    stretches = [(s, _stretches(s)) for s in sentences]
    found = [f for s, named in stretches for f in _in_sentence(s, named)]
    # a name that is a place once is one wherever nothing speaks against it
    known = frozenset(f.name.form for f in found)
    found = [f for s, named in stretches for f in _in_sentence(s, named, known)] if known else found
    chosen = choose([f.name for f in found], _nations(sentences) if found else ())
    out = []
    for f, best in zip(found, chosen):
        if best is None:
            continue
        entry, score = best
        span: Span = (f.sentence.tokens[f.first].start, f.sentence.tokens[f.last].end)
        text = document.text[span[0] : span[1]]
        if entry.kind == "city" and not _worthy(f, entry.population):
            continue
        out.append(
            Place(
                text=text,
                span=span,
                name=entry.name,
                geonameid=entry.geonameid,
                country=entry.country,
                admin1=entry.admin1,
                latitude=entry.latitude,
                longitude=entry.longitude,
                kind=entry.kind,
                metonym=_is_metonym(f, entry.kind),
                score=score,
            )
        )
    return tuple(sorted(out, key=lambda p: p.span or (0, 0)))


def _nations(sentences: Sequence[Sentence]) -> frozenset[str]:
    """Countries that the story names by their adjective or their people."""
    hits = (h.entries for s in sentences for h in load_matcher().find(s.tokens))
    return frozenset(e.country for entries in hits for e in entries if e.kind in ("adjective", "demonym") and e.country)


def _stretches(sentence: Sentence) -> dict[int, list[tuple[int, str]]]:
    """By first word where a name of the gazetteer or a state may stand: the last word and the form of each such name, longest first."""
    tokens, find = sentence.tokens, load_gazetteer().find
    blocked = _blocked(sentence)
    out: dict[int, list[tuple[int, str]]] = {}
    ends = dict.fromkeys(k for k, t in enumerate(tokens) if k not in blocked and (t.text[:1].isupper() or t.text[:1].isdigit()))
    for i in ends:
        if tokens[i].text[0].isdigit():
            continue
        beyond = next((k for k in range(i + 1, i + _LONGEST) if k in blocked), i + _LONGEST)
        forms = [(last, _form(sentence, i, last)) for last in range(beyond - 1, i - 1, -1) if last in ends]
        named = [(last, form) for last, form in forms if len(form) > 1 and find(form)]
        if named or tokens[i].text in US_STATES:
            out[i] = named
    return out


def _form(sentence: Sentence, first: int, last: int) -> str:
    tokens = sentence.tokens
    if sentence.text:
        return sentence.text[tokens[first].start - sentence.start : tokens[last].end - sentence.start]
    return " ".join(t.text for t in tokens[first : last + 1])


def _in_sentence(sentence: Sentence, named: dict[int, list[tuple[int, str]]], known: frozenset[str] = frozenset()) -> list[_Found]:
    tokens = sentence.tokens
    out: list[_Found] = []
    beyond = 0
    for i, stretches in named.items():
        if i < beyond:
            continue
        state = tokens[i].text in US_STATES and _is_state(sentence, i)
        hit = next(
            (k for k, form in stretches if _fits(sentence, i, k, form) or (form in known and _nothing_against(sentence, i, k))), None
        )
        if hit is not None and not (state and hit == i):
            form = " ".join(t.text for t in tokens[i : hit + 1]).replace(" - ", "-").replace(" 's", "'s")
            out.append(_Found(sentence=sentence, first=i, last=hit, name=Toponym(form=form, container=_container(sentence, hit))))
            beyond = hit + 1
        elif state:
            out.append(_Found(sentence=sentence, first=i, last=i, name=Toponym(form=US_STATES[tokens[i].text], container=None)))
    return out


def _is_state(sentence: Sentence, i: int) -> bool:
    """An abbreviated state: after a town and a comma, after a senator's party, or one with two points, which is nothing else."""
    tokens = sentence.tokens
    if i >= 2 and tokens[i - 1].text == "," and tokens[i - 2].text[:1].isupper():
        return True
    return tokens[i].text.count(".") >= 2 or (i >= 2 and tokens[i - 1].text in ("-", "–") and tokens[i - 2].text in ("D", "R", "I"))


def _blocked(sentence: Sentence) -> set[int]:
    """Words inside the names of people and bodies, and adjectives of nations."""
    out: set[int] = set()
    for hit in load_matcher().find(sentence.tokens):
        kind = hit.entries[0].kind
        if kind in ("person", "institution", "party", "group") or (kind == "organization" and hit.entries[0].organization):
            out.update(range(hit.first, hit.last + 1))
        elif (
            kind in ("adjective", "demonym")
            and not any(e.kind in ("country", "capital") for e in hit.entries)
            and not _named_so(sentence, hit)
        ):
            out.update(range(hit.first, hit.last + 1))
    return out


def _named_so(sentence: Sentence, hit: Hit) -> bool:
    """A name that begins with a nation's adjective: 'British Columbia'."""
    return hit.last + 1 < len(sentence.tokens) and bool(load_gazetteer().find(_form(sentence, hit.first, hit.last + 1)))


def _container(sentence: Sentence, last: int) -> str | None:
    """The state or country written after a comma or in brackets: 'Alexandria, La.', 'Springfield (Ohio)'."""
    tokens = sentence.tokens
    if last + 2 < len(tokens) and tokens[last + 1].text in (",", "(") and tokens[last + 2].text[:1].isupper():
        for size in (2, 1, 0):
            end = last + 2 + size
            if end < len(tokens):
                form = " ".join(t.text for t in tokens[last + 2 : end + 1])
                if form in US_STATES or any(e.kind in ("country", "admin1", "region") for e in load_gazetteer().find(form)):
                    return form
    return None


def _fits(sentence: Sentence, first: int, last: int, form: str) -> bool:
    """Whether the words around allow a place: no person's name, no body's name, no month, no common word."""
    tokens = sentence.tokens
    low = form.lower().rstrip(".")
    before = tokens[first - 1] if first else None
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    entries = load_gazetteer().find(form)
    strong = any(_sure(e) for e in entries)
    if low in MONTHS or low in WEEKDAYS or (low in _COMMON and not strong):
        return False
    if form.islower() or (form.isupper() and len(form) < 4 and not any(e.kind == "country" for e in entries)):
        return False
    if all(e.kind == "country" for e in entries) and form.lower() == "us" and not form.isupper():
        return False
    if after and after.text in _BODY_WORDS and not (strong and last - first > 0):
        return False
    label = tokens[first].ner[2:]
    if sentence.parsed:
        if (
            after
            and after.ner == "I-LOC"
            and after.text[:1].isupper()
            and not any(e.kind != "city" or e.population >= LARGE for e in entries)
        ):
            return False  # 'Anlong' of 'Anlong Veng'
        if (label == "PER" and not _lone_state(sentence, first, last)) or (
            label in ("ORG", "MISC") and not strong and not _locative(sentence, first)
        ):
            return False
        if label == "" and not strong and not _locative(sentence, first):
            return False
        return not (label in ("ORG", "MISC") and strong and tokens[first].ner[0] == "I")
    if before and before.text in _PEOPLE_BEFORE and not strong:
        return False
    if strong:
        return True
    return _unparsed_city(sentence, first, last, before, after)


def _sure(entry: Entry) -> bool:
    """Names that are hardly ever anything else; a town's, a county's and a far province's may be a person's or a plain word."""
    return entry.kind not in ("city", "admin2") and (entry.kind != "admin1" or entry.country == "USA")


def _nothing_against(sentence: Sentence, first: int, last: int) -> bool:
    """No part of a person's or body's name around, and no word of a body after it."""
    tokens = sentence.tokens
    beside = [tokens[k] for k in (first - 1, last + 1) if 0 <= k < len(tokens)]
    if any(t.ner[2:] in ("PER", "ORG") for t in (*beside, *tokens[first : last + 1])) or any(t.text in _BODY_WORDS for t in beside[-1:]):
        return False
    return not (first and tokens[first - 1].text in _PEOPLE_BEFORE)


def _lone_state(sentence: Sentence, first: int, last: int) -> bool:
    """A country or capital that the entity recogniser took for a person, with no other part of a name beside it."""
    tokens = sentence.tokens
    beside = [tokens[k].ner[2:] for k in (first - 1, last + 1) if 0 <= k < len(tokens)]
    known = any(h.first <= first <= h.last and h.entries[0].kind in ("country", "capital") for h in load_matcher().find(tokens))
    return known and "PER" not in beside


def _unparsed_city(sentence: Sentence, first: int, last: int, before: Token | None, after: Token | None) -> bool:
    """Without a parse a city needs a locative, a state after it, or no capitalised neighbour."""
    if _locative(sentence, first) or _container(sentence, last):
        return True
    if before and before.text[:1].isupper() and first > 1:
        return False
    return not (after and after.text[:1].isupper()) and first > 0 and sentence.kind != "title"


def _locative(sentence: Sentence, first: int) -> bool:
    tokens = sentence.tokens
    k = first - 1
    while k >= 0 and (
        tokens[k].text.lower() in ("the", "downtown", "nearby", "central", "northern", "southern", "eastern", "western", "and")
        or tokens[k].text == ","
        and first - k < 3
        and k > 0
        and tokens[k - 1].text[:1].isupper()
    ):
        if tokens[k].text == "," or tokens[k].text == "and":
            k -= 1
            while k >= 0 and tokens[k].text[:1].isupper():
                k -= 1
            continue
        k -= 1
    return k >= 0 and tokens[k].text.lower() in _LOCATIVE


def _worthy(f: _Found, population: int) -> bool:
    tokens = f.sentence.tokens
    if f.name.container or population >= _SMALL or f.last > f.first:
        return True
    return tokens[f.first].ner.endswith("LOC") or _locative(f.sentence, f.first)


def _is_metonym(f: _Found, kind: str) -> bool:
    """A country, its capital or its seat standing for its government: as one who acts, or is dealt with."""
    tokens = f.sentence.tokens
    if kind not in ("country", "city") or (kind == "city" and not _is_capital(f)):
        return False
    head = next((k for k in range(f.first, f.last + 1) if tokens[k].head not in range(f.first, f.last + 1)), f.last)
    if not f.sentence.parsed:
        return f.first == 0
    while tokens[head].rel == "conj" and tokens[head].head >= 0:
        head = tokens[head].head
    cases = {tokens[k].lemma for k in children(f.sentence)[head] if tokens[k].rel == "case"}
    if cases & _HERE:
        return False
    return (
        tokens[head].rel in _ACTING
        or bool(cases & {"by", "with", "between", "among"})
        or (tokens[head].rel == "nmod" and "between" in cases)
    )


def _is_capital(f: _Found) -> bool:
    return any(
        e.kind in ("capital", "seat") for h in load_matcher().find(f.sentence.tokens) if h.first <= f.first <= h.last for e in h.entries
    )
