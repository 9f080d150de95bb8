"""Findings about photos one by one: not readable, too small, no face, several faces, odd shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data import Dataset, Item
from ...embeddings import Failure
from ...errors import counted
from ...extras import how_to_install
from ._findings import Finding, Mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ._seen import Seen

#: HOG's window is 80 pixels, 40 in the doubled photo: a shorter side hardly has room for a face and what is around it.
TINY = 64
#: Narrower faces are found by HOG's smallest windows only, and are enlarged fourfold for the network.
NARROW = 40
#: Longer photos that are roughly square are no crops of a face as data sets have them (112x112, 128x128, 160x160).
CROP = 160
#: Sides in this proportion or beyond: a phone's screenshot has 2.1, photos at most 1.8.
ELONGATED = 2.0

_FAULTS = {
    "heic": ("HEIC, which needs the package pillow-heif", "Install it"),
    "unreadable": ("not readable", "Save again from the original, or delete"),
    "truncated": ("cut off", "Copy again from the original, or delete"),
    "too_large": ("too large", "Save smaller"),
    "unsupported": ("of no format that is read", "Save as JPEG, or delete what is no photo"),
}


def unreadable(failures: Mapping[Item, Failure]) -> list[Finding]:
    """Return a finding per reason why photos cannot be decoded; HEIC without its library is one."""
    marks: dict[str, list[Mark]] = defaultdict(list)
    for item, failure in failures.items():
        kind = "heic" if "pillow-heif" in failure.detail else failure.reason
        marks[kind].append(Mark.of(item, failure.detail))
    return [
        Finding(kind, "must fix", f"{counted(len(listed), 'photo')} {_FAULTS[kind][0]}", _advice(kind), listed)
        for kind, listed in marks.items()
    ]


def _advice(kind: str) -> str:
    advice = _FAULTS[kind][1]
    return f"{advice}: {how_to_install('heic')}" if kind == "heic" else advice


def single_photos(seen: Seen) -> list[Finding]:
    """Return what can be said of photos that can be decoded, each by itself."""
    sizes, counts, widths = seen.faces.sizes, seen.faces.counts, seen.faces.widths
    short, long = sizes.min(axis=1), sizes.max(axis=1)
    crop = (short >= TINY) & (long <= CROP) & (long <= 1.3 * short)
    size = [f"{width}x{height} pixels" for width, height in sizes.tolist()]
    return [
        *_found(
            seen,
            "tiny",
            short < TINY,
            f"with a side under {TINY} pixels",
            "Take larger versions: a face has no room there",
            size,
        ),
        *_found(
            seen,
            "no_face",
            (counts == 0) & (short >= TINY) & ~crop,
            "without a face that HOG finds",
            'face_recognition takes such a photo for "not me". Turn or crop it where there is a face, delete it where '
            "there is none",
        ),
        *_found(
            seen,
            "tight_crop",
            (counts == 0) & crop,
            "that may be tight crops, without a face that HOG finds",
            "HOG needs a border around a face that fills the photo: cut larger crops, or give --extractor "
            "'face_recognition(pad=0.2)', which repeats the edge pixels and finds 60 % of them; delete photos without "
            "a face",
            size,
        ),
        *_found(
            seen,
            "several_faces",
            counts > 1,
            "with several faces",
            "The largest is taken: crop the photo where that is somebody else's",
            [f"{count} faces" for count in counts.tolist()],
        ),
        *_found(
            seen,
            "small_face",
            (counts > 0) & (widths < NARROW),
            f"with a face under {NARROW} pixels",
            "Take larger versions: the network sees the face enlarged fourfold",
            [f"face of {width} pixels" for width in widths.tolist()],
        ),
        *_found(
            seen,
            "elongated",
            long >= ELONGATED * short,
            "with one side twice the other, or more",
            "A screenshot or panorama? Crop it: mobilenet squeezes the whole of it into a square",
            size,
        ),
    ]


def _found(
    seen: Seen, kind: str, which: NDArray[np.bool_], what: str, advice: str, details: Sequence[str] = ()
) -> list[Finding]:
    marks = [Mark.of(seen.dataset.items[i], details[i] if details else "") for i in np.flatnonzero(which).tolist()]
    if not marks:
        return []
    return [Finding(kind, "should look", f"{counted(len(marks), 'photo')} {what}", advice, marks)]


def files_passed_over(dataset: Dataset) -> list[Finding]:
    """Return a finding about files that are no photos by their ending."""
    if not dataset.skipped:
        return []
    what = ", ".join(f"{count} {kind}" for kind, count in dataset.skipped.most_common())
    total = counted(dataset.skipped.total(), "file")
    return [
        Finding(
            "passed_over",
            "good to know",
            f"{total} passed over ({what})",
            "If photos are among them, RAW files say, save those as JPEG",
        )
    ]
