"""Writes docs/formats.md from the formats and their tables: `python tools/make_formats.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from communique.export.formats import FORMATS, Format
from communique.export.status import OFFERS, THREATS
from communique.export.tables import columns, table

TARGET = Path(__file__).parents[1] / "docs" / "formats.md"
_HEAD = """# Export, import, compare

Written by `tools/make_formats.py`; a test fails where it is out of date.

    communique export DATASET --as gdelt2 --output out --actor CHN --since 2022
    communique import 2024*.export.CSV.zip --into GDELT
    communique compare DATASET GDELT --window 2

`export` takes the filters of `query`. With `--merged` it writes events merged across their reports, with all their sources. Beside the
files lie `loss.md` and `loss.json`: how many facts were read, written, dropped and folded, why, and what the format cannot hold. The same
snapshot gives the same files: stamps in names are those of the snapshot.
"""
_RULES = """
## What the event formats have in common

- **Dyads**: an event with several actors or recipients gives a row for each pair; AGREE, CONSULT and COOPERATE without a recipient give one
  for each two of their actors. PLOVER JSON, GeoJSON and the tables keep lists. The loss report counts the rows that this adds.
- **Codes**: CAMEO by `to_cameo.tsv`, from type, mode and the first context that has a code; Goldstein scores of each set's own table.
  Geography in GDELT is FIPS 10-4; POLECAT has Correlates of War numbers, MME those of Gleditsch and Ward. Codes are text: 014 is not 14.
- **Numbers**: `GLOBALEVENTID` and ICEWS's `Event ID` are 53 bits of a hash of our id, the same in every export and exact in R. ICEWS's is
  that of the event, so rows of one event share it.
- **Dates**: a month or a year is written as its first day, and counted. GDELT's `DATEADDED` is the publication.
- **Exact layouts and spreadsheets**: {exact} are byte-exact: tab-separated or, for MME, comma-separated, without any guard against
  formulas; load them as data, not by double click. The tab-separated ones have no quoting, so tabs, line ends and quotation marks
  in names become spaces and apostrophes, and are counted. `csv` is for spreadsheets: a text that could be a formula begins with an apostrophe.

## Status

PLOVER JSON, POLECAT, ICEWS, GDELT and Phoenix have no status. Past and ongoing events stay what they are. An announcement is the act that
it is, on the day of publication; the CAMEO code then says what was announced (0312, intent to cooperate militarily). A hypothetical act
counts only where its would-be actor speaks of it. Cancelled and denied events are dropped, and so is what has no row here.

| planned or hypothetical | becomes |
| --- | --- |
{folds}
"""
_IMPORT = """
## Import

ICEWS, POLECAT, GDELT 2 (`.export.CSV`) and Phoenix are told apart by their columns; files may be gzip or zip. Types come from the CAMEO
table (`cameo.tsv`), which also restores zeros that a spreadsheet ate. CAMEO 01 are statements and are left out; rows of another width or
without a date too: both are counted, told at the end, and stand in `rejects`. A document is one story of the set (ICEWS `Story ID`, GDELT
`SOURCEURL`, Phoenix `SentenceID` or URL, POLECAT: one for each event), has no text, and says in `source_kind` where it came from; events
have no score and no evidence. ICEWS has no date of publication: that of the event stands for it. Of two imports of one story the later
stands, so import the files of a period together. The order of files and rows does not matter.

## Compare

Both datasets are folded as for PLOVER and taken apart into dyads of countries (organizations where there is none); actors with neither are
left out and counted. Without `--since` and `--until` the period is the one that both cover. Events match one to one where actor, recipient and
type are the same and the days at most `--window` apart; the number of matches is the greatest possible. Printed are counts and matches by
dyad, type and month, Pearson's and Spearman's correlation of the counts over the cells that one of the sets fills, types that differ for
the same dyad and day, and events that only one has, with their ids for `communique show`. `--format csv` gives the counts, `json` all of it.
"""


def _format(form: Format) -> str:
    lines = [f"\n### {form.name}\n", f"{form.title[0].upper()}{form.title[1:]}. Files: `{form.files.replace(', ', '`, `')}`. "]
    lines[-1] += f"Read back in the tests with {form.readers}."
    if form.cannot:
        lines += ["\nCannot hold:\n", *(f"- {c}" for c in form.cannot)]
    if form.unknown:
        lines += ["\nStays empty:\n", *(f"- {u}" for u in form.unknown)]
    names = {form.layout: form.layout} if form.layout else {}
    if form.layout == "gdelt2_events":
        names["gdelt2_mentions"] = "gdelt2_mentions"
    for layout in names:
        what = "mentions: " if layout == "gdelt2_mentions" else ""
        lines.append(f"\n{len(columns(layout))} columns, {what}{', '.join(columns(layout))}.")
    return "\n".join(lines)


def text() -> str:
    """The whole page."""
    exact = ", ".join(f"`{f.name}`" for f in FORMATS.values() if f.layout)
    folds = [f"| {t} | {o} |" for t, o in OFFERS.items()]
    folds += [f"| {t} against somebody | THREATEN{f' {m}' if m else ''} |" for t, m in THREATS.items()]
    rows = [f"| `{f.name}` | {f.table} | {f.title} | `{f.files}` |" for f in FORMATS.values()]
    overview = "\n".join(["\n| `--as` | holds | what it is | files |", "| --- | --- | --- | --- |", *rows])
    groups = ", ".join(f"{r['code']} {r['cameo']}" for r in table("groups"))
    codes = f"\n## Organizations in CAMEO\n\n{groups}. Others have the code of their sector alone.\n"
    formats = "\n## The formats\n" + "\n".join(_format(f) for f in FORMATS.values()) + "\n"
    return _HEAD + overview + "\n" + _RULES.format(exact=exact, folds="\n".join(folds)) + _IMPORT + formats + codes


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{TARGET}\n")
