"""`bench embed`: the vectors of photos as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import counted, printable
from .parts.completion import extractor_names
from .parts.help import COMPUTE, RESULTS, WHAT
from .parts.options import AnyName, Layout, Runtime, interruptible

EXAMPLES = """
Examples:
    bench embed ~/photos -o vectors.npz
    bench embed ~/faces --extractor mobilenet -o vectors.parquet"""


def embed(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            rich_help_panel=RESULTS,
            help="File to write: .npz, or .parquet (needs pyarrow).",
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA",
            help="Folder of photos: a flat folder, one folder per person, LFW or CelebA. Default: the ORL faces.",
        ),
    ] = None,
    any_name: AnyName = False,
    layout: Layout = "auto",
    extractor: Annotated[
        str,
        typer.Option(
            metavar="NAME", autocompletion=extractor_names, rich_help_panel=WHAT, help="Name of `bench list`."
        ),
    ] = "face_recognition",
    runtime: Annotated[
        Runtime,
        typer.Option(rich_help_panel=COMPUTE, help="Runtime of the networks; tensorflow: the reference, and GPUs."),
    ] = "openvino",
) -> None:
    """Write the vectors of photos to a file for other programs, with path, sha256, person, outcome and box of each.

    A photo without a vector (no face found, not readable) is a row too; its outcome gives the reason. NumPy reads the
    file with numpy.load("vectors.npz").
    """
    from ..data import Rules, orl_faces, photos_folder
    from ..embeddings.extraction import export_vectors
    from ..embeddings.store import VectorStore
    from ..text import say, tell

    dataset = orl_faces() if data is None else photos_folder(data, Rules(layout, any_name))
    with interruptible(lambda: "No file was written; vectors are saved: the next start resumes there."):
        written = export_vectors(dataset, output, extractor, store=VectorStore(), runtime=runtime)
    without = "".join(f", {count} {reason}" for reason, count in sorted(written.failures.items()))
    tell(
        f"{printable(output)}: {counted(written.photos, 'photo')}, {written.with_vector} with a vector"
        f"{printable(without)}. Vectors of faces are personal data: for your eyes only (mode 0600)."
    )
    if not written.readable:
        say(f"Warning: none of the photos in {data} can be read.")
