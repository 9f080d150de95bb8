"""The score of each window: features filtered along rows, then along columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import float32, int32, int64, void

from ._compiled import compiled, fused_part
from ._features import BEFORE, BEHIND
from ._model import Filters
from ._workspace import Workspace

if TYPE_CHECKING:
    from numpy.typing import NDArray


def scores_of(
    features: NDArray[np.float32], rows: int, stride: int, filters: Filters, views: int, workspace: Workspace
) -> NDArray[np.float32]:
    """Return the score of each view's window around each cell, float32 (views, rows, stride).

    Columns from stride - 9 on are no cells, and their scores mean nothing.
    """
    scores = workspace.zeros("scores", (views, rows * stride), np.float32)
    filtered = workspace.zeros("filtered", ((rows + BEFORE + BEHIND) * stride,), np.float32)
    add_filters(features, stride, filters.views, filters.channels, filters.rows, filters.columns, filtered, scores)
    return scores.reshape(views, rows, stride)


@fused_part
def _along_rows(values, weights, filtered):
    w0, w1, w2, w3, w4 = weights[0], weights[1], weights[2], weights[3], weights[4]
    w5, w6, w7, w8, w9 = weights[5], weights[6], weights[7], weights[8], weights[9]
    for x in range(len(filtered)):
        filtered[x] = (
            values[x] * w0
            + values[x + 1] * w1
            + values[x + 2] * w2
            + values[x + 3] * w3
            + values[x + 4] * w4
            + values[x + 5] * w5
            + values[x + 6] * w6
            + values[x + 7] * w7
            + values[x + 8] * w8
            + values[x + 9] * w9
        )


@fused_part
def _along_columns(filtered, stride, weights, scores):
    count = len(scores)
    r0, r1, r2 = filtered[:count], filtered[stride : stride + count], filtered[2 * stride : 2 * stride + count]
    r3, r4 = filtered[3 * stride : 3 * stride + count], filtered[4 * stride : 4 * stride + count]
    r5, r6 = filtered[5 * stride : 5 * stride + count], filtered[6 * stride : 6 * stride + count]
    r7, r8 = filtered[7 * stride : 7 * stride + count], filtered[8 * stride : 8 * stride + count]
    r9 = filtered[9 * stride : 9 * stride + count]
    w0, w1, w2, w3, w4 = weights[0], weights[1], weights[2], weights[3], weights[4]
    w5, w6, w7, w8, w9 = weights[5], weights[6], weights[7], weights[8], weights[9]
    for x in range(count):
        scores[x] += (
            r0[x] * w0
            + r1[x] * w1
            + r2[x] * w2
            + r3[x] * w3
            + r4[x] * w4
            + r5[x] * w5
            + r6[x] * w6
            + r7[x] * w7
            + r8[x] * w8
            + r9[x] * w9
        )


@compiled(
    void(
        float32[:, ::1], int64, int32[::1], int32[::1], float32[:, ::1], float32[:, ::1], float32[::1], float32[:, ::1]
    )
)
def add_filters(features, stride, views, channels, rows, columns, filtered, scores):
    """Add to each view's scores what its filters give; rows of zeros before and behind the features are passed over."""
    start, count = BEFORE * stride, scores.shape[1]
    for index in range(len(views)):
        _along_rows(features[channels[index], start:], rows[index], filtered[start : start + count])
        _along_columns(filtered, stride, columns[index], scores[views[index]])
