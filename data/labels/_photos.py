"""The data set of a table of labels: its confirmed faces, each on a photo or on a crop of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...errors import FacebenchError, counted
from .._categories import categories_of
from .._dataset import ME, Dataset, Item, Remark, View
from .._names import as_text, slug_of, spelled_out
from ..decoding import Box, box_text
from ._crops import crop_around
from ._faces import Face, confirmed_faces
from ._label import Labels
from ._reading import read_with_own_columns
from ._sample import proposal_of


def labelled_photos(file: str | Path, view: View = "auto") -> Dataset:
    """Return the confirmed faces of a table of labels; those that are unreviewed or rejected are nobody's.

    A photo on which several faces have boxes is seen as a crop around each, a square with a margin of `MARGIN` of the
    face on every side, cut at the photo's edges; any other as it is. Further columns are categories, by which errors
    are sliced.

    Args:
        file: the table. Of photos with boxes the headers are read.
        view: "photo" or "crop": how all faces with a box are seen.

    Raises:
        FacebenchError: as `read_labels`; a further column has no value, or too many; nobody is confirmed by name; or of
            a confirmed row the photo is not there, the box lies outside of it, the face is two people's or the person
            has an unusable name.
    """
    labels = read_with_own_columns(file)
    faces = confirmed_faces(labels)
    people = {face.person for face in faces} - {None}
    if not people:
        raise FacebenchError(
            f"{labels.file} confirms nobody by name: write the person, me for yourself, and the state confirmed into "
            "the rows of faces that you know."
        )
    table = labels.file.resolve()
    items = list(_items(faces, table.parent, view))
    return Dataset(
        as_text(table.name),
        slug_of(table.stem),
        tuple(sorted(items, key=lambda item: item.name)),
        me=ME if ME in people else None,
        sources={"labels": table},
        remarks=tuple(_unreviewed(labels)),
        view=view,
        proposal=proposal_of(labels) if ME in people else None,
        categories=_categories(labels, faces, items),
    )


def _categories(labels: Labels, faces: Sequence[Face], items: Sequence[Item]) -> dict[str, dict[str, str]]:
    """Return what columns of one's own say of faces, by column and name of the photo."""
    rows = {line: row for row, line in enumerate(labels.lines)}
    found = {
        column: {item.name: values[rows[face.line]] for face, item in zip(faces, items, strict=True)}
        for column, values in labels.own.items()
    }
    return categories_of(found, labels.file)


def _items(faces: Sequence[Face], folder: Path, view: View) -> Iterator[Item]:
    """Yield the faces as photos, each with a name of its own: its path in the folder, and its box if that is needed."""
    together = Counter(face.file for face in faces)
    names = {file: _name(file, folder) for file in together}
    sharing = Counter(names.values())
    for face in faces:
        crop = _crop(face, view)
        name = names[face.file] if sharing[names[face.file]] == 1 else spelled_out(face.file)
        box = f" [{box_text(face.box)}]" if crop or together[face.file] > 1 else ""
        yield Item(face.file, f"{name}{box}", face.person, crop=crop)


def _name(file: str, folder: Path) -> str:
    path = Path(file)
    return as_text((path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix())


def _crop(face: Face, view: View) -> Box | None:
    wanted = face.in_company if view == "auto" else view == "crop"
    return crop_around(face.box, face.size) if face.box and wanted else None


def _unreviewed(labels: Labels) -> Iterator[Remark]:
    faceless = (row.draw is not None and row.draw.stratum == "none" for row in labels.rows)
    count = sum(row.state == "unreviewed" and not none for row, none in zip(labels.rows, faceless, strict=True))
    if count:
        take = "takes" if count == 1 else "take"
        what = f"{counted(count, 'unreviewed face')} of {labels.file.name} {take} no part"
        yield Remark("unreviewed", what, "Write confirmed or rejected as their state")
