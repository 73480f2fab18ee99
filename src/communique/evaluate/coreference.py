"""Merged events against the event coreference of ECB+, within and across stories.

Only events that the coder files can be merged, so two things are told apart: how many of the annotated actions it files at all
(`found`: the trigger of an event overlaps the mention), and how well the found ones are merged. Mentions count where the corpus calls the
annotation of their sentence complete. The corpus marks every action, whatever its kind (hiring, filming, scoring); PLOVER's types are
political acts, so most mentions are out of reach.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from communique.evaluate.ecb import EcbStory, read_ecb
from communique.evaluate.files import keep
from communique.evaluate.partitions import b_cubed, conll
from communique.pipeline import analyse, record_of
from communique.stories.memory import MemoryBook
from communique.stories.sketch import Views, views_of
from communique.types import Event, Span


def score_coreference(path: Path | str, predictions: Path | str | None = None) -> dict[str, Any]:
    """MUC, B-cubed and CEAF-e of merged events over all stories under `path`. Raises `DataMissing` where they are not here."""
    stories = read_ecb(path)
    records = [record_of(analyse(s.document)) for s in stories]
    views = [views_of(r) for r in records]
    merged = merged_ids(views)
    gold: dict[str, str] = {}
    found: dict[str, str] = {}
    names: dict[str, str] = {}
    for story, record in zip(stories, records):
        for n, mention in enumerate(story.mentions):
            if not mention.judged:
                continue
            key = f"{story.document.id}/{n}"
            gold[key] = mention.chain
            event = next((e for e in record.events if e.trigger and _overlap(e.trigger, mention.span)), None)
            if event:
                fact = f"{story.document.id}#{event.id}"
                found[key], names[key] = merged.get(fact, fact), event.type
    keep(({"mention": k, "chain": gold[k], "merged": found.get(k), "type": names.get(k)} for k in gold), predictions)
    return _figures(gold, found, stories, [r.events for r in records])


def merged_ids(views: list[Views]) -> dict[str, str]:
    """The merged event of each event of the stories."""
    book = MemoryBook()
    book.add(views)
    return {e: m.id for c in book.clusters.values() for m in c.events for e in m.event_ids}


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _figures(gold: dict[str, str], found: dict[str, str], stories: list[EcbStory], events: list[tuple[Event, ...]]) -> dict[str, Any]:
    reached = {k: gold[k] for k in found}
    holders: dict[str, set[str]] = {}
    for k, chain in gold.items():
        holders.setdefault(chain, set()).add(k.split("/")[0])
    across = {chain for chain, where in holders.items() if len(where) > 1}
    alone = {k: k for k in gold}
    return {
        "stories": len(stories),
        "events_filed": sum(len(e) for e in events),
        "mentions": len(gold),
        "found": len(found),
        "found_recall": round(len(found) / max(len(gold), 1), 4),
        "mentions_across_stories": sum(c in across for c in gold.values()),
        "found_across_stories": sum(gold[k] in across for k in found),
        "merged_of_found": conll(reached, found),
        "nothing_merged_of_found": conll(reached, {k: k for k in found}),
        "all_mentions": conll(gold, alone | found),
        "nothing_merged_of_all": {"b_cubed_f1": b_cubed(gold, alone)["f1"]},
    }
