"""What charts show, in the report and in notebooks: mean ROC curves, and how pairings look."""

from ._looks import DASHES, HUES, Look, label_of, looks_of
from ._mean_roc import MeanRoc, mean_roc, resolution_of

__all__ = ["DASHES", "HUES", "Look", "MeanRoc", "label_of", "looks_of", "mean_roc", "resolution_of"]
