"""The command `bench`: parses, calls one function of `benchmarks`, prints."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from .errors import FacebenchError, printable

app = typer.Typer(
    help="Which image features and which classifier recognise one person best, on your own photos?",
    epilog="Start with: bench run",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130
Threshold = Literal["auto", "balanced", "accuracy", "0.5"]
Runtime = Literal["openvino", "tensorflow"]
OutputFormat = Literal["table", "md", "csv", "json"]

Runs = Annotated[Path, typer.Option("--runs", help="Folder of all runs.", show_default=True)]
FormatOption = Annotated[
    OutputFormat | None, typer.Option("--format", help="Default: table on a terminal, md in a pipe.")
]
Columns = Annotated[
    str | None, typer.Option("--columns", help="Comma-separated, such as accuracy,auc,ms. Default: what fits.")
]
Sort = Annotated[str, typer.Option("--sort", help="Column to rank by.")]


@app.command(
    epilog="""Examples:\n
    bench run\n
    bench run --extractor mobilenet --head mlp\n
    bench run --me ~/photos/me --others ~/photos/strangers\n
    bench run --data ~/faces --target Colin_Powell --head 'svm(C=1)'"""
)
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
    from .benchmarks import RunFolder, Settings, check_columns, compare_runs, print_groups, run_benchmark
    from .data import dataset_from
    from .embeddings import Cluster, VectorStore, secure_cluster

    check_columns([sort, *_names(columns)])
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
    print_groups(compare_runs([(folder.name, result)], sort), _names(columns), _format(format))
    print(f"Kept in {printable(folder.path)}", file=sys.stderr)


@app.command(epilog="Examples:\n\n    bench compare\n\n    bench compare 3 4 --sort auc --format csv")
def compare(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Number or folder. Default: all.")
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
    columns: Columns = None,
    sort: Sort = "balanced",
) -> None:
    """Print the table over stored runs, those tested on the same photos in one ranking."""
    from .benchmarks import check_columns, compare_runs, find_run, find_runs, print_groups, read_run

    check_columns([sort, *_names(columns)])
    paths = [find_run(runs, name) for name in names] if names else find_runs(runs)
    if not paths:
        raise FacebenchError(f"{runs} holds no runs yet: bench run makes one.")
    results = [(path.name, read_run(path)) for path in paths]
    print_groups(compare_runs(results, sort), _names(columns), _format(format))


@app.command(name="list")
def list_() -> None:
    """List extractors and heads with their cards."""
    from rich.console import Console

    from .benchmarks import describe_all

    Console().print(describe_all())


@app.command(epilog="Examples:\n\n    bench show mlp\n\n    bench show 'mlp(hidden=(64, 128), batch_norm=True)'")
def show(name: Annotated[str, typer.Argument(help="An extractor or a head, as in bench list.")]) -> None:
    """Show one extractor or head: card, parameters, layers."""
    from rich.console import Console

    from .benchmarks import describe

    Console().print(describe(name))


@app.command(
    epilog="Examples:\n\n    bench speed\n\n    bench speed --data ~/faces --extractor mobilenet --format json"
)
def speed(
    data: Annotated[Path | None, typer.Option(help="Folder with a folder per person. Default: the ORL faces.")] = None,
    photos: Annotated[int, typer.Option(min=1, help="Size of the sample that is measured.")] = 200,
    extractor: Annotated[list[str] | None, typer.Option(help="Name of `bench list`, repeatable. Default: all.")] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds; figures are medians.")] = 3,
    format: Annotated[Literal["md", "json"], typer.Option(help="What is printed.")] = "md",
) -> None:
    """Measure photos per second, by stage, beside what people do today. Takes minutes: the references are slow."""
    from .benchmarks import measure_speed, speed_text
    from .data import dataset_from

    report = measure_speed(dataset_from(data=data), extractor or (), photos, repeats)
    print(speed_text(report, format))


cache = typer.Typer(help="Vectors and converted networks that are kept between runs.", no_args_is_help=True)
app.add_typer(cache, name="cache")


@cache.command()
def info() -> None:
    """Show where the cache is and what it holds. FACEBENCH_CACHE puts it elsewhere."""
    from .benchmarks import cache_info

    print(cache_info())


@cache.command()
def purge() -> None:
    """Delete all stored vectors and converted networks."""
    from .benchmarks import purge_cache

    print(f"Emptied {printable(purge_cache())}")


def main() -> None:
    """Run the command; bad input ends with one message on standard error and exit code 2."""
    try:
        app()
    except FacebenchError as error:
        lines = (printable(line) for line in str(error).splitlines())
        print("Error: " + "\n".join(lines), file=sys.stderr)
        sys.exit(2)


def _names(columns: str | None) -> list[str]:
    return [name.strip() for name in columns.split(",") if name.strip()] if columns else []


def _format(chosen: OutputFormat | None) -> OutputFormat:
    return chosen or ("table" if sys.stdout.isatty() else "md")
