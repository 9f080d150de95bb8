"""`bench predict`: the photos of me among new ones."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import FacebenchError, counted, printable
from .parts.answers import FEW, Only, Style, show_answers
from .parts.collect import checked_collect
from .parts.help import COMPUTE, PHOTOS, RESULTS
from .parts.options import AnyName, Runtime, interruptible

if TYPE_CHECKING:
    from collections import Counter

    from ..bundles import Manifest
    from ..data.labels import Labels

_REVIEW = "--review"

EXAMPLES = """
Examples:
    bench predict me.facebench holiday.jpg
    bench predict me.facebench ~/photos --faces any --copy-to ~/photos-of-me
    bench predict me.facebench ~/photos --link-to ~/photos-of-me --keep-folders
    bench predict me.facebench ~/photos --only no-face
    bench predict me.facebench '~/photos/**/*.jpg' --format json
    bench predict me.facebench ~/photos --faces any --review new.html
Exit codes: 0: at least one photo is of me; 1: none is; 2: bad input; 130: interrupted."""
NOBODY = 1


def predict(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="File written by bench train.", show_default=False)],
    photos: Annotated[list[str], typer.Argument(metavar="PHOTO|DIR|GLOB", help="Photos, folders of photos, patterns.")],
    faces: Annotated[
        Literal["largest", "any"],
        typer.Option(
            rich_help_panel=PHOTOS,
            help="any: am I in this group photo? Examines every face; each adds one more chance of an error.",
        ),
    ] = "largest",
    copy_to: Annotated[
        Path | None,
        typer.Option(
            "--copy-to",
            metavar="DIR",
            rich_help_panel=RESULTS,
            help="Copy the photos of me into this folder; nothing is overwritten.",
        ),
    ] = None,
    link_to: Annotated[
        Path | None,
        typer.Option(
            "--link-to",
            metavar="DIR",
            rich_help_panel=RESULTS,
            help="Link to the photos of me from this folder, in place of copies.",
        ),
    ] = None,
    keep_folders: Annotated[
        bool,
        typer.Option(
            "--keep-folders",
            rich_help_panel=RESULTS,
            help="Copies and links lie in the same subfolders as their photos.",
        ),
    ] = False,
    review: Annotated[
        Path | None,
        typer.Option(
            "--review",
            metavar="FILE",
            rich_help_panel=RESULTS,
            help="Page to correct the answers on, .html, which saves labels for bench train.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="FILE",
            rich_help_panel=RESULTS,
            help="With --review: labels reviewed before; what they decide is taken over.",
        ),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=COMPUTE,
            help="File of the network, where the bundle was trained with onnx(...).",
        ),
    ] = None,
    only: Annotated[
        Only | None, typer.Option(rich_help_panel=RESULTS, help="Show these answers only, in any format.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            rich_help_panel=RESULTS,
            help=f"A row per photo on a terminal, too; more than {FEW} are summarised.",
        ),
    ] = False,
    any_name: AnyName = False,
    runtime: Annotated[Runtime, typer.Option(rich_help_panel=COMPUTE, help="Runtime of the networks.")] = "openvino",
    format: Annotated[
        Style | None, typer.Option(rich_help_panel=RESULTS, help="Default: table on a terminal, csv in a pipe.")
    ] = None,
) -> None:
    """Answer for each photo: me, not me, or no face; with the probability that it is me.

    A terminal shows the photos of me, the uncertain ones, and those that could not be read; a pipe gets every photo.
    """
    from ..bundles import Bundle, review_photos, tally
    from ..data import Rules, find_photos
    from ..embeddings.store import VectorStore
    from ..files import write_private
    from ..text import say

    before = _checked_review(review, labels)
    recogniser = Bundle.load(bundle, network)
    paths, skipped = find_photos(photos, Rules(any_name=any_name))
    collect = checked_collect(copy_to, link_to, keep_folders, photos, paths)
    with interruptible():
        store = VectorStore()
        reviewed = review_photos(recogniser, paths, faces=faces, runtime=runtime, store=store) if review else None
        answers = reviewed.answers if reviewed else recogniser.predict(paths, faces=faces, runtime=runtime, store=store)
        hidden = show_answers(answers, format, only, every)
        say(f"{tally(answers)}{_passed_over(skipped)}{hidden}")
        of_me = [path for path, answer in zip(paths, answers, strict=True) if answer.is_me]
        if collect:
            say(collect(of_me))
        if review and reviewed:
            write_private(review, reviewed.page(before), _REVIEW)
            say(_next_step(review, bundle, recogniser.manifest))
    if not of_me:
        raise typer.Exit(NOBODY)


def _checked_review(review: Path | None, labels: Path | None) -> Labels | None:
    """Return the labels that a page takes over; refuse a page that could not be written in the end."""
    if review is None:
        if labels:
            raise FacebenchError("--labels FILE goes with --review PAGE.html: the page takes over what it decides.")
        return None
    from ..album import is_album_page
    from ..data.labels import read_labels
    from ..files import check_output

    check_output(review, _REVIEW, (".html",), is_album_page)
    return read_labels(labels) if labels else None


def _passed_over(skipped: Counter[str]) -> str:
    """Return how many files are no photos, in brackets, and what would take some of them; "" if there are none."""
    offers = "".join(f"; {count} {kind}" for kind, count in skipped.items() if kind.endswith("takes them"))
    return f" ({counted(sum(skipped.values()), 'file')} passed over{offers})" if skipped else ""


def _next_step(review: Path, bundle: Path, manifest: Manifest) -> str:
    """Return what to do with the page, and how to train the same again with what was saved on it."""
    same = ["--extractor", manifest.extractor.name, "--head", manifest.head.name]
    train = shlex.join(["bench", "train", "--labels", "labels.csv", *same, "-o", str(bundle)])
    return printable(
        f"{review}, for your eyes only (mode 0600): open it in a browser, correct what is wrong, save labels.csv, then "
        f"{train}"
    )
