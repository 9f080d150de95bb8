"""A report of stored runs: read, put together, and written as one private file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..benchmarks.comparison import compare_runs, render, why_apart
from ..benchmarks.results import named_runs, read_runs
from ..embeddings.store import VectorStore
from ..errors import FacebenchError
from ..files import check_output, write_private
from ..text import waiting
from ._learning import find_curves
from ._page import comparison_of
from ._robustness import find_robustness
from ._template import MARK, render_page

_OPTION = "--output"


@dataclass(frozen=True)
class Report:
    """What was written.

    Attributes:
        comparisons: groups of rows, tested on the same photos each.
        runs: how many are in it.
        size: of the file, in bytes.
        photos: whether it shows faces.
        notes: what is missing in it, and why.
    """

    comparisons: int
    runs: int
    size: int
    photos: bool
    notes: list[str]


def write_report(
    folders: Sequence[Path], file: Path, *, photos: bool = False, store: VectorStore | None = None
) -> Report:
    """Write a page about stored runs that opens without a network: one HTML file (mode 0600).

    Args:
        folders: of the runs, oldest first.
        file: ends in .html; an older report is replaced, anything else is not.
        photos: whether it shows faces.
        store: where the vectors of photos are looked up, for the nearest training photos.

    Raises:
        FacebenchError: a file that cannot be written or must not, or a run that cannot be read.
    """
    check_output(file, _OPTION, (".html", ".htm"), _is_report)
    runs, predictions = read_runs(folders)
    tested = [(name, result) for name, result in runs if result.pairings]
    if not tested:
        raise FacebenchError(f"Nothing was tested in {', '.join(name for name, _ in runs)}: bench run makes a new run.")
    with waiting("comparing runs"):
        groups = compare_runs(tested, predictions=predictions)
    curves, notes = find_curves(folders)
    named = named_runs(folders)
    robustness, unread = find_robustness(named)
    comparisons = [comparison_of(group, named, curves, robustness, store, photos=photos) for group in groups]
    titles = dict.fromkeys(result.dataset.title for _, result in tested)
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    csv = f"{render(groups, [], 'csv')}\n"  # as bench compare prints it
    page = render_page(", ".join(titles), comparisons, why_apart(groups), made, csv).encode()
    write_private(file, page, _OPTION)
    galleries = [comparison.gallery for comparison in comparisons if comparison.gallery]
    return Report(
        comparisons=len(comparisons),
        runs=len(tested),
        size=len(page),
        photos=any(gallery.photos for gallery in galleries),
        notes=notes + unread + [note for gallery in galleries for note in gallery.notes],
    )


def _is_report(file: Path) -> bool:
    with file.open("rb") as stream:
        return MARK.search(stream.read(1000)) is not None
