"""Choose among the places of a name: population, country and state context, what else the story names."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from communique.lexicon.tables import cells, read_table
from communique.resolve.gazetteer import Entry, fold, load_gazetteer

_KIND_WEIGHT = {
    "country": 9.0,
    "sea": 8.0,
    "region": 8.0,
    "base": 7.0,
    "range": 6.5,
    "facility": 6.5,
    "other": 6.5,
    "admin1": 0.5,
    "admin2": 4.0,
    "city": 0.0,
}
"""In powers of ten of people; a city has its people's, an American state or a province as much more."""
_LOCAL = frozenset(("city", "admin2", "facility", "base"))
"""Kinds that lie at a point, and so can be near."""
STEEP = 1.2
"""Log odds of a power of ten of population: 1 is Zipf's law with an exponent of 1/2."""
COUNTRY, STATE, NEAR = 20.0, 20.0, 30.0
"""How much likelier a place is than by its size where all other names lie in its country, in its state, or beside it."""
UNSEEN = 0.5
"""Names' worth of doubt that the other names show where the story is at home."""
INSIDE = 12.0
"""Log odds of a place in the container written after it."""
CAPITAL = 2.0
"""Log odds of a capital, which news names more often than its size tells."""
DATELINE = 4.0
"""Log odds of a town where a name is in capitals."""
OTHER_NAME = 1.8
"""Log odds against a city under a name that is not its first."""
NATION = 4.0
"""Log odds of a country whose people or adjective the story names too."""
LARGE = 100_000
"""People of a town that is meant even where another land's name follows it."""
PASSES = 4
NEAR_KM = 90.0
MOST_CONTEXT = 80
"""Different names of a story whose senses are chosen together; further ones among themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """A name found in the text: its form, and the container written after it ('Alexandria, Louisiana')."""

    form: str
    container: str | None


def prior(entry: Entry, form: str) -> float:
    """Log odds that a name means this place, all else unknown."""
    size = math.log10(entry.population + 10)
    if entry.kind != "city":
        return STEEP * (_KIND_WEIGHT[entry.kind] + (size if entry.kind == "admin1" else 0))
    key = fold(form)
    told = CAPITAL * ((key, entry.country) in _capitals()) + DATELINE * (len(form) > 3 and form.isupper())
    return STEEP * size + told - OTHER_NAME * (fold(entry.name) != key)


@lru_cache(maxsize=1)
def _capitals() -> frozenset[tuple[str, str]]:
    return frozenset((fold(c), r["iso3"]) for r in read_table("countries.tsv") for c in cells(r["capital"]))


def choose(names: list[Toponym], nations: Collection[str] = ()) -> list[tuple[Entry, float] | None]:
    """One entry and its share of the weight for each name, or None.

    A name has one sense in a story, and one container tells it for all its mentions. Every sense of every name counts as much as it is likely
    so far for the countries, the states and the places near it; after a few rounds the senses agree (Leidner 2007 calls the two heuristics
    *one referent per discourse* and *spatial minimality*). `nations` are countries whose adjective or people the story names.
    """
    told = {n.form: n for n in reversed(names) if n.container}
    names = [n if n.container else told.get(n.form, n) for n in names]
    keys = [k for k in dict.fromkeys(names) if load_gazetteer().find(k.form)]
    found: dict[Toponym, tuple[Entry, float]] = {}
    for at in range(0, len(keys), MOST_CONTEXT):
        found |= _agree(keys[at : at + MOST_CONTEXT], frozenset(nations))
    return [found.get(n) for n in names]


def _agree(keys: list[Toponym], nations: frozenset[str]) -> dict[Toponym, tuple[Entry, float]]:
    options = [_possible(k) for k in keys]
    keys, options = [k for k, o in zip(keys, options) if o], [o for o in options if o]
    if not keys:
        return {}
    first = np.cumsum([0] + [len(o) for o in options[:-1]])
    name = np.repeat(np.arange(len(keys)), [len(o) for o in options])
    flat = [e for o in options for e in o]
    alone = np.array([prior(e, k.form) + INSIDE * _inside(e, k.container) for k, o in zip(keys, options) for e in o])
    alone += NATION * np.array([e.kind == "country" and e.country in nations for e in flat])
    weight = _shares(alone, first, name)
    if len(keys) > 1:
        near = _nearness(flat, name)
        country, state = _groups(flat, name, state=False), _groups(flat, name, state=True)
        land, wide = np.array([e.kind == "country" for e in flat]), np.array([e.kind not in _LOCAL for e in flat])
        for _ in range(PASSES):
            # what is wide holds what lies in it: a country is as near as its towns are many
            c = country(weight)
            s = np.where(land, c, state(weight))
            n = np.where(wide, s, np.minimum(near @ weight, 1.0))
            weight = _shares(alone + np.log1p(COUNTRY * c) + np.log1p(STATE * s) + np.log1p(NEAR * n), first, name)
    out = {}
    for i, k in enumerate(keys):
        best = first[i] + int(np.argmax(weight[first[i] : first[i] + len(options[i])]))
        out[k] = (flat[best], round(float(weight[best]), 3))
    return out


def _possible(name: Toponym) -> tuple[Entry, ...]:
    """What a name may mean: nothing where the container written after it holds none of its places, unless one is large.

    'Shelby, Manitoba' is no Shelby of ours; 'after talks in Kabul, Pakistan agreed' is Kabul all the same.
    """
    found = load_gazetteer().find(name.form)
    large = any(e.kind != "city" or (e.population >= LARGE and fold(e.name) == fold(name.form)) for e in found)
    return found if not name.container or large or any(_inside(e, name.container) for e in found) else ()


def _shares(scores: np.ndarray, first: np.ndarray, name: np.ndarray) -> np.ndarray:
    """The weight of each option among those of its name."""
    raised = np.exp(scores - np.maximum.reduceat(scores, first)[name])
    return raised / np.add.reduceat(raised, first)[name]


def _nearness(flat: list[Entry], name: np.ndarray) -> np.ndarray:
    """How near the options of other names lie, 1 for the same spot."""
    at = np.radians(np.array([(e.latitude, e.longitude) for e in flat]))
    local = np.array([e.kind in _LOCAL for e in flat])
    east = (at[:, None, 1] - at[None, :, 1]) * np.cos(at[:, None, 0])
    km = 6371.0 * np.hypot(east, at[:, None, 0] - at[None, :, 0])
    return np.exp(-km / NEAR_KM) * (local[:, None] & local[None, :] & (name[:, None] != name[None, :]))


def _groups(flat: list[Entry], name: np.ndarray, *, state: bool) -> Callable[[np.ndarray], np.ndarray]:
    """The share of an option's country or state among the other names, as a function of the options' weights."""
    labels = [((e.country, e.admin1) if e.admin1 else None) if state else e.country for e in flat]
    order = {label: i for i, label in enumerate(dict.fromkeys(labels))}
    group = np.array([order[label] for label in labels])
    known = np.array([label is not None for label in labels])
    both = name * len(order) + group
    size = (int(name[-1]) + 1) * len(order)

    def share(weight: np.ndarray) -> np.ndarray:
        weight = weight * known
        own = np.bincount(both, weight, size)
        total = np.bincount(group, weight, len(order))
        mass = np.bincount(name, weight)
        return known * (total[group] - own[both]) / (mass.sum() - mass[name] + UNSEEN)

    return share


def _inside(entry: Entry, container: str | None) -> bool:
    if not container:
        return False
    wanted = US_STATES.get(container, container)
    return fold(entry.admin1 or "") == fold(wanted) or any(
        c.kind == "country" and c.country == entry.country for c in load_gazetteer().find(container) if entry.kind != "country"
    )


US_STATES = {
    k: v
    for k, v in (
        p.split(":")
        for p in (
            "Ala.:Alabama|Ariz.:Arizona|Ark.:Arkansas|Calif.:California|Colo.:Colorado|Conn.:Connecticut|Del.:Delaware|Fla.:Florida|Ga.:Georgia|Ill.:Illinois|"
            "Ind.:Indiana|Kan.:Kansas|Ky.:Kentucky|La.:Louisiana|Md.:Maryland|Mass.:Massachusetts|Mich.:Michigan|Minn.:Minnesota|Miss.:Mississippi|Mo.:Missouri|"
            "Mont.:Montana|Neb.:Nebraska|Nev.:Nevada|N.H.:New Hampshire|N.J.:New Jersey|N.M.:New Mexico|N.Y.:New York|N.C.:North Carolina|N.D.:North Dakota|"
            "Okla.:Oklahoma|Ore.:Oregon|Pa.:Pennsylvania|R.I.:Rhode Island|S.C.:South Carolina|S.D.:South Dakota|Tenn.:Tennessee|Tex.:Texas|Vt.:Vermont|Va.:Virginia|"
            "Wash.:Washington|W.Va.:West Virginia|Wis.:Wisconsin|Wyo.:Wyoming|D.C.:District of Columbia|AL:Alabama|AZ:Arizona|AR:Arkansas|CA:California|CO:Colorado|"
            "CT:Connecticut|DE:Delaware|FL:Florida|GA:Georgia|IL:Illinois|IN:Indiana|KS:Kansas|KY:Kentucky|LA:Louisiana|MD:Maryland|MA:Massachusetts|MI:Michigan|"
            "MN:Minnesota|MS:Mississippi|MO:Missouri|MT:Montana|NE:Nebraska|NV:Nevada|NH:New Hampshire|NJ:New Jersey|NM:New Mexico|NY:New York|NC:North Carolina|"
            "ND:North Dakota|OH:Ohio|OK:Oklahoma|OR:Oregon|PA:Pennsylvania|RI:Rhode Island|SC:South Carolina|SD:South Dakota|TN:Tennessee|TX:Texas|UT:Utah|VT:Vermont|"
            "VA:Virginia|WA:Washington|WV:West Virginia|WI:Wisconsin|WY:Wyoming"
        ).split("|")
    )
}
"""Abbreviations of American states to their names."""
