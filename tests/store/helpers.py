"""Small records and datasets for the tests of the store."""

from __future__ import annotations

from pathlib import Path

from communique.lexicon.codebook import scores
from communique.store.dataset import Dataset, create_dataset
from communique.store.publish import Published, Run, publish
from communique.store.shards import write_shard
from communique.types import Actor, CastMember, Document, Event, Interval, Place, Record, Reject, Statement


def story(
    name: str, *, published: str = "2024-03-07", text: str = "Norway expelled two Russian diplomats.", type_: str = "SANCTION"
) -> Record:
    """A record with one event, one statement and a cast of two."""
    norway = Actor(name="Norway", country="NOR", sector="GOV", span=(0, 6), id="a1")
    russia = Actor(name="Russia", country="RUS", sector="GOV", span=(20, 27), id="a2")
    day = Interval(value=published, start=published, end=published, precision="day", basis="publication")
    oslo = Place(
        text="Oslo", span=None, name="Oslo", geonameid=3143244, country="NOR", latitude=59.9, longitude=10.7, kind="city", score=0.9
    )
    return Record(
        document=Document(id=name, title=f"Story {name}", publisher="Wire", url=None, language="en", published=published, text=text),
        actors=tuple(
            CastMember(
                id=a.id or "", name=a.name, country=a.country, organization=None, sector="GOV", title=None, mentions=(a.span or (0, 0),)
            )
            for a in (norway, russia)
        ),
        events=(
            Event(
                id="e1",
                type=type_,
                mode="expel" if type_ == "SANCTION" else None,
                contexts=("diplomatic",),
                actors=(norway,),
                recipients=(russia,),
                status="past",
                date=day,
                places=(oslo,),
                attribution=None,
                trigger=(7, 15),
                evidence=((0, len(text)),),
                score=0.8,
            ),
        ),
        statements=(
            Statement(
                id="s1",
                speaker=norway,
                verb="say",
                addressee=None,
                direct=False,
                quote=(0, 5),
                text=text[:5],
                date=None,
                about=("e1",),
                evidence=((0, 9),),
            ),
        ),
        exercises=(),
        times=(day,),
        places=(oslo,),
    )


def run_of(name: str) -> Run:
    return Run(run_id=name, started="2024-03-08T00:00:00Z", version="0", sources=("stories",))


def put(dataset: Dataset, run: str, shards: dict[str, list[Record | Reject]], *, recode: bool = False) -> Published:
    """Write shards as one run and publish them."""
    for shard, items in shards.items():
        write_shard(dataset, shard, items, run_id=run, codes=scores)
    return publish(dataset, run_of(run), recode=recode)


def dataset_at(folder: Path, *names: str) -> Dataset:
    """A published dataset with one shard of these stories."""
    dataset = create_dataset(folder)
    put(dataset, "r0", {"s0": [story(n) for n in names]})
    return dataset
