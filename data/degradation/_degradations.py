"""The kinds of degradation, each in five steps of known strength."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..decoding import Box
from . import _effects
from ._subject import Subject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Steps of every kind; step 0 is the photo itself.
STEPS = 5
#: Raised whenever the same strength gives other pixels.
VERSION = 1


@dataclass(frozen=True)
class Degradation:
    """One kind of degradation.

    Attributes:
        name: what is done to the photo.
        effect: gives the pixels, uint8 (height, width, 3), at a strength.
        strengths: of steps 1 to 5, in its unit.
        unit: of the strengths, in words.
    """

    name: str
    effect: Callable[[Subject, float], NDArray[np.uint8]]
    strengths: tuple[float, ...]
    unit: str

    def key(self, face: Box | None) -> str:
        """Return twelve letters that change with all that a photo's copies depend on: part of their vectors' names."""
        facts = json.dumps([VERSION, self.name, self.strengths, face])
        return hashlib.sha256(facts.encode()).hexdigest()[:12]


#: By name. Strengths are of a face as `subject_of` gives it.
DEGRADATIONS = {
    kind.name: kind
    for kind in (
        Degradation("blur", _effects.blurred, (1, 2, 3, 4, 6), "sigma, % of the face's side"),
        Degradation("darken", _effects.exposed, (-2, -4, -6, -7, -8), "stops of exposure"),
        Degradation("brighten", _effects.exposed, (0.5, 1, 1.5, 2, 3), "stops of exposure"),
        Degradation("noise", _effects.noised, (10, 20, 30, 50, 80), "sigma, grey levels"),
        Degradation("jpeg", _effects.compressed, (40, 25, 15, 10, 5), "JPEG quality"),
        Degradation("reduce", _effects.reduced, (64, 48, 32, 24, 16), "pixels of the face's side"),
        Degradation("turn", _effects.turned, (10, 20, 30, 45, 60), "degrees, to either side"),
        Degradation("cover", _effects.covered, (10, 20, 30, 40, 50), "% of the face's height, from below"),
    )
}
