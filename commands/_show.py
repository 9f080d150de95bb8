"""`bench show`: an extractor, head, run, learning curve or bundle; of a run also examples, look-alikes and slices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import FacebenchError, counted, printable
from .parts.completion import components_and_runs, extractor_names, head_names
from .parts.options import FormatOption, Runs, output_format

_OF_A_RUN = "Examples, look-alikes and slices of a run"
EXAMPLES = """
Examples:
    bench show mlp
    bench show 'mlp(hidden=(64, 128), batch_norm=True)'
    bench show 3 --examples sheet.png
    bench show last --lookalikes
    bench show last --slices"""


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=components_and_runs,
            help="An extractor or head of bench list, a run or learning curve (number or folder, or last), or a "
            ".facebench file.",
        ),
    ],
    examples: Annotated[
        Path | None,
        typer.Option(
            "--examples",
            metavar="FILE",
            rich_help_panel=_OF_A_RUN,
            help="Write the run's errors, and some right photos, to this .png; shows faces.",
        ),
    ] = None,
    lookalikes: Annotated[
        bool,
        typer.Option(
            "--lookalikes",
            rich_help_panel=_OF_A_RUN,
            help="Rank the other people by how near their photos come to the threshold.",
        ),
    ] = False,
    slices: Annotated[
        bool,
        typer.Option(
            "--slices",
            rich_help_panel=_OF_A_RUN,
            help="Count errors by what photos are like: blurred, dark, turned, small, without a face, of a year, ...",
        ),
    ] = False,
    extractor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=extractor_names,
            rich_help_panel=_OF_A_RUN,
            help="Of this extractor. Default: the best pairing; for look-alikes and slices, that of each extractor.",
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=head_names,
            rich_help_panel=_OF_A_RUN,
            help="Of this head. Default: likewise.",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="NAME", rich_help_panel=_OF_A_RUN, help="Of this target. Default: all."),
    ] = None,
    runs: Runs = Path("runs"),
    format: FormatOption = None,
) -> None:
    """Show an extractor, detector or head (card, parameters, layers), or the facts of a run, curve or bundle."""
    from ..benchmarks.comparison import describe_run, print_curve
    from ..benchmarks.results import find_curve, read_curve, read_run
    from ..bundles import Bundle, summary
    from ..classifiers import heads
    from ..embeddings import extractors
    from ..embeddings.faces import detectors
    from ..text import present, tell
    from .parts.describe import describe
    from .parts.lookalikes import print_lookalikes
    from .parts.slices import print_slices

    registered = [*extractors.names(), *detectors.names(), *heads.names()]
    is_component = any(name.split("(")[0].strip() in registry for registry in (extractors, detectors, heads))
    is_bundle = name.endswith(".facebench")
    asked = [
        option
        for option, given in {"--examples": examples, "--lookalikes": lookalikes, "--slices": slices}.items()
        if given
    ]
    if (is_component or is_bundle) and asked:
        raise FacebenchError(f"{asked[0]} needs a run, and '{name}' is not one: bench show last, for example.")
    if is_component:
        present(describe(name))
        return
    if is_bundle:
        tell(summary(Path(name), Bundle.load(name)))
        return
    if Path(name).suffix.lower() == ".onnx":
        extractors.parameters(name)  # refuses a file, with the call that takes it
    curve = find_curve(runs, name)
    if curve and not (asked or extractor or head or target):
        print_curve(read_curve(curve), output_format(format))
        return
    folder = _find(name, runs, registered)
    if examples:
        _write_examples(folder, examples, extractor, head, target)
    if lookalikes:
        print_lookalikes(folder, extractor, head, target, output_format(format))
    if slices:
        print_slices(folder, extractor, head, target, output_format(format))
    if asked:
        return
    if extractor or head or target:
        raise FacebenchError(
            "--extractor, --head and --target choose examples, look-alikes or slices: give --examples FILE.png too, "
            "--lookalikes or --slices."
        )
    if format:
        raise FacebenchError(
            "--format is for look-alikes, slices and learning curves: give --lookalikes or --slices too."
        )
    present(describe_run(folder.resolve().name, read_run(folder)))


def _find(name: str, runs: Path, registered: list[str]) -> Path:
    from ..benchmarks.results import find_curve, find_run, find_runs
    from ..registry import suggestion

    try:
        return find_run(runs, name)
    except FacebenchError as error:
        if name == "last" or name.isdecimal() or find_curve(runs, name):  # only a run is called so
            raise
        known = [*registered, *(path.name for path in find_runs(runs))]
        raise FacebenchError(
            f"No extractor, detector, head or run in {runs} is named '{name}'. {suggestion(name, known)}"
        ) from error


def _write_examples(folder: Path, file: Path, extractor: str | None, head: str | None, target: str | None) -> None:
    from ..benchmarks.examples import write_contact_sheet
    from ..text import tell

    sheet = write_contact_sheet(folder, file, extractor=extractor, head=head, target=target)
    unseen = "".join(f", {count} {reason.replace('_', ' ')}" for reason, count in sorted(sheet.unseen.items()))
    tell(f"{printable(file)}: {counted(sheet.photos, 'photo')} tested with {printable(sheet.pairing)}{unseen}.")
    tell("It shows faces and their file names: for your eyes only (mode 0600).")
