"""`bench run`: the comparison."""

from __future__ import annotations

import shlex
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError
from .parts.completion import preset_names
from .parts.help import COMPUTE, PHOTOS, PROTOCOL, WHAT
from .parts.next import say_next
from .parts.options import (
    AnyName,
    Columns,
    Data,
    DropShared,
    Extractors,
    FormatOption,
    HardBy,
    Heads,
    LabelsFile,
    Layout,
    LimitOthers,
    Me,
    Others,
    Runs,
    Runtime,
    Sort,
    SplitRule,
    Strangers,
    ViewOption,
    augmentation_from,
    column_names,
    interruptible,
    output_format,
    say_needs,
)

EXAMPLES = """
Examples:
    bench run
    bench run --extractor mobilenet --head mlp
    bench run --me ~/photos/me --others ~/photos/strangers
    bench run --labels ~/photos/labels.csv
    bench run --data ~/faces --target Colin_Powell --head 'svm(C=1)'
    bench run --data ~/faces --target Colin_Powell --vectors mine.parquet --head svm
    bench run --preset report --data ~/faces --target Colin_Powell"""


def run(
    extractor: Extractors = None,
    vectors: Annotated[
        list[Path] | None,
        typer.Option(
            "--vectors",
            metavar="FILE",
            rich_help_panel=WHAT,
            help="File of vectors made elsewhere, .npz or .parquet, repeatable. Compared alone, or with each "
            "--extractor.",
        ),
    ] = None,
    head: Heads = None,
    me: Me = None,
    others: Others = None,
    data: Data = None,
    labels: LabelsFile = None,
    view: ViewOption = "auto",
    target: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", rich_help_panel=PHOTOS, help="Person who is me, or all: each in turn. Default: all."
        ),
    ] = None,
    preset: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            autocompletion=preset_names,
            rich_help_panel=WHAT,
            help="report: the original report's experiment; improved: the same with faces and all heads.",
        ),
    ] = "",
    augment: Annotated[
        int | None,
        typer.Option(
            min=0, rich_help_panel=PROTOCOL, help="Random variants of each training photo, such as 15. Default: 0."
        ),
    ] = None,
    augmentation: Annotated[
        str,
        typer.Option(
            metavar="RANGES",
            rich_help_panel=PROTOCOL,
            help="Ranges of the variants, such as 'rotation=20, shear=0'. Default: the report's.",
        ),
    ] = "",
    strangers: Annotated[
        Strangers | None,
        typer.Option(rich_help_panel=PROTOCOL, help="equal: only as many photos of others as of me. Default: all."),
    ] = None,
    limit_others: LimitOthers = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", rich_help_panel=PHOTOS, help="Only this other person, such as a sibling. Default: all."
        ),
    ] = None,
    any_name: AnyName = False,
    layout: Layout = "auto",
    drop_shared: DropShared = False,
    split: Annotated[
        SplitRule | None,
        typer.Option(
            rich_help_panel=PROTOCOL,
            help="time: train on old photos of me, test on new ones; official: CelebA's. Default: random.",
        ),
    ] = None,
    slices: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            rich_help_panel=PHOTOS,
            help="CSV with a column photo and columns of your own, such as glasses: bench show --slices counts errors "
            "by each.",
        ),
    ] = None,
    repeats: Annotated[
        int | None,
        typer.Option(
            min=1,
            rich_help_panel=PROTOCOL,
            help="Splits per person, seeds from --seed upwards. Default: 5 for one person, else 1.",
        ),
    ] = None,
    audit: Annotated[
        bool | None,
        typer.Option(
            "--audit/--no-audit",
            rich_help_panel=PROTOCOL,
            help="Also test how well the classes are separated without looking at a face. Default: by files and "
            "colours alone, with --me and --others.",
        ),
    ] = None,
    runtime: Annotated[
        Runtime | None,
        typer.Option(
            rich_help_panel=COMPUTE,
            help="Runtime of networks: openvino (default); tensorflow: the reference, and GPUs.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            rich_help_panel=COMPUTE,
            help="Dask scheduler whose workers extract, such as tls://scheduler:8786.",
        ),
    ] = None,
    insecure_cluster: Annotated[
        bool,
        typer.Option(
            "--insecure-cluster", rich_help_panel=COMPUTE, help="Accept a cluster on other machines without encryption."
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, rich_help_panel=PROTOCOL, help="Seed of splits, choice of people and heads.")
    ] = 0,
    threshold: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            rich_help_panel=PROTOCOL,
            help="auto (default): chosen on validation if that contains 20 photos of me, else the head's own; or "
            "balanced, accuracy, 0.5, far=0.01.",
        ),
    ] = None,
    min_photos: Annotated[
        int | None, typer.Option(min=4, rich_help_panel=PROTOCOL, help="Photos that a target needs. Default: 5.")
    ] = None,
    max_targets: Annotated[
        int | None,
        typer.Option(min=1, rich_help_panel=PROTOCOL, help="With target all: at most this many targets. Default: 50."),
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
    columns: Columns = None,
    sort: Sort = "balanced",
    hard_by: HardBy = None,
) -> None:
    """Test every extractor with every head on the same photos; print the table."""
    from ..benchmarks import settings_for
    from ..benchmarks.comparison import check_columns, print_runs
    from ..benchmarks.examples import hard_choice
    from ..benchmarks.notebook import experiment_from
    from ..benchmarks.protocol import run_benchmark
    from ..benchmarks.results import RunFolder
    from ..embeddings.cluster import Cluster, secure_cluster
    from ..embeddings.store import VectorStore
    from ..text import say

    check_columns([sort, *column_names(columns)])
    dataset, settings = experiment_from(
        extractors=extractor,
        vectors=vectors or (),
        heads=head,
        me=me,
        others=others,
        data=data,
        labels=labels,
        view=view,
        target=target,
        preset=preset,
        augment=augment,
        augmentation=augmentation_from(augmentation, settings_for(preset).augmentation),
        strangers=strangers,
        limit_others=limit_others,
        against=against,
        any_name=any_name,
        layout=layout,
        drop_shared=drop_shared,
        slices=slices,
        split=split,
        repeats=repeats,
        audit=audit,
        runtime=runtime,
        seed=seed,
        threshold=threshold,
        min_photos=min_photos,
        max_targets=max_targets,
    )
    store = VectorStore()
    say_needs(dataset, settings, store, hard_by)
    folder = RunFolder(runs, dataset.slug)
    connect = Cluster if insecure_cluster else secure_cluster

    def saved() -> str:
        if folder.path is None:
            return "No pairing was finished; vectors are saved: the next start resumes there."
        return f"What was finished is saved in {folder.path}: bench compare shows it."

    with interruptible(saved), closing(connect(cluster)) if cluster else nullcontext() as workers:
        run_benchmark(
            dataset,
            settings,
            folder.save,
            list_photos=folder.list_photos,
            list_properties=folder.list_properties,
            store=store,
            cluster=workers,
            command=shlex.join(["bench", *sys.argv[1:]]),
            hard_by=hard_by,
        )
    assert folder.path is not None  # noqa: S101 (a finished run has been saved)
    choose_hard = hard_choice(hard_by, [folder.path])
    try:
        groups = print_runs([folder.path], sort, column_names(columns), output_format(format), choose_hard)
    except FacebenchError as error:
        raise FacebenchError(f"{error} The run is saved in {folder.path}.") from error
    say(f"Saved in {folder.path}")
    say_next(groups, [folder.path], runs, ["last"])
