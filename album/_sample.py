"""A sample of what is not proposed: without it nobody knows how many faces of the person the proposals miss."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ..data import box_text
from ..data.labels import Draw, Nearness
from ._album import Album

#: Shares of the faces that are not proposed, the likest first: a face of the person is likelier among the first, so
#: that more of these are looked at.
_SHARES: tuple[tuple[Nearness, float], ...] = (("near", 0.05), ("middle", 0.2), ("far", 0.75))
#: Photos without a face that are drawn: each is shown whole.
MOST_FACELESS = 300


def draws_of_faces(album: Album) -> dict[int, Draw]:
    """Return the draw of each face that is not proposed, by its position."""
    others = [position for position, face in enumerate(album.faces) if face.band == "surely not"]
    others.sort(key=lambda position: -album.faces[position].likeness)
    draws: dict[int, Draw] = {}
    begin, share = 0, 0.0
    for stratum, part in _SHARES:
        share += part
        end = round(share * len(others))
        draws |= _drawn({position: _name_of(album, position) for position in others[begin:end]}, album, stratum)
        begin = end
    return draws


def draws_of_photos(album: Album) -> dict[int, Draw]:
    """Return the draws of photos without a face, by their positions, in the order of the draw; not of too many."""
    drawn = _drawn({position: album.photos[position].key for position in album.faceless}, album, "none")
    return dict(list(drawn.items())[:MOST_FACELESS])


def _drawn(names: Mapping[int, str], album: Album, stratum: Nearness) -> dict[int, Draw]:
    """Return positions in a random order, which is the same on any machine, and of those that remain later on."""
    order = sorted(names, key=lambda position: hashlib.sha256(names[position].encode()).digest())
    return {position: Draw(album.extractor, stratum, rank, len(order)) for rank, position in enumerate(order, start=1)}


def _name_of(album: Album, position: int) -> str:
    face = album.faces[position]
    return f"{album.photos[face.photo].key} {box_text(face.box)}"
