"""What degraded photos cost: a run's heads as trained, on copies of its test photos."""

from ._measure import choose_kinds, measure_robustness
from ._text import robustness_text

__all__ = ["choose_kinds", "measure_robustness", "robustness_text"]
