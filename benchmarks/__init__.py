"""The experiment: protocol, runner, metrics, results, table.

>>> from facebench.benchmarks import Settings
>>> Settings().heads
['mlp', 'logreg', 'svm']
"""

from ._cache import CacheInfo, cache_info, purge_cache
from ._columns import COLUMNS, Column, check_columns
from ._curve import COUNTS, run_curve
from ._curve_schema import CurvePoint, CurveResult
from ._curve_text import plot_curve, print_curve
from ._describe import describe, describe_all
from ._facts import describe_run
from ._metrics import equal_error_rate, measure
from ._presets import PRESETS, settings_for
from ._render import Format, print_groups, print_runs, render
from ._row import Cell, Row
from ._runner import run_benchmark
from ._runs import RunFolder, find_run, find_runs, read_predictions, read_run
from ._schema import Interval, Metrics, PairingResult, Prediction, RunResult, Settings, TargetResult
from ._sheet import Sheet, write_sheet
from ._speed import measure_speed
from ._speed_report import SpeedFormat, SpeedReport, speed_text
from ._table import Group, compare_runs
from ._threshold import ThresholdRule, choose_threshold
from ._verify import verify_pairs
from ._verify_report import Distance, Verification, VerifyFormat, VerifyReport, verify_text

__all__ = [
    "COLUMNS",
    "COUNTS",
    "PRESETS",
    "CacheInfo",
    "Cell",
    "Column",
    "CurvePoint",
    "CurveResult",
    "Distance",
    "Format",
    "Group",
    "Interval",
    "Metrics",
    "PairingResult",
    "Prediction",
    "Row",
    "RunFolder",
    "RunResult",
    "Settings",
    "Sheet",
    "SpeedFormat",
    "SpeedReport",
    "TargetResult",
    "ThresholdRule",
    "Verification",
    "VerifyFormat",
    "VerifyReport",
    "cache_info",
    "check_columns",
    "choose_threshold",
    "compare_runs",
    "describe",
    "describe_all",
    "describe_run",
    "equal_error_rate",
    "find_run",
    "find_runs",
    "measure",
    "measure_speed",
    "plot_curve",
    "print_curve",
    "print_groups",
    "print_runs",
    "purge_cache",
    "read_predictions",
    "read_run",
    "render",
    "run_benchmark",
    "run_curve",
    "settings_for",
    "speed_text",
    "verify_pairs",
    "verify_text",
    "write_sheet",
]
