"""Which slice of each property a photo is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..results import PhotoProperties, Properties, RunPhoto
from ._cuts import CUTS, SCORES, Cuts

_EPOCH = datetime(1970, 1, 1)
NO_FACE = "no face"
#: Of photos whose date or camera nobody knows, and of those without a category.
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Membership:
    """The slices of one property.

    Attributes:
        title: of the property.
        names: of its slices, in their order.
        of: number of the slice that a photo is in, by path; a photo that is not there has no such property.
    """

    title: str
    names: Sequence[str]
    of: Mapping[str, int]


def memberships(properties: Properties, photos: Sequence[RunPhoto]) -> list[Membership]:
    """Return the slices of each property that is known of some photo.

    Args:
        properties: of the photos of a run.
        photos: as its folder lists them, with the dates.
    """
    measured = [*_of_faces(properties.photos), _cut(CUTS["megapixels"], _values(properties.photos, "megapixels"))]
    years = {photo.path: _UNKNOWN if photo.taken is None else _year(photo.taken) for photo in photos}
    devices = {photo.path: photo.device or _UNKNOWN for photo in properties.photos}
    paths = [photo.path for photo in properties.photos]
    own = [
        _named(title, dict(zip(paths, [value or _UNKNOWN for value in values], strict=True)))
        for title, values in properties.own.items()
    ]
    return [each for each in [*measured, _named("year", years), _named("device", devices), *own] if each.of]


def _of_faces(photos: Sequence[PhotoProperties]) -> Iterator[Membership]:
    looked = [photo for photo in photos if photo.detector]
    found = {photo.path: int(photo.face_size is not None) for photo in looked}
    yield Membership("face", (NO_FACE, "found"), found)
    for name in ("face_size", "sharpness", "brightness"):
        yield _cut(CUTS[name], _values(looked, name))
    yield _cut(CUTS["yaw"], {path: abs(yaw) for path, yaw in _values(looked, "yaw").items()})
    if (detector := looked[0].detector if looked else "") in SCORES:
        yield _cut(SCORES[detector], _values(looked, "score"))


def _values(photos: Sequence[PhotoProperties], name: str) -> dict[str, float]:
    values = {photo.path: getattr(photo, name) for photo in photos}
    return {path: value for path, value in values.items() if value is not None}


def _cut(cuts: Cuts, values: Mapping[str, float]) -> Membership:
    return Membership(cuts.title, cuts.names, {path: cuts.slice_of(value) for path, value in values.items()})


def _named(title: str, values: Mapping[str, str]) -> Membership:
    """Return a slice for each value, in alphabetical order, photos without one last."""
    names = sorted({*values.values()}, key=lambda name: (name == _UNKNOWN, name))
    return Membership(title, names, {path: names.index(value) for path, value in values.items()})


def _year(seconds: float) -> str:
    return str((_EPOCH + timedelta(seconds=seconds)).year)
