"""How work is executed: shards, the ledger that makes runs resume, a pool of processes, Ray.

The package is also the function of the same name: `communique.run(sources, into=...)`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A module that can be called: the public name `communique.run` is both this package and its main function."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        from communique.run.api import run

        return run(*args, **options)


sys.modules[__name__].__class__ = _Callable
