"""The page on which faces are confirmed: one HTML file that asks for nothing, and whose labels are saved as a CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from ..data import box_text
from ..data.labels import Label
from ..errors import counted
from ..text import page_policy
from ._album import Album
from ._sample import draws_of_photos
from ._shown import as_json, photos_as_json, row_of
from ._wording import FIND, Wording

#: How such a page is known again, near its beginning.
MARK = '<meta name="generator" content="facebench find'


def is_album_page(file: Path) -> bool:
    """Return whether a file is such a page, and may be replaced by another one.

    Raises:
        OSError: it cannot be read.
    """
    with file.open("rb") as stream:
        return MARK.encode() in stream.read(1000)


def album_page(album: Album, labels: Sequence[Label], wording: Wording = FIND) -> Iterator[bytes]:
    """Yield the page piece by piece, so that an album of any size takes little memory; photos are opened meanwhile.

    What the page saves is the table of these labels, with what was decided in it.

    Args:
        album: the faces.
        labels: of `labels_of(album)`, with absolute paths, as a browser saves files where it likes: of each face in
            order, of the photos drawn without a face, then of others, which stay as they are.
        wording: says who proposed the faces.
    """
    from jinja2 import Environment, StrictUndefined

    count = len(album.faces) + len(draws_of_photos(album))
    style, script = _source("find.css"), _source("find.js")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_source("find.html.j2"))
    pieces = template.generate(
        version=version("facebench"),
        style=Markup(style),  # noqa: S704 (our own files)
        script=Markup(script),  # noqa: S704
        policy=page_policy(style, script),
        key=_key(album, wording),
        wording=wording,
        extent=_extent(album),
        photos=(Markup(photo) for photo in photos_as_json(album, labels[:count])),  # noqa: S704 (made safe there)
        rest=Markup(as_json([row_of(label) for label in labels[count:]])),  # noqa: S704
    )
    return (piece.encode() for piece in pieces)


def _extent(album: Album) -> str:
    """Return how many photos and faces there are, and how many photos show none."""
    rest = f" Photos without a face: {album.without_face}." if album.reasons else ""
    return f"{counted(len(album.photos), 'photo')}, {counted(len(album.faces), 'face')}.{rest}"


def _key(album: Album, wording: Wording) -> str:
    """Return a name for what a browser keeps: the same for the same faces on the same photos, and it tells nothing."""
    faces = (f"{album.photos[face.photo].key} {box_text(face.box)}\n" for face in album.faces)
    return f"{wording.kept}-{hashlib.sha256(''.join(faces).encode()).hexdigest()[:32]}"


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
