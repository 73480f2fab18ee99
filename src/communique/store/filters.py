"""The one vocabulary of filters: the command line, Python and URLs parse it here, and `where` turns it into SQL with parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from communique.errors import UsageError
from communique.store.rows import first_day, last_day

EVENT_TYPES = tuple(
    "AGREE CONSULT SUPPORT CONCEDE COOPERATE AID RETREAT REQUEST ACCUSE REJECT THREATEN PROTEST SANCTION MOBILIZE COERCE ASSAULT".split()
)
STATUSES = tuple("past ongoing planned cancelled hypothetical denied completed postponed".split())
LONGEST = 500
"""Characters of one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody: a country or organization, a sector, or the sector of a country. Written CHN, NATO, CHN/MIL, /MIL."""

    code: str | None = None
    sector: str | None = None

    def __str__(self) -> str:
        return (self.code or "") + (f"/{self.sector}" if self.sector else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in degrees; it crosses the date line where west is greater than east."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(f"{v:g}" if float(f"{v:g}") == v else repr(v) for v in (self.west, self.south, self.east, self.north))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What rows are wanted. Fields narrow; several values of one field widen."""

    type: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    quad: tuple[int, ...] = ()
    verb: tuple[str, ...] = ()
    actor: tuple[Party, ...] = ()
    recipient: tuple[Party, ...] = ()
    party: tuple[Party, ...] = ()
    dyad: tuple[tuple[Party, Party], ...] = ()
    since: date | None = None
    until: date | None = None
    published_since: date | None = None
    published_until: date | None = None
    place: tuple[str, ...] = ()
    bbox: Box | None = None
    score: float | None = None
    attributed: bool | None = None
    source: tuple[str, ...] = ()
    document: tuple[str, ...] = ()
    cluster: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

    def given(self) -> list[str]:
        """Names of the fields that narrow."""
        return [f.name for f in fields(self) if getattr(self, f.name) not in ((), None)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One field of the vocabulary."""

    parse: Callable[[str], Any]
    help: str
    many: bool = True
    commas: bool = True
    """Commas part values."""


def _code(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.&-]{0,39}", value):
        raise UsageError(f"{value!r} is no code; write a country (CHN) or an organization (NATO)")
    return value.upper()


def parse_party(value: str) -> Party:
    """A party from its notation.

    >>> str(parse_party("chn/mil"))
    'CHN/MIL'
    """
    code, _, sector = value.partition("/")
    if not code and not sector:
        raise UsageError("a party is missing; write CHN, NATO, CHN/MIL or /MIL")
    return Party(code=_code(code) if code else None, sector=_code(sector) if sector else None)


def _dyad(value: str) -> tuple[Party, Party]:
    one, colon, two = value.partition(":")
    if not colon:
        raise UsageError(f"{value!r} is no dyad; write two parties with a colon: CHN:RUS")
    return parse_party(one), parse_party(two)


def _choice(known: Iterable[str], what: str, case: Callable[[str], str]) -> Callable[[str], str]:
    names = tuple(known)

    def parse(value: str) -> str:
        if case(value) not in names:
            raise UsageError(f"{value!r} is no {what}; there are {', '.join(names)}")
        return case(value)

    return parse


def _word(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z_-]{0,39}", value):
        raise UsageError(f"{value!r} is no code of the codebook")
    return value.lower()


def _verb(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z' -]{0,39}", value):
        raise UsageError(f"{value!r} is no verb; write its lemma: deny")
    return value.lower()


def _quad(value: str) -> int:
    if value not in ("1", "2", "3", "4"):
        raise UsageError(f"{value!r} is no quad class; there are 1, 2, 3 and 4")
    return int(value)


def _date(find: Callable[[str], date | None]) -> Callable[[str], date]:
    def parse(value: str) -> date:
        day = find(value) if re.fullmatch(r"\d{4}(-\d{2}){0,2}", value) else None
        if day is None:
            raise UsageError(f"{value!r} is no date; write 2024, 2024-03 or 2024-03-07")
        return day

    return parse


def _box(value: str) -> Box:
    try:
        west, south, east, north = (float(v) for v in value.split(","))
    except ValueError as error:
        raise UsageError(f"{value!r} is no box; write WEST,SOUTH,EAST,NORTH in degrees") from error
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise UsageError(f"{value!r} is no box on earth; write WEST,SOUTH,EAST,NORTH, at most 180 and 90 degrees, south first")
    return Box(west=west, south=south, east=east, north=north)


def _score(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise UsageError(f"{value!r} is no score; write a number from 0 to 1")
    return number


def _flag(value: str) -> bool:
    names = {"true": True, "yes": True, "1": True, "": True, "false": False, "no": False, "0": False}
    if value.lower() not in names:
        raise UsageError(f"{value!r} is neither true nor false")
    return names[value.lower()]


def _name(value: str) -> str:
    if not value.strip() or "\x00" in value:
        raise UsageError("a name is empty")
    return value.strip()


WORDS: Mapping[str, Word] = {
    "type": Word(parse=_choice(EVENT_TYPES, "event type", str.upper), help="event type: COOPERATE, ASSAULT ..."),
    "mode": Word(parse=_word, help="mode: aerial, demo ..."),
    "context": Word(parse=_word, help="context: military, diplomatic ..."),
    "status": Word(parse=_choice(STATUSES, "status", str.lower), help="past, ongoing, planned, cancelled, hypothetical, denied"),
    "quad": Word(parse=_quad, help="quad class: 1 verbal and 2 material cooperation, 3 verbal and 4 material conflict"),
    "verb": Word(parse=_verb, help="of statements, the lemma of the cue: say, deny, according to"),
    "actor": Word(parse=parse_party, help="who acts: CHN, NATO, CHN/MIL (country or organization, sector), /MIL"),
    "recipient": Word(parse=parse_party, help="who is acted on"),
    "party": Word(parse=parse_party, help="who stands on either side"),
    "dyad": Word(parse=_dyad, help="two parties, whoever acts: CHN:RUS"),
    "since": Word(
        parse=_date(first_day),
        help="happened on or after: 2024, 2024-03, 2024-03-07 (a statement without a date: when it was published)",
        many=False,
    ),
    "until": Word(parse=_date(last_day), help="happened on or before", many=False),
    "published_since": Word(parse=_date(first_day), help="published on or after", many=False),
    "published_until": Word(parse=_date(last_day), help="published on or before", many=False),
    "place": Word(parse=_name, help="place name, or country as CHN", commas=False),
    "bbox": Word(parse=_box, help="WEST,SOUTH,EAST,NORTH in degrees", many=False),
    "score": Word(parse=_score, help="score at least, 0 to 1", many=False),
    "attributed": Word(parse=_flag, help="true: somebody asserts, alleges or denies it; false: nobody does", many=False),
    "source": Word(parse=_name, help="publisher", commas=False),
    "document": Word(parse=_name, help="id of the story", commas=False),
    "cluster": Word(parse=_name, help="id of the happening", commas=False),
    "series": Word(parse=_name, help="series or name of an exercise", commas=False),
    "text": Word(parse=_name, help='words of the story, all of them; word* for beginnings, "a phrase" in quotes', commas=False),
}
"""Every field of `Filters`, by the name that it has in Python; `-` and `_` are the same to `parse_filters`."""


def parse_filters(pairs: Iterable[tuple[str, str]]) -> Filters:
    """Filters from names and values, as they stand on a command line or in a URL. Raises `UsageError` for what is not understood.

    >>> parse_filters([("actor", "chn,nato"), ("since", "2022-01")]).given()
    ['actor', 'since']
    """
    values: dict[str, list[Any]] = {}
    for key, text in pairs:
        name = key.replace("-", "_")
        word = WORDS.get(name)
        if word is None:
            raise UsageError(f"no filter is called {key!r}; there are {', '.join(n.replace('_', '-') for n in WORDS)}")
        if len(text) > LONGEST:
            raise UsageError(f"the value of {key} is longer than {LONGEST} characters")
        for value in text.split(",") if word.many and word.commas else [text]:
            try:
                values.setdefault(name, []).append(word.parse(value.strip()))
            except UsageError as error:
                raise UsageError(f"{key}: {error}") from error
    for name, found in values.items():
        if not WORDS[name].many and len(found) > 1:
            raise UsageError(f"{name.replace('_', '-')} is given twice")
    settled: dict[str, Any] = {n: tuple(dict.fromkeys(v)) if WORDS[n].many else v[0] for n, v in values.items()}
    return Filters(**settled)


def to_pairs(filters: Filters) -> list[tuple[str, str]]:
    """Names and values that `parse_filters` reads back to the same filters.

    >>> to_pairs(parse_filters([("published-since", "2022"), ("dyad", "CHN:RUS")]))
    [('dyad', 'CHN:RUS'), ('published-since', '2022-01-01')]
    """
    out = []
    for name in filters.given():
        value = getattr(filters, name)
        for one in value if WORDS[name].many else [value]:
            out.append((name.replace("_", "-"), _written(one)))
    return out


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ":".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def from_keywords(keywords: Mapping[str, Any]) -> Filters:
    """Filters from Python keywords: strings, numbers, dates, or lists of them.

    >>> from_keywords({"actor": ["CHN", "RUS"], "score": 0.5, "attributed": None}).score
    0.5
    """
    pairs = []
    for name, value in keywords.items():
        if value is not None:
            several = value if isinstance(value, (list, tuple, set, frozenset)) and name != "bbox" else [value]
            pairs += [(name, ",".join(map(str, v)) if isinstance(v, (list, tuple)) else _written(v)) for v in several]
    return parse_filters(pairs)
