"""The experiment: protocol, runner, metrics, results, table.

>>> from facebench.benchmarks import Settings
>>> Settings().heads
['mlp', 'logreg', 'svm']
"""

from ._cache import CacheInfo, cache_info, purge_cache
from ._columns import COLUMNS, Cell, Column, Row, check_columns
from ._describe import describe, describe_all
from ._metrics import equal_error_rate, measure, wilson_interval
from ._render import Format, print_groups, render
from ._runner import run_benchmark
from ._runs import RunFolder, find_run, find_runs, read_predictions, read_run
from ._schema import Interval, Metrics, PairingResult, Prediction, RunResult, Settings, TargetResult
from ._speed import measure_speed
from ._speed_report import SpeedFormat, SpeedReport, speed_text
from ._table import Group, compare_runs
from ._threshold import ThresholdRule, choose_threshold

__all__ = [
    "COLUMNS",
    "CacheInfo",
    "Cell",
    "Column",
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
    "SpeedFormat",
    "SpeedReport",
    "TargetResult",
    "ThresholdRule",
    "cache_info",
    "check_columns",
    "choose_threshold",
    "compare_runs",
    "describe",
    "describe_all",
    "equal_error_rate",
    "find_run",
    "find_runs",
    "measure",
    "measure_speed",
    "print_groups",
    "purge_cache",
    "read_predictions",
    "read_run",
    "render",
    "run_benchmark",
    "speed_text",
    "wilson_interval",
]
