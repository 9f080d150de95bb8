"""Photos small enough for a page, inside the page itself."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

from ..benchmarks.examples import thumbnail_of
from ..benchmarks.results import Prediction
from ..data import Item

_QUALITY = 80


@dataclass(frozen=True)
class Picture:
    """A photo as a page shows it.

    Attributes:
        source: a data URI of a JPEG; "" where there is none to be seen.
        width, height: in pixels.
        missing: why there is none: "absent", "changed" since the run, or a fault; "" where it was not asked for.
    """

    source: str = ""
    width: int = 0
    height: int = 0
    missing: str = ""


#: Of a page without photos.
NO_PICTURE = Picture()


class Album:
    """Looks up photos by their names.

    Args:
        items: the photos, by name; None for a page without photos.
    """

    def __init__(self, items: Mapping[str, Item] | None) -> None:
        self._items = items

    def picture(self, row: Prediction, side: int) -> Picture:
        """Return a row's photo with a frame around the face, `side` pixels on the long side."""
        if self._items is None:
            return NO_PICTURE
        seen = thumbnail_of(row, self._items)
        if isinstance(seen, str):
            return Picture(missing=seen.replace("_", " "))
        seen.thumbnail((side, side))
        stream = io.BytesIO()
        seen.save(stream, "JPEG", quality=_QUALITY)
        text = base64.b64encode(stream.getvalue()).decode()
        return Picture(f"data:image/jpeg;base64,{text}", *seen.size)
