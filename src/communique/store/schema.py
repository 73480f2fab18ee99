"""The tables of a dataset: every column with its type and one line that says what it holds.

`docs/schema.md` is generated from here (`tools/make_schema.py`). `VERSION` rises when a column changes its meaning or its type;
columns that are only added keep it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

VERSION = 1
"""Version of the schema, written into every manifest and every file."""

DAY, TEXT, INT, LONG, REAL, FLAG = pa.date32(), pa.string(), pa.int32(), pa.int64(), pa.float64(), pa.bool_()
TEXTS = pa.list_(TEXT)
SPAN = pa.struct([("start", INT), ("end", INT)])
"""`[start, end)` in Unicode code points of the document's text."""
SPANS = pa.list_(SPAN)
ACTOR = pa.struct(
    [("name", TEXT), ("country", TEXT), ("organization", TEXT), ("sector", TEXT), ("title", TEXT), ("span", SPAN), ("id", TEXT)]
)
"""An actor as it stands in a fact; `id` is its `actor_id` in the document's cast."""
ACTORS = pa.list_(ACTOR)
INTERVAL = pa.struct(
    [
        ("value", TEXT),
        ("start", TEXT),
        ("end", TEXT),
        ("precision", TEXT),
        ("basis", TEXT),
        ("span", SPAN),
        ("text", TEXT),
        ("timex", TEXT),
        ("timex_type", TEXT),
        ("anchor", TEXT),
    ]
)
PLACE = pa.struct(
    [
        ("text", TEXT),
        ("span", SPAN),
        ("name", TEXT),
        ("geonameid", LONG),
        ("country", TEXT),
        ("admin1", TEXT),
        ("latitude", REAL),
        ("longitude", REAL),
        ("kind", TEXT),
        ("metonym", FLAG),
        ("score", REAL),
    ]
)
PLACES = pa.list_(PLACE)
ATTRIBUTION = pa.struct([("speaker", ACTOR), ("stance", TEXT), ("span", SPAN)])
FORCE = pa.struct([("kind", TEXT), ("count", LONG), ("at_least", FLAG), ("of", ACTOR), ("claimed_by", ACTOR), ("span", SPAN)])
DIRECTED_AT = pa.struct([("actor", ACTOR), ("stance", TEXT)])
CONFLICT = pa.struct([("field", TEXT), ("value", TEXT), ("fact_ids", TEXTS), ("document_ids", TEXTS)])
"""One of several values that reports give for one field of one happening, with the facts and documents that give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the dataset."""

    name: str
    description: str
    key: tuple[str, ...]
    """Columns that tell two rows apart."""
    schema: pa.Schema
    scope: str
    """`document`: rows of one document, replaced together when it is coded again; `corpus`: rows made from many documents; `run`."""
    provenance: tuple[str, ...] = ()
    """Columns that say how a row came to be; the digest of the table leaves them out."""
    internal: bool = False
    """For the dataset's own work: neither in the index nor in PostgreSQL."""
    history: bool = False
    """What it holds depends on how the dataset came to be; the digest of the dataset leaves it out."""


def _table(
    name: str,
    description: str,
    key: str,
    *columns: tuple[str, pa.DataType, str],
    scope: str = "document",
    provenance: str = "",
    internal: bool = False,
    history: bool = False,
) -> Table:
    keys = tuple(key.split())
    fields = [pa.field(n, t, nullable=n not in keys, metadata={"description": d}) for n, t, d in columns]
    return Table(
        name=name,
        description=description,
        key=keys,
        schema=pa.schema(fields),
        scope=scope,
        provenance=tuple(provenance.split()),
        internal=internal,
        history=history,
    )


_DOCUMENT = ("document_id", TEXT, "the document that tells it")
_LOCAL = ("local_id", TEXT, "id in the record of its document")
_BASIS = ("country_basis", TEXT, "text where the actor's own words tell its country, inferred where only the story does")
_ORDINAL = ("ordinal", INT, "place in the record, from 0")
_PUBLISHED = ("published_day", DAY, "day of publication; null where unknown")
_SCORE = ("score", REAL, "calibrated probability that the row is right")


