"""What the page shows of an album: its photos with their faces and pictures, as JSON, one after the other."""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, groupby
from typing import TYPE_CHECKING, TypeVar

from ..data import Photo, PhotoError, box_text, spelled_out
from ..data.labels import Label
from ..errors import printable
from ..text import progress_bar
from ._album import Album, AlbumFace, AlbumPhoto
from ._sample import draws_of_photos
from ._tiles import preview_of, tile_of

if TYPE_CHECKING:
    from ._tiles import Pixels

#: Pixels on the long side of a tile, and of one that is seen only once its group is opened.
TILE, INNER_TILE = 96, 64
#: Faces that a group shows at first.
FIRST = 6
#: Photos with a doubtful face that have a preview, the most doubtful first; up to how many these are large; pixels.
PREVIEWS, LARGE_PREVIEWS, LARGE, SMALL = 1200, 400, 480, 320

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class _Sight:
    """A photo that the page shows.

    Attributes:
        photo: of the album.
        faces: on it.
        labels: of these, each.
        tiles: side of each face's tile.
        preview: its side; 0: the photo has none.
    """

    photo: AlbumPhoto
    faces: list[AlbumFace]
    labels: Sequence[Label]
    tiles: list[int]
    preview: int


def photos_as_json(album: Album, labels: Sequence[Label]) -> Iterator[str]:
    """Yield the photos that show a face, in order, then those drawn without one; a few are in memory at a time.

    A photo that cannot be read any more, or has changed since it was searched, has no pictures.

    Args:
        album: the faces.
        labels: of these, in their order, then of the photos drawn without a face.
    """
    count = len(album.faces)
    sights = _sights(album, labels[:count])
    faceless = list(zip(draws_of_photos(album), labels[count:], strict=True))
    with progress_bar("making the page", len(sights) + len(faceless), "photos") as bar:
        for shown in chain(_ahead(_shown, sights), _ahead(partial(_shown_whole, album), faceless)):
            yield as_json(shown)
            bar(1)


def as_json(value: object) -> str:
    """Return JSON that cannot end the element of the page that holds it, nor begin another."""
    source = json.dumps(value, separators=(",", ":"))
    return source.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def row_of(label: Label) -> list[str]:
    """Return a label's cells as text."""
    return [spelled_out(label.path), spelled_out(label.person), box_text(label.box), label.state, str(label.draw or "")]


def _sights(album: Album, labels: Sequence[Label]) -> list[_Sight]:
    previews = _previews(album)
    seen: Counter[int | None] = Counter()
    sights = []
    for position, found in groupby(range(len(album.faces)), key=lambda number: album.faces[number].photo):
        numbers = list(found)
        faces, tiles = [album.faces[number] for number in numbers], []
        for face in faces:
            seen[face.person] += 1
            tiles.append(TILE if face.person is None or seen[face.person] <= FIRST else INNER_TILE)
        own = labels[numbers[0] : numbers[-1] + 1]
        sights.append(_Sight(album.photos[position], faces, own, tiles, previews.get(position, 0)))
    return sights


def _previews(album: Album) -> dict[int, int]:
    """Return the side of the preview of each photo that has one."""
    doubtful = sorted(album.of_band("perhaps"), key=lambda face: face.likeness)
    photos = list(dict.fromkeys(face.photo for face in doubtful))[:PREVIEWS]
    return dict.fromkeys(photos, LARGE if len(photos) <= LARGE_PREVIEWS else SMALL)


def _shown(sight: _Sight) -> dict[str, object]:
    tiles, preview = _pictures(sight)
    return {
        "path": spelled_out(sight.labels[0].path),
        "name": printable(sight.photo.name),
        **preview,
        "faces": [
            {
                "box": face.box,
                "likeness": round(face.likeness, 3),
                "band": face.band,
                "group": face.person,
                "person": spelled_out(label.person),
                "state": label.state,
                "draw": label.draw and asdict(label.draw),
                "picture": tile,
            }
            for face, label, tile in zip(sight.faces, sight.labels, tiles, strict=True)
        ],
    }


def _shown_whole(album: Album, drawn: tuple[int, Label]) -> dict[str, object]:
    """Return a photo without a face, which is shown whole as if it were one."""
    number, label = drawn
    photo = album.photos[number]
    pixels = _pixels(photo)
    face = {
        "box": None,
        "band": "none",
        "group": None,
        "person": spelled_out(label.person),
        "state": label.state,
        "draw": label.draw and asdict(label.draw),
        "picture": "" if pixels is None else preview_of(pixels, SMALL),
    }
    return {"path": spelled_out(label.path), "name": printable(photo.name), "faces": [face]}


def _pictures(sight: _Sight) -> tuple[list[str], dict[str, object]]:
    """Return the tiles of a photo's faces, and its preview with its size; empty ones where it cannot be read."""
    pixels = _pixels(sight.photo)
    if pixels is None:
        return [""] * len(sight.faces), {}
    tiles = [tile_of(pixels, face.box, side) for face, side in zip(sight.faces, sight.tiles, strict=True)]
    if not sight.preview:
        return tiles, {}
    height, width, _ = pixels.shape
    return tiles, {"preview": preview_of(pixels, sight.preview), "size": [width, height]}


def _pixels(listed: AlbumPhoto) -> Pixels | None:
    """Return the pixels of a photo; None where it cannot be read any more, or has changed."""
    photo = Photo(listed.file)
    try:
        return photo.pixels if photo.key == listed.key else None
    except PhotoError:
        return None


def _ahead(work: Callable[[_T], _R], items: Iterable[_T]) -> Iterator[_R]:
    """Yield what work makes of each item, in order; a few are worked on at a time, and no more wait to be taken."""
    workers = min(4, os.cpu_count() or 1)
    waiting: deque[Future[_R]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
