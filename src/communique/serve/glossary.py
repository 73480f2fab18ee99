"""What a code means, in our own words, and names of countries and organizations."""

from __future__ import annotations

from functools import lru_cache

from communique.lexicon.tables import cells, read_table, table_names

TYPES = {
    "AGREE": "Agrees to do something: signs, promises, accepts. The deed itself is still to come.",
    "CONSULT": "Meets, talks, visits or telephones.",
    "SUPPORT": "Backs somebody in words or by diplomatic acts: praises, recognizes, sides with.",
    "CONCEDE": "Gives way under pressure without withdrawing: eases a rule, returns property, allows what was forbidden.",
    "COOPERATE": "Works together in deeds: trades, shares intelligence, exercises jointly.",
    "AID": "Gives help: money, weapons, food, protection, asylum.",
    "RETREAT": "Pulls back: a ceasefire, a release, a withdrawal, a resignation.",
    "REQUEST": "Asks or demands: a meeting, help, a change.",
    "ACCUSE": "Blames, criticizes, condemns or investigates.",
    "REJECT": "Refuses or denies: an offer, a demand, an accusation.",
    "THREATEN": "Announces harm unless something is done.",
    "PROTEST": "Citizens demonstrate, strike, block or riot.",
    "SANCTION": "Cuts or reduces normal relations: expels, embargoes, breaks off.",
    "MOBILIZE": "Moves or readies forces: deploys, drills alone, raises the alert.",
    "COERCE": "A government or armed group represses: arrests, bans, seizes, censors.",
    "ASSAULT": "Uses physical violence against people or things.",
}
STATUSES = {
    "past": "It is told as done.",
    "ongoing": "It is told as going on.",
    "planned": "It is announced and has not happened yet.",
    "cancelled": "It was planned and will not happen.",
    "hypothetical": "It is spoken of as possible only.",
    "denied": "Somebody says that it did not happen.",
    "completed": "The exercise is over.",
    "postponed": "The exercise was put off.",
}
QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
SECTORS = {
    "GOV": "government",
    "MIL": "armed forces",
    "LEG": "parliament",
    "JUD": "courts",
    "COP": "police",
    "SPY": "intelligence services",
    "PTY": "parties",
    "OPP": "opposition",
    "REB": "rebels",
    "UAF": "armed groups of no known side",
    "PRM": "paramilitaries",
    "CRM": "criminals",
    "CVL": "civilians",
    "BUS": "business",
    "LAB": "labour",
    "EDU": "education",
    "MED": "health",
    "JRN": "media",
    "REL": "religious bodies",
    "REF": "refugees",
    "SOC": "civil society and aid bodies",
    "ELI": "elites without office",
    "AGR": "farmers",
    "PRE": "partially recognised states",
    "UNK": "unknown",
    "IGO": "international organizations",
}
BASES = {"text": "", "publication": "the day of publication; the story gives no other", "inferred": "inferred from the story"}
STANCES = {"asserts": "says so", "alleges": "alleges it", "denies": "denies it", "doubts": "doubts it"}


@lru_cache(maxsize=1)
def denials() -> str:
    """Verbs of speakers who deny something or give assurances, with commas, for the filter `verb`.

    >>> denials()
    'assure,deny,disavow,dismiss,dispute,insist,reassure,rebut,refute,reject'
    """
    found = {r["lemma"] for r in read_table("speech_verbs.tsv") if r["stance"] == "denies" and r["pos"] == "v"}
    return ",".join(sorted(found | {"assure", "insist", "reassure"}))


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Code to name."""
    return {r["iso3"]: r["name"] for r in reversed(read_table("countries.tsv"))}


@lru_cache(maxsize=1)
def organizations() -> dict[str, str]:
    """Code to name."""
    return {r["code"]: r["name"] for r in reversed(read_table("organizations.tsv"))}


def party_name(code: str | None) -> str:
    """A readable name of a country or organization.

    >>> party_name("CHN"), party_name("ZZZ"), party_name("CHN/MIL")
    ('China', 'ZZZ', 'China, armed forces')
    """
    base, _, sector = (code or "").partition("/")
    name = countries().get(base) or organizations().get(base) or base
    said = SECTORS.get(sector, sector)
    return ", ".join(v for v in (name, said) if v)


@lru_cache(maxsize=1)
def _named() -> list[tuple[str, str]]:
    found = [(w, r["iso3"]) for r in read_table("countries.tsv") for w in (r["name"], *cells(r["aliases"]), *cells(r["demonyms"]))]
    found += [(w, r["code"]) for r in read_table("organizations.tsv") for w in (r["name"], r["code"], *cells(r["aliases"]))]
    return [(word.casefold(), code) for word, code in found if code]


def find_parties(text: str, most: int = 6) -> list[str]:
    """Codes of countries and organizations whose name a text is, or begins.

    >>> find_parties("chinese")[:1], find_parties("")
    (['CHN'], [])
    """
    wanted = text.casefold().strip().strip('"')
    if len(wanted) < 2:
        return []
    exact = [c for w, c in _named() if w == wanted or c.casefold() == wanted]
    begins = [c for w, c in _named() if len(wanted) >= 3 and w.startswith(wanted)]
    return list(dict.fromkeys([*exact, *begins]))[:most]


@lru_cache(maxsize=1)
def _offices() -> dict[str, list[dict[str, str]]]:
    out: dict[str, list[dict[str, str]]] = {}
    for table in reversed(table_names("people")):
        for row in read_table(table):
            for code in {row["iso3"], row["organization"]} - {""}:
                out.setdefault(code, []).append(row)
    return out


def offices(code: str, *, most: int = 60) -> list[dict[str, str]]:
    """Who held which office of a country or organization, the latest first; from the lexicon."""
    rows = _offices().get(code.split("/")[0], [])
    return sorted(rows, key=lambda r: (r["to"] or "9999", r["from"]), reverse=True)[:most]
