"""Operating points: true accept rates at low false accept rates, with thresholds from validation."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from ..results import OperatingPoint
from ._thresholds import threshold_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

#: False accept rates that are reported for every test.
RATES = (0.1, 0.01, 0.001)


def strangers_needed(far: float) -> tuple[int, int]:
    """Return how many photos of impostors, and how many impostors (other people), a false accept rate needs.

    >>> strangers_needed(0.01)
    (1000, 100)
    """
    return ceil(10 / far - 1e-9), ceil(1 / far - 1e-9)


def operating_points(
    validation: tuple[Bools, Floats], test: tuple[Bools, Floats], strangers: tuple[int, int]
) -> list[OperatingPoint]:
    """Return the true accept rate of a test at each of `RATES`.

    Args:
        validation: truth (n,) and scores (n,) of validation photos, NaN without a vector; thresholds come from these.
        test: the same of test photos.
        strangers: how many people there are among the others in validation and in test.
    """
    points = []
    for far in RATES:
        photos, people = strangers_needed(far)
        enough = all((~truth).sum() >= photos for truth, _ in (validation, test)) and min(strangers) >= people
        points.append(_point(far, validation, test) if enough else _untold(far))
    return points


def _untold(far: float) -> OperatingPoint:
    return OperatingPoint(far=far, threshold=None, tar=None, measured_far=None)


def _point(far: float, validation: tuple[Bools, Floats], test: tuple[Bools, Floats]) -> OperatingPoint:
    threshold = threshold_at(far, *validation)
    truth, scores = test
    accepted = scores >= threshold  # NaN compares as False
    return OperatingPoint(
        far=far,
        threshold=threshold,
        tar=float(accepted[truth].mean()),
        measured_far=float(accepted[~truth].mean()),
    )
