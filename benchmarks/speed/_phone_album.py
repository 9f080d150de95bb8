"""Makes an album of phone photos from smaller ones, to measure on: a program of its own.

`python -m facebench.benchmarks.speed._phone_album SOURCE OUT COUNT` draws COUNT photos of a folder per person, with a
fixed seed, and writes them as a phone would, 12 megapixels each, into the same folders below OUT.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from ...data import Photo, people_folder
from ...text import progress_bar
from ._phone_photos import SEED, Phone


def main(source: str, out: str, count: str) -> None:
    """Make photos of some of a folder's, drawn with a fixed seed, in the same folders."""
    items = people_folder(Path(source)).items
    phone = Phone()
    with progress_bar("making photos", int(count), "photos") as advance:
        for number, item in enumerate(random.Random(SEED).sample(items, int(count))):  # noqa: S311 (no secret)
            photo = Photo(item.path)
            smaller = phone.takes_larger_than(photo)
            path = Path(out, item.name).with_suffix(".jpg" if smaller else item.path.suffix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(phone.take(photo, number) if smaller else item.path.read_bytes())
            advance(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
