"""Code all 21,578 Reuters stories of 1987 in one run: sentences a second a core, peak memory, rejects.

Usage: python tools/bench_reuters.py [LIMIT]. Needs raw/reuters21578.tar.gz under COMMUNIQUE_DATA.
"""

from __future__ import annotations

import html
import json
import os
import re
import resource
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

os.environ.setdefault("COMMUNIQUE_THREADS", "1")

from communique.pipeline import Coder
from communique.settings import data_folder
from communique.text.sentences import split_sentences
from communique.types import Document, Reject


def stories() -> Iterator[Document]:
    """All stories of the archive with their date."""
    with tarfile.open(data_folder() / "raw/reuters21578.tar.gz") as archive:
        for member in sorted((m for m in archive if m.name.endswith(".sgm")), key=lambda m: m.name):
            file = archive.extractfile(member)
            if file is None:
                continue
            for block in re.findall(r"<REUTERS.*?</REUTERS>", file.read().decode("latin-1"), re.S):

                def part(tag: str, block: str = block) -> str | None:
                    m = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", block, re.S)
                    return html.unescape(m.group(1)).replace("\x03", "").strip() if m else None

                number = re.search(r'NEWID="(\d+)"', block)
                day = re.search(r"\d{1,2}-[A-Z]{3}-\d{4}", part("DATE") or "")
                text = part("BODY") or re.sub(r"<[^>]+>", " ", part("TEXT") or "")
                yield Document(
                    id=number.group(1) if number else "?",
                    title=part("TITLE"),
                    publisher="Reuters",
                    url=None,
                    language="en",
                    published=datetime.strptime(day.group().title(), "%d-%b-%Y").date().isoformat() if day else None,
                    text=text,
                )


def main() -> None:
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else None
    coder, count, begin = Coder(), Counter(), time.perf_counter()
    sentences = 0
    for n, document in enumerate(stories()):
        if limit is not None and n >= limit:
            break
        sentences += len(split_sentences(document))
        for item in coder.code([document]):
            if isinstance(item, Reject):
                count["rejects"] += 1
                print(item, file=sys.stderr)
            else:
                count["stories"] += 1
                count["events"] += len(item.events)
                count["statements"] += len(item.statements)
                count["exercises"] += len(item.exercises)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                **count,
                "sentences": sentences,
                "seconds": round(seconds, 1),
                "sentences_per_second_one_core": round(sentences / seconds, 1),
                "peak_mib": round(peak),
            }
        )
    )


if __name__ == "__main__":
    main()
