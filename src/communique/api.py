"""The public functions: read, code and what they return."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from communique.errors import CommuniqueError
from communique.extract.ontology import learn, read_ontology
from communique.ingest.fields import from_fields
from communique.ingest.unread import content_id
from communique.pipeline import Coder
from communique.render.html import to_html
from communique.text.language import require_english
from communique.types import Document, Quality, RawDocument, Record, Reject


def to_document(raw: RawDocument) -> Document:
    """A document from a raw one: id settled (the input's own, else a hash of the text), language told.

    Raises `NotEnglish` where the story is in another language.
    """
    language = require_english(raw.text)
    return Document(
        id=raw.id or content_id(raw.text),
        title=raw.title,
        publisher=raw.publisher,
        url=raw.url,
        language=language,
        published=raw.published,
        text=raw.text,
    )


def stream(
    raws: Iterable[RawDocument | Reject],
    *,
    coder: str = "both",
    min_score: float | None = None,
    ontology: str | Path | None = None,
    quality: Quality = "fast",
) -> Iterator[Record | Reject]:
    """Code raw documents one by one, in order; rejects pass through. `coder`, `min_score`, `ontology` and `quality` as in `code`."""
    own = tuple(learn(t) for t in read_ontology(ontology)) if ontology else ()
    codes = Coder(coder=coder, min_score=min_score, own=own, quality=quality)
    for raw in raws:
        if isinstance(raw, Reject):
            yield raw
            continue
        try:
            document = to_document(raw)
        except CommuniqueError as error:
            yield Reject(id=raw.id or "?", stage=error.stage, code=error.code, message=str(error))
            continue
        yield from codes.code([document])


class Records(list[Record]):
    """Records in input order, with the stories that could not be read in `rejects`. Shows itself in a notebook."""

    def __init__(self, items: Iterable[Record | Reject] = ()) -> None:
        self.rejects: list[Reject] = []
        records = []
        for item in items:
            if isinstance(item, Reject):
                self.rejects.append(item)
            else:
                records.append(item)
        super().__init__(records)

    def _repr_html_(self) -> str:
        return "".join(to_html(r) for r in self)


def code(
    stories: str | RawDocument | Iterable[str | RawDocument | dict[str, Any]],
    *,
    published: str | None = None,
    coder: str = "both",
    min_score: float | None = None,
    ontology: str | Path | None = None,
    quality: Quality = "fast",
) -> Records:
    """Code texts, dicts with the field names of the input, or raw documents.

    `published` (ISO date) stands for stories that have none. `coder` says who codes events: both, rules or encoder. Events with
    a score below `min_score` (0 to 1) are left out; without it, below the score at which F1 is best on our own corpus.
    `ontology` is a YAML file with types of your own (docs/ontology.md). With `quality` best the large encoder (communique-large) reads
    again what the shipped one is unsure of. Stories that cannot be read are in `.rejects`.

    >>> records = code("France and Germany signed a defence agreement in Berlin on Tuesday.", published="2024-03-07")
    >>> records[0].times[0].value
    '2024-03-05'
    """
    items = [stories] if isinstance(stories, str | RawDocument) else stories

    def raws() -> Iterator[RawDocument | Reject]:
        for n, item in enumerate(items, start=1):
            try:
                yield (
                    item if isinstance(item, RawDocument) else from_fields({"text": item} if isinstance(item, str) else item, {}, published)
                )
            except CommuniqueError as error:
                yield Reject(id=str(n), stage=error.stage, code=error.code, message=str(error))

    return Records(stream(raws(), coder=coder, min_score=min_score, ontology=ontology, quality=quality))
