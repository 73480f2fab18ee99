"""Choose among the places of a name: population, country and state context, what else the story names."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from communique.resolve.gazetteer import Entry, fold, load_gazetteer

COUNTRY, STATE, NEAR = 3.0, 3.0, 3.0
"""Most that the other names' countries, states and nearness add to a place's score (in powers of ten of population)."""
_KIND_WEIGHT = {
    "country": 9.0,
    "sea": 8.0,
    "region": 8.0,
    "base": 7.0,
    "range": 6.5,
    "facility": 6.5,
    "other": 6.5,
    "admin1": 6.5,
    "admin2": 4.0,
    "city": 0.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """A name found in the text: its form, and the container written after it ('Alexandria, Louisiana')."""

    form: str
    container: str | None


def prior(entry: Entry, form: str) -> float:
    """How likely a name means this place, all else unknown."""
    weight = _KIND_WEIGHT[entry.kind] if entry.kind != "city" else math.log10(entry.population + 10)
    return weight - (0.0 if fold(entry.name) == fold(form) or entry.kind != "city" else 1.5)


PASSES = 3
NEAR_KM = 90.0
MOST_CONTEXT = 300
"""Other names of a story that are looked at for what lies near; the first ones count."""


def choose(names: list[Toponym]) -> list[tuple[Entry, float] | None]:
    """One entry and its share of the weight for each name, or None.

    A name has one sense in a story. The first pass knows only the names themselves; the later ones what the other names
    came to mean: their countries, their states, and how near they lie (Leidner 2007 calls the two heuristics used here
    *one referent per discourse* and *spatial minimality*).
    """
    keys = list(dict.fromkeys(names))
    options = [load_gazetteer().find(k.form) for k in keys]
    best = [_weigh(k, o, None) for k, o in zip(keys, options)]
    for _ in range(PASSES - 1):
        contexts = Contexts([b for b in best if b is not None][:MOST_CONTEXT])
        best = [_weigh(k, o, contexts) for k, o in zip(keys, options)]
    found = dict(zip(keys, best))
    return [found[n] for n in names]


class Contexts:
    """What a story's names mean so far: weights of countries and states, and coordinates with their confidence."""

    def __init__(self, best: list[tuple[Entry, float]]) -> None:
        self.countries: Counter[str] = Counter()
        self.states: Counter[str] = Counter()
        for e, share in best:
            weight = share * (1.0 if e.kind in ("country", "admin1") else 0.8)
            if e.country:
                self.countries[e.country] += weight  # type: ignore[assignment]
            if e.country and e.admin1:
                self.states[e.admin1] += weight  # type: ignore[assignment]
        local = [(e, share) for e, share in best if e.kind in ("city", "admin2", "facility", "base")]
        self.at = np.radians(np.array([(e.latitude, e.longitude) for e, _ in local]).reshape(-1, 2))
        self.sure = np.array([share for _, share in local])

    def near(self, e: Entry) -> float:
        """Confidence of the other local names around a place, each less the farther it lies."""
        if not len(self.at):
            return 0.0
        lat, lon = math.radians(e.latitude), math.radians(e.longitude)
        dx, dy = (self.at[:, 1] - lon) * math.cos(lat), self.at[:, 0] - lat
        km = 6371.0 * np.hypot(dx, dy)
        return float((self.sure * np.exp(-km / NEAR_KM) * (km > 0.5)).sum())

    def share(self, counts: Counter[str], key: str, own: float) -> float:
        """Share of a country or state among the other names: what the name itself brought in is taken out."""
        total = sum(counts.values()) - own
        return max(0.0, counts[key] - own) / total if total > 0.05 else 0.0


def _weigh(name: Toponym, options: tuple[Entry, ...], contexts: Contexts | None) -> tuple[Entry, float] | None:
    if not options:
        return None
    scores = []
    for e in options:
        score = prior(e, name.form)
        if name.container:
            score += 10.0 * _inside(e, name.container)
        if contexts and e.country:
            own = 0.8 if len(options) > 1 else 0.0
            score += COUNTRY * contexts.share(contexts.countries, e.country, own if contexts.countries[e.country] else 0.0)
            if e.admin1 and e.kind != "country":
                score += STATE * contexts.share(contexts.states, e.admin1, own if contexts.states[e.admin1] else 0.0)
            if e.kind in ("city", "admin2"):
                score += NEAR * min(1.0, contexts.near(e))
        scores.append(score)
    top = max(range(len(options)), key=lambda i: (scores[i], -i))
    weights = [math.exp(min(s - scores[top], 0.0) * 1.2) for s in scores]
    return options[top], round(1.0 / sum(weights), 3)


def _inside(entry: Entry, container: str) -> bool:
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
