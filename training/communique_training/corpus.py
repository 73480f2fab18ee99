"""The corpus: marked text blocks (`training/corpus/GUIDE.md`) to checked JSON, one object a block.

`python -m communique_training.corpus check FILE...` says what is wrong, by file and line.
`python -m communique_training.corpus build` writes `training/corpus/corpus.jsonl`.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1] / "corpus"
TEXT = ROOT / "text"
MORE = ROOT / "more"
"""Further blocks for training alone: they are in no other part, and outside the quotas."""
PLOVER = Path(__file__).resolve().parents[2] / "src/communique/lexicon/data/plover.tsv"
COUNTRIES = PLOVER.with_name("countries.tsv")
CONTEXTS = PLOVER.with_name("contexts.tsv")

GENRES = set(
    "wire brief headline lead feature release speech court police interview sport business weather obituary culture history opinion".split()
)
SECTORS = set("GOV MIL COP JUD LEG SPY PTY OPP REB UAF PRM CVL LAB AGR BUS JRN EDU MED REL REF CRM ELI SOC PRE IGO UNK -".split())
STATUSES = set("past ongoing planned cancelled hypothetical denied".split())
STANCES = set("asserts alleges denies doubts".split())
MORE_CONTEXTS = set(
    "military intelligence executive legislative election political_institutions pro_democracy pro_autocracy economic legal reparations "
    "human_rights rights_freedoms repression human_security gender lgbt religion_ethnicity inequality diplomatic territory peacekeeping health "
    "asylum migration disasters natural_resource terrorism cyber misinformation crime corruption environment illicit_drugs".split()
)
NEEDS_RECIPIENT = {"COOPERATE", "AID", "SANCTION"}


def modes() -> dict[str, set[str]]:
    """The modes of each type, from the product's own table."""
    out: dict[str, set[str]] = {}
    for line in PLOVER.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "type\t")):
            kind, mode, *_ = line.split("\t")
            out.setdefault(kind, set()).update({mode} - {""})
    return out


def country_codes() -> set[str]:
    with COUNTRIES.open(encoding="utf-8") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        next(rows)
        return {r[0] for r in rows} | {"-"}


MODES, CODES = modes(), country_codes()
_VALUE = re.compile(
    r"(\d{3,4}(-(\d\d(-\d\d)?|W\d\d|Q[1-4]|H[12]|SP|SU|FA|WI))?(T(\d\d(:\d\d)?|MO|MI|AF|EV|NI))?(/\d{4}(-\d\d(-\d\d)?)?)?|P(\d+|X)[YMWDQ]|PT(\d+|X)[HMS]"
    r"|P\d+DE|P\d+CE|(PRESENT|PAST|FUTURE)_REF|XXXX-\d\d(-\d\d)?|XXXX-WXX-\d|XXXX)$"
)


class CorpusError(ValueError):
    """A block does not keep to the guide; the message names line and reason."""


@dataclass
class Block:
    """One story or single sentence with its marks; spans are character offsets into `text`."""

    id: str
    genre: str
    date: str
    text: str
    sentences: list[tuple[int, int]]
    title: bool
    marks: list[tuple[int, int, str]]
    """(start, end, id) in text order; a mark with several ids stands here once for each."""
    actors: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)

    def spans(self, name: str) -> list[tuple[int, int]]:
        return [(a, b) for a, b, k in self.marks if k == name]

    def json(self) -> dict[str, Any]:
        """One object with the spans inside each item."""
        out: dict[str, Any] = {
            "id": self.id,
            "genre": self.genre,
            "published": self.date,
            "title": self.title,
            "text": self.text,
            "sentences": self.sentences,
        }
        for kind in ("actors", "events", "statements", "times", "places"):
            out[kind] = [{"id": k, **v, "spans": self.spans(k)} for k, v in getattr(self, kind).items()]
        out["no_event_pairs"] = self.no_event_pairs()
        return out

    def no_event_pairs(self) -> list[list[str]]:
        """Pairs of actors of one sentence between whom no event stands."""
        linked = {
            frozenset((x, y))
            for e in self.events.values()
            for x in (*e["actors"], *e["recipients"])
            for y in (*e["actors"], *e["recipients"])
        }
        out: set[tuple[str, str]] = set()
        for s, t in self.sentences:
            here = sorted({k for a, b, k in self.marks if k in self.actors and s <= a and b <= t})
            out |= {(x, y) for i, x in enumerate(here) for y in here[i + 1 :] if frozenset((x, y)) not in linked}
        return [list(p) for p in sorted(out)]


