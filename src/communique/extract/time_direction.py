"""Whether a clause looks ahead: what a day or month named in it, without its week or year, is then counted from."""

from __future__ import annotations

import re

from communique.extract.time_lexicon import FUTURE_CUES

_CLAUSES = re.compile(r"[,;:—”\"!?]|''| and | but | after | since ")
_PAST = frozenset("had was were said held took since last".split())
_VERBS = frozenset("is are was were has have had do does did be been will would can could may might must shall should said says".split())
_UNTIL_THEN = re.compile(r",? [^.;]{0,40}\b(?:had|was|were|did|remained|stayed|held)\b")
"""After "Until Monday": what was so until then."""
_OWNED = re.compile(
    r"['’]s? (?!(?:\w+ ){0,2}(?:vote|election|poll|ballot|referendum|meeting|summit|talks|session|hearing|deadline|match|game|visit|trip)s?\b)"
)
"""After "Monday": 's ruling, which has been given, but not 's vote, which may be to come."""
_PLANNED = re.compile(r"\b(?:planned|upcoming|before|ahead of|scheduled) (?:for )?$|\b[Nn]ext $")
_ENDED = re.compile(r"\b(?:had|held|stayed|remained|lasted|waited|fought)\b")
"""What went on until a day, which then is past."""
_TO_COME = re.compile(
    r"\b(?:(?:is|are|was|were|(?<!been )due|(?<!been )set|(?:plan|intend|vow)(?:s|ed|ning)?|threaten(?:s|ed|ing)?|likely|unlikely|forecast) (?:on \w+ )?to"
    r"|(?:may|might|must|likely)(?! have\b)|will be held|threaten(?:s|ing)?) |\bexpires?\b"
)
"""What is to be done."""
_SINCE = re.compile(r"\b(?:[Ss]ince|ended)(?: early| late| the end of)? $")
_DONE = re.compile(
    r"\b(?:\w+ed|said|told|went|came|met|left|fell|began|broke|took|held|won|lost|shot|spoke|gave) (?:(?:out|up|down|off|in|back|there|here) )?"
    r"(?:(?:on|at|early|late) )?$|\bas recently as $"
)
"""A verb of the past right before a day."""
_OPENS_CLAUSE = re.compile(r" ?(?:who|which|when|where|whose|whom)\b")
_SET = re.compile(
    r"\b(?:[Cc]all(?:s|ed)?|[Pp]lan(?:s|ned)?|[Ss]et|[Ss]lated|[Ss]cheduled|[Ff]oreseen|[Aa]nnounced|[Pp]encilled in|[Pp]romised|[Dd]own|[Bb]illed|[Bb]ooked|[Dd]ue)(?: [\w'’]+){0,5} for $"
)
"""A day that something is called, planned or set for."""
_AHEAD = re.compile(
    r"\b(?:as (?:early|soon|late) as|no (?:later|earlier) than|due (?:by|on|in)|until|deadline (?:of|is))(?: [\w.:]+){0,3} ?$|\b(?:by|through) (?:next |this )?$"
)


def looks_ahead(text: str, start: int, end: int) -> bool | None:
    """Cue words of the future in the clause around an expression: True; words that only the past has: False; None where nothing tells.

    A stretch without a verb belongs to the clause before it.
    """
    before = text[max(0, start - 120) : start]
    if before.endswith("Until ") and _UNTIL_THEN.match(text[end : end + 60]):
        return False
    if _OWNED.match(text[end : end + 60]) and not _PLANNED.search(before):
        return False
    if _SET.search(before):
        return True
    if _SINCE.search(before):
        return False
    if _AHEAD.search(before) and not _ENDED.search(before[-60:] + text[end : end + 30]):
        return True
    parts = _CLAUSES.split(before.replace(" next to ", " "))
    left = parts.pop()
    while parts and not any(_verbal(w) for w in re.findall(r"[\w']+", left.lower())) and not _OPENS_CLAUSE.match(left):
        left = parts.pop() + " " + left
    if _TO_COME.search(left):
        return True
    words = re.findall(r"[\w']+", left.lower()) + re.findall(r"[\w']+", _CLAUSES.split(text[end : end + 30])[0].lower())[:2]
    if FUTURE_CUES & set(words) - {"to", "by"} and not _PAST & set(words[-6:]):
        return True
    return False if _DONE.search(left) else None


def _verbal(word: str) -> bool:
    return word in _VERBS or word in FUTURE_CUES or word.endswith("ed")
