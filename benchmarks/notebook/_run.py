"""A stored run in Python: its verdict, tables and plots."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ...embeddings import VectorStore
from ...errors import FacebenchError, printable
from ..comparison import COLUMNS, Group, compare_runs, fields_of, records_of
from ..examples import choose_pairing, hard_choice, rank_pairings, vector_map
from ..results import Prediction, Predictions, RunResult, find_run, read_runs
from ..slices import SLICE_COLUMNS, slice_records, slices_of_pairings
from ._errors import errors_of
from ._frames import Frame, frame_of
from ._html import html_of
from ._plots import draw_confusion, draw_det, draw_map, draw_roc

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Run:
    """A run that is saved in a folder. A notebook shows its verdict, its table, and what must be known to trust them.

    Tables are pandas frames where pandas is installed, else lists with a dict per row.

    Attributes:
        path: the folder.
        result: all that `result.json` holds.
    """

    def __init__(self, path: Path, hard_by: str | None = None) -> None:
        [(name, result)], predictions = read_runs([path])
        if not result.pairings:
            raise FacebenchError(f"Nothing was tested in {path}: make a new run.")
        self.path = path
        self.result: RunResult = result
        self._rows = predictions.get(name)
        self._name = name
        self._hard_by = hard_by

    @property
    def sentence(self) -> str:
        """The verdict: what the best pairing does, and which it is; or why none is to be trusted."""
        return self._group.sentence

    @property
    def notes(self) -> list[str]:
        """What must be known to trust the table."""
        return list(self._group.notes)

    @property
    def table(self) -> Frame:
        """A row per pairing, best first, with the columns of `bench compare --format csv`."""
        records = records_of(1, self._group, list(COLUMNS))
        return frame_of({name: [record.get(name) for record in records] for name in fields_of(records)})

    @property
    def predictions(self) -> Frame:
        """A row per test photo, pairing and split: what `predictions.csv` holds.

        Raises:
            FacebenchError: the run has no such file.
        """
        return frame_of({name: self._tested.column(name).tolist() for name in Prediction.columns})

    def errors(self, extractor: str | None = None, head: str | None = None) -> Frame:
        """Return every test photo that was decided wrongly in some split, once for each pairing and target.

        Its columns: extractor, head, target, path and person of the photo; kind, "false accept", "false reject" or why
        there is no vector, such as "no face"; score and threshold in the split in which it did worst; in how many
        splits it was wrong and tested. Pairings come best first, and of each the most certain errors.

        Args:
            extractor: whose errors, as the run calls it; default: of all but the audits.
            head: likewise.

        Raises:
            FacebenchError: the run has no such pairing, or no predictions.
        """
        return frame_of(errors_of(self.result, self._tested, extractor, head))

    def slices(self, extractor: str | None = None, head: str | None = None) -> Frame:
        """Return the errors on each slice of the test photos, once for each pairing and kind of error.

        Its columns: extractor, head, property, slice; kind of error, "false rejects" or "false accepts"; photos, wrong
        among them, rate with its limits low and high, independent units; photos and wrong ones of the rest; p, adjusted
        for all slices of all pairings. Pairings come best first.

        Args:
            extractor: whose errors, as the run calls it; default: of all but the audits.
            head: likewise.

        Raises:
            FacebenchError: the run has no such pairing, no predictions, or is of an older facebench, or it is an audit.
        """
        chosen = rank_pairings(self.result, extractor, head)
        records = slice_records(slices_of_pairings(self.path, self.result, self._tested, chosen))
        return frame_of({name: [record[name] for record in records] for name in SLICE_COLUMNS})

    def plot_roc(self, ax: Axes | None = None) -> Axes:
        """Draw the mean ROC curve of each pairing over its tests; scores of different tests are never mixed.

        Args:
            ax: where to draw; default: a new figure.

        Raises:
            FacebenchError: a run of an older facebench, without curves.
        """
        return draw_roc(self._group.rows, ax)

    def plot_det(self, ax: Axes | None = None) -> Axes:
        """Draw the mean DET curve of each pairing: false rejects over false accepts, both on normal deviates.

        Args:
            ax: where to draw; default: a new figure.

        Raises:
            FacebenchError: a run without curves, or with too few test photos.
        """
        return draw_det(self._group.rows, ax)

    def plot_confusion(self, extractor: str | None = None, head: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the confusion matrix of a pairing, all its tests together.

        Args:
            extractor: of the pairing, as the run calls it; default: of the best.
            head: likewise.
            ax: where to draw; default: a new figure.

        Raises:
            FacebenchError: the run has no such pairing.
        """
        return draw_confusion(choose_pairing(self.result, extractor, head), ax)

    def plot_embeddings(
        self,
        extractor: str | None = None,
        head: str | None = None,
        target: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the vectors of one person's test photos by their first two principal components; errors are crossed.

        Vectors are looked up in the store, and never made.

        Args:
            extractor: whose vectors, as the run calls it; default: of the best pairing.
            head: whose errors; default: of the extractor's best.
            target: whose photos; default: of several people, the one who is recognised worst.
            ax: where to draw; default: a new figure.

        Raises:
            FacebenchError: the run has no such pairing or target, no predictions, or too few vectors are stored.
        """
        pairing = choose_pairing(self.result, extractor, head)
        [row] = [row for row in self._group.rows if row.pairing is pairing]
        _ = self._tested  # whose photos to look up
        return draw_map(vector_map(row, self.path, VectorStore(), target), ax)

    def __repr__(self) -> str:
        return f"<Run {printable(self.path)}: {printable(self.sentence or self._group.caption)}>"

    def _repr_html_(self) -> str:
        return html_of(self._group)

    @cached_property
    def _group(self) -> Group:
        known = {} if self._rows is None else {self._name: self._rows}
        choose_hard = hard_choice(self._hard_by, [self.path])
        [group] = compare_runs([(self._name, self.result)], predictions=known, choose_hard=choose_hard)
        return group

    @property
    def _tested(self) -> Predictions:
        if self._rows is None:
            raise FacebenchError(f"{self.path} holds no predictions.csv, which names each test photo.")
        return self._rows


def open_run(name: str | Path = "last", runs: str | Path = "runs", hard_by: str | None = None) -> Run:
    """Return a stored run.

    Args:
        name: "last", a number, or a folder, whose number is enough: "3", "0003", "runs/0003", "runs/0003-orl".
        runs: the folder of all runs, where `name` is no path.
        hard_by: an extractor in no row that chooses the hard strangers of the table; default: all rows together.

    Raises:
        FacebenchError: there is no such run, or it cannot be read.
    """
    return Run(find_run(runs, str(Path(name).expanduser())), hard_by)