def _who(role: str, plural: str) -> tuple[tuple[str, pa.DataType, str], ...]:
    return (
        (plural, ACTORS, f"the {plural}, each with country, organization, sector, title and the span of its mention"),
        (f"{role}_countries", TEXTS, f"their countries, ISO 3166-1 alpha-3, each once, in the order of `{plural}`"),
        (f"{role}_organizations", TEXTS, f"organizations of the {plural}, each once"),
        (f"{role}_sectors", TEXTS, f"PLOVER sectors of the {plural}, each once"),
    )


_WHERE = (
    ("places", PLACES, "where it happened, best first"),
    ("place", TEXT, "name of the first place"),
    ("place_country", TEXT, "its country, ISO 3166-1 alpha-3"),
    ("latitude", REAL, "its latitude, degrees north"),
    ("longitude", REAL, "its longitude, degrees east"),
)
_WHEN = (
    ("date", INTERVAL, "when: value, both ends included, precision, basis (text, publication, inferred) and span"),
    ("date_start", DAY, "first day"),
    ("date_end", DAY, "last day"),
)
_PROOF = (
    ("evidence", SPANS, "sentences that tell it, best first"),
    ("sentence", TEXT, "words of the first of them; null in a dataset without text"),
)
_TYPE = (
    ("type", TEXT, "one of PLOVER's 16 event types"),
    ("mode", TEXT, "PLOVER mode of the type"),
    ("contexts", TEXTS, "PLOVER contexts"),
    ("status", TEXT, "past, ongoing, planned, cancelled, hypothetical or denied"),
    ("quad", pa.int8(), "1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict"),
    ("goldstein", REAL, "PLOVER's score of type and mode on Goldstein's scale, -10 hostile to +10 cooperative"),
)
_EXERCISE = (
    ("name", TEXT, "as named, with the edition where it is known"),
    ("series", TEXT, "series that it belongs to"),
    ("edition", TEXT, "edition of the series: a year or a number"),
    ("status", TEXT, "planned, ongoing, completed, postponed or cancelled"),
    *_who("host", "hosts"),
    *_who("participant", "participants"),
    *_who("observer", "observers"),
    ("start", TEXT, "first day or as much of it as is known: YYYY, YYYY-MM, YYYY-MM-DD"),
    ("end", TEXT, "last day or as much of it as is known"),
    ("date_start", DAY, "first day that `start` allows"),
    ("date_end", DAY, "last day that `end` allows"),
    *_WHERE,
    ("domains", TEXTS, "land, sea, air, amphibious, cyber, space, special, nuclear"),
    ("kind", TEXT, "field, live-fire, command-post, tabletop, naval, air or other"),
    ("focus", TEXTS, "warfighting, peacekeeping, humanitarian, counter-terrorism, search-and-rescue, maritime-security"),
    ("forces", pa.list_(FORCE), "counted forces, each with whose they are and who claims the count"),
    ("purpose", TEXT, "what it is said to be for"),
    ("directed_at", pa.list_(DIRECTED_AT), "against whom it is stated, alleged or denied to be"),
)

DOCUMENTS = _table(
    "documents",
    "One row a story.",
    "document_id",
    ("document_id", TEXT, "id of the story: the input's own, else a hash of its text"),
    ("title", TEXT, "headline"),
    ("publisher", TEXT, "who published it"),
    ("url", TEXT, "where it was published"),
    ("language", TEXT, "language, ISO 639-1"),
    ("published", TEXT, "date or date-time of publication, ISO 8601"),
    _PUBLISHED,
    ("text", TEXT, "the text that all spans count in; null in a dataset without text"),
    ("characters", INT, "length of the text in code points"),
    ("text_sha256", TEXT, "SHA-256 of the text in UTF-8, hexadecimal"),
    ("source_kind", TEXT, "story, or the format that its events were imported from: icews, polecat, gdelt2, phoenix; those have no text"),
    ("run_id", TEXT, "the run that coded it"),
    provenance="run_id",
)

