"""Degraded copies of photos: blurred, darkened, brightened, noised, compressed, reduced, turned, covered."""

from ._copies import degraded_copies
from ._degradations import DEGRADATIONS, STEPS, Degradation

__all__ = ["DEGRADATIONS", "STEPS", "Degradation", "degraded_copies"]
