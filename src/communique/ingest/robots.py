"""robots.txt as RFC 9309 has it: groups, the longest rule wins, `*` and `$`; a rule costs time linear in the path."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

MAX_ROBOTS = 512_000
"""Bytes that are read of a robots.txt, as the RFC asks for at least."""
MAX_DELAY = 30.0
"""Seconds of a Crawl-delay that are kept to; sites that ask for more are left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What a site allows to one crawler."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0
    nothing: bool = False
    """Nothing is allowed: the file could not be had, or asks for long waits."""

    def allows(self, target: str) -> bool:
        """Whether a path with its query may be fetched.

        >>> parse("User-agent: *\\nDisallow: /private/*.html$\\nAllow: /private/a", "communique").allows("/private/x.html")
        False
        """
        if self.nothing:
            return False
        if target == "/robots.txt":
            return True
        path = unquote(target)
        best, verdict = -1, True
        for pattern, allow in self.rules:
            if (len(pattern) > best or (len(pattern) == best and allow)) and matches(pattern, path):
                best, verdict = len(pattern), allow
        return verdict


def matches(pattern: str, path: str) -> bool:
    """Whether a rule's path, with `*` for anything and `$` for the end, fits the beginning of a path."""
    anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for n, part in enumerate(rest):
        if anchored and n == len(rest) - 1:
            return len(path) - len(part) >= at and path.endswith(part)
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not anchored or at == len(path)


def parse(text: str, agent: str) -> Robots:
    """The rules for a crawler: the group that names it, else that for all."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    names: list[str] = []
    in_rules = True
    for line in text.removeprefix("\ufeff").splitlines():
        key, sign, value = line.split("#", 1)[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not sign:
            continue
        if key == "user-agent":
            names = [value.lower()] if in_rules else [*names, value.lower()]
            in_rules = False
            for name in names:
                groups.setdefault(name, [])
        elif key in ("allow", "disallow"):
            in_rules = True
            for name in names if value else ():
                groups[name].append((unquote(value), key == "allow"))
        elif key == "crawl-delay":
            in_rules = True
            for name in names:
                delays[name] = _seconds(value)
    token = agent.split("/")[0].lower()
    name = token if token in groups else "*"
    delay = delays.get(name, 0.0)
    return Robots(rules=tuple(groups.get(name, ())), delay=min(delay, MAX_DELAY), nothing=delay > MAX_DELAY)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value < 1e9 else 0.0
