"""One typed table of settings: name, default, help and environment variable."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting. `value()` reads the environment each time, so tests can change it."""

    variable: str
    default: str
    help: str

    def value(self) -> str:
        return os.environ.get(self.variable, self.default)


DATA = Setting(variable="COMMUNIQUE_DATA", default="../shared/data", help="folder with the measuring sets (dev/, raw/)")
MAX_CHARACTERS = Setting(variable="COMMUNIQUE_MAX_CHARACTERS", default="400000", help="longest story that is read, in characters")
THREADS = Setting(variable="COMMUNIQUE_THREADS", default="0", help="threads of the encoder; 0 lets it choose")
CACHE = Setting(
    variable="COMMUNIQUE_CACHE",
    default="~/.cache/communique",
    help="folder for indices of datasets that cannot be written or are not local",
)

ALL = (DATA, MAX_CHARACTERS, THREADS, CACHE)


def data_folder() -> Path:
    """The folder of the measuring sets; it may not exist."""
    return Path(DATA.value())
