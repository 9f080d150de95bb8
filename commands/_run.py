"""`bench run`: the comparison."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import printable
from ._options import (
    INTERRUPTED,
    Columns,
    FormatOption,
    Runs,
    Runtime,
    Sort,
    Threshold,
    column_names,
    output_format,
)

EXAMPLES = """Examples:\n
    bench run\n
    bench run --extractor mobilenet --head mlp\n
    bench run --me ~/photos/me --others ~/photos/strangers\n
    bench run --data ~/faces --target Colin_Powell --head 'svm(C=1)'"""


def run(
    extractor: Annotated[
        list[str] | None, typer.Option(help="Name of `bench list`, repeatable. Default: both.")
    ] = None,
    head: Annotated[
        list[str] | None, typer.Option(help="Name of `bench list`, repeatable. Default: all three.")
    ] = None,
    me: Annotated[Path | None, typer.Option(help="Folder with photos of one person; needs --others.")] = None,
    others: Annotated[Path | None, typer.Option(help="Folder with photos of others, best a folder each.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with a folder per person. Default: the ORL faces.")] = None,
    target: Annotated[str, typer.Option(help="Person who is me, or all: each in turn.")] = "all",
    runtime: Annotated[
        Runtime, typer.Option(help="How networks run; tensorflow: the reference, and GPUs.")
    ] = "openvino",
    cluster: Annotated[
        str | None, typer.Option(help="Dask scheduler that extracts, such as tls://scheduler:8786.")
    ] = None,
    insecure_cluster: Annotated[
        bool, typer.Option("--insecure-cluster", help="Accept a cluster elsewhere without encryption.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of split, choice of targets and heads.")] = 0,
    threshold: Annotated[
        Threshold, typer.Option(help="auto: on validation if that holds 20 photos of me, else the head's own (0.5).")
    ] = "auto",
    min_photos: Annotated[int, typer.Option(min=4, help="Photos that a target needs.")] = 5,
    max_targets: Annotated[int, typer.Option(min=1, help="At most this many targets of all.")] = 50,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
    columns: Columns = None,
    sort: Sort = "balanced",
) -> None:
    """Test every extractor with every head on the same photos; print the table."""
    from ..benchmarks import RunFolder, Settings, check_columns, compare_runs, print_groups, run_benchmark
    from ..data import dataset_from
    from ..embeddings import Cluster, VectorStore, secure_cluster

    check_columns([sort, *column_names(columns)])
    dataset = dataset_from(data=data, me=me, others=others)
    settings = Settings(
        **{key: value for key, value in {"extractors": extractor, "heads": head}.items() if value},
        target=target,
        runtime=runtime,
        seed=seed,
        threshold=threshold,
        min_photos=min_photos,
        max_targets=max_targets,
    )
    folder = RunFolder(runs, dataset.slug)
    connect = Cluster if insecure_cluster else secure_cluster
    command = shlex.join(["bench", *sys.argv[1:]])
    try:
        result = run_benchmark(
            dataset,
            settings,
            folder.save,
            store=VectorStore(),
            cluster=connect(cluster) if cluster else None,
            command=command,
        )
    except KeyboardInterrupt:
        kept = f"What was finished is in {folder.path}: bench compare shows it." if folder.path else ""
        print(f"Interrupted. {printable(kept) or 'Nothing was finished.'}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    print_groups(compare_runs([(folder.name, result)], sort), column_names(columns), output_format(format))
    print(f"Kept in {printable(folder.path)}", file=sys.stderr)
