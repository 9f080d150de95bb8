"""From scores and decisions to metrics, thresholds, intervals and differences."""

from ._difference import TOLD, Difference, difference
from ._estimates import estimate_figures
from ._family import compare_rows
from ._intervals import ENOUGH_UNITS, one_sided_bound
from ._metrics import equal_error_rate, measure, ranks, roc_of
from ._operating_points import operating_points, strangers_needed
from ._samples import samples_of
from ._significance import LEVEL, holm
from ._thresholds import choose_threshold

__all__ = [
    "ENOUGH_UNITS",
    "LEVEL",
    "TOLD",
    "Difference",
    "choose_threshold",
    "compare_rows",
    "difference",
    "equal_error_rate",
    "estimate_figures",
    "holm",
    "measure",
    "one_sided_bound",
    "operating_points",
    "ranks",
    "roc_of",
    "samples_of",
    "strangers_needed",
]
