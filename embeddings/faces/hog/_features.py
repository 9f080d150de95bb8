"""From histograms to features: 31 numbers of each cell, normalised by the energy of the cells around it.

Source: Felzenszwalb, Girshick, McAllester and Ramanan, "Object detection with discriminatively trained part-based
models", PAMI 2010, as dlib computes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float32, int64, void

from ._compiled import compiled, part
from ._histograms import DIRECTIONS
from ._model import CHANNELS
from ._workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Cells of zeros before and behind the features, which a window may reach into.
BEFORE, BEHIND = 4, 5
#: A vector of numbers may be read beyond the end of a row of windows.
_SLACK = 16

_HALF = DIRECTIONS // 2
_TINY = 1e-4
#: Features are cut off at .2, and weighted: .1 for directions, .2357 for energies as in the paper, doubled.
_CUT, _OF_DIRECTIONS, _OF_ENERGIES = 0.2, 0.1, 2 * 0.2357


def features_of(histograms: NDArray[np.float32], workspace: Workspace) -> NDArray[np.float32]:
    """Return the features of histograms (rows + 4, columns + 4, 18).

    Returns:
        float32 (31, (rows + 9) * (columns + 9) + 16): one plane per channel, zeros around the cells.
    """
    rows, columns = histograms.shape[0] - 4, histograms.shape[1] - 4
    stride = columns + BEFORE + BEHIND
    shape = CHANNELS, (rows + BEFORE + BEHIND) * stride + _SLACK
    features = workspace.zeros("features", shape, np.float32)
    normalise(histograms, features, stride)
    return features


@part
def _energies(histograms):
    """Return each cell's energy: the sum of the squares of its undirected orientations."""
    energies = np.zeros((histograms.shape[0] - 2, histograms.shape[1] - 2), np.float32)
    for row in range(energies.shape[0]):
        for column in range(energies.shape[1]):
            cell = histograms[row + 1, column + 1]
            for direction in range(_HALF):
                both = cell[direction] + cell[direction + _HALF]
                energies[row, column] += both * both
    return energies


@part
def _limits(above, row, below, limits, factors):
    """Set where each cell's numbers are cut off, and what they are multiplied by, for each of its four corners."""
    tiny, cut, of_directions = float32(_TINY), float32(_CUT), float32(_OF_DIRECTIONS)
    for column in range(limits.shape[1]):
        own = row[column + 1]
        right, left = row[column + 2], row[column]
        over, under = above[column + 1], below[column + 1]
        limits[0, column] = cut * np.sqrt(((own + right) + under) + below[column + 2] + tiny)
        limits[1, column] = cut * np.sqrt(((over + above[column + 2]) + own) + right + tiny)
        limits[2, column] = cut * np.sqrt(((left + own) + below[column]) + under + tiny)
        limits[3, column] = cut * np.sqrt(((above[column] + over) + left) + own + tiny)
        for corner in range(4):
            factors[corner, column] = of_directions / limits[corner, column]


@compiled(void(float32[:, :, ::1], float32[:, ::1], int64))
def normalise(histograms, features, stride):
    """Set the features of histograms, a row of cells at a time."""
    energies = _energies(histograms)
    rows, columns = energies.shape[0] - 2, energies.shape[1] - 2
    limits, factors = np.empty((4, columns), np.float32), np.empty((4, columns), np.float32)
    counts, sums = np.empty((DIRECTIONS, columns), np.float32), np.empty((4, columns), np.float32)
    # One row each, not parts of a table, and no function of their own: only so the loops below are done with vectors.
    n0, n1, n2, n3 = limits[0], limits[1], limits[2], limits[3]
    f0, f1, f2, f3 = factors[0], factors[1], factors[2], factors[3]
    s0, s1, s2, s3 = sums[0], sums[1], sums[2], sums[3]
    for row in range(rows):
        _limits(energies[row], energies[row + 1], energies[row + 2], limits, factors)
        for x in range(columns):
            for direction in range(DIRECTIONS):
                counts[direction, x] = histograms[row + 2, x + 2, direction]
        sums[:] = float32(0)
        start = (row + BEFORE) * stride + BEFORE
        end = start + columns
        for first in range(0, DIRECTIONS, 3):
            a, b, c = counts[first], counts[first + 1], counts[first + 2]
            to_a, to_b = features[first, start:end], features[first + 1, start:end]
            to_c = features[first + 2, start:end]
            for x in range(columns):
                a0, a1, a2, a3 = min(a[x], n0[x]), min(a[x], n1[x]), min(a[x], n2[x]), min(a[x], n3[x])
                a0, a1, a2, a3 = a0 * f0[x], a1 * f1[x], a2 * f2[x], a3 * f3[x]
                b0, b1, b2, b3 = min(b[x], n0[x]), min(b[x], n1[x]), min(b[x], n2[x]), min(b[x], n3[x])
                b0, b1, b2, b3 = b0 * f0[x], b1 * f1[x], b2 * f2[x], b3 * f3[x]
                c0, c1, c2, c3 = min(c[x], n0[x]), min(c[x], n1[x]), min(c[x], n2[x]), min(c[x], n3[x])
                c0, c1, c2, c3 = c0 * f0[x], c1 * f1[x], c2 * f2[x], c3 * f3[x]
                to_a[x], to_b[x], to_c[x] = (a0 + a1) + (a2 + a3), (b0 + b1) + (b2 + b3), (c0 + c1) + (c2 + c3)
                s0[x] += (a0 + b0) + c0
                s1[x] += (a1 + b1) + c1
                s2[x] += (a2 + b2) + c2
                s3[x] += (a3 + b3) + c3
        for direction in range(_HALF):
            a, b, to = counts[direction], counts[direction + _HALF], features[DIRECTIONS + direction, start:end]
            for x in range(columns):
                both = a[x] + b[x]
                a0, a1, a2, a3 = min(both, n0[x]), min(both, n1[x]), min(both, n2[x]), min(both, n3[x])
                to[x] = (a0 * f0[x] + a1 * f1[x]) + (a2 * f2[x] + a3 * f3[x])
        for corner in range(4):
            of_corner, to = sums[corner], features[DIRECTIONS + _HALF + corner, start:end]
            for x in range(columns):
                to[x] = of_corner[x] * float32(_OF_ENERGIES)
