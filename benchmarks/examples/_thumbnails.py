"""The contact sheet as an image: rows of tiles for each kind of decision."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from ...data import Item, PhotoError
from ...errors import printable
from ..results import Prediction
from ._question import advice_on, question_of
from ._selection import EACH, Example, Examples

#: Pixels: side of a tile, between tiles, more in the middle of a row, around the sheet, height of a line, size of text.
TILE, GAP, MIDDLE, MARGIN, LINE, TEXT = 150, 10, 30, 24, 18, 13
INK, PALE, RIGHT, WRONG, FRAME = "#202020", "#666666", "#1b6e2e", "#b3261e", "#ffb000"
PAPER, BEHIND, MISSING = "#ffffff", "#ececec", "#b8b8b8"
_BOX = re.compile(r"(-?\d{1,6}) (-?\d{1,6}) (-?\d{1,6}) (-?\d{1,6})")

#: A photo fitted into a tile, or a word that says why it cannot be shown.
Thumbnail: TypeAlias = "Image.Image | str"


def thumbnail_of(row: Prediction, items: Mapping[str, Item]) -> Thumbnail:
    """Return a test photo upright, undistorted, with a frame around the face that was found.

    Args:
        row: the prediction.
        items: the photos, by name in the data set.

    Returns:
        RGB, 150 pixels on the long side; or "absent", "changed" (no longer the photo that was tested), or the reason
        why it cannot be decoded.
    """
    if row.path not in items:
        return "absent"
    photo = items[row.path].photo()
    try:
        if photo.sha256 != row.sha256:
            return "changed"
        pixels = photo.pixels
    except PhotoError as error:
        return error.reason
    height, width, _ = pixels.shape
    scale = TILE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
    if box := _BOX.fullmatch(row.box):
        left, top, right, bottom = (int(side) * scale for side in box.groups())
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        ImageDraw.Draw(image).line(corners, FRAME, width=2)
    return image


def draw_sheet(
    title: str,
    notes: list[str],
    kinds: list[Examples],
    captions: Callable[[Example], list[str]],
    thumbnail: Callable[[Prediction], Thumbnail],
) -> tuple[Image.Image, Counter[str]]:
    """Draw the sheet.

    Args:
        title: the first line.
        notes: the lines below it.
        kinds: rows of tiles each.
        captions: what stands below a tile, after the score and the file.
        thumbnail: of a prediction's photo.

    Returns:
        RGB image, and the photos that cannot be seen, counted by reason.
    """
    rows = [_rows(kind, captions) for kind in kinds]
    heights = [_heading_height(kind) + sum(map(_height, of)) + LINE for kind, of in zip(kinds, rows, strict=True)]
    top = MARGIN + (3 + len(notes)) * LINE
    sheet = _Canvas((_left(2 * EACH) - GAP + MARGIN, top + sum(heights)))
    sheet.write((MARGIN, MARGIN), title, size=22)
    for number, note in enumerate(notes, 2):
        sheet.write((MARGIN, MARGIN + number * LINE), note, PALE)
    unseen: Counter[str] = Counter()
    for kind, of, height in zip(kinds, rows, heights, strict=True):
        _draw_heading(sheet, top, kind)
        row_top = top + _heading_height(kind) + 8
        for row in of:
            unseen += _draw_row(sheet, row_top, row, thumbnail)
            row_top += _height(row)
        top += height
    return sheet.image, unseen


def _draw_row(sheet: _Canvas, top: int, row: list[_Tile], thumbnail: Callable[[Prediction], Thumbnail]) -> Counter[str]:
    unseen: Counter[str] = Counter()
    for tile in row:
        seen = thumbnail(tile.row)
        sheet.tile((_left(tile.place), top), seen)
        unseen += Counter([seen] if isinstance(seen, str) else [])
        for line, (caption, ink) in enumerate(tile.lines):
            sheet.write((_left(tile.place), top + TILE + 3 + line * LINE), caption, ink, width=TILE)
    return unseen


class _Canvas:
    """A picture to put text and tiles on."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.image = Image.new("RGB", size, PAPER)
        self.draw = ImageDraw.Draw(self.image)

    def write(self, place: tuple[int, int], text: str, ink: str = INK, size: int = TEXT, width: int = 0) -> None:
        """Write a line, or as much of its end as fits into a width."""
        font = ImageFont.load_default(size)
        text = printable(text)
        starts = range(max(1, len(text) - width), len(text) + 1)  # a letter is a pixel wide at least
        if width and font.getlength(text) > width:
            first = bisect_left(starts, True, key=lambda start: font.getlength(f"…{text[start:]}") <= width)
            text = f"…{text[starts[first] :]}"
        self.draw.text(place, text, ink, font)

    def tile(self, corner: tuple[int, int], seen: Thumbnail) -> None:
        """Put a photo in the middle of its tile, or a word on a grey one."""
        left, top = corner
        behind = MISSING if isinstance(seen, str) else BEHIND
        self.draw.rectangle((left, top, left + TILE - 1, top + TILE - 1), behind)
        if isinstance(seen, str):
            middle = (left + TILE // 2, top + TILE // 2)
            self.draw.text(middle, seen.replace("_", " "), INK, ImageFont.load_default(18), anchor="mm")
        else:
            self.image.paste(seen, (left + (TILE - seen.width) // 2, top + (TILE - seen.height) // 2))


def _left(place: int) -> int:
    """Return where the tile in one of the ten places of a row begins."""
    return MARGIN + place * (TILE + GAP) + (MIDDLE if place >= EACH else 0)


def _heading_height(kind: Examples) -> int:
    return (3 if advice_on(example.row for example in kind.shown) else 2) * LINE


def _draw_heading(sheet: _Canvas, top: int, kind: Examples) -> None:
    sheet.write((MARGIN, top), f"{kind.title}: {kind.count}", RIGHT if kind.right else WRONG, 16)
    if advice := advice_on(example.row for example in kind.shown):
        sheet.write((MARGIN, top + LINE + 5), advice, PALE, width=sheet.image.width - 2 * MARGIN)
    labels = [heading for heading, _ in kind.parts] if kind.shown else ["none"]
    for half, label in enumerate(labels):
        sheet.write((_left(half * EACH), top + _heading_height(kind) - LINE + 5), label, PALE)


@dataclass(frozen=True)
class _Tile:
    """A photo in one of the ten places of a row, and the lines below it, each with its ink."""

    place: int
    row: Prediction
    lines: list[tuple[str, str]]


def _rows(kind: Examples, captions: Callable[[Example], list[str]]) -> list[list[_Tile]]:
    """Return the rows of tiles of a kind: parts, of which there are at most two of a few tiles, side by side."""
    if len(kind.parts) > 1:
        rows = [[(EACH * half, shown) for half, (_, shown) in enumerate(kind.parts)]]
    else:
        shown = kind.shown
        rows = [[(0, shown[first : first + 2 * EACH])] for first in range(0, len(shown), 2 * EACH)]
    return [
        [
            _Tile(start + place, example.row, _lines(example, captions))
            for start, shown in row
            for place, example in enumerate(shown)
        ]
        for row in rows
    ]


def _height(row: list[_Tile]) -> int:
    return TILE + (1 + max(len(tile.lines) for tile in row)) * LINE


def _lines(example: Example, captions: Callable[[Example], list[str]]) -> list[tuple[str, str]]:
    row = example.row
    score = row.outcome.replace("_", " ") if row.score is None else f"{row.score:.3f} / {example.threshold:.3f}"
    asks = [(line, INK) for line in _wrapped(question)] if (question := question_of(row)) else []  # names the target
    return [(score, INK), (row.path, PALE), *((caption, PALE) for caption in captions(example)), *asks]


def _wrapped(text: str) -> list[str]:
    """Return a text in one line if it fits below a tile, in two otherwise."""
    words, font = printable(text).split(" "), ImageFont.load_default(TEXT)
    fits = max(count for count in range(1, len(words) + 1) if font.getlength(" ".join(words[:count])) <= TILE)
    return [line for line in (" ".join(words[:fits]), " ".join(words[fits:])) if line]
