"""Pages from templates; everything that is put in is escaped."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from communique import __version__
from communique.render.plots import GREY
from communique.serve import glossary, wording
from communique.serve.asking import address, story_path

NAVIGATION = (
    ("/search", "Search"),
    ("/events", "Events"),
    ("/statements", "Statements"),
    ("/exercises", "Exercises"),
    ("/stories", "Stories"),
    ("/actors", "Actors"),
    ("/dyads", "Dyads"),
    ("/timeline", "Timeline"),
    ("/map", "Map"),
    ("/code", "Paste"),
    ("/method", "Method"),
)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The one environment of templates."""
    env = Environment(
        loader=PackageLoader("communique.serve"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals.update(
        navigation=NAVIGATION,
        version=__version__,
        address=address,
        story_path=story_path,
        party_name=glossary.party_name,
        denials=glossary.denials(),
        quads=glossary.QUADS,
        types=glossary.TYPES,
        sectors=glossary.SECTORS,
        grey=GREY,
    )
    env.filters.update(
        who=wording.who,
        codes=wording.codes,
        coded=wording.coded,
        day=wording.day,
        number=wording.number,
        part=lambda v: quote(str(v), safe=""),
    )
    env.globals.update(days=wording.days, act=wording.act, when=wording.when)
    return env


def page(name: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A page of the desk; `active` names its place in the navigation, `title` what it is called."""
    values = {"active": "", "description": "", "alternates": [], "wide": False, **values}
    return HTMLResponse(environment().get_template(name).render(values), status_code=status, headers=headers)
