"""From scores and decisions to metrics, thresholds, intervals and differences."""

from ._difference import TOLD, Difference, difference
from ._estimates import estimate_balanced, estimate_figures
from ._family import compare_rows, compare_tested
from ._intervals import ENOUGH_UNITS, Bounded, one_sided_bound, rate_interval
from ._metrics import equal_error_rate, measure, ranks, roc_of
from ._mixed_folders import MOST_FACES, mixed_by_faces, mixed_by_pictures, mixed_folders
from ._operating_points import operating_points, strangers_needed
from ._samples import Sample, samples_of
from ._shortcuts import Audit, check_shortcuts, shortcut_warnings, verdict_of, what_tells_apart, worse_by_margin
from ._significance import LEVEL, holm
from ._thresholds import choose_threshold, enough_photos

__all__ = [
    "ENOUGH_UNITS",
    "LEVEL",
    "MOST_FACES",
    "TOLD",
    "Audit",
    "Bounded",
    "Difference",
    "Sample",
    "check_shortcuts",
    "choose_threshold",
    "compare_rows",
    "compare_tested",
    "difference",
    "enough_photos",
    "equal_error_rate",
    "estimate_balanced",
    "estimate_figures",
    "holm",
    "measure",
    "mixed_by_faces",
    "mixed_by_pictures",
    "mixed_folders",
    "one_sided_bound",
    "operating_points",
    "ranks",
    "rate_interval",
    "roc_of",
    "samples_of",
    "shortcut_warnings",
    "strangers_needed",
    "verdict_of",
    "what_tells_apart",
    "worse_by_margin",
]