def unmark(line: str, number: int) -> tuple[str, list[tuple[int, int, str]]]:
    """A marked sentence to plain text and its marks."""
    out, stack, marks, size, i = [], [], [], 0, 0
    while i < len(line):
        c = line[i]
        if c == "[":
            stack.append(size)
        elif c == "|":
            end = line.find("]", i)
            ids = line[i + 1 : end]
            if not stack or end < 0 or not re.fullmatch(r"[aestp]\d+(\+[aestp]\d+)*", ids):
                raise CorpusError(f"line {number}: a mark is not closed or its ids are off near {line[max(0, i - 30) : i + 12]!r}")
            start = stack.pop()
            if start == size:
                raise CorpusError(f"line {number}: an empty mark {ids}")
            marks += [(start, size, k) for k in ids.split("+")]
            i = end
        elif c == "]":
            raise CorpusError(f"line {number}: a bracket without ids near {line[max(0, i - 30) : i + 1]!r}")
        else:
            out.append(c)
            size += 1
        i += 1
    if stack:
        raise CorpusError(f"line {number}: a bracket is not closed")
    return "".join(out), sorted(marks, key=lambda m: (m[0], -m[1]))


def _event(words: list[str], number: int) -> dict[str, Any]:
    kind, _, mode = words[0].partition(".")
    if kind not in MODES or (mode and mode not in MODES[kind]):
        raise CorpusError(f"line {number}: no type or mode {words[0]!r}; modes of {kind}: {sorted(MODES.get(kind, MODES))}")
    if len(words) < 3 or ">" not in words[1] or words[2] not in STATUSES:
        raise CorpusError(f"line {number}: write eN TYPE[.mode] ACTORS>RECIPIENTS STATUS ..., not {' '.join(words)!r}")
    left, _, right = words[1].partition(">")
    out: dict[str, Any] = {
        "type": kind,
        "mode": mode or None,
        "status": words[2],
        "time": None,
        "place": None,
        "attribution": None,
        "contexts": [],
    }
    out["actors"], out["recipients"] = [x for x in left.split(",") if x and x != "-"], [x for x in right.split(",") if x and x != "-"]
    for w in words[3:]:
        if w.startswith("@"):
            out["time"] = w[1:]
        elif w.startswith("#"):
            out["place"] = w[1:]
        elif w.startswith("by="):
            who, _, stance = w[3:].partition(":")
            if stance not in STANCES:
                raise CorpusError(f"line {number}: no stance {stance!r}; one of {sorted(STANCES)}")
            out["attribution"] = {"speaker": None if who == "-" else who, "stance": stance}
        elif w.startswith("ctx="):
            out["contexts"] = [c for c in w[4:].split(",") if c]
            if bad := set(out["contexts"]) - MORE_CONTEXTS:
                raise CorpusError(f"line {number}: no context {sorted(bad)}")
        else:
            raise CorpusError(f"line {number}: not understood: {w!r}")
    if not out["actors"] and not out["recipients"]:
        raise CorpusError(f"line {number}: an event without actor and recipient")
    return out


def _define(block: Block, line: str, number: int) -> None:
    name, *words = line.split()
    kinds = {"a": block.actors, "e": block.events, "s": block.statements, "t": block.times, "p": block.places}
    if not re.fullmatch(r"[aestp]\d+", name) or not words or name in kinds[name[0]]:
        raise CorpusError(f"line {number}: not understood, or defined twice: {line!r}")
    if name[0] == "a":
        if len(words) < 4:
            raise CorpusError(f"line {number}: write aN COUNTRY ORG SECTOR Name, not {line!r}")
        country, org, sector = words[:3]
        if country not in CODES or sector not in SECTORS or not re.fullmatch(r"-|[A-Z0-9]{2,12}", org):
            raise CorpusError(f"line {number}: country, organisation or sector is off: {line!r}")
        block.actors[name] = {
            "name": " ".join(words[3:]),
            **{k: None if v == "-" else v for k, v in (("country", country), ("organization", org), ("sector", sector))},
        }
    elif name[0] == "e":
        block.events[name] = _event(words, number)
    elif name[0] == "s":
        if len(words) < 3 or words[2] not in ("direct", "indirect") or (len(words) > 3 and not words[3].startswith("to=")):
            raise CorpusError(f"line {number}: write sN SPEAKER VERB direct|indirect [to=aN], not {line!r}")
        block.statements[name] = {
            "speaker": None if words[0] == "-" else words[0],
            "verb": words[1],
            "direct": words[2] == "direct",
            "addressee": words[3][3:] if len(words) > 3 else None,
        }
    elif name[0] == "t":
        if not _VALUE.match(words[0]):
            raise CorpusError(f"line {number}: no time value {words[0]!r}")
        block.times[name] = {"value": words[0]}
    else:
        if words[-1] not in CODES or len(words) < 2:
            raise CorpusError(f"line {number}: write pN Name COUNTRY, not {line!r}")
        block.places[name] = {"name": " ".join(words[:-1]), "country": None if words[-1] == "-" else words[-1]}


