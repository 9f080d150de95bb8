"""The experiment and its results, for Python: run it, read what it left, compare.

>>> from facebench.benchmarks import Settings
>>> Settings().heads
['mlp', 'logreg', 'svm']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._settings import PRESETS, Settings, settings_for
    from .comparison import COLUMNS, compare_runs, render
    from .examples import write_contact_sheet
    from .protocol import run_benchmark, run_curve
    from .results import CurveResult, RunFolder, RunResult, find_run, find_runs, read_predictions, read_run
    from .speed import measure_speed
    from .verification import verify_pairs

#: Where each name lives: a room is imported when it is used, so that results are read without the experiment.
_ROOMS = {
    "_settings": ("PRESETS", "Settings", "settings_for"),
    "comparison": ("COLUMNS", "compare_runs", "render"),
    "examples": ("write_contact_sheet",),
    "protocol": ("run_benchmark", "run_curve"),
    "results": ("CurveResult", "RunFolder", "RunResult", "find_run", "find_runs", "read_predictions", "read_run"),
    "speed": ("measure_speed",),
    "verification": ("verify_pairs",),
}


def __getattr__(name: str) -> object:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f".{room}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "COLUMNS",
    "PRESETS",
    "CurveResult",
    "RunFolder",
    "RunResult",
    "Settings",
    "compare_runs",
    "find_run",
    "find_runs",
    "measure_speed",
    "read_predictions",
    "read_run",
    "render",
    "run_benchmark",
    "run_curve",
    "settings_for",
    "verify_pairs",
    "write_contact_sheet",
]
