"""What a run or a learning curve leaves behind: its schema, and its folder."""

from ._curve_schema import CurvePoint, CurveResult
from ._photo_list import RunPhoto, read_photo_list
from ._predictions import read_predictions
from ._reading import parse_result, refuse_unknown
from ._rows import Predictions
from ._run_folders import RunFolder, find_run, find_runs, named_runs, read_run, read_runs
from ._schema import (
    UNTRAINED,
    AugmentationResult,
    DatasetSummary,
    Estimate,
    Evidence,
    ExtractorResult,
    Interval,
    Metrics,
    OperatingPoint,
    PairingResult,
    Prediction,
    RefusedPairing,
    Roc,
    RunResult,
    Shortcut,
    Skipped,
    TargetResult,
    UnreadablePhoto,
    Verdict,
)

__all__ = [
    "UNTRAINED",
    "AugmentationResult",
    "CurvePoint",
    "CurveResult",
    "DatasetSummary",
    "Estimate",
    "Evidence",
    "ExtractorResult",
    "Interval",
    "Metrics",
    "OperatingPoint",
    "PairingResult",
    "Prediction",
    "Predictions",
    "RefusedPairing",
    "Roc",
    "RunFolder",
    "RunPhoto",
    "RunResult",
    "Shortcut",
    "Skipped",
    "TargetResult",
    "UnreadablePhoto",
    "Verdict",
    "find_run",
    "find_runs",
    "named_runs",
    "parse_result",
    "read_photo_list",
    "read_predictions",
    "read_run",
    "read_runs",
    "refuse_unknown",
]
