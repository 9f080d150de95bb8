"""Options that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

#: Exit code of a command ended with Ctrl-C.
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


def column_names(columns: str | None) -> list[str]:
    """Return the names given with `--columns`."""
    return [name.strip() for name in columns.split(",") if name.strip()] if columns else []


def output_format(chosen: OutputFormat | None) -> OutputFormat:
    """Return the format asked for, or the one that suits where the output goes."""
    return chosen or ("table" if sys.stdout.isatty() else "md")
