"""The figures that were reached do not fall."""

import pytest

from communique.evaluate.gate import check, floors
from communique.settings import data_folder

KINDS = sorted({(f.kind, f.quality) for f in floors()})


@pytest.mark.parametrize("kind, quality", KINDS)
def test_figures_do_not_fall(kind: str, quality: str):
    if quality == "best":
        pytest.importorskip("communique_large", reason="the large encoder is not installed: pip install ./large")
    rows = check((kind,), quality)
    if all(figure is None for _, figure, _ in rows):
        pytest.skip(f"no measuring set for {kind} under {data_folder()}; set COMMUNIQUE_DATA")
    fallen = [f"{f.kind} {f.path} {f.key}: {figure} (pinned {f.least})" for f, figure, held in rows if not held]
    assert not fallen, "\n".join(fallen)


def test_every_measure_is_pinned():
    assert {"stories", "pairs", "times", "places", "quotes", "spans", "corpus", "parser"} <= {kind for kind, _ in KINDS}
