"""What each kind of degradation does to pixels, at a strength."""

from __future__ import annotations

import io
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ._subject import Subject, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

#: How far a cover reaches beyond the face on either side, as a share of its width.
_BESIDE = 0.1
_GREY = 128
_QUANTILES = np.array([NormalDist().inv_cdf((byte + 0.5) / 256) for byte in range(256)])


def blurred(subject: Subject, percent: float) -> Pixels:
    """Blur by a Gaussian whose standard deviation is so many per cent of the face's side."""
    import cv2

    sigma = percent / 100 * subject.side
    return np.asarray(cv2.GaussianBlur(subject.pixels, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)


def exposed(subject: Subject, stops: float) -> Pixels:
    """Multiply the light by 2 to the power of `stops`, as a shorter or longer exposure does: not the grey levels.

    Grey levels are sRGB's. What is too bright is white, and what is too dark has few grey levels left.
    """
    import cv2

    levels = np.arange(256) / 255
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    light = np.minimum(light * 2.0**stops, 1)
    changed = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(cv2.LUT(subject.pixels, np.round(255 * changed).astype(np.uint8)), np.uint8)


def noised(subject: Subject, sigma: float) -> Pixels:
    """Add normal noise with a standard deviation in grey levels, to each pixel and channel alone."""
    import cv2

    # A byte for each, and a table of the normal distribution's 256 quantiles: a fifth of the time of drawing normals,
    # and the same bytes whatever numpy is installed.
    random = np.frombuffer(np.random.default_rng(subject.seed).bytes(subject.pixels.size), np.uint8)
    noise = cv2.LUT(random.reshape(subject.pixels.shape), np.round(sigma * _QUANTILES).astype(np.int16))
    return np.asarray(cv2.add(subject.pixels, noise, dtype=cv2.CV_8U), np.uint8)  # stops at 0 and 255


def compressed(subject: Subject, quality: float) -> Pixels:
    """Save as a JPEG of a quality, colours at half the resolution, and read it again."""
    stream = io.BytesIO()
    Image.fromarray(subject.pixels).save(stream, "JPEG", quality=int(quality), subsampling="4:2:0")
    return np.asarray(Image.open(stream))


def reduced(subject: Subject, side: float) -> Pixels:
    """Reduce the photo until the face's side has so many pixels, and enlarge it again; smaller faces stay."""
    scale = side / subject.side
    height, width = subject.pixels.shape[:2]
    if scale >= 1:
        return subject.pixels
    small = resized(subject.pixels, (max(1, round(width * scale)), max(1, round(height * scale))))
    return resized(small, (width, height))


def turned(subject: Subject, degrees: float) -> Pixels:
    """Turn about the face's middle, edges filled by the nearest pixel: to the left for every other photo."""
    import cv2

    height, width = subject.pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D(subject.middle, degrees if subject.seed % 2 else -degrees, 1.0)
    warped = cv2.warpAffine(
        cv2.cvtColor(subject.pixels, cv2.COLOR_RGB2RGBA),  # OpenCV warps four channels faster than three
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB), np.uint8)


def covered(subject: Subject, percent: float) -> Pixels:
    """Cover so many per cent of the face's height from below by a grey bar, as a scarf or a mask does."""
    left, top, right, bottom = subject.face
    beside, upper = _BESIDE * (right - left), bottom - percent / 100 * (bottom - top)
    copy = subject.pixels.copy()
    copy[_at(upper) : _at(bottom), _at(left - beside) : _at(right + beside)] = _GREY
    return copy


def _at(edge: float) -> int:
    return max(0, round(edge))
