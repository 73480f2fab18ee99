"""Files of an export: each has its name only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from communique.errors import WriteFailed
from communique.export.loss import Loss

_BREAKING = str.maketrans(
    {"\t": " ", "\n": " ", "\r": " ", "\x0b": " ", "\x0c": " ", "\x85": " ", "\u2028": " ", "\u2029": " ", '"': "'", "\x00": None}
)


class Folder:
    """The folder that an export is written into."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteFailed(f"{path} cannot be made a folder: {error.strerror}; choose another --output") from error

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """A new file, which replaces one of the same name when the block ends well, and is gone when it does not."""
        target, draft = self.path / name, self.path / f"{name}.tmp"
        try:
            with draft.open("wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
        except OSError as error:
            raise WriteFailed(f"{target} was not written: {error.strerror or error}; make room or choose another --output") from error
        finally:
            draft.unlink(missing_ok=True)


def text(value: object) -> str:
    """A value as a cell: nothing for None, 1.0 as 1.0, floats as short as they are exact.

    >>> text(None), text(2.5), text(7), text("a")
    ('', '2.5', '7', 'a')
    """
    return "" if value is None else value if isinstance(value, str) else repr(value) if isinstance(value, float) else str(value)


def tab_line(cells: Sequence[object], loss: Loss) -> bytes:
    """One line of a tab-separated file that has no quoting: what would break the layout is replaced, and counted."""
    out = []
    for value in cells:
        cell = text(value)
        safe = cell.translate(_BREAKING)
        loss.replaced += safe != cell
        out.append(safe)
    return ("\t".join(out) + "\n").encode("utf-8", "replace")


def ordered(row: dict[str, object], names: Sequence[str]) -> list[object]:
    """Cells of a row in the order of the columns; raises `KeyError` for a cell that no column has."""
    unknown = row.keys() - set(names)
    if unknown:
        raise KeyError(sorted(unknown))
    return [row.get(n) for n in names]


def join(values: Iterable[str | None], mark: str) -> str | None:
    """Values with a mark between them, each once; None where there are none."""
    return mark.join(dict.fromkeys(v for v in values if v)) or None
