"""Convert the dated person entries of TABARI actor dictionaries (MIT) to `lexicon/data/people/historical.tsv`.

Usage: python tools/build_people.py Phoenix.Countries.actors.txt [more ...]

Facts that run to the dictionaries' own end (2014-01-30) keep an empty `to` with the note `end uncertain`. Names in
`recent.tsv`, which is written by hand, win: their rows are left out here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

DATA = Path(__file__).parent.parent / "src/communique/lexicon/data/people"
SECTORS = ("GOV", "MIL", "LEG", "JUD", "SPY", "COP", "OPP", "REB")
NOT_NAMES = frozenset(
    """minister ministry party government army council president prime king queen general leader chief official officials the of and
    administration court police forces force national people republic union front movement group bank court office department secretary
    chancellor ambassador parliament assembly committee commission rebel rebels junta regime house palace capital democratic liberation
    organization association states city mr mr. dr dr. foreign defense defence deputy former ex federal supreme emir sheikh sultan
    military troops navy air militants soldiers gunmen opposition interior finance security premier governor senator vice elect
    mister comrade colonel gen gen. col. col. major captain sir lord lady princess prince""".split()
)
PARTICLES = frozenset("de la del der den van von bin ibn al el da dos das du di e y ul ur".split())


def display(phrase: str) -> str | None:
    """A phrase in capitals to a name, None where it is none."""
    words = phrase.strip(" _").replace("_", " ").split()
    low = [w.lower() for w in words]
    if not 2 <= len(words) <= 4 or any(w in NOT_NAMES for w in low) or not all(re.fullmatch(r"[A-Z.'-]+", w) for w in words):
        return None
    if any(len(w.strip(".")) < 2 and "." not in w for w in words) or len(words[-1]) < 3:
        return None
    return " ".join(w if i and w in PARTICLES else "-".join(p.capitalize() for p in w.split("-")) for i, w in enumerate(low))


def iso(value: str) -> str:
    year = int(value[:2])
    return f"{(1900 if year > 20 else 2000) + year}-{value[2:4]}-{value[4:6]}"


def rows(text: str) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = []
    name: str | None = None
    aliases: list[str] = []
    for raw in text.splitlines():
        line = raw.split("#")[0].rstrip()
        code = re.match(r"\s+\[([A-Z]{3})([A-Z]{3})\w* (\d{6})?([<>-])(\d{6})?\]", line)
        if code and name and code.group(2) in SECTORS:
            first, mark, second = code.group(3), code.group(4), code.group(5)
            start = iso(first) if first else iso(second) if mark == ">" and second else ""
            end = iso(second) if second and mark in "-<" else ""
            if (end and end < "1985") or (start and end and start > end) or not start:
                continue
            note = "" if end else "end uncertain"
            out.append(
                (name, "|".join(dict.fromkeys(a for a in aliases if a != name)), code.group(1), "", code.group(2), "", start, end, note)
            )
        elif line.startswith("+") and name:
            other = display(line[1:])
            if other:
                aliases.append(other)
        elif line and line[0].isalpha():
            name, aliases = display(line.split("[")[0]), []
    return out


def main() -> None:
    recent = {line.split("\t")[0].casefold() for p in DATA.glob("recent*.tsv") for line in p.read_text(encoding="utf-8").splitlines()[1:]}
    aliases = {
        a.casefold()
        for p in DATA.glob("recent*.tsv")
        for line in p.read_text(encoding="utf-8").splitlines()[1:]
        for a in line.split("\t")[1].split("|")
    }
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in sys.argv[1:]:
        for row in rows(Path(path).read_text(encoding="utf-8", errors="replace")):
            if row[0].casefold() not in recent | aliases:
                found.setdefault((row[0], row[2], row[4], row[6]), row)
    body = "".join("\t".join(r) + "\n" for r in sorted(found.values()))
    head = "# Converted by tools/build_people.py from the TABARI dictionaries of the Open Event Data Alliance (MIT); facts end in 2013.\n"
    (DATA / "historical.tsv").write_text(
        head + "name\taliases\tiso3\torganization\tsector\ttitle\tfrom\tto\tnotes\n" + body, encoding="utf-8"
    )
    print(len(found), "rows,", len({r[0] for r in found.values()}), "people", file=sys.stderr)


if __name__ == "__main__":
    main()
