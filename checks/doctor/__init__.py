"""`bench doctor`: whether the installation is sound; it comes up where NumPy does not."""

from ._diagnosis import diagnose
from ._item import Diagnosis, Item
from ._text import diagnosis_text

__all__ = ["Diagnosis", "Item", "diagnose", "diagnosis_text"]
