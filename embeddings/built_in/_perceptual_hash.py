"""The perceptual hash of a photo, as it is and as it is turned and mirrored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 32  # of the grey picture whose lowest frequencies are hashed
LOW = 8  # frequencies per axis
_PLAIN, _MIRRORED = np.ones(LOW), np.where(np.arange(LOW) % 2, -1.0, 1.0)  # signs of frequencies
#: Signs (4, 8, 8) of a picture mirrored not at all, sideways, upside down, and both.
_SIGNS = np.stack([rows[:, None] * columns for rows in (_PLAIN, _MIRRORED) for columns in (_PLAIN, _MIRRORED)])


def perceptual_bits(image: Image.Image) -> NDArray[np.bool_]:
    """Return the 64 bits of a grey picture's perceptual hash (pHash)."""
    bits: NDArray[np.bool_] = turned_bits(image)[0]
    return bits


def turned_bits(image: Image.Image) -> NDArray[np.bool_]:
    """Return the bits (8, 64) of a grey picture's perceptual hash, and of its seven other turns and mirrors.

    One transform serves all: mirroring a picture changes the signs of its odd frequencies, and turning it by 90 degrees
    swaps the axes as well.
    """
    from scipy.fft import dctn

    grey = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    low = dctn(grey)[:LOW, :LOW]
    turned = np.concatenate([_SIGNS * low, _SIGNS * low.T]).reshape(-1, LOW * LOW)
    middle = np.sort(turned, axis=1)[:, LOW * LOW // 2 - 1 : LOW * LOW // 2 + 1]  # np.median takes ten times as long
    bits: NDArray[np.bool_] = turned > middle.mean(axis=1, keepdims=True)
    return bits