EVENTS = _table(
    "events",
    "One row an event: who did what to whom, when, where, how certain it is and who says so.",
    "event_id",
    ("event_id", TEXT, "id of the event, the same after the document is coded again where type and trigger are the same"),
    _DOCUMENT,
    _LOCAL,
    _ORDINAL,
    _PUBLISHED,
    *_TYPE,
    *_who("actor", "actors"),
    *_who("recipient", "recipients"),
    *_WHEN,
    *_WHERE,
    ("attributed", FLAG, "true where somebody asserts, alleges, denies or doubts it"),
    ("attribution", ATTRIBUTION, "who does, and how"),
    ("trigger", SPAN, "the words that name the act"),
    *_PROOF,
    _SCORE,
    ("why", TEXT, "what decided: lexicon entries and scores, as JSON"),
)

EVENT_ACTORS = _table(
    "event_actors",
    "One row an actor of an event, in one of its roles.",
    "event_id role ordinal",
    ("event_id", TEXT, "the event"),
    _DOCUMENT,
    ("role", TEXT, "actor or recipient"),
    ("ordinal", INT, "place among the event's actors of this role, from 0"),
    ("actor_id", TEXT, "the actor in the document's cast"),
    ("name", TEXT, "resolved name"),
    ("country", TEXT, "ISO 3166-1 alpha-3; XKX for Kosovo"),
    _BASIS,
    ("organization", TEXT, "uppercase short code: NATO, UN, EU ..."),
    ("sector", TEXT, "PLOVER sector code"),
    ("title", TEXT, "office or role as the story gives it"),
    ("span", SPAN, "the mention; null where the actor is inferred"),
)

ACTORS_TABLE = _table(
    "actors",
    "The cast: one row an actor of a story.",
    "document_id actor_id ordinal",
    _DOCUMENT,
    ("actor_id", TEXT, "id in the cast of its document"),
    _ORDINAL,
    _PUBLISHED,
    ("name", TEXT, "resolved name"),
    ("country", TEXT, "ISO 3166-1 alpha-3; XKX for Kosovo"),
    _BASIS,
    ("organization", TEXT, "uppercase short code: NATO, UN, EU ..."),
    ("sector", TEXT, "PLOVER sector code"),
    ("title", TEXT, "office or role as the story gives it"),
    ("mentions", INT, "number of its mentions"),
)

MENTIONS = _table(
    "mentions",
    "One row a mention of an actor in a story.",
    "document_id actor_ordinal ordinal",
    _DOCUMENT,
    ("actor_id", TEXT, "the actor in the document's cast"),
    ("actor_ordinal", INT, "place of the actor in the cast, from 0"),
    ("ordinal", INT, "place among the actor's mentions, from 0"),
    ("span", SPAN, "where it stands"),
    ("text", TEXT, "the words; null in a dataset without text"),
)

STATEMENTS = _table(
    "statements",
    "One row a statement: words that somebody said, directly or as reported.",
    "statement_id",
    ("statement_id", TEXT, "id of the statement, stable while its span is"),
    _DOCUMENT,
    _LOCAL,
    _ORDINAL,
    _PUBLISHED,
    ("speaker", ACTOR, "who speaks"),
    ("speaker_name", TEXT, "name of the speaker"),
    ("speaker_country", TEXT, "country of the speaker"),
    ("speaker_organization", TEXT, "organization of the speaker"),
    ("speaker_sector", TEXT, "PLOVER sector of the speaker"),
    ("verb", TEXT, "lemma of the cue: say, deny, accuse, according to"),
    ("addressee", ACTOR, "who is spoken to"),
    ("addressee_country", TEXT, "country of the addressee"),
    ("direct", FLAG, "true: words inside quotation marks; false: reported speech"),
    ("quote", SPAN, "the quoted words without the marks, or the reported clause"),
    ("text", TEXT, "those words; kept in a dataset without text"),
    *_WHEN,
    ("about", TEXTS, "local ids of the events and exercises that it is about"),
    ("about_ids", TEXTS, "their event_id or exercise_id"),
    ("evidence", SPANS, "sentences that it stands in"),
)

