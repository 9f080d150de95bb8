"""The photos that an extractor is checked with: made in memory, the same in every process."""

from __future__ import annotations

import io
from typing import TypeAlias

import numpy as np
from PIL import Image

from ...data import orl_faces

#: A file's bytes or pixels, uint8 (height, width, 3). No `Photo`: that remembers what was found in it.
Source: TypeAlias = "bytes | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]"

_FACES = ("s1/1.pgm", "s2/1.pgm", "s3/1.pgm", "s4/1.pgm", "s5/1.pgm", "s6/1.pgm")


def good_photos() -> dict[str, Source]:
    """Return photos by what people are told they are; all can be decoded, the last two may be Failures.

    They differ in size, colours, rim and compression as well, so that an audit tells them apart, too.
    """
    files = {item.name: item.path for item in orl_faces().items}
    photos: dict[str, Source] = {}
    for number, name in enumerate(_FACES):
        scene = _scene(number, 240 + 20 * number)
        scene.paste(Image.open(files[name]), (70, 60))
        photos[f"face {number + 1}"] = _jpeg(scene, quality=90 - number)
    photos["photo without a face"] = _jpeg(_scene(len(_FACES), 260), quality=95)
    photos["photo without a file"] = np.asarray(_scene(len(_FACES) + 1, 230))  # as augmented photos are
    return photos


def bad_photos() -> dict[str, bytes]:
    """Return files that give no pixels, by what is wrong with them."""
    whole = _jpeg(_scene(0, 240), quality=90)
    return {"truncated file": whole[: len(whole) // 2], "not an image": b"Dear diary,\n" * 99, "empty file": b""}


def tiny_photo() -> bytes:
    """Return a file of a single pixel; it can be decoded, and little more."""
    stream = io.BytesIO()
    Image.new("RGB", (1, 1), "grey").save(stream, "PNG")
    return stream.getvalue()


def _scene(seed: int, side: int) -> Image.Image:
    """Return clouds of random colours."""
    grid = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    return Image.fromarray(grid).resize((side, side + 10), Image.Resampling.BICUBIC)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality)
    return stream.getvalue()
