"""`bench speed`: photos per second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

EXAMPLES = "Examples:\n\n    bench speed\n\n    bench speed --data ~/faces --extractor mobilenet --format json"


def speed(
    data: Annotated[Path | None, typer.Option(help="Folder with a folder per person. Default: the ORL faces.")] = None,
    photos: Annotated[int, typer.Option(min=1, help="Size of the sample that is measured.")] = 200,
    extractor: Annotated[
        list[str] | None, typer.Option(help="Name of `bench list`, repeatable. Default: all but audits.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Rounds; figures are medians.")] = 3,
    megapixels: Annotated[
        float, typer.Option(min=0, help="Measure photos of this size too, enlarged where they are smaller. 0: do not.")
    ] = 12.0,
    format: Annotated[Literal["md", "json"], typer.Option(help="What is printed.")] = "md",
) -> None:
    """Measure photos per second, by stage, beside what people do today. Takes minutes: the references are slow."""
    from ..benchmarks.speed import measure_speed, speed_text
    from ..data import dataset_from

    report = measure_speed(dataset_from(data=data), extractor or (), photos, repeats, megapixels)
    print(speed_text(report, format))
