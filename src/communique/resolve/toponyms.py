"""Choose among the places of a name: population, country and state context, what else the story names."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from communique.resolve.gazetteer import Entry, fold, load_gazetteer

CAPITALS_BONUS = 1.5
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


def choose(names: list[Toponym]) -> list[tuple[Entry, float] | None]:
    """One entry and its share of the weight for each name, or None; two passes, the second with the first's countries and states."""
    options = [load_gazetteer().find(n.form) for n in names]
    first = [_best(n, o, Counter(), Counter()) for n, o in zip(names, options)]
    countries: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for n, b, o in zip(names, first, options):
        if b and b[0].country:
            sure = 1.0 if b[0].kind != "city" or n.container or len(o) == 1 or b[0].population > 1_000_000 else 0.4
            countries[b[0].country] += sure  # type: ignore[assignment]
            if b[0].admin1:
                states[b[0].admin1] += sure  # type: ignore[assignment]
    return [_best(n, o, countries, states) for n, o in zip(names, options)]


def _best(name: Toponym, options: tuple[Entry, ...], countries: Counter[str], states: Counter[str]) -> tuple[Entry, float] | None:
    if not options:
        return None
    total_c, total_s = sum(countries.values()) or 1, sum(states.values()) or 1
    scores = []
    for e in options:
        score = prior(e, name.form)
        if name.container:
            score += 10.0 * _inside(e, name.container)
        if e.country and e.kind == "city":
            score += 3.0 * countries[e.country] / total_c
        if e.admin1 and e.kind in ("city", "admin2"):
            score += 4.0 * states[e.admin1] / total_s + (0.5 if states[e.admin1] >= 2 else 0.0)
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
