"""`bench curve`: the learning curve, from few to many photos of me."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from .parts.help import COMPUTE, PHOTOS, PROTOCOL
from .parts.options import (
    AnyName,
    Data,
    DropShared,
    Extractors,
    FormatOption,
    Heads,
    LabelsFile,
    Layout,
    LimitOthers,
    Me,
    Others,
    Runs,
    Runtime,
    ViewOption,
    interruptible,
    output_format,
    say_needs,
)

EXAMPLES = """
Examples:
    bench curve --me ~/photos/me --others ~/photos/strangers
    bench curve --labels ~/photos/labels.csv
    bench curve --data ~/faces --target Colin_Powell --photos 5 --photos 20 --photos 80 --head logreg"""


def curve(
    me: Me = None,
    others: Others = None,
    data: Data = None,
    labels: LabelsFile = None,
    view: ViewOption = "auto",
    target: Annotated[
        str | None, typer.Option(metavar="NAME", rich_help_panel=PHOTOS, help="Person who is me; needed with --data.")
    ] = None,
    extractor: Extractors = None,
    head: Heads = None,
    photos: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            metavar="N",
            rich_help_panel=PROTOCOL,
            help="Photos of me, repeatable. Default: 1, 2, 3, 5, 10, 20, 50, 100, 200; 1 if a head works from one.",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=1, rich_help_panel=PROTOCOL, help="Random draws of photos at each number.")
    ] = 10,
    augment: Annotated[
        int | None,
        typer.Option(min=0, rich_help_panel=PROTOCOL, help="Random variants of each training photo. Default: 0."),
    ] = None,
    limit_others: LimitOthers = None,
    any_name: AnyName = False,
    layout: Layout = "auto",
    drop_shared: DropShared = False,
    runtime: Annotated[
        Runtime | None, typer.Option(rich_help_panel=COMPUTE, help="Runtime of the networks. Default: openvino.")
    ] = None,
    threshold: Annotated[
        str | None, typer.Option(metavar="RULE", rich_help_panel=PROTOCOL, help="As in bench run. Default: auto.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, rich_help_panel=PROTOCOL, help="Seed of split, draws and heads.")] = 0,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
) -> None:
    """Test with 1, 2, 3, 5, 10, ... photos of me: how many are enough? Saves the curve and its chart in a folder."""
    from ..benchmarks.charts import plot_curve
    from ..benchmarks.comparison import print_curve
    from ..benchmarks.notebook import experiment_from
    from ..benchmarks.protocol import run_curve
    from ..benchmarks.results import CURVE, RunFolder
    from ..embeddings.store import VectorStore
    from ..text import say

    dataset, settings = experiment_from(
        data=data,
        me=me,
        others=others,
        labels=labels,
        view=view,
        limit_others=limit_others,
        target=target,
        any_name=any_name,
        layout=layout,
        drop_shared=drop_shared,
        seed=seed,
        extractors=extractor,
        heads=head,
        augment=augment,
        runtime=runtime,
        threshold=threshold,
    )
    store = VectorStore()
    say_needs(dataset, settings, store)
    folder, command = RunFolder(runs, f"{dataset.slug}-curve"), shlex.join(["bench", *sys.argv[1:]])
    with interruptible():
        result = run_curve(dataset, settings, photos or (), draws, store=store, command=command)
    text = result.model_dump_json(indent=1) + "\n"
    folder.write({CURVE: text.encode(), "curve.png": plot_curve(result)})
    print_curve(result, output_format(format))
    say(f"Saved in {folder.path}: curve.png shows it")
