"""The speed of extractors, compared with common alternatives."""

from ._measure import measure_speed
from ._report import SpeedReport
from ._text import speed_text

__all__ = [
    "SpeedReport",
    "measure_speed",
    "speed_text",
]
