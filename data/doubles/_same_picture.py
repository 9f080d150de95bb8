"""Whether two photos show the same picture, one of them perhaps cropped, framed, turned or mirrored: by keypoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ._fingerprints import Keypoints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]
    Complexes = NDArray[np.complexfloating]
    Bools = NDArray[np.bool_]

    from ._fingerprints import Fingerprints, Numbers

#: Keypoints may be one and the same if their descriptors differ in at most this many of 64 bits.
_BITS = 14
#: Keypoints agree on a similarity transform if, in pixels, log2 of size and radians, they are no further apart.
_PIXELS, _OCTAVES, _RADIANS = 6.0, 0.4, 0.35
#: Distances in pixels within which keypoints count while the transform is fitted to them, closer and closer.
_CLOSER = (3.0, 2.0, 1.5)
#: Fewer keypoints that agree are chance, and a smaller share of them, or those of a line, a stamp on both photos.
_FEWEST, _SHARE, _BREADTH = 4, 0.2, 5.0
#: Keypoints nearer to an edge than this may be beyond the edge of the other photo.
_EDGE = 2.0
#: Pairs that are compared at a time.
_TOGETHER = 256


@dataclass(frozen=True, eq=False)
class _Matches:
    """Keypoints of each first photo with the most similar one of the second.

    Attributes:
        valid: (pairs, 32) whether each is the other's most similar.
        bits: (pairs, 32) in which their descriptors differ.
        here, there: complex64 (pairs, 32), their places.
        scales, turns: (pairs, 32) the octaves and radians from the first to the second.
    """

    valid: Bools
    bits: Floats
    here: Complexes
    there: Complexes
    scales: Floats
    turns: Floats


def likeness(prints: Fingerprints, first: Numbers, second: Numbers, mirrored: bool = False) -> Floats:
    """Return how surely each two photos (pairs,) show one picture: see `_likeness`; -inf where nothing says so.

    Args:
        prints: of the photos.
        first: indices (pairs,).
        second: likewise.
        mirrored: whether the first one is compared as in a mirror.
    """
    parts: list[Floats] = [np.empty(0)]
    for start in range(0, len(first), _TOGETHER):
        here, there = (prints.keypoints(photos[start : start + _TOGETHER]) for photos in (first, second))
        parts.append(_compared(here.mirrored() if mirrored else here, there))
    return np.concatenate(parts)


def _compared(here: Keypoints, there: Keypoints) -> Floats:
    matches = _matched(here, there)
    agreeing = _largest_agreement(matches)
    transform, shift, agreeing, error = _fitted(matches, agreeing)
    found = agreeing.sum(axis=1)
    common = np.minimum(
        _inside(here, transform, shift, there.extents), _inside(there, 1 / transform, -shift / transform, here.extents)
    )
    bits = (matches.bits * agreeing).sum(axis=1) / np.maximum(found, 1)
    share = found / np.maximum(common, 1)
    enough = (found >= _FEWEST) & (share >= _SHARE) & (_breadth(matches.here, agreeing) >= _BREADTH)
    surely: Floats = np.where(enough, _likeness(share, error, bits), -np.inf)
    return surely


def _breadth(places: Complexes, chosen: Bools) -> Floats:
    """Return the standard deviation in pixels of some places (pairs, 32) across the line closest to them."""
    count = np.maximum(chosen.sum(axis=1), 1)
    off = (places - ((places * chosen).sum(axis=1) / count)[:, None]) * chosen
    # A covariance's smaller eigenvalue, of its trace and its difference.
    around = (np.abs(off) ** 2).sum(axis=1) / count
    along = np.abs((off**2).sum(axis=1)) / count
    across: Floats = np.sqrt(np.maximum(around - along, 0) / 2)
    return across


def _likeness(share: Floats, error: Floats, bits: Floats) -> Floats:
    """Return how surely photos show one picture.

    Args:
        share: of the keypoints that both should have, those that are found again.
        error: root mean square of their distances after the best similarity transform, in pixels.
        bits: mean of those in which their descriptors differ.
    """
    surely: Floats = np.log(np.maximum(share, 1e-9)) - 1.2 * np.log(error + 0.1) - np.log(bits + 2)
    return surely


def _matched(here: Keypoints, there: Keypoints) -> _Matches:
    bits = np.bitwise_count(here.bits[:, :, None] ^ there.bits[:, None, :])
    bits[~(here.present[:, :, None] & there.present[:, None, :])] = 65
    nearest = bits.argmin(axis=2)
    back = np.take_along_axis(bits.argmin(axis=1), nearest, axis=1)
    least = bits.min(axis=2)

    return _Matches(
        valid=(back == np.arange(bits.shape[1])) & (least <= _BITS),
        bits=least.astype(np.float32),
        here=here.places,
        there=np.take_along_axis(there.places, nearest, axis=1),
        scales=np.take_along_axis(there.sizes, nearest, axis=1) - here.sizes,
        turns=np.take_along_axis(there.angles, nearest, axis=1) - here.angles,
    )


def _largest_agreement(matches: _Matches) -> Bools:
    """Return the matches (pairs, 32) that agree with the one with which most agree.

    Each match alone says how the first photo is moved, turned and scaled.
    """
    transform = np.exp2(matches.scales) * np.exp(1j * matches.turns.astype(np.complex64))
    moved = matches.here[:, None, :] - matches.here[:, :, None]
    off = np.abs(transform[:, :, None] * moved - (matches.there[:, None, :] - matches.there[:, :, None]))
    scale = np.maximum(np.exp2(matches.scales), 1)[:, :, None]
    turned = matches.turns[:, None, :] - matches.turns[:, :, None]
    agree = (
        (off <= _PIXELS * scale)
        & (np.abs(matches.scales[:, None, :] - matches.scales[:, :, None]) <= _OCTAVES)
        & (np.cos(turned) >= np.cos(_RADIANS))
        & matches.valid[:, None, :]
        & matches.valid[:, :, None]
    )
    best = agree.sum(axis=2).argmax(axis=1)
    chosen: Bools = np.take_along_axis(agree, best[:, None, None], axis=1)[:, 0]
    return chosen


def _fitted(matches: _Matches, agreeing: Bools) -> tuple[Complexes, Complexes, Bools, Floats]:
    """Fit similarity transforms to matches that agree, by least squares, and again to those close to it.

    Returns:
        complex factors and shifts (pairs,), the matches (pairs, 32) that are close, and their error (pairs,).
    """
    for closer in _CLOSER:
        count = np.maximum(agreeing.sum(axis=1), 1)
        centre, target = ((values * agreeing).sum(axis=1) / count for values in (matches.here, matches.there))
        here = (matches.here - centre[:, None]) * agreeing
        spread = (np.abs(here) ** 2).sum(axis=1)
        product = (here.conj() * (matches.there - target[:, None])).sum(axis=1)
        transform = np.where((spread > 1) & (np.abs(product) > spread / 64), product / np.maximum(spread, 1), 1)
        shift = target - transform * centre
        off = np.abs(transform[:, None] * matches.here + shift[:, None] - matches.there)
        off /= np.maximum(np.abs(transform), 1)[:, None]
        agreeing = matches.valid & (off <= closer) & (spread > 1)[:, None]
    error = np.sqrt((off**2 * agreeing).sum(axis=1) / np.maximum(agreeing.sum(axis=1), 1))
    return transform, shift, agreeing, error


def _inside(points: Keypoints, transform: Complexes, shift: Complexes, extents: Complexes) -> Numbers:
    """Return how many keypoints of each photo (pairs,) lie on the other one, once moved there."""
    moved = transform[:, None] * points.places + shift[:, None]
    far = extents[:, None] - (1 + 1j) * _EDGE
    inside = (moved.real > _EDGE) & (moved.imag > _EDGE) & (moved.real < far.real) & (moved.imag < far.imag)
    counts: Numbers = (inside & points.present).sum(axis=1)
    return counts
