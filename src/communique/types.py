"""The frozen dataclasses that flow between the stages. Imports nothing of ours.

Every span is `(start, end)`, end excluded, in Unicode code points of `Document.text`. Unknown is None.
The classes from `Actor` down to `Record` are the record of one story, field for field as in the JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import numpy as np

Span = tuple[int, int]

Status = Literal["past", "ongoing", "planned", "cancelled", "hypothetical", "denied"]
Quality = Literal["fast", "best"]
"""What a story is read with: fast is the shipped encoder alone, best has the large one of communique-large read again where that is unsure."""
QUALITIES: tuple[Quality, ...] = get_args(Quality)
Precision = Literal["day", "week", "month", "season", "quarter", "year", "decade"]
Basis = Literal["text", "publication", "inferred"]
CountryBasis = Literal["text", "inferred"]
"""How an actor's country is known: its words, or what they point back to, say it; or the story tells it without them."""
PlaceKind = Literal["country", "region", "admin1", "admin2", "city", "sea", "base", "range", "facility", "other"]
ExerciseStatus = Literal["planned", "ongoing", "completed", "postponed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """One story as it came in, before its language and text were settled."""

    text: str
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: str | None = None
    """ISO 8601 date or date-time; None where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One story, ready to be read."""

    id: str
    title: str | None
    publisher: str | None
    url: str | None
    language: str | None
    published: str | None
    """ISO 8601 date or date-time; None where unknown, and then relative dates stay unresolved."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A story that could not be read: which one, at what stage, the error's code and what to do."""

    id: str
    stage: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word. `start` and `end` are offsets into the document's text."""

    start: int
    end: int
    text: str
    lemma: str = ""
    """Lower-case lemma; the lower-cased word where the sentence was not parsed."""
    upos: str = "X"
    """Universal part of speech."""
    xpos: str = ""
    """Penn tag: VBD, VBN, MD, NNP ..."""
    head: int = -1
    """Index of the head token in the sentence; -1 for the root or where the sentence was not parsed."""
    rel: str = ""
    """Universal dependency relation, with the subtypes nsubj:pass, aux:pass, obl:agent, nmod:poss, acl:relcl,
    compound:prt, obl:tmod, nmod:tmod kept and all others folded."""
    ner: str = "O"
    """Entity label in BIO: B-PER, I-PER, B-LOC, B-ORG, B-MISC ... or O."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerReading:
    """What the encoder sees at one word that tells an event, or that is the cue of a statement."""

    token: int
    scores: tuple[float, ...]
    """Probabilities of nothing, of the event types and of a cue, in the bundle's order."""
    status: str
    mode: str | None
    roles: np.ndarray = field(compare=False, repr=False)
    """[words, roles] float32: for each word of the sentence the probabilities of the roles that it plays for this trigger, in the
    bundle's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the encoder says of one sentence beside its tree."""

    actors: tuple[tuple[int, int, str | None], ...]
    """(first word, last word, sector) of each actor mention that it sees."""
    triggers: tuple[TriggerReading, ...]
    contents: tuple[tuple[int, int, bool], ...]
    """(first word, last word, direct) of the words of each statement."""
    quality: Quality = "fast"
    """Which encoder read it: the shipped one or the large one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of a document. `parsed` tells whether heads, relations and tags stand on its tokens."""

    index: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    kind: Literal["title", "heading", "body"] = "body"
    paragraph: int = 0
    parsed: bool = False
    text: str = ""
    reading: Reading | None = None
    """What the encoder's event heads say; None where the sentence was not read."""
    kids: tuple[tuple[int, ...], ...] = field(default=(), repr=False, compare=False)
    """For each token the indexes of its dependents, kept from the parse; empty where it was not parsed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A resolved actor, as it stands in events, statements and exercises."""

    name: str
    country: str | None = None
    """ISO 3166-1 alpha-3; XKX for Kosovo."""
    organization: str | None = None
    """Uppercase short code: NATO, UN, EU ..."""
    sector: str | None = None
    """PLOVER sector code: GOV, MIL, LEG, JUD, COP, SPY, REB, OPP, CVL ..."""
    title: str | None = None
    """The office or role as the story gives it: 'State Department spokesman'."""
    span: Span | None = None
    """The mention; None where the actor is inferred."""
    id: str | None = None
    """The id in the record's cast."""
    country_basis: CountryBasis | None = field(default=None, compare=False)
    """text or inferred; None where there is no country, and in what comes out of a dataset, which does not keep it."""

    @property
    def is_named(self) -> bool:
        """False for `UNNAMED`, whatever id it has been given."""
        return self.name != UNNAMED.name

    @property
    def code(self) -> str | None:
        """The country or body that the text gives. A country that was inferred tells whose the actor is and not who it is."""
        return (self.country if self.country_basis != "inferred" else None) or self.organization


UNNAMED = Actor(name="unnamed")
"""Who did what was done to somebody where the story does not say: 'two envoys were killed'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One actor mention in the text, resolved. A mention such as 'the two countries' has several actors."""

    span: Span
    """The words that name the actor, title and name included, leading article left out."""
    sentence: int
    head: int
    """Index of the syntactic head token in the sentence."""
    actors: tuple[Actor, ...]
    """Who is meant; each carries this mention's span."""
    kind: Literal["name", "adjective", "agent", "pronoun", "nominal"] = "name"
    """name: 'China', 'Joe Biden'; adjective: 'Chinese'; agent: 'troops'; pronoun: 'he'; nominal: 'the two countries'."""
    entry: str | None = None
    """The lexicon entry that named it."""
    person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A time expression with its value, both ends included."""

    value: str | None
    """YYYY, YYYY-MM, YYYY-MM-DD, or start/end of two such with a slash; None where unresolved."""
    start: str | None
    end: str | None
    precision: Precision | None
    basis: Basis | None = "text"
    span: Span | None = None
    text: str | None = None
    timex: str | None = None
    """TIMEX3 value, which can say more: 2022-W33, 2022-08-17TMO, P2Y, PRESENT_REF, XXXX-05."""
    timex_type: Literal["DATE", "TIME", "DURATION", "SET"] | None = None
    anchor: str | None = None
    """What a relative date was counted from: the publication date or another expression's value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A toponym in the text, resolved against the gazetteer."""

    text: str
    span: Span | None
    name: str
    geonameid: int | None = None
    country: str | None = None
    """ISO alpha-3; None for seas and for regions of several countries."""
    admin1: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    kind: PlaceKind = "other"
    metonym: bool = False
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who asserts, alleges, denies or doubts an event."""

    speaker: Actor | None
    stance: Literal["asserts", "alleges", "denies", "doubts"]
    span: Span | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One political event: who did what to whom, when, where, how certain it is and who says so."""

    id: str
    type: str
    """One of PLOVER's 16 types."""
    mode: str | None
    contexts: tuple[str, ...]
    actors: tuple[Actor, ...]
    recipients: tuple[Actor, ...]
    status: Status
    date: Interval
    places: tuple[Place, ...]
    attribution: Attribution | None
    trigger: Span | None
    evidence: tuple[Span, ...]
    score: float
    why: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words that somebody said, directly or as reported."""

    id: str
    speaker: Actor | None
    verb: str | None
    """Lemma of the cue: say, deny, accuse; 'according to'."""
    addressee: Actor | None
    direct: bool
    quote: Span
    """The quoted words without the marks, or the reported clause."""
    text: str
    date: Interval | None
    about: tuple[str, ...]
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """A counted force in an exercise: 3,000 troops."""

    kind: Literal["troops", "ships", "submarines", "aircraft", "vehicles", "units"]
    count: int
    at_least: bool
    of: Actor | None
    claimed_by: Actor | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectedAt:
    """Against whom an exercise is said to be."""

    actor: Actor
    stance: Literal["stated", "alleged", "denied"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One edition of a military exercise."""

    id: str
    name: str | None
    """As named, with the edition where it is known: 'Balikatan 2023'."""
    series: str | None
    edition: str | None
    status: ExerciseStatus
    hosts: tuple[Actor, ...]
    participants: tuple[Actor, ...]
    observers: tuple[Actor, ...]
    start: str | None
    end: str | None
    places: tuple[Place, ...]
    domains: tuple[str, ...]
    kind: str | None
    focus: tuple[str, ...]
    forces: tuple[Force, ...]
    purpose: str | None
    directed_at: tuple[DirectedAt, ...]
    reactions: tuple[str, ...]
    evidence: tuple[Span, ...]
    mentions: tuple[Span, ...] = ()
    """Spans of the nouns or names that mention the exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CastMember:
    """One actor of the story with all its mentions."""

    id: str
    name: str
    country: str | None
    organization: str | None
    sector: str | None
    title: str | None
    mentions: tuple[Span, ...]
    country_basis: CountryBasis | None = field(default=None, compare=False)
    """text where some mention says the country, else inferred; None as in `Actor`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that the extractors of facts are given about one story."""

    document: Document
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    """All actor mentions, by start."""
    times: tuple[Interval, ...]
    """All time expressions, by start; each with its span."""
    places: tuple[Place, ...]
    """All toponyms, by start; each with its span."""
    quality: Quality = "fast"
    """What the story was read with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one story reports."""

    document: Document
    actors: tuple[CastMember, ...]
    events: tuple[Event, ...]
    statements: tuple[Statement, ...]
    exercises: tuple[Exercise, ...]
    times: tuple[Interval, ...]
    places: tuple[Place, ...]