EXERCISES = _table(
    "exercises",
    "One row a military exercise as one story tells it.",
    "exercise_id",
    ("exercise_id", TEXT, "id of the exercise, the same after the document is coded again where its name is the same"),
    _DOCUMENT,
    _LOCAL,
    _ORDINAL,
    _PUBLISHED,
    *_EXERCISE,
    ("reactions", TEXTS, "local ids of the statements that react to it"),
    ("reaction_ids", TEXTS, "their statement_id"),
    *_PROOF,
    ("mentions", SPANS, "nouns and names that mention it"),
)

TIMES = _table(
    "times",
    "One row a time expression of a story.",
    "document_id ordinal",
    _DOCUMENT,
    _ORDINAL,
    *(
        (f.name, f.type, d)
        for f, d in zip(
            INTERVAL,
            (
                "YYYY, YYYY-MM, YYYY-MM-DD, or start/end of two such; null where unresolved",
                "first day, ISO 8601",
                "last day, ISO 8601",
                "day, week, month, season, quarter, year or decade",
                "text, publication or inferred",
                "where it stands",
                "its words",
                "TIMEX3 value",
                "DATE, TIME, DURATION or SET",
                "what a relative date was counted from",
            ),
            strict=True,
        )
    ),
)

PLACES_TABLE = _table(
    "places",
    "One row a place name of a story.",
    "document_id ordinal",
    _DOCUMENT,
    _ORDINAL,
    *(
        (f.name, f.type, d)
        for f, d in zip(
            PLACE,
            (
                "its words",
                "where it stands",
                "name in the gazetteer",
                "GeoNames id",
                "ISO 3166-1 alpha-3; null for seas and regions of several countries",
                "first-order division",
                "degrees north",
                "degrees east",
                "country, region, admin1, admin2, city, sea, base, range, facility or other",
                "true where the name stands for a government or another actor",
                "probability that the place is right",
            ),
            strict=True,
        )
    ),
)

SKETCHES = _table(
    "sketches",
    "One row a story: what is kept of it to set it beside others, as bytes (docs/stories.md). No text can be read from it.",
    "document_id",
    ("document_id", TEXT, "the story"),
    _PUBLISHED,
    ("published", TEXT, "date or date-time of publication, ISO 8601"),
    ("publisher", TEXT, "who published it"),
    ("sketch", pa.binary(), "hashes of its words and terms"),
    ("events", pa.binary(), "its events without spans; null where it tells none"),
    ("exercises", pa.binary(), "its exercises without spans; null where it tells none"),
    ("run_id", TEXT, "the run that coded it"),
    provenance="run_id",
    internal=True,
)

CLUSTERS = _table(
    "clusters",
    "One row a happening: the stories that report it.",
    "cluster_id",
    ("cluster_id", TEXT, "id of the cluster"),
    ("title", TEXT, "headline of its first story"),
    ("first_day", DAY, "publication day of its first story"),
    ("last_day", DAY, "publication day of its last story"),
    ("documents", INT, "number of stories, versions included"),
    ("publishers", INT, "number of publishers"),
    scope="corpus",
)

CLUSTER_DOCUMENTS = _table(
    "cluster_documents",
    "One row a story in its cluster.",
    "document_id",
    ("cluster_id", TEXT, "the cluster"),
    _DOCUMENT,
    _PUBLISHED,
    ("version_of", TEXT, "the first version of this story; null where it is the first"),
    ("kind", TEXT, "original, duplicate (same words), resend, correction or update"),
    ("similarity", REAL, "likeness to that story, 0 to 1"),
    ("current", FLAG, "the newest of its versions; merged events are made from these"),
    ("nearness", REAL, "how near its nearest neighbours were on its day (docs/stories.md); 0 for later versions"),
    ("run_id", TEXT, "the run that coded it, as it was when the story was filed"),
    scope="corpus",
    provenance="run_id",
)

