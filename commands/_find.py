"""`bench find`: the faces of an album, proposed as me or grouped into other people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import FacebenchError, counted, printable
from ._options import AnyName, interruptible

if TYPE_CHECKING:
    from ..album import Album

_OUTPUT = "--output"
EXAMPLES = """Examples:\n
    bench find --me selfie1.jpg --me selfie2.jpg --me selfie3.jpg ~/Pictures -o me.html\n
    bench find --me ~/selfies ~/Pictures --labels labels.csv -o me.html\n
    bench find --me ~/selfies ~/Pictures -o labels.csv"""


def find(
    album: Annotated[Path, typer.Argument(metavar="ALBUM", help="Folder of photos, at any depth.")],
    me: Annotated[
        list[Path],
        typer.Option("--me", help="Photo of the person looked for, or a folder of some; repeatable. Take three."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Page to review the proposals on, .html; or their table, .csv.")
    ],
    labels: Annotated[
        Path | None, typer.Option("--labels", help="Labels that were reviewed before: what they decide is taken over.")
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

    check_output(output, _OUTPUT, (".html", ".csv"), _is_ours)
    if labels is None or labels.resolve() != output.resolve():
        _refuse_loss(output)
    before = read_labels(labels) if labels else None
    photos = photos_folder(album, Rules("flat", any_name))
    examples = [example for path in me for example in _photos_in(path, any_name)]
    with interruptible(lambda: "What was found is saved: the next start resumes there."):
        found = find_faces(photos, examples, VectorStore())
        rows = labels_of(found, before)
        if output.suffix.lower() == ".csv":
            write_labels(output, rows, _OUTPUT)
        else:
            write_private(output, album_page(found, rows), _OUTPUT)
    print(summary(found))
    print(f"{printable(output)}, for your eyes only (mode 0600): {_next_step(output)}", file=sys.stderr)


def _next_step(output: Path) -> str:
    if output.suffix.lower() == ".csv":
        return f"confirm who is who there (the column state), then bench run --labels {printable(output)}"
    return "open it in a browser, confirm who is who, save labels.csv, then bench run --labels labels.csv"


def _is_ours(file: Path) -> bool:
    from ..album import MARK
    from ..data.labels import read_labels

    if file.suffix.lower() == ".html":
        with file.open("rb") as stream:
            return MARK.encode() in stream.read(1000)
    try:
        return bool(read_labels(file))
    except FacebenchError:
        return False


def _refuse_loss(output: Path) -> None:
    """Refuse to write over a table with decisions that nobody takes over."""
    from ..data.labels import read_labels

    if output.suffix.lower() == ".csv" and output.exists():
        decided = sum(row.state != "unreviewed" for row in read_labels(output).rows)
        if decided:
            raise FacebenchError(
                f"{_OUTPUT} {output} has {counted(decided, 'decision')}, which would be lost: give --labels {output} "
                "to take them over, or choose another name."
            )


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
