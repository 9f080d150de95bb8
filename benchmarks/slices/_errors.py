"""How often each test photo of a class was decided wrongly, and which photos are not independent of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..results import Predictions

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What goes wrong with photos of the target, and with those of others.
Kind = Literal["false rejects", "false accepts"]
TRUTHS: dict[Kind, str] = {"false rejects": "me", "false accepts": "other"}


@dataclass(frozen=True, eq=False)
class PhotoErrors:
    """The test photos of one class under one pairing, each once, sorted by path.

    Attributes:
        paths: (n,) of the photos.
        wrong: (n,) the share of its tests in which a photo was decided wrongly: splits, and targets if several.
        unit: (n,) the number of its independent unit (cluster).
    """

    paths: Sequence[str]
    wrong: NDArray[np.float64]
    unit: NDArray[np.intp]

    def only(self, chosen: NDArray[np.bool_]) -> PhotoErrors:
        """Return the errors of some photos."""
        paths = [path for path, kept in zip(self.paths, chosen, strict=True) if kept]
        _, unit = np.unique(self.unit[chosen], return_inverse=True)
        return PhotoErrors(paths, self.wrong[chosen], unit)


def photo_errors(rows: Predictions, kind: Kind) -> PhotoErrors:
    """Return the errors of one kind, by photo.

    Units are groups for photos of one target, and people for photos of others (groups if they are unknown). With
    several targets they are people in both classes, as a person is recognised well or badly.

    Args:
        rows: of one pairing.
        kind: of error.
    """
    several = len(set(rows.column("target"))) > 1
    chosen = rows[rows.column("truth") == TRUTHS[kind]]
    tests: dict[str, list[bool]] = defaultdict(list)
    units: dict[str, tuple[str, str]] = {}
    columns = map(chosen.column, ("path", "truth", "decision", "person", "group"))
    for path, truth, decision, person, group in zip(*columns, strict=True):
        tests[path].append(decision != truth)
        units[path] = ("person", person) if person and (several or truth == "other") else ("group", group or path)
    paths = sorted(tests)
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units[path] for path in paths))}
    return PhotoErrors(
        paths,
        np.array([np.mean(tests[path]) for path in paths], dtype=np.float64),
        np.array([numbers[units[path]] for path in paths], dtype=np.intp),
    )
