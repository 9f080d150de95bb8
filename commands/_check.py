"""`bench check`: whether photos are fit for a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError
from .parts.help import PHOTOS
from .parts.options import AnyName, FormatOption, LabelsFile, Layout, Others, ViewOption, interruptible, output_format

EXAMPLES = """
Examples:
    bench check ~/photos
    bench check --me ~/photos/me
    bench check --me ~/photos/me --others ~/photos/strangers
    bench check --labels ~/photos/labels.csv
    bench check ~/faces --format csv"""


def check(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA",
            help="Folder of photos: one folder per person, a flat folder, LFW or CelebA. Default: the ORL faces.",
        ),
    ] = None,
    me: Annotated[
        Path | None,
        typer.Option(
            "--me",
            metavar="DIR",
            rich_help_panel=PHOTOS,
            help="Folder with photos of one person, alone or with --others.",
        ),
    ] = None,
    others: Others = None,
    labels: LabelsFile = None,
    view: ViewOption = "auto",
    any_name: AnyName = False,
    layout: Layout = "auto",
    format: FormatOption = None,
) -> None:
    """Check photos before you wait for a run, and say what to fix.

    It finds photos that cannot be read, tiny photos, copies, the same picture under two people, bursts, no face or
    several faces, odd shapes, and too few photos or people. Photos of me that are unlike the others come worst first.

    Exit code 0: nothing must be fixed; 1: something must be fixed before bench run; 2: bad input.
    """
    from ..checks.photos import check_photos, photo_report_text
    from ..data import Rules, dataset_from, photos_folder, photos_of_me
    from ..embeddings.store import VectorStore
    from ..text import present

    if data is not None and (me is not None or others is not None or labels is not None):
        option = "--labels" if labels is not None else "--me/--others"
        raise FacebenchError(f"DATA and {option} are two ways to name photos: use one of them.")
    rules = Rules(layout, any_name)
    if data is not None and view == "auto":
        dataset = photos_folder(data, rules)
    elif me is not None and others is labels is None and view == "auto":
        dataset = photos_of_me(me, rules)
    else:  # which refuses a view of photos without labels
        dataset = dataset_from(me=me, others=others, labels=labels, view=view, rules=rules)
    with interruptible(lambda: "What was found so far is saved: the next start resumes there."):
        report = check_photos(dataset, VectorStore())
    present(photo_report_text(report, output_format(format)))
    if report.must_fix:
        raise typer.Exit(1)
