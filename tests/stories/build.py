"""Made-up stories for the tests: short sentences about a few happenings, and records written by hand."""

from __future__ import annotations

import random
import zlib
from datetime import date, timedelta

from communique.stories.sketch import Views, views_of
from communique.types import Actor, Document, Event, Exercise, Interval, Place, Record

PLACES = "Arda Belo Corin Dunmar Eskel Fallow Garro Hessen Ilmar Jorvik Kestrel Lomond".split()
KINDS = (
    ("quake", "earthquake tremor rubble rescuers magnitude collapsed buildings aftershock epicentre survivors"),
    ("vote", "election ballots turnout candidate parliament coalition polls opposition president constituency"),
    ("strike", "walkout union workers factory wages picket employers negotiation stoppage shutdown"),
    ("flood", "river dam rainfall evacuated overflowed bridges farmland torrential submerged villages"),
)


def text_of(happening: int, told: int) -> str:
    """A telling of a happening: the same names and words in another order and choice."""
    source = random.Random(happening * 1000 + told)
    place, other = PLACES[happening % len(PLACES)], PLACES[(happening * 5 + 3) % len(PLACES)]
    words = KINDS[happening % len(KINDS)][1].split()
    lines = []
    for _ in range(6):
        chosen = source.sample(words, 5)
        lines.append(f"In {place} the {chosen[0]} and {chosen[1]} near {other} {happening + 11} left {chosen[2]} {chosen[3]} {chosen[4]}.")
    return " ".join(lines)


def story(
    identity: str, text: str, *, published: str | None = "2024-03-07", publisher: str | None = None, title: str | None = None
) -> Views:
    """The views of a story without facts."""
    return views_of(record(identity, text, published=published, publisher=publisher, title=title))


def record(
    identity: str,
    text: str,
    *,
    published: str | None = "2024-03-07",
    publisher: str | None = None,
    title: str | None = None,
    events: tuple[Event, ...] = (),
    exercises: tuple[Exercise, ...] = (),
) -> Record:
    """A record with the given facts."""
    document = Document(id=identity, title=title, publisher=publisher, url=None, language="en", published=published, text=text)
    return Record(document=document, actors=(), events=events, statements=(), exercises=exercises, times=(), places=())


def on(day: str | None, basis: str = "text") -> Interval:
    """One day."""
    return Interval(value=day, start=day, end=day, precision="day" if day else None, basis=basis)  # type: ignore[arg-type]


def actor(country: str, sector: str | None = "GOV") -> Actor:
    """An actor of a country."""
    return Actor(name=country, country=country, sector=sector)


def event(number: int, kind: str, actors: str, recipients: str, **more) -> Event:
    """An event between countries; `actors` and `recipients` are ISO codes with spaces."""
    fields = {"mode": None, "contexts": (), "status": "past", "date": on("2024-03-06"), "places": (), "attribution": None, "score": 0.7}
    return Event(
        id=f"e{number}",
        type=kind,
        actors=tuple(actor(c) for c in actors.split()),
        recipients=tuple(actor(c) for c in recipients.split()),
        trigger=None,
        evidence=more.pop("evidence", ((0, 10),)),
        **(fields | more),
    )


def exercise(number: int, name: str | None, participants: str, **more) -> Exercise:
    """An exercise of countries."""
    fields = {
        "series": name,
        "edition": None,
        "status": "completed",
        "hosts": (),
        "observers": (),
        "start": None,
        "end": None,
        "places": (),
    }
    fields |= {
        "domains": (),
        "kind": None,
        "focus": (),
        "forces": (),
        "purpose": None,
        "directed_at": (),
        "reactions": (),
        "evidence": ((0, 9),),
    }
    return Exercise(id=f"x{number}", name=name, participants=tuple(actor(c, "MIL") for c in participants.split()), **(fields | more))


def place(name: str, country: str | None, latitude: float = 0.0, longitude: float = 0.0, kind: str = "city") -> Place:
    """A place."""
    return Place(
        text=name,
        span=None,
        name=name,
        country=country,
        latitude=latitude,
        longitude=longitude,
        kind=kind,
        geonameid=zlib.crc32(name.encode()),
    )  # type: ignore[arg-type]


def day(n: int) -> str:
    """The n-th day of the tests."""
    return (date(2024, 3, 1) + timedelta(days=n)).isoformat()


def records(seed: int, stories: int, days: int) -> list[Record]:
    """A stream of records with re-sends, corrections, conflicting tolls and exercises, the same for the same seed."""
    source = random.Random(seed)
    out: list[Record] = []
    texts: list[tuple[str, str, int]] = []
    for n in range(stories):
        when = source.randrange(days + 1)
        published = None if when == days and source.random() < 0.5 else day(when % days)
        if texts and source.random() < 0.25:
            text, title, happening = source.choice(texts)
            title = f"CORRECTED - {title}" if source.random() < 0.5 else title
            text = text if source.random() < 0.5 else text.replace("left", "kept", 1)
        else:
            happening = source.randrange(12)
            text, title = text_of(happening, n), f"{KINDS[happening % 4][0]} in {PLACES[happening]}"
        texts.append((text, title, happening))
        killed = source.choice((12, 15))
        facts = (
            event(1, "ASSAULT", "AAA" if happening % 2 else "BBB", "CCC", date=on(day(when % days), "publication")),
            event(2, "CONSULT", "AAA BBB", "", status=source.choice(("planned", "past"))),
        )
        drills = (
            (exercise(1, source.choice(("Iron Gate", None)), "AAA BBB", edition=source.choice(("2024", None))),)
            if source.random() < 0.2
            else ()
        )
        told = f"Fighters killed {killed} people. {text}"
        facts = (event(1, "ASSAULT", "AAA", "CCC", evidence=((0, 26),)), facts[1]) if source.random() < 0.7 else ()
        out.append(
            record(
                f"d{n}", told, published=published, publisher=source.choice(("A", "B", None)), title=title, events=facts, exercises=drills
            )
        )
    return out


def stream(seed: int, stories: int, days: int) -> list[Views]:
    """The views of such a stream."""
    return [views_of(r) for r in records(seed, stories, days)]
