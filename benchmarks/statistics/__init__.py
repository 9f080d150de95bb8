"""From scores and decisions to metrics, thresholds, intervals and differences."""

from ._difference import Difference, difference
from ._estimates import estimate_figures
from ._intervals import ENOUGH_UNITS, one_sided_bound
from ._metrics import equal_error_rate, measure, ranks, roc_of
from ._operating_points import operating_points, strangers_needed
from ._samples import samples_of
from ._shortcuts import Audit, check_shortcuts, shortcut_warnings, verdict_of, what_tells_apart
from ._significance import LEVEL, can_tell, holm, photos_needed
from ._thresholds import choose_threshold

__all__ = [
    "ENOUGH_UNITS",
    "LEVEL",
    "Audit",
    "Difference",
    "can_tell",
    "check_shortcuts",
    "choose_threshold",
    "difference",
    "equal_error_rate",
    "estimate_figures",
    "holm",
    "measure",
    "one_sided_bound",
    "operating_points",
    "photos_needed",
    "ranks",
    "roc_of",
    "samples_of",
    "shortcut_warnings",
    "strangers_needed",
    "verdict_of",
    "what_tells_apart",
]
