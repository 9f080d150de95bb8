"""Doubles: pairs of photos that show the same picture, re-saved, turned, mirrored, cropped, framed or straightened."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ._candidates import COPY_BITS, TURNED_BITS, candidates, sharing_keypoints, turned_candidates
from ._fingerprints import TURNS
from ._same_picture import likeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._candidates import Pairs
    from ._fingerprints import Fingerprints, Numbers

#: Tiny pictures of copies differ by no more than this share of their contrast, or by rounding, once equally bright.
_SAME_GREY, _ROUNDING = 0.07, 1.0
#: Keypoints say that photos show one picture (see `likeness`), and may do so where names suggest it.
_SURE, _NOT_UNLIKELY = -1.69, -2.6
#: Photos whose names suggest it show one picture if so many bits of their hashes differ and their tiny pictures agree.
_NAMED_BITS, _NAMED_GREY = 10, 0.3
#: Photos with alike names taken within this many seconds are one.
_NAMED_SECONDS = 2.0
#: A name of which there are more numbered ones is a series: "me (17)" is no copy of "me".
_NUMBERED = 5
#: What programs and people add to the name of a photo that they edit or save again.
_EDITED = re.compile(r"[-_ ~]*(edited|edit|effects|collage|bearbeitet|cropped|copy|\(copy\)|copy \d+)$", re.IGNORECASE)
_NUMBER = re.compile(r" ?\(\d{1,3}\)$|~\d{1,2}$")


def doubles(
    person: Numbers,
    prints: Fingerprints,
    asked: NDArray[np.bool_] | None = None,
    crops: NDArray[np.bool_] | None = None,
) -> Pairs:
    """Yield pairs of photos of a person that show the same picture, as indices (pairs,) of both; some more than once.

    Args:
        person: (n,) a number for each.
        prints: of the photos.
        asked: (n,) one of two has to be among them; default: all.
        crops: (n,) those around one of several faces: two of them that overlap may show two people, and are doubles
            only if all of them is the same; default: none.
    """
    asked = np.ones(len(person), dtype=bool) if asked is None else asked
    for turn in range(TURNS):
        looked_up = turned_candidates(person, prints.hashes, turn) if turn else candidates(person, prints.hashes[:, 0])
        for first, second in looked_up:
            wanted = asked[first] | asked[second]
            yield _copies(prints, first[wanted], second[wanted], turn)
    for mirrored in (False, True):
        for first, second in sharing_keypoints(person, prints, asked, mirrored):
            sure = likeness(prints, first, second, mirrored) >= _SURE
            if crops is not None:
                sure &= ~(crops[first] & crops[second])
            yield first[sure], second[sure]


def _copies(prints: Fingerprints, first: Numbers, second: Numbers, turn: int) -> tuple[Numbers, Numbers]:
    bits = np.bitwise_count(prints.hashes[first, 0] ^ prints.hashes[second, turn])
    near = bits <= (TURNED_BITS if turn else COPY_BITS)
    first, second = first[near], second[near]
    same = _alike(prints, first, second, turn, _SAME_GREY)
    return first[same], second[same]


def _alike(prints: Fingerprints, first: Numbers, second: Numbers, turn: int, share: float) -> NDArray[np.bool_]:
    """Return whether tiny pictures agree up to brightness and contrast, the second one turned."""
    here = prints.pictures[first].astype(np.float32)
    there = _turned(prints.pictures[second], turn).astype(np.float32)
    here, there = (picture - picture.mean(axis=1, keepdims=True) for picture in (here, there))
    both = (here * there).sum(axis=1)
    own, others = (np.maximum((picture**2).sum(axis=1), 1e-9) for picture in (here, there))
    # What remains of each after the best fit of the other, whichever has more contrast.
    rest = np.sqrt(np.maximum(1 - np.maximum(both, 0) ** 2 / (own * others), 0))
    least = np.sqrt(np.minimum(own, others) / here.shape[1])
    agree: NDArray[np.bool_] = (rest <= share) | (rest * least <= _ROUNDING)
    return agree


def _turned(pictures: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """Return tiny pictures (n, 64) turned as the hashes of `Fingerprints` are."""
    side = int(pictures.shape[1] ** 0.5)
    cells = pictures.reshape(-1, side, side)
    cells = cells.transpose(0, 2, 1) if turn & 4 else cells
    cells = cells[:, ::-1] if turn & 2 else cells
    cells = cells[:, :, ::-1] if turn & 1 else cells
    return cells.reshape(pictures.shape)


def named_doubles(people: Sequence[Hashable], names: Sequence[str], prints: Fingerprints) -> tuple[Numbers, Numbers]:
    """Return pairs of photos of a person whose names suggest, and whose pictures or times confirm, that they are one.

    A name alone joins nothing.
    """
    pairs = np.array(sorted(_suggested(people, names)), dtype=np.intp).reshape(-1, 2)
    first, second = pairs.T
    times = np.where(prints.whole_days, np.nan, prints.times)
    confirmed = np.abs(times[first] - times[second]) <= _NAMED_SECONDS
    for turn in range(TURNS):
        near = np.bitwise_count(prints.hashes[first, 0] ^ prints.hashes[second, turn]) <= _NAMED_BITS
        confirmed |= near & _alike(prints, first, second, turn, _NAMED_GREY)
    for mirrored in (False, True):
        confirmed |= likeness(prints, first, second, mirrored) >= _NOT_UNLIKELY
    return first[confirmed], second[confirmed]


def _suggested(people: Sequence[Hashable], names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield each edited or numbered photo with the one that has its name without that, or else the first edited one."""
    plain: dict[tuple[Hashable, str], int] = {}
    edited: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    numbered: dict[tuple[Hashable, str], list[int]] = defaultdict(list)
    for index, (person, name) in enumerate(zip(people, names, strict=True)):
        start, stem = name.rfind("/") + 1, os.path.splitext(name)[0]  # noqa: PTH122 (a Path a photo would take longer)
        for pattern, found in ((_EDITED, edited), (_NUMBER, numbered)):
            if (short := pattern.sub("", stem)) != stem and len(short) > start:
                found[person, short].append(index)
                break
        else:
            plain.setdefault((person, stem), index)
    for key, photos in edited.items():
        original = plain.get(key, photos[0])
        yield from ((original, index) for index in photos if index != original)
    for key, photos in numbered.items():
        if key in plain and len(photos) <= _NUMBERED:
            yield from ((plain[key], index) for index in photos)