_SOURCES = (
    ("document_ids", TEXTS, "documents that tell it, in order of publication"),
    ("documents", INT, "how many they are"),
    ("publishers", INT, "number of publishers among them"),
    ("first_published", DAY, "publication day of the first"),
    ("last_published", DAY, "publication day of the last"),
    ("conflicts", pa.list_(CONFLICT), "values on which the sources differ, each with who gives it"),
)

MERGED_EVENTS = _table(
    "merged_events",
    "One row an event across all its reports.",
    "merged_id",
    ("merged_id", TEXT, "id of the merged event"),
    ("cluster_id", TEXT, "the happening that it is part of"),
    *_TYPE,
    *_who("actor", "actors"),
    *_who("recipient", "recipients"),
    *_WHEN,
    *_WHERE,
    ("attributed", FLAG, "true where every source attributes it"),
    _SCORE,
    ("event_ids", TEXTS, "events that were merged"),
    *_SOURCES,
    scope="corpus",
)

MERGED_EXERCISES = _table(
    "merged_exercises",
    "One row an edition of an exercise across all its reports.",
    "merged_id",
    ("merged_id", TEXT, "id of the merged exercise"),
    *_EXERCISE,
    ("exercise_ids", TEXTS, "exercises that were merged"),
    *_SOURCES,
    scope="corpus",
)

REDIRECTS = _table(
    "redirects",
    "One row an id that no longer stands, of a cluster, a merged event or a merged exercise.",
    "old_id",
    ("old_id", TEXT, "the id that stood"),
    ("new_id", TEXT, "the id that holds its earliest report now; null where nothing is left of it"),
    ("kind", TEXT, "cluster, event or exercise"),
    scope="corpus",
    history=True,
)

REJECTS = _table(
    "rejects",
    "One row an input that did not become a story, or a story that could not be coded.",
    "document_id stage code message",
    ("document_id", TEXT, "id of the story, or file and line where it has none"),
    ("stage", TEXT, "where it failed: ingest, text, extract, store ..."),
    ("code", TEXT, "the error's code"),
    ("message", TEXT, "what happened and what to do"),
    ("run_id", TEXT, "the run that met it"),
    provenance="run_id",
)

RUNS = _table(
    "runs",
    "One row a run: what coded the documents that carry its id.",
    "run_id",
    ("run_id", TEXT, "id of the run"),
    ("sequence", LONG, "number of the run; of two runs over one document the higher stands"),
    ("started", TEXT, "when it began, ISO 8601, UTC"),
    ("finished", TEXT, "when it was published"),
    ("version", TEXT, "version of communique"),
    ("model", TEXT, "digest of the encoder's files"),
    ("lexicon", TEXT, "digest of the dictionaries"),
    ("settings", TEXT, "settings that change results, as JSON"),
    ("sources", TEXTS, "what was read, as given"),
    ("documents", LONG, "stories coded"),
    ("rejects", LONG, "inputs rejected"),
    scope="run",
    provenance="sequence started finished",
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        DOCUMENTS,
        EVENTS,
        EVENT_ACTORS,
        ACTORS_TABLE,
        MENTIONS,
        STATEMENTS,
        EXERCISES,
        TIMES,
        PLACES_TABLE,
        SKETCHES,
        CLUSTERS,
        CLUSTER_DOCUMENTS,
        MERGED_EVENTS,
        MERGED_EXERCISES,
        REDIRECTS,
        REJECTS,
        RUNS,
    )
}
"""All tables by name."""
OPEN_TABLES = {n: t for n, t in TABLES.items() if not t.internal}
"""Tables that users see."""
DOCUMENT_TABLES = tuple(t.name for t in TABLES.values() if t.scope == "document")
CORPUS_TABLES = tuple(t.name for t in TABLES.values() if t.scope == "corpus")


@lru_cache(maxsize=64)
def shape(name: str) -> str:
    """A stamp of the columns of a table and their types."""
    return hashlib.sha256(str(TABLES[name].schema.remove_metadata()).encode()).hexdigest()[:12]
