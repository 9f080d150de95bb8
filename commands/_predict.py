"""`bench predict`: the photos of me among new ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import counted, printable
from ._options import AnyName, Runtime, interruptible

EXAMPLES = """Examples:\n
    bench predict me.facebench holiday.jpg\n
    bench predict me.facebench ~/photos --faces any --copy-to ~/photos-of-me\n
    bench predict me.facebench '~/photos/**/*.jpg' --format json\n
Exit codes: 0: at least one photo is of me; 1: none is; 2: bad input; 130: interrupted."""
NOBODY = 1


def predict(
    bundle: Annotated[Path, typer.Argument(help="File written by bench train.", show_default=False)],
    photos: Annotated[
        list[str], typer.Argument(metavar="PHOTO|DIR|GLOB...", help="Photos, folders of photos, patterns.")
    ],
    faces: Annotated[
        Literal["largest", "any"],
        typer.Option(help="any: am I in this group photo? Examines every face; each adds one more chance of an error."),
    ] = "largest",
    copy_to: Annotated[
        Path | None, typer.Option("--copy-to", help="Copy the photos of me into this folder; nothing is overwritten.")
    ] = None,
    network: Annotated[
        Path | None, typer.Option(help="File of the network, where the bundle was trained with onnx(...).")
    ] = None,
    any_name: AnyName = False,
    runtime: Annotated[Runtime, typer.Option(help="Runtime of the networks.")] = "openvino",
    format: Annotated[
        Literal["table", "csv", "json"] | None, typer.Option(help="Default: table on a terminal, csv in a pipe.")
    ] = None,
) -> None:
    """Answer for each photo: me, not me, or no face; with the probability and the face that was examined."""
    from ..bundles import Bundle, answers_csv, answers_json, answers_table, check_folder, copy_photos, tally
    from ..data import Rules, find_photos
    from ..embeddings.store import VectorStore
    from ..text import present

    recogniser = Bundle.load(bundle, network)
    paths, skipped = find_photos(photos, Rules(any_name=any_name))
    folder = check_folder(copy_to, photos, paths) if copy_to else None
    with interruptible():
        answers = recogniser.predict(paths, faces=faces, runtime=runtime, store=VectorStore())
        style = format or ("table" if sys.stdout.isatty() else "csv")
        if style == "table":
            present(answers_table(answers))
        else:
            present(answers_csv(answers) if style == "csv" else answers_json(answers))
        offers = "".join(f"; {count} {kind}" for kind, count in skipped.items() if kind.endswith("takes them"))
        passed_over = f" ({counted(sum(skipped.values()), 'file')} passed over{offers})" if skipped else ""
        print(f"{tally(answers)}{passed_over}", file=sys.stderr)
        of_me = [path for path, answer in zip(paths, answers, strict=True) if answer.is_me]
        if folder:
            copied, there = copy_photos(of_me, folder)
            print(f"{printable(folder)}: {copied} copied, {there} already there", file=sys.stderr)
    if not of_me:
        raise typer.Exit(NOBODY)
