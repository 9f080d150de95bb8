"""`bench verify`: whether two photos show the same person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .parts.completion import extractor_names
from .parts.help import COMPUTE, PHOTOS, PROTOCOL, WHAT
from .parts.options import Runtime, TextFormatOption, output_format

EXAMPLES = """
Examples:
    bench verify --pairs pairs.txt --data lfw
    bench verify --pairs pairs.txt --data lfw --extractor mobilenet --distance cosine --format json"""


def verify(
    pairs: Annotated[
        Path,
        typer.Option(
            metavar="FILE", rich_help_panel=PHOTOS, help="List of pairs in folds, in the format of LFW's pairs.txt."
        ),
    ],
    data: Annotated[
        Path, typer.Option(metavar="DIR", rich_help_panel=PHOTOS, help="LFW: a folder per person, Name/Name_0001.jpg.")
    ],
    extractor: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            autocompletion=extractor_names,
            rich_help_panel=WHAT,
            help="Name of `bench list`, repeatable. Default: mobilenet, face_recognition, sface.",
        ),
    ] = None,
    distance: Annotated[
        Literal["euclidean", "cosine"], typer.Option(rich_help_panel=PROTOCOL, help="Distance of two vectors.")
    ] = "euclidean",
    runtime: Annotated[
        Runtime,
        typer.Option(rich_help_panel=COMPUTE, help="Runtime of the networks; tensorflow: the reference, and GPUs."),
    ] = "openvino",
    format: TextFormatOption = None,
) -> None:
    """Decide by LFW's protocol whether pairs of photos show the same person: mean accuracy over folds, standard error.

    Each fold is decided with the threshold that is best on the others. A pair with a photo in which no face is found is
    decided "different", and counted.
    """
    from rich.console import Console

    from ..benchmarks.verification import verify_pairs, verify_text
    from ..data import read_pairs
    from ..embeddings.store import VectorStore
    from ..text import present

    listed = read_pairs(pairs, data)
    report = verify_pairs(listed, extractor or (), distance=distance, store=VectorStore(), runtime=runtime)
    present(verify_text(report, output_format(format), Console().width))
