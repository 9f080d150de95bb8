"""The experiment: protocol, runner, metrics, results, table.

>>> from facebench.benchmarks import Settings
>>> Settings().heads
['mlp', 'logreg', 'svm']
"""

from ._cache import CacheInfo, cache_info, purge_cache
from ._columns import COLUMNS, MAIN_COLUMNS, Column, check_columns
from ._curve import COUNTS, run_curve
from ._curve_schema import CurvePoint, CurveResult
from ._curve_text import plot_curve, print_curve
from ._describe import describe, describe_all
from ._embedder import Embedder, hash_of
from ._estimates import estimate_figures
from ._evaluate import UNTRAINED, fit_trial, predictions, scores_of, target_result, trained_on
from ._examples import (
    EACH,
    Examples,
    choose_examples,
    choose_pairing,
    first_split,
    mean_balanced,
    rank_pairings,
    thresholds_of,
)
from ._export import Export, export_vectors
from ._facts import describe_run
from ._markdown import escaped, markdown_table
from ._metrics import equal_error_rate, measure
from ._plan import Plan, make_plan
from ._presets import PRESETS, settings_for
from ._progress import progress_bar, waiting
from ._provenance import versions
from ._remake import dataset_of, remake_plan, remake_vectors
from ._render import Format, print_groups, print_runs, render
from ._row import Cell, Row
from ._runner import run_benchmark
from ._runs import RunFolder, find_run, find_runs, read_predictions, read_run, read_runs, spreadsheet_safe
from ._schema import (
    Estimate,
    ExtractorResult,
    Interval,
    Metrics,
    PairingResult,
    Prediction,
    Roc,
    RunResult,
    Settings,
    TargetResult,
    UnreadablePhoto,
)
from ._sheet import Sheet, write_sheet
from ._speed import measure_speed
from ._speed_report import SpeedReport
from ._speed_text import SpeedFormat, speed_text
from ._table import Group, best_value, compare_runs, why_apart
from ._threshold import ThresholdRule, choose_threshold
from ._tiles import look_at
from ._trials import Trial
from ._units import samples_of
from ._vectors import Vectors, embed_dataset, hash_each, hash_photos
from ._verify import verify_pairs
from ._verify_report import Distance, Verification, VerifyFormat, VerifyReport, verify_text

__all__ = [
    "COLUMNS",
    "COUNTS",
    "EACH",
    "MAIN_COLUMNS",
    "PRESETS",
    "UNTRAINED",
    "CacheInfo",
    "Cell",
    "Column",
    "CurvePoint",
    "CurveResult",
    "Distance",
    "Embedder",
    "Estimate",
    "Examples",
    "Export",
    "ExtractorResult",
    "Format",
    "Group",
    "Interval",
    "Metrics",
    "PairingResult",
    "Plan",
    "Prediction",
    "Roc",
    "Row",
    "RunFolder",
    "RunResult",
    "Settings",
    "Sheet",
    "SpeedFormat",
    "SpeedReport",
    "TargetResult",
    "ThresholdRule",
    "Trial",
    "UnreadablePhoto",
    "Vectors",
    "Verification",
    "VerifyFormat",
    "VerifyReport",
    "best_value",
    "cache_info",
    "check_columns",
    "choose_examples",
    "choose_pairing",
    "choose_threshold",
    "compare_runs",
    "dataset_of",
    "describe",
    "describe_all",
    "describe_run",
    "embed_dataset",
    "equal_error_rate",
    "escaped",
    "estimate_figures",
    "export_vectors",
    "find_run",
    "find_runs",
    "first_split",
    "fit_trial",
    "hash_each",
    "hash_of",
    "hash_photos",
    "look_at",
    "make_plan",
    "markdown_table",
    "mean_balanced",
    "measure",
    "measure_speed",
    "plot_curve",
    "predictions",
    "print_curve",
    "print_groups",
    "print_runs",
    "progress_bar",
    "purge_cache",
    "rank_pairings",
    "read_predictions",
    "read_run",
    "read_runs",
    "remake_plan",
    "remake_vectors",
    "render",
    "run_benchmark",
    "run_curve",
    "samples_of",
    "scores_of",
    "settings_for",
    "speed_text",
    "spreadsheet_safe",
    "target_result",
    "thresholds_of",
    "trained_on",
    "verify_pairs",
    "verify_text",
    "versions",
    "waiting",
    "why_apart",
    "write_sheet",
]