def parse_block(lines: list[tuple[int, str]]) -> Block:
    """One block from its numbered lines. Raises `CorpusError`."""
    number, head = lines[0]
    m = re.fullmatch(r"## (\S+) (\w+) (\d{4}-\d\d-\d\d)", head.strip())
    if not m or m[2] not in GENRES:
        raise CorpusError(f"line {number}: write '## ID GENRE DATE' with a genre of {sorted(GENRES)}, not {head!r}")
    date.fromisoformat(m[3])
    split = next((i for i, (_, t) in enumerate(lines) if t.strip() == "--"), None)
    if split is None:
        raise CorpusError(f"line {number}: the block has no line --")
    text, marks, sentences, title = "", [], [], False
    for n, line in lines[1:split]:
        line = line.strip()
        is_title = line.startswith("T: ")
        title = title or is_title
        plain, found = unmark(line[3:] if is_title else line, n)
        if text:
            text += "\n" if text.endswith("\n") else " "
            text = text.replace("\n ", "\n")
        start = len(text)
        text += plain
        sentences.append((start, len(text)))
        marks += [(a + start, b + start, k) for a, b, k in found]
        if is_title:
            text += "\n"
    if not sentences:
        raise CorpusError(f"line {number}: no text")
    block = Block(id=m[1], genre=m[2], date=m[3], text=text.rstrip("\n"), sentences=sentences, title=title, marks=marks)
    for n, line in lines[split + 1 :]:
        _define(block, line.strip(), n)
    _whole(block, number)
    return block


def _whole(block: Block, number: int) -> None:
    defined = {**block.actors, **block.events, **block.statements, **block.times, **block.places}
    marked = {k for *_, k in block.marks}
    if missing := sorted(marked - set(defined)):
        raise CorpusError(f"block {block.id} (line {number}): marked but not defined: {', '.join(missing)}")
    if missing := sorted(set(defined) - marked):
        raise CorpusError(f"block {block.id} (line {number}): defined but not marked: {', '.join(missing)}")
    for name, e in block.events.items():
        used = [
            *e["actors"],
            *e["recipients"],
            *([e["attribution"]["speaker"]] if e["attribution"] and e["attribution"]["speaker"] else []),
        ]
        if bad := [x for x in used if x not in block.actors]:
            raise CorpusError(f"block {block.id} (line {number}): {name} names {', '.join(bad)}, which are no actors")
        if (e["time"] and e["time"] not in block.times) or (e["place"] and e["place"] not in block.places):
            raise CorpusError(f"block {block.id} (line {number}): {name} names a time or place that is not there")
        if set(e["actors"]) & set(e["recipients"]):
            raise CorpusError(f"block {block.id} (line {number}): {name} has one actor on both sides")
        if e["type"] in NEEDS_RECIPIENT and not e["recipients"]:
            raise CorpusError(f"block {block.id} (line {number}): {name}: {e['type']} needs a recipient")
        for a, b in block.spans(name):
            if " " in block.text[a:b].strip() or not block.text[a:b].strip():
                raise CorpusError(f"block {block.id} (line {number}): the trigger of {name} is one word, not {block.text[a:b]!r}")
    for name, s in block.statements.items():
        for who in (s["speaker"], s["addressee"]):
            if who and who not in block.actors:
                raise CorpusError(f"block {block.id} (line {number}): {name} names {who}, which is no actor")


def blocks(path: Path) -> Iterator[Block | CorpusError]:
    """The blocks of one file; a bad one comes as its error."""
    group: list[tuple[int, str]] = []
    for n, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if line.strip():
            group.append((n, line))
        elif group:
            try:
                yield parse_block(group)
            except (CorpusError, ValueError) as error:
                yield error if isinstance(error, CorpusError) else CorpusError(f"line {group[0][0]}: {error}")
            group = []


def load(folder: Path = TEXT) -> list[Block]:
    """All blocks of the corpus, by file name; raises on the first bad one."""
    out = []
    for path in sorted(folder.glob("*.txt")):
        for b in blocks(path):
            if isinstance(b, CorpusError):
                raise CorpusError(f"{path.name}: {b}")
            out.append(b)
    return out


def build(target: Path = ROOT / "corpus.jsonl") -> int:
    """Write the corpus as JSON lines; returns the number of blocks."""
    items = load()
    target.write_text("".join(json.dumps(b.json(), ensure_ascii=False) + "\n" for b in items), encoding="utf-8")
    return len(items)


def main() -> int:
    command, *files = sys.argv[1:] or ["check"]
    if command == "build":
        print(f"{build()} blocks")
        return 0
    from .quotas import report, report_more

    good, bad = _checked([Path(f) for f in files] or sorted(TEXT.glob("*.txt")))
    failed = report(good, whole=not files)
    if not files:
        more, bad_more = _checked(sorted(MORE.glob("*.txt")))
        failed = report_more(good, more) or failed
        bad += bad_more
    return 1 if bad or (failed and not files) else 0


def _checked(paths: list[Path]) -> tuple[list[Block], int]:
    """The good blocks of some files, and how many are bad; what is wrong with those is printed."""
    bad, good = 0, []
    for path in paths:
        for b in blocks(path):
            if isinstance(b, CorpusError):
                bad += 1
                print(f"{path.name}: {b}")
            else:
                good.append(b)
    return good, bad


if __name__ == "__main__":
    raise SystemExit(main())
