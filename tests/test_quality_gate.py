"""The figures that were reached do not fall."""

import pytest

from communique.evaluate.gate import check, floors
from communique.settings import data_folder

KINDS = sorted({f.kind for f in floors()})


@pytest.mark.parametrize("kind", KINDS)
def test_figures_do_not_fall(kind: str):
    rows = check((kind,))
    if all(figure is None for _, figure, _ in rows):
        pytest.skip(f"no measuring set for {kind} under {data_folder()}; set COMMUNIQUE_DATA")
    fallen = [f"{f.kind} {f.path} {f.key}: {figure} (pinned {f.least})" for f, figure, held in rows if not held]
    assert not fallen, "\n".join(fallen)


def test_every_measure_is_pinned():
    assert {"stories", "pairs", "times", "places", "quotes", "spans", "corpus", "parser"} <= set(KINDS)
