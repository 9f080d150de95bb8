"""The photos of a run, as listed in its folder: enough to reproduce its splits without opening a photo."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from ....data import store_key
from ....errors import FacebenchError
from ....text import plain_text, spreadsheet_safe
from ._line import Line

PHOTOS = "photos.csv"


class RunPhoto(Line):
    """One photo that took part and could be decoded: a row of photos.csv."""

    path: str = Field(
        description="relative to the data root, or to the folder of the labels; a crop's with the face's box"
    )
    sha256: str = Field(description="of the photo's bytes; of a crop, 32 letters of it and 32 of its own")
    group: int = Field(description="doubles and photos of one moment of one person have the same group")
    taken: float | None = Field(description="seconds since 1970 by the camera's clock; empty if unknown")
    decoder: int = Field(default=1, description="version that gave its pixels first as they are now")

    @property
    def key(self) -> str:
        """Under which the store has what is made of it."""
        return store_key(self.sha256, self.decoder)


def photos_csv(photos: Iterable[RunPhoto]) -> bytes:
    """Return photos.csv."""
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8", newline="") as stream:
        # All text in quotes: Python 3.11 would leave a carriage return in a file's name without them.
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(RunPhoto.columns)
        for photo in photos:
            writer.writerow([spreadsheet_safe(photo.path), photo.sha256, photo.group, photo.taken, photo.decoder])
        stream.flush()
        return content.getvalue()


def read_photo_list(folder: Path) -> list[RunPhoto] | None:
    """Return the photos listed in a run's folder; None if it was written by an older facebench, without a list.

    Raises:
        FacebenchError: not readable or damaged.
    """
    file = folder / PHOTOS
    if not file.exists():
        return None
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            columns = next(lines, [])
            path, sha256, group, taken = (columns.index(name) for name in ("path", "sha256", "group", "taken"))
            decoder = columns.index("decoder") if "decoder" in columns else None  # older lists have none
            return [
                RunPhoto.unchecked(
                    plain_text(line[path]),
                    _hash(line[sha256]),
                    int(line[group]),
                    float(line[taken]) if line[taken] else None,
                    1 if decoder is None else int(line[decoder]),
                )
                for line in lines
            ]
    except (OSError, ValueError, IndexError, csv.Error) as error:
        raise FacebenchError(f"{file} cannot be read or is damaged: delete it, or the folder {folder}.") from error


def _hash(text: str) -> str:
    if len(text) != 64:
        raise ValueError("no sha256")
    return text
