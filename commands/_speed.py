"""`bench speed`: photos per second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .parts.completion import extractor_names
from .parts.help import PHOTOS, PROTOCOL, WHAT
from .parts.options import TextFormatOption, output_format

EXAMPLES = """
Examples:
    bench speed
    bench speed --data ~/faces --extractor mobilenet --format json"""


def speed(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", rich_help_panel=PHOTOS, help="Folder with a folder per person. Default: the ORL faces."
        ),
    ] = None,
    photos: Annotated[int, typer.Option(min=1, rich_help_panel=PHOTOS, help="Number of photos in the sample.")] = 200,
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            autocompletion=extractor_names,
            rich_help_panel=WHAT,
            help="Name of `bench list`, repeatable. Default: all but audits, onnx and fusion.",
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, rich_help_panel=PROTOCOL, help="Rounds; results are medians over them.")
    ] = 3,
    megapixels: Annotated[
        float,
        typer.Option(
            min=0,
            rich_help_panel=PHOTOS,
            help="Also measure photos of this size; smaller photos are enlarged. 0: do not.",
        ),
    ] = 12.0,
    format: TextFormatOption = None,
) -> None:
    """Measure photos per second, by stage, against common alternatives. Takes minutes: the references are slow."""
    from rich.console import Console

    from ..benchmarks.speed import measure_speed, speed_text
    from ..data import dataset_from
    from ..text import present

    report = measure_speed(dataset_from(data=data), extractor or (), photos, repeats, megapixels)
    present(speed_text(report, output_format(format), Console().width))
