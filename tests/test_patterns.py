"""No regular expression of the product is slow on hostile text."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

_PARTS = ("extract", "ingest", "lexicon", "render", "resolve", "stories", "text")
_SIZE = 10_000
_ALLOWED = 0.1
"""Seconds for `_SIZE` characters: what takes a step a character takes a tenth of it, what takes its square several times as much."""
_ONLY_MATCHED = frozenset(
    ("communique.extract.speech_turns._SIGNED", "communique.ingest.jsons._STRING_END", "communique.ingest.xml._PROLOG")
)
"""What is tried at one place and never searched for."""


def _patterns() -> dict[re.Pattern, str]:
    """All compiled expressions that stand in modules, and in their tables."""

    def within(value: object) -> Iterator[re.Pattern]:
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, (tuple, list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                yield from within(item)

    out: dict[re.Pattern, str] = {}
    for part in _PARTS:
        package = import_module(f"communique.{part}")
        for module in [f"communique.{part}.{m.name}" for m in iter_modules(package.__path__)]:
            for name, value in vars(import_module(module)).items():
                if not name.startswith("__"):
                    out.update((p, f"{module}.{name}") for p in within(value) if p not in out and f"{module}.{name}" not in _ONLY_MATCHED)
    return out


_HOSTILE = ("a ", "A. ", "1,", "1", " ", "\n", "- ", "May 4 ", "the full fiscal ", "until a ", "was on to ", "planned a ", "had a'", "<[{(")


@pytest.mark.parametrize("word", _HOSTILE)
def test_no_pattern_is_slow(word: str):
    text = (word * _SIZE)[:_SIZE]
    slow = {}
    for pattern, name in _patterns().items():
        start = time.process_time()
        sum(1 for _ in pattern.finditer(text if isinstance(pattern.pattern, str) else text.encode()))
        if time.process_time() - start > _ALLOWED:
            slow[name] = pattern.pattern
    assert not slow


def test_patterns_are_found_wherever_they_stand():
    homes = set(_patterns().values())
    assert {
        "communique.extract.time_direction._AHEAD",
        "communique.extract.time_running._NEAR",
        "communique.extract.time_patterns.PATTERNS",
    } <= homes
