"""What the desk remembers of a snapshot stays within its bytes."""

from __future__ import annotations

from communique.serve.snapshots import View, weight
from communique.store.dataset import Dataset
from communique.store.reader import Reader


def test_what_is_remembered_is_bounded_in_bytes(desk_dataset: Dataset):
    view, made = View(Reader(desk_dataset), room=1_000_000), []

    def rows(n: int) -> list[dict[str, object]]:
        made.append(n)
        return [{"name": f"row {n} {k}", "count": k} for k in range(500)]

    for n in range(100):
        view.kept(("rows", n), lambda n=n: rows(n))
    assert 0 < view.held <= 1_000_000 and view.held > 500_000
    assert len(made) == 100
    view.kept(("rows", 99), lambda: rows(99))
    assert len(made) == 100  # the newest is there
    view.kept(("rows", 0), lambda: rows(0))
    assert len(made) == 101  # the oldest was let go
    big = view.kept("big", lambda: ["x" * 1000 + str(n) for n in range(2000)])
    assert len(big) == 2000 and view.held <= 1_000_000
    view.reader.close()


def test_weight_is_near_what_is_taken():
    rows = [{"name": f"row {k}", "count": k, "places": [{"name": "Pemba"}]} for k in range(1000)]
    assert 300_000 < weight(rows) < 3_000_000
    assert weight({"a": rows}) > weight(rows)
