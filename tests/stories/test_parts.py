"""Signatures, versions, vectors and linkage against plain ways of getting the same."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.stories.build import event, record, stream, text_of

from communique.stories.clusters import Parameters, file_clusters
from communique.stories.counts import Count, counts_in, number
from communique.stories.linkage import Linkage
from communique.stories.minhash import BANDS, SIZE, like_pairs, shingle_hashes, signature, words_of
from communique.stories.order import day_of, order_key
from communique.stories.sketch import columns, decode_events, decode_exercises, decode_sketch, encode, sketch_of
from communique.stories.terms import text_terms
from communique.stories.vectors import Neighbours, vectors_of
from communique.stories.versions import file_versions
from communique.types import Document


def doc(identity: str, text: str, published: str | None = "2024-03-07", title: str | None = None) -> Document:
    return Document(id=identity, title=title, publisher=None, url=None, language="en", published=published, text=text)


def rows(*signatures: bytes) -> np.ndarray:
    return np.array([np.frombuffer(s, "<u2") for s in signatures])


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 300), st.integers(0, 100), st.integers(0, 10**6))
def test_likeness_is_near_to_jaccard(size: int, changed: int, seed: int) -> None:
    source = random.Random(seed)
    words = [f"w{source.randrange(10**6)}" for _ in range(size)]
    other = words[: size - size * changed // 100] + [f"v{source.randrange(10**6)}" for _ in range(size * changed // 100)]
    a, b = shingle_hashes(words), shingle_hashes(other)
    exact = len(np.intersect1d(a, b)) / len(np.union1d(a, b))
    estimate = (rows(signature(a), signature(b))[0] == rows(signature(a), signature(b))[1]).mean()
    assert abs(exact - estimate) < 0.25
    assert exact < 1 or estimate == 1


def test_alike_texts_are_paired_and_others_are_not() -> None:
    texts = [text_of(n, n) for n in range(40)]
    texts += [t.replace("left", "kept", 1) for t in texts[:10]]
    left, right, likely = like_pairs(rows(*(signature(shingle_hashes(words_of(t))) for t in texts)))
    found = {(a, b) for a, b, j in zip(left.tolist(), right.tolist(), likely.tolist()) if j > 0.7}
    assert {(n, 40 + n) for n in range(10)} <= found
    assert all(b - a == 40 or text_terms(texts[a]).keys() & text_terms(texts[b]).keys() for a, b in found)


def test_ten_thousand_equal_texts_give_few_pairs() -> None:
    one = signature(shingle_hashes(words_of(text_of(1, 1))))
    left, _, likely = like_pairs(np.repeat(rows(one), 10_000, axis=0))
    assert len(left) <= 2 * 10_000 and (likely == 1).all()
    assert SIZE % BANDS == 0


LONG = text_of(3, 1) + " " + text_of(3, 2)


@pytest.mark.parametrize(
    ("second", "title", "published", "kind"),
    [
        (LONG, "Flood", "2024-03-07", "duplicate"),
        (LONG, "CORRECTED-Flood", "2024-03-08", "correction"),
        (LONG.replace("left", "kept", 1), "Flood", "2024-03-12", "resend"),
        (LONG + " " + text_of(3, 9), "UPDATE 1-Flood", "2024-03-07T12:00:00Z", "update"),
        (text_of(3, 50), "Flood", "2024-03-07", None),
        (LONG, "Flood", "2024-03-27", None),
        (text_of(7, 50), "CORRECTED-Flood", "2024-03-07", None),
    ],
)
def test_versions_of_a_story(second: str, title: str, published: str, kind: str | None) -> None:
    first = sketch_of(doc("a", LONG, "2024-03-06", "Flood"))
    other = sketch_of(doc("b", second, published, title))
    old = file_versions([], [first])
    within = (day_of(published) or 0) - (day_of(first.published) or 0) <= 7
    found = file_versions(old if within else [], [other])[0]
    assert (found.kind if found.first == "a" else None) == kind


def test_market_reports_of_two_days_are_two_stories() -> None:
    report = (
        "The Federal Reserve added reserves to the banking system with {} billion dollars of customer repurchase agreements. " + LONG[:150]
    )
    first = sketch_of(doc("a", report.format("1.5"), "2024-03-05"))
    other = sketch_of(doc("b", report.format("2.0").replace("left", "kept"), "2024-03-08"))
    assert [f.first for f in file_versions(file_versions([], [first]), [other])] == ["b"]


def test_short_texts_are_versions_only_when_equal() -> None:
    same, other = sketch_of(doc("b", "Bomb hits!")), sketch_of(doc("c", "Bomb missed"))
    assert [f.first for f in file_versions([], [sketch_of(doc("a", "Bomb hits")), same, other])] == ["a", "a", "c"]


def test_neighbours_are_those_of_all_pairs() -> None:
    sketches = sorted((v.sketch for v in stream(4, 80, 5)), key=lambda s: order_key(s.published, s.document_id))
    vectors = vectors_of(sketches)
    dense = np.zeros((len(sketches), vectors.columns + 1))
    np.put_along_axis(dense, vectors.terms, vectors.weights, axis=1)
    cosines = dense @ dense.T
    assert np.allclose(np.diag(cosines), 1)
    finder = Neighbours(vectors)
    for n in range(len(sketches)):
        near, found = finder.of(n)
        wanted = [k for k in range(len(sketches)) if k != n and cosines[n, k] >= 0.05]
        assert near.tolist() == wanted
        assert np.allclose(found, cosines[n, wanted])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 14), st.integers(0, 10**6), st.floats(0.2, 0.9))
def test_linkage_is_average_linkage(n: int, seed: int, threshold: float) -> None:
    points = np.random.Generator(np.random.PCG64(seed)).random((n, 4))
    likeness = points @ points.T
    linkage = Linkage([dict(enumerate(p)) for p in points], [1] * n, [False] * n, threshold)
    linkage.run((a, b) for a in range(n) for b in range(a) if likeness[a, b] >= threshold)
    held = [[k] for k in range(n)]
    while len(held) > 1:
        value, a, b = max((likeness[np.ix_(x, y)].mean(), -i, -j) for i, x in enumerate(held) for j, y in enumerate(held) if i < j)
        if value < threshold:
            break
        held[-a] = sorted(held[-a] + held.pop(-b))
    assert sorted(sorted(m) for m in linkage.members.values()) == sorted(held)


def test_old_clusters_are_never_brought_together() -> None:
    alike = [{1: 1.0}] * 5
    linkage = Linkage(alike, [1] * 5, [True, True, False, False, False], 0.5)
    linkage.run((a, b) for a in range(5) for b in range(a))
    assert sum(len(m) for m in linkage.members.values()) == 5
    assert len(linkage.members) == 2


def test_tellings_of_one_happening_stand_together() -> None:
    told = {f"h{h} {n}": sketch_of(doc(f"h{h} {n}", text_of(h, n))) for h in range(12) for n in range(5)}
    placed = file_clusters([], list(told.values()))
    by_cluster: dict[str, set[str]] = {}
    for p in placed:
        by_cluster.setdefault(p.cluster_id, set()).add(p.sketch.document_id.split()[0])
    assert all(len(h) == 1 for h in by_cluster.values())
    assert len(by_cluster) == 12


def test_lonely_stories_stay_alone() -> None:
    texts = ["Chess master wins title in Oslo after long final.", "Bakery in Lima sells blue bread to tourists.", "Comet seen over Perth."]
    placed = file_clusters([], [sketch_of(doc(str(n), t)) for n, t in enumerate(texts)], Parameters())
    assert len({p.cluster_id for p in placed}) == 3


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Rebels killed at least 15 soldiers and wounded dozens.", (Count(what="killed", count=15, at_least=True),)),
        (
            "Twelve people were killed and two wounded.",
            (Count(what="killed", count=12, at_least=False), Count(what="injured", count=2, at_least=False)),
        ),
        ("Police arrested 1,200 protesters.", (Count(what="arrested", count=1200, at_least=False),)),
        ("He was killed in 2014.", ()),
        ("The army killed nobody.", ()),
        ("The attack left 40 people dead.", (Count(what="killed", count=40, at_least=False),)),
    ],
)
def test_counts(text: str, counts: tuple) -> None:
    assert counts_in(text) == counts


@given(st.integers(1, 99))
def test_numbers_in_words(n: int) -> None:
    small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    tens = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
    words = small[n] if n < 20 else tens[n // 10] if n % 10 == 0 else f"{tens[n // 10]}-{small[n % 10]}"
    assert number(words) == n


@pytest.mark.parametrize(
    "hostile", ["1,000 " * 17_000, "killed at least " * 7_000, "a hundred " * 10_000, "12 a a a a " * 10_000, "x" * 100_000]
)
def test_hostile_text_costs_little(hostile: str) -> None:
    start = time.perf_counter()
    counts_in(hostile)
    assert time.perf_counter() - start < 3.0
    start = time.perf_counter()
    text_terms(hostile)
    words_of(hostile)
    assert time.perf_counter() - start < 1.0


def test_views_come_back_from_bytes() -> None:
    for v in stream(8, 30, 5):
        assert decode_sketch(encode(v.sketch)) == v.sketch
        assert decode_events(encode(v.events)) == v.events
        assert decode_exercises(encode(v.exercises)) == v.exercises
        assert len(encode(v.sketch)) < 1600


def test_plurals_are_one_term_and_function_words_none() -> None:
    assert list(text_terms("The treaty on the treaty of treaties in Arda")) == ["treaty", "arda"]


def test_lone_surrogates_are_kept_out_of_the_bytes() -> None:

    made = columns(record("a\ud800", "Bomb \ud800 hits", title="Odd \udfff", events=(event(1, "ASSAULT", "AAA", "BBB"),)), ["e_1"], [])
    assert made["sketch"] is not None and made["events"] is not None and made["exercises"] is None
    assert decode_sketch(made["sketch"]).title == "Odd �"
    assert decode_events(made["events"])[0].id == "e_1"
