"""`bench find`: the faces of an album, proposed as me or grouped into other people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import FacebenchError, counted, printable
from .parts.help import PHOTOS, RESULTS, WHAT
from .parts.options import AnyName, interruptible

if TYPE_CHECKING:
    from ..album import Album
    from ..data.labels import Labels

_OUTPUT = "--output"
EXAMPLES = """
Examples:
    bench find --me selfie1.jpg --me selfie2.jpg --me selfie3.jpg ~/Pictures -o me.html
    bench find --me ~/selfies ~/Pictures --labels labels.csv -o me.html
    bench find --me ~/selfies ~/Pictures -o labels.csv"""


def find(
    album: Annotated[Path, typer.Argument(metavar="ALBUM", help="Folder of photos, at any depth.")],
    me: Annotated[
        list[Path],
        typer.Option(
            "--me",
            metavar="PATH",
            rich_help_panel=PHOTOS,
            help="Photo of the person looked for, or a folder of some; repeatable. Take three.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            rich_help_panel=RESULTS,
            help="Page to review the proposals on, .html; or their table, .csv.",
        ),
    ],
    also: Annotated[
        Literal["face_recognition"] | None,
        typer.Option(
            rich_help_panel=WHAT,
            help="Propose what looks like the examples to this extractor, too; takes about twice as long.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            rich_help_panel=PHOTOS,
            help="Labels that were reviewed before: what they decide is taken over.",
        ),
    ] = None,
    any_name: AnyName = False,
) -> None:
    """Look through an album for one person and propose labels. Nothing is copied or moved.

    Every face is found and compared with the examples; all others are grouped into people who look alike. Nobody counts
    as anyone before somebody has confirmed it: open the page, decide, and save labels.csv there.
    """
    from ..album import album_page, find_faces, labels_of
    from ..data import Rules, photos_folder
    from ..data.labels import read_labels, write_labels
    from ..embeddings.store import VectorStore
    from ..files import check_output, write_private
    from ..text import say, tell

    before = read_labels(labels) if labels else None
    check_output(output, _OUTPUT, (".html", ".csv"), lambda file: _may_replace(file, before))
    photos = photos_folder(album, Rules("flat", any_name), "ALBUM")
    examples = [example for path in me for example in _photos_in(path, any_name)]
    with interruptible(lambda: "What was found is saved: the next start resumes there."):
        found = find_faces(photos, examples, VectorStore(), [also] if also else [])
        rows = labels_of(found, before)
        if output.suffix.lower() == ".csv":
            write_labels(output, rows, _OUTPUT)
        else:
            write_private(output, album_page(found, rows), _OUTPUT)
    tell(summary(found))
    say(f"{output}, for your eyes only (mode 0600): {_next_step(output)}")


def _next_step(output: Path) -> str:
    if output.suffix.lower() == ".csv":
        return f"confirm who is who there (the column state), then bench run --labels {printable(output)}"
    return "open it in a browser, confirm who is who, save labels.csv, then bench run --labels labels.csv"


def _may_replace(file: Path, before: Labels | None) -> bool:
    """Return whether a file is a page or a table of this command.

    Args:
        file: that is there already.
        before: the labels that are taken over.

    Raises:
        FacebenchError: it is a table with decisions that nobody takes over.
    """
    from ..album import is_album_page
    from ..data.labels import read_labels

    if file.suffix.lower() == ".html":
        return is_album_page(file)
    if before and before.file.resolve() == file.resolve():
        return True
    try:
        rows = read_labels(file).rows
    except FacebenchError:
        return False
    if decided := sum(row.state != "unreviewed" for row in rows):
        raise FacebenchError(
            f"{_OUTPUT} {file} has {counted(decided, 'decision')}, which would be lost: give --labels {file} "
            "to take them over, or choose another name."
        )
    return True


def _photos_in(path: Path, any_name: bool) -> list[str]:
    from ..data import Rules, photos_folder

    return [item.file for item in photos_folder(path, Rules("flat", any_name)).items] if path.is_dir() else [str(path)]


def summary(album: Album) -> str:
    """Return what was found, in a few lines."""
    surely, perhaps = (len(album.of_band(band)) for band in ("surely", "perhaps"))
    others = len(album.faces) - surely - perhaps
    alone = sum(count == 1 for count in album.people.values())
    lines = [
        f"{counted(len(album.photos), 'photo')}, {counted(len(album.faces), 'face')}",
        f"  surely like the examples: {surely}",
        f"  perhaps: {perhaps}",
        f"  others: {others}, in {counted(len(album.people) - alone, 'group')} and {alone} alone",
    ]
    without = [f"  photos without a face: {printable(album.without_face)}"] if album.reasons else []
    return "\n".join([*lines, *without])
