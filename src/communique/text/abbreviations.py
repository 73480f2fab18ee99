"""Abbreviations that end in a full stop without ending a sentence."""

from __future__ import annotations

TITLES = frozenset(
    "mr mrs ms dr prof rev fr sr jr st gen lt col maj capt cmdr cpl sgt adm brig rear pvt gov sen rep reps sens pres hon "
    "amb min supt insp det msgr sheikh ayat atty dir spc pfc wg cdr sqn ldr messrs mme mlle".split()
)
"""Always followed by a name, so never the end of a sentence."""

MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
WEEKDAYS = frozenset("mon tue tues wed thu thur thurs fri sat sun".split())
NUMBERED = frozenset("no nos art arts sec secs vol pp p fig ch para paras op approx ca c res".split())
"""End no sentence when a figure follows."""

GENERAL = frozenset(
    "inc ltd co corp bros plc llc dept univ assn natl intl govt est ave blvd rd ft mt vs etc al cf eg ie viz e.g i.e ala ariz "
    "ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo".split()
)
"""May end a sentence: a capital that starts a usual sentence decides."""

KNOWN = TITLES | MONTHS | WEEKDAYS | NUMBERED | GENERAL

STARTERS = frozenset(
    "the a an in on at it he she they we i this that these those but and as after before when while if although though since "
    "however meanwhile earlier later last there his her its their our what who how why both some many most all no not for from by "
    "with under according also then still yet so now two three four one several more another officials police".split()
)
"""Lower-cased words that usually begin a sentence."""
