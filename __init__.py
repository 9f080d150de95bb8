"""facebench: which image features and which classifier recognise one person best, on your own photos.

>>> import facebench
>>> facebench.load_extractor("face_recognition").card.dimension
128

`run` compares extractors and heads and returns a `Run`, `open_run` reads a stored one, `load_extractor` turns photos
into vectors. Data flows one way: photos -> split -> vectors -> head -> scores -> result -> table.

- `facebench.data`: photos, data sets, splits
- `facebench.embeddings`: photo -> vector (extractors)
- `facebench.classifiers`: vectors -> score (heads)
- `facebench.benchmarks`: the experiment, its results and tables
- `facebench.cli`: the command `bench`
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .benchmarks.notebook import Run, open_run, run
    from .embeddings import load_extractor

#: Where each name lives: its room is imported when it is used, so that `bench --help` need not wait for it.
_ROOMS = {"Run": "benchmarks.notebook", "load_extractor": "embeddings"}
_ROOMS |= dict.fromkeys(("open_run", "run"), _ROOMS["Run"])


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return getattr(import_module(f".{_ROOMS[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__all__ = ["Run", "load_extractor", "open_run", "run"]
