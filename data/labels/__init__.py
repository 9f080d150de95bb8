"""Labels: a table of faces on photos and who they are, which people and programs write and read."""

from ._crops import MARGIN
from ._draw import TOGETHER, Draw, Nearness
from ._label import Label, Labels, State
from ._missed import MOST_MISSED, Missed, missed_share
from ._photos import labelled_photos
from ._reading import read_labels
from ._writing import write_labels

__all__ = [
    "MARGIN",
    "MOST_MISSED",
    "TOGETHER",
    "Draw",
    "Label",
    "Labels",
    "Missed",
    "Nearness",
    "State",
    "labelled_photos",
    "missed_share",
    "read_labels",
    "write_labels",
]
