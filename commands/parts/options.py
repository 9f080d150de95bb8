"""Options shared by several commands."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from ...errors import FacebenchError
from ...registry import parse_call, suggestion
from .completion import columns_written, extractor_names, head_names
from .help import PHOTOS, RESULTS, WHAT

if TYPE_CHECKING:
    from ...benchmarks import Settings
    from ...data import Augmentation, Dataset
    from ...embeddings.store import VectorStore

#: Exit code of a command ended with Ctrl-C.
INTERRUPTED = 130
Runtime = Literal["openvino", "tensorflow"]
Strangers = Literal["all", "equal"]
SplitRule = Literal["random", "time", "official"]
LayoutName = Literal["auto", "people", "split", "flat"]
ViewName = Literal["auto", "photo", "crop"]
OutputFormat = Literal["table", "md", "csv", "json"]
TextFormat = Literal["table", "md", "json"]
_Chosen = TypeVar("_Chosen", OutputFormat, TextFormat)

Me = Annotated[
    Path | None,
    typer.Option(
        "--me", metavar="DIR", rich_help_panel=PHOTOS, help="Folder with photos of one person; needs --others."
    ),
]
Others = Annotated[
    Path | None,
    typer.Option(
        "--others",
        metavar="DIR",
        rich_help_panel=PHOTOS,
        help="Folder with photos of other people, ideally one folder each; or CelebA, LFW.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        rich_help_panel=PHOTOS,
        help="Folder with one folder per person. Default: the ORL faces.",
    ),
]
LabelsFile = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        rich_help_panel=PHOTOS,
        help="CSV of faces in an album and who they are: path, person, box, state; me is me.",
    ),
]
ViewOption = Annotated[
    ViewName,
    typer.Option(
        "--view",
        rich_help_panel=PHOTOS,
        help="With --labels: the whole photo, or a crop around the face. Default: a crop where several faces have "
        "boxes.",
        show_default=False,
    ),
]
LimitOthers = Annotated[
    int | None,
    typer.Option("--limit-others", min=2, rich_help_panel=PHOTOS, help="Only this many other people, drawn at random."),
]
AnyName = Annotated[
    bool,
    typer.Option(
        "--any-name", rich_help_panel=PHOTOS, help="Take files that are photos by their content, whatever their name."
    ),
]
Layout = Annotated[
    LayoutName,
    typer.Option(
        "--layout",
        rich_help_panel=PHOTOS,
        help="Folders are people; split: parts such as train and test, with people in them; flat: nobody is known. "
        "Default: what the tree shows.",
        show_default=False,
    ),
]
DropShared = Annotated[
    bool,
    typer.Option(
        "--drop-shared",
        rich_help_panel=PHOTOS,
        help="Leave out photos of others that show a picture of the target, too.",
    ),
]
Extractors = Annotated[
    list[str] | None,
    typer.Option(
        "--extractor",
        metavar="NAME",
        autocompletion=extractor_names,
        rich_help_panel=WHAT,
        help="Name of `bench list`, repeatable. Default: mobilenet, face_recognition and sface.",
    ),
]
Heads = Annotated[
    list[str] | None,
    typer.Option(
        "--head",
        metavar="NAME",
        autocompletion=head_names,
        rich_help_panel=WHAT,
        help="Name of `bench list`, repeatable. Default: mlp, logreg and svm.",
    ),
]
Runs = Annotated[
    Path,
    typer.Option("--runs", metavar="DIR", rich_help_panel=RESULTS, help="Folder of all runs.", show_default=True),
]
FormatOption = Annotated[
    OutputFormat | None,
    typer.Option("--format", rich_help_panel=RESULTS, help="Default: table on a terminal, md in a pipe."),
]
TextFormatOption = Annotated[
    TextFormat | None,
    typer.Option("--format", rich_help_panel=RESULTS, help="Default: table on a terminal, md in a pipe."),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME,...",
        autocompletion=columns_written,
        rich_help_panel=RESULTS,
        help="Comma-separated, such as accuracy,auc,ms. Default: as many as fit.",
    ),
]
Sort = Annotated[
    str,
    typer.Option(
        "--sort", metavar="NAME", autocompletion=columns_written, rich_help_panel=RESULTS, help="Column to rank by."
    ),
]
HardBy = Annotated[
    str | None,
    typer.Option(
        "--hard-by",
        metavar="NAME",
        autocompletion=extractor_names,
        rich_help_panel=RESULTS,
        help="Extractor that is in no row and chooses the strangers of the columns hard and hard_accepts. Default: all "
        "rows together.",
    ),
]


@contextmanager
def interruptible(
    saved: Callable[[], str] = lambda: "Vectors are saved: the next start resumes there.",
) -> Iterator[None]:
    """End the command with one message if the block is interrupted with Ctrl-C.

    Args:
        saved: returns what is saved, in words; called only then.
    """
    try:
        yield
    except KeyboardInterrupt:
        from ...text import say

        say(f"Interrupted. {saved()}")
        raise typer.Exit(INTERRUPTED) from None


def say_needs(dataset: Dataset, settings: Settings, store: VectorStore, hard_by: str | None = None) -> None:
    """Say on standard error what disk and memory a command needs at most."""
    from ...benchmarks.protocol import needs_of
    from ...text import say

    say(needs_of(dataset, settings, hard_by).said(store.path.parent))


def given_only(**options: Any) -> dict[str, Any]:
    """Return the options that were given; the others take the value of a preset, or their default."""
    return {name: value for name, value in options.items() if value is not None and value != []}


def augmentation_from(text: str, base: Augmentation | None = None) -> Augmentation | None:
    """Return the augmentation written as "rotation=20, shear=0"; None for "".

    Args:
        text: parameters with their values.
        base: where all others come from, such as a preset's augmentation; default: their defaults.

    Raises:
        FacebenchError: malformed, an unknown parameter, or a value outside its range.
    """
    if not text:
        return None
    from dataclasses import fields, replace

    from ...data import Augmentation

    try:
        _, parameters = parse_call(f"augmentation({text})")
    except FacebenchError as error:
        raise FacebenchError(f"--augmentation {text!r} is not of the form 'rotation=20, shear=0'.") from error
    known = [field.name for field in fields(Augmentation)]
    for name in parameters:
        if name not in known:
            raise FacebenchError(f"--augmentation has no parameter '{name}'. {suggestion(name, known)}")
    try:
        return replace(base or Augmentation(), **parameters)
    except (TypeError, ValueError) as error:
        raise FacebenchError(f"--augmentation {text!r}: {error}.") from error


def column_names(columns: str | None) -> list[str]:
    """Return the names given with `--columns`."""
    return [name.strip() for name in columns.split(",") if name.strip()] if columns else []


def output_format(chosen: _Chosen | None) -> _Chosen | Literal["table", "md"]:
    """Return the requested format, or the one that suits the destination of the output."""
    return chosen or ("table" if sys.stdout.isatty() else "md")
