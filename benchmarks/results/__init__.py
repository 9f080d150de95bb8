"""What a run or a learning curve leaves behind: its schema, and its folder."""

from ._curve_schema import CurvePoint, CurveResult
from ._line import Prediction
from ._photo_list import RunPhoto, read_photo_list
from ._predictions import read_predictions
from ._reading import parse_result, refuse_unknown
from ._rows import Predictions
from ._run_folders import RunFolder, find_run, find_runs, named_runs, read_run, read_runs
from ._schema import (
    OUT_OF_FOLD,
    THRESHOLD_VERSION,
    UNTRAINED,
    AugmentationResult,
    DatasetSummary,
    Estimate,
    Evidence,
    ExtractorResult,
    Heads,
    Interval,
    Metrics,
    OperatingPoint,
    PairingResult,
    RefusedPairing,
    Roc,
    RunResult,
    Shortcut,
    Skipped,
    TargetResult,
    UnreadablePhoto,
    VectorsFile,
    Verdict,
)

__all__ = [
    "OUT_OF_FOLD",
    "THRESHOLD_VERSION",
    "UNTRAINED",
    "AugmentationResult",
    "CurvePoint",
    "CurveResult",
    "DatasetSummary",
    "Estimate",
    "Evidence",
    "ExtractorResult",
    "Heads",
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
    "VectorsFile",
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
