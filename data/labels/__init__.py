"""Labels: a table of faces on photos and who they are, which people and programs write and read."""

from ._crops import MARGIN
from ._draw import Draw, Nearness
from ._label import Label, Labels, State
from ._photos import labelled_photos
from ._reading import read_labels
from ._writing import write_labels

__all__ = ["MARGIN", "Draw", "Label", "Labels", "Nearness", "State", "labelled_photos", "read_labels", "write_labels"]
