"""Charts as inline SVG: each function draws one from its data, in classes of the page's style sheet."""

from ._learning import learning_chart
from ._losses import losses_chart
from ._map import MARKERS, map_chart
from ._rates import HIGHEST_RATE, det_chart, low_far_chart, roc_chart
from ._robustness import robustness_chart
from ._scores import histogram_chart
from ._speed import Speed, speed_chart

__all__ = [
    "HIGHEST_RATE",
    "MARKERS",
    "Speed",
    "det_chart",
    "histogram_chart",
    "learning_chart",
    "losses_chart",
    "low_far_chart",
    "map_chart",
    "robustness_chart",
    "roc_chart",
    "speed_chart",
]
