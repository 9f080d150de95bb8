"""From scores and decisions to metrics, thresholds, intervals and differences."""

from ._difference import Difference, difference
from ._estimates import estimate_figures
from ._intervals import ENOUGH_UNITS, one_sided_bound
from ._metrics import equal_error_rate, measure, ranks, roc_of
from ._operating_points import operating_points, strangers_needed
from ._samples import samples_of
from ._significance import LEVEL, can_tell, holm, photos_needed
from ._thresholds import choose_threshold, enough_photos

__all__ = [
    "ENOUGH_UNITS",
    "LEVEL",
    "Difference",
    "can_tell",
    "choose_threshold",
    "difference",
    "enough_photos",
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
    "strangers_needed",
]
