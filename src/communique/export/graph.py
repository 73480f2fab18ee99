"""The network of who acts on whom, as GraphML and GEXF: an edge for each pair, type and status, with counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from communique.export.codes import country
from communique.export.dyads import MUTUAL
from communique.export.loss import LOST, Loss
from communique.export.reading import facts
from communique.export.tables import by
from communique.export.types import Fact, Source
from communique.export.writing import Folder
from communique.types import Actor

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True, kw_only=True)
class Edge:
    """Events of one pair, type and status."""

    count: int = 0
    goldstein: float = 0.0
    first: date | None = None
    last: date | None = None


@dataclass(slots=True, kw_only=True)
class Network:
    """Nodes by id with label and kind; edges by source, target, type and status."""

    nodes: dict[str, tuple[str, str]] = field(default_factory=dict)
    edges: dict[tuple[str, str, str, str], Edge] = field(default_factory=dict)


def _node(actor: Actor) -> tuple[str, str, str]:
    """Id, label and kind: actors of a country are one node, so are those of an organization without one."""
    if actor.country:
        return actor.country, country(actor.country, "name") or actor.country, "country"
    if actor.organization:
        row = by("groups", "code").get(actor.organization)
        return actor.organization, row["name"] if row else actor.organization, "organization"
    name = _FORBIDDEN.sub("", actor.name) or actor.sector or "unknown"
    return f"name:{name.casefold()}", name, "other"


def _network(source: Source, loss: Loss) -> Network:
    network = Network()
    for fact in facts(source):
        loss.read += 1
        pairs = _pairs(fact)
        if not pairs:
            loss.drop("no recipient, so no edge")
            continue
        loss.written += 1
        loss.added += len(pairs) - 1
        for what, there in {LOST["score"]: True, LOST["attribution"]: fact.attributed, "place": bool(fact.places)}.items():
            loss.lost[what] += there
        goldstein = source.codes(fact.type, fact.mode)[1]
        for one, two in pairs:
            ids = []
            for actor in (one, two):
                key, label, kind = _node(actor)
                network.nodes.setdefault(key, (label, kind))
                ids.append(key)
            _count(network.edges.setdefault((ids[0], ids[1], fact.type, fact.status), Edge()), fact, goldstein)
    return network


def _pairs(fact: Fact) -> list[tuple[Actor, Actor]]:
    if fact.recipients or fact.type not in MUTUAL:
        return [(a, r) for a in fact.actors for r in fact.recipients]
    return [(a, b) for i, a in enumerate(fact.actors) for b in fact.actors[i + 1 :]]


def _count(edge: Edge, fact: Fact, goldstein: float) -> None:
    edge.count += 1
    edge.goldstein += goldstein
    if fact.start:
        edge.first = min(edge.first or fact.start, fact.start)
        edge.last = max(edge.last or fact.start, fact.start)


def _text(value: str) -> str:
    return _FORBIDDEN.sub("", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(value: str) -> str:
    return quoteattr(_FORBIDDEN.sub("", value))


def _values(key: tuple[str, str, str, str], edge: Edge) -> list[tuple[str, str, str]]:
    return [
        ("type", "string", key[2]),
        ("status", "string", key[3]),
        ("count", "int", str(edge.count)),
        ("goldstein", "double", repr(round(edge.goldstein, 6))),
        ("first", "string", edge.first.isoformat() if edge.first else ""),
        ("last", "string", edge.last.isoformat() if edge.last else ""),
    ]


_EDGE = ("type", "string"), ("status", "string"), ("count", "int"), ("goldstein", "double"), ("first", "string"), ("last", "string")


def write_graphml(source: Source, folder: Folder, loss: Loss) -> None:
    """`events.graphml`: a directed graph with parallel edges."""
    network = _network(source, loss)
    with folder.create("events.graphml") as out:
        _write(out, '<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">')
        for name in ("label", "kind"):
            _write(out, f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="string"/>')
        for name, kind in _EDGE:
            _write(out, f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="{kind}"/>')
        _write(out, '<graph id="events" edgedefault="directed">')
        for key, (label, kind) in network.nodes.items():
            _write(out, f'<node id={_quoted(key)}><data key="n_label">{_text(label)}</data><data key="n_kind">{kind}</data></node>')
        for number, (key, edge) in enumerate(network.edges.items()):
            data = "".join(f'<data key="e_{n}">{_text(v)}</data>' for n, _, v in _values(key, edge))
            _write(out, f'<edge id="e{number}" source={_quoted(key[0])} target={_quoted(key[1])}>{data}</edge>')
        _write(out, "</graph>", "</graphml>")
    loss.rows["events.graphml"] += len(network.edges)


def write_gexf(source: Source, folder: Folder, loss: Loss) -> None:
    """`events.gexf`, for Gephi: the same network; the weight of an edge is its count."""
    network = _network(source, loss)
    with folder.create("events.gexf") as out:
        _write(out, '<?xml version="1.0" encoding="UTF-8"?>', '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">')
        _write(out, '<graph mode="static" defaultedgetype="directed">')
        _write(out, '<attributes class="node" mode="static"><attribute id="kind" title="kind" type="string"/></attributes>')
        titles = "".join(f'<attribute id="{n}" title="{n}" type="{"integer" if k == "int" else k}"/>' for n, k in _EDGE if n != "type")
        _write(
            out,
            f'<attributes class="edge" mode="static"><attribute id="event" title="event" type="string"/>{titles}</attributes>',
            "<nodes>",
        )
        for key, (label, kind) in network.nodes.items():
            values = f'<attvalues><attvalue for="kind" value="{kind}"/></attvalues>'
            _write(out, f"<node id={_quoted(key)} label={_quoted(label)}>{values}</node>")
        _write(out, "</nodes>", "<edges>")
        for number, (key, edge) in enumerate(network.edges.items()):
            values = "".join(f'<attvalue for="{"event" if n == "type" else n}" value={_quoted(v)}/>' for n, _, v in _values(key, edge))
            ends = f'source={_quoted(key[0])} target={_quoted(key[1])} weight="{edge.count}"'
            _write(out, f'<edge id="{number}" {ends}><attvalues>{values}</attvalues></edge>')
        _write(out, "</edges>", "</graph>", "</gexf>")
    loss.rows["events.gexf"] += len(network.edges)


def _write(out: BinaryIO, *lines: str) -> None:
    out.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
