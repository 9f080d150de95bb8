"""The measured properties of a run's photos, and categories that somebody gave them, as listed in its folder."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from ....errors import FacebenchError
from ....text import plain_text, spreadsheet_safe
from ._line import Line

PROPERTIES = "properties.csv"


class PhotoProperties(Line):
    """What was measured of one photo that took part: a row of properties.csv, before columns of one's own."""

    path: str = Field(description="as in photos.csv")
    megapixels: float | None = Field(description="of the file, in millions of pixels")
    device: str = Field(description="make and model of the camera; empty if unknown")
    detector: str = Field(description="that looked for the face; empty if no extractor of the run takes faces")
    face_size: float | None = Field(
        description="root of the area of the face's box, in pixels of what extractors see; empty if none was found"
    )
    sharpness: float | None = Field(
        description="variance of the face's Laplacian over that of its grey levels, on 64x64 pixels"
    )
    brightness: float | None = Field(description="mean luma of the face, 0..1")
    yaw: float | None = Field(description="of the face in degrees, about; of detectors that give landmarks")
    score: float | None = Field(description="of the detector")


#: Names that no column of one's own may have: those of what is measured, in tables too, and of the date.
MEASURED = (*PhotoProperties.columns, "face", "face size", "detector score", "year")


@dataclass(frozen=True)
class Properties:
    """The properties of a run's photos.

    Attributes:
        photos: what was measured of each.
        own: categories by the name of their column, one of each photo; "" where it has none.
    """

    photos: list[PhotoProperties]
    own: dict[str, list[str]] = field(default_factory=dict)


def properties_csv(properties: Properties) -> bytes:
    """Return properties.csv."""
    content = io.BytesIO()
    with io.TextIOWrapper(content, encoding="utf-8", newline="") as stream:
        # All text in quotes, as in photos.csv.
        writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow([*PhotoProperties.columns, *map(spreadsheet_safe, properties.own)])
        for number, photo in enumerate(properties.photos):
            cells = [getattr(photo, name) for name in PhotoProperties.columns]
            cells += [values[number] for values in properties.own.values()]
            writer.writerow([spreadsheet_safe(cell) if isinstance(cell, str) else cell for cell in cells])
        stream.flush()
        return content.getvalue()


def read_properties(folder: Path) -> Properties | None:
    """Return the properties in a run's folder; None if it was written by an older facebench, which measured none.

    Raises:
        FacebenchError: not readable or damaged.
    """
    file = folder / PROPERTIES
    if not file.exists():
        return None
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            columns = [plain_text(name) for name in next(lines, [])]
            measured = [columns.index(name) for name in PhotoProperties.columns]
            rows = [[plain_text(cell) for cell in line] for line in lines]
        if any(len(row) != len(columns) for row in rows) or len({*columns}) < len(columns):
            raise ValueError("rows of another length, or a column twice")
        own = {name: place for place, name in enumerate(columns) if name not in PhotoProperties.columns}
        cells = [{name: row[at] for name, at in zip(PhotoProperties.columns, measured, strict=True)} for row in rows]
        return Properties(
            _PHOTOS.validate_python([{name: _value(name, cell) for name, cell in each.items()} for each in cells]),
            {name: [row[place] for row in rows] for name, place in own.items()},
        )
    except (OSError, ValueError, csv.Error, ValidationError) as error:
        raise FacebenchError(f"{file} cannot be read or is damaged: delete it, or the folder {folder}.") from error


_PHOTOS = TypeAdapter(list[PhotoProperties])
_TEXTS = ("path", "device", "detector")


def _value(name: str, cell: str) -> str | None:
    return cell if name in _TEXTS else cell or None
