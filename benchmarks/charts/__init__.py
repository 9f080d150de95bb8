"""What charts show and how: mean ROC curves, confusion matrices, looks, colours; learning curve, robustness drawn."""

from ._confusion import Confusion, Decided, confusion_of
from ._learning_curve import plot_curve
from ._looks import DASHES, HUES, Look, label_of, looks_of
from ._mean_roc import MeanRoc, mean_roc, resolution_of
from ._robustness import is_robustness, plot_robustness
from ._style import COLOURS, INK, PAPER, QUIET, accuracy_floor, chart_style, line_style

__all__ = [
    "COLOURS",
    "DASHES",
    "HUES",
    "INK",
    "PAPER",
    "QUIET",
    "Confusion",
    "Decided",
    "Look",
    "MeanRoc",
    "accuracy_floor",
    "chart_style",
    "confusion_of",
    "is_robustness",
    "label_of",
    "line_style",
    "looks_of",
    "mean_roc",
    "plot_curve",
    "plot_robustness",
    "resolution_of",
]
