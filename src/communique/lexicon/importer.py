"""Dictionaries of PETRARCH and TABARI to communique's own tables: actors, agents and verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from communique.errors import LexiconError

Kind = Literal["actors", "agents", "verbs"]
SECTORS = frozenset(
    "COP GOV JUD LEG MIL PRM PTY REB SPY UAF UNK AGR BUS CRM CVL EDU ELI ENV HLH HRI LAB MED NGO OPP REF REL SET SOC IGO IGM IMG MNC INS RAD SEP".split()
)
_OLD_SECTORS = {"INS": "REB", "SEP": "REB", "RAD": "REB", "SET": "CVL", "IGM": "IMG"}
_CODE = re.compile(r"\[([^\]]{1,80})\]")
_DATED = re.compile(r"^(?P<code>[A-Z~+*-]{2,24}|---)(?:\s+(?P<a>\d{6,8})-(?P<b>\d{6,8})|\s*(?P<mark>[<>])\s*(?P<c>\d{6,8}))?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One phrase with one code."""

    phrase: str
    code: str
    country: str | None
    sector: str | None
    start: str
    end: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What a dictionary held, and the lines that were not understood, with their numbers."""

    kind: Kind
    rows: tuple[Imported, ...]
    problems: tuple[tuple[int, str], ...]

    def write(self, folder: Path | str) -> Path:
        """Write `imported_KIND.tsv` to a folder and return its path. Raises `LexiconError` where it cannot be written."""
        target = Path(folder) / f"imported_{self.kind}.tsv"
        lines = ["phrase\tcode\tcountry\tsector\tfrom\tto\tline"]
        lines += ["\t".join((r.phrase, r.code, r.country or "", r.sector or "", r.start, r.end, str(r.line))) for r in self.rows]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise LexiconError(f"cannot write {target.name}: {error.strerror}") from error
        return target


def split_code(code: str) -> tuple[str | None, str | None]:
    """Country and PLOVER sector of a CAMEO actor code.

    >>> split_code("USAGOV"), split_code("~MIL"), split_code("IGOUNO")
    (('USA', 'GOV'), (None, 'MIL'), (None, 'IGO'))
    """
    parts = [code.lstrip("~")[i : i + 3] for i in range(0, len(code.lstrip("~")), 3)]
    sectors = [p for p in parts if p in SECTORS]
    country = parts[0] if parts and parts[0] not in SECTORS and not code.startswith("~") and re.fullmatch(r"[A-Z]{3}", parts[0]) else None
    return country, _OLD_SECTORS.get(sectors[0], sectors[0]) if sectors else None


def _iso(value: str | None) -> str:
    if not value:
        return ""
    if len(value) == 8:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if len(value) != 6:
        return ""
    year = int(value[:2])
    return f"{(1900 if year > 20 else 2000) + year}-{value[2:4]}-{value[4:6]}"


def _plain(phrase: str) -> str:
    return " ".join(phrase.replace("_", " ").split()).strip()


def _codes(line: str) -> Iterator[tuple[str, str, str]]:
    for inner in _CODE.findall(line):
        m = _DATED.match(inner.strip())
        if not m:
            continue
        start, end = _iso(m["a"]), _iso(m["b"])
        if m["mark"] == ">":
            start = _iso(m["c"])
        elif m["mark"] == "<":
            end = _iso(m["c"])
        yield m["code"], start, end


def import_actors(text: str) -> ImportReport:
    """Actor dictionaries: a phrase, its `+` synonyms, its codes with their terms in brackets on the same or the next lines."""
    rows: list[Imported] = []
    problems: list[tuple[int, str]] = []
    names: list[str] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#")[0].split(";")[0].rstrip()
        if not line.strip() or line.startswith("<"):
            continue
        head = _CODE.sub("", line).strip()
        codes = list(_codes(line))
        if head.startswith("+"):
            names.append(_plain(head[1:]))
        elif head and not line[0].isspace():
            names = [_plain(head)]
        if "[" in line and not codes:
            problems.append((number, raw))
        for code, start, end in codes:
            country, sector = split_code(code)
            rows += [Imported(phrase=n, code=code, country=country, sector=sector, start=start, end=end, line=number) for n in names]
    return ImportReport(kind="actors", rows=tuple(rows), problems=tuple(problems))


def import_agents(text: str) -> ImportReport:
    """Agent dictionaries: `PHRASE [~GOV]`, with the plural in braces; `!NAME! = a, b` defines a set used as `!NAME!`."""
    rows: list[Imported] = []
    problems: list[tuple[int, str]] = []
    sets: dict[str, list[str]] = {}
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#")[0].rstrip()
        if not line.strip() or line.startswith("<"):
            continue
        defined = re.match(r"!(\w+)!\s*=\s*(.+)", line)
        if defined:
            sets[defined.group(1)] = [v.strip() for v in defined.group(2).split(",") if v.strip()]
            continue
        code = re.search(r"\[([~A-Z-]+)\]", line)
        if not code:
            problems.append((number, raw))
            continue
        plural = re.search(r"\{([^}]{1,60})\}", line)
        name = _plain(re.sub(r"\{[^}]{0,60}\}|\[[^\]]{0,80}\]", "", line))
        used = re.search(r"!(\w+)!", name)
        names = [name.replace(used.group(0), v) for v in sets.get(used.group(1), [])] if used else [name]
        country, sector = split_code(code.group(1))
        for n in [*names, *([_plain(plural.group(1))] if plural and plural.group(1) != "~" else [])]:
            rows.append(Imported(phrase=_plain(n), code=code.group(1), country=country, sector=sector, start="", end="", line=number))
    return ImportReport(kind="agents", rows=tuple(rows), problems=tuple(problems))


def import_verbs(text: str) -> ImportReport:
    """Verb dictionaries: `--- BLOCK [code] ---`, verbs, and patterns that begin with `-`; a phrase keeps its pattern marks."""
    rows: list[Imported] = []
    problems: list[tuple[int, str]] = []
    block = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.split("#")[0].rstrip()
        if not line.strip() or line.startswith(("<", "&", "+", "~")):
            continue
        heading = re.match(r"---\s*(.+?)\s*(?:\[([^\]]*)\])?\s*---", line)
        if heading:
            block = heading.group(2) or ""
            continue
        code = re.search(r"\[([^\]]{1,20})\]", line)
        phrase = " ".join(re.sub(r"\[[^\]]{0,20}\]|\{[^}]{0,200}\}", "", line).strip().lstrip("-").split())
        value = code.group(1).strip(": ") if code else block
        if not phrase:
            problems.append((number, raw))
            continue
        rows.append(Imported(phrase=phrase, code=value, country=None, sector=None, start="", end="", line=number))
    return ImportReport(kind="verbs", rows=tuple(rows), problems=tuple(problems))


def kind_of(text: str) -> Kind:
    """Which kind of dictionary a text is: verb blocks, agents with `~` codes, else actors."""
    if re.search(r"^---\s*\S+.*---", text, re.M):
        return "verbs"
    agents = len(re.findall(r"\[~[A-Z]{3}", text))
    return "agents" if agents > 10 and agents * 2 > text.count("[") else "actors"


def import_dictionary(path: Path | str, kind: Kind | None = None) -> ImportReport:
    """Read one dictionary file; the kind is told by the content where it is not given. Raises `LexiconError`."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise LexiconError(f"cannot read {Path(path).name}: {error.strerror}") from error
    readers = {"actors": import_actors, "agents": import_agents, "verbs": import_verbs}
    return readers[kind or kind_of(text)](text)
