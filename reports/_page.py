"""What goes into the page: one `Comparison` per group of rows, all of it data that the template only lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..benchmarks.charts import Confusion, confusion_of
from ..benchmarks.comparison import Group, Row, cell_of
from ..benchmarks.results import CurveResult, RobustnessResult, RunResult
from ..embeddings.store import VectorStore
from ._caveats import by_weight
from ._facts import RunFacts, facts_of
from ._figures import Figures, curve_figures, learning_figures, loss_figures, score_figures
from ._gallery import Gallery, gallery_of
from ._learning import curve_of
from ._lookalikes import LookalikesTable, lookalike_tables
from ._maps import map_figures
from ._robustness import robustness_figures
from ._series import series_of
from ._slices import SlicesTables, slices_tables
from ._speed import speed_figures
from ._table import Table, table_of


@dataclass(frozen=True)
class Chapter:
    """Charts under one heading.

    Attributes:
        name: by which the contents find it.
        title: its heading.
        layout: class of the style sheet: "rates" for two or three beside each other, "many", or "single".
        figures: the charts.
    """

    name: str
    title: str
    layout: str
    figures: Figures


@dataclass(frozen=True)
class Comparison:
    """One group of rows, tested on the same photos.

    Attributes:
        title: the photos, and whose they are.
        sentence: the verdict.
        caption: what was tested on what.
        key_figures: title, figure and small print of what most readers look for, of the best pairing; empty where it
            is not to be trusted.
        best: its name; "" where nothing but the majority was tested.
        table: of all rows.
        charts: all that there is to draw.
        confusion: of the best pairing; None where nothing but the majority was tested.
        learning_command: repeats the learning curve; "" where there is none.
        gallery: errors and examples of the best pairing's decisions; None where they are not known.
        lookalikes: other people whom each extractor takes for the target, or nearly.
        slices: the errors of each extractor's best head by what photos are like; None where nothing was measured.
        runs: the facts of each run.
        notes: what a reader must know to trust the rows, the gravest first.
    """

    title: str
    sentence: str
    caption: str
    key_figures: list[tuple[str, str, str]]
    best: str
    table: Table
    charts: list[Chapter]
    confusion: Confusion | None
    learning_command: str
    gallery: Gallery | None
    lookalikes: list[LookalikesTable]
    slices: SlicesTables | None
    runs: list[RunFacts]
    notes: list[str]


def comparison_of(
    group: Group,
    folders: Mapping[str, Path],
    curves: Sequence[CurveResult],
    robustness: Mapping[str, RobustnessResult],
    store: VectorStore | None,
    *,
    photos: bool,
) -> Comparison:
    """Return what a page shows of a group.

    Args:
        group: the rows, best first.
        folders: of the runs, by name.
        curves: learning curves that may belong to it.
        robustness: of the runs, by name, where it was measured.
        store: where the vectors of photos are looked up.
        photos: whether faces are shown.
    """
    result = group.rows[0].result
    known = series_of(group.rows)
    best = next((row for row in group.rows if row.competes and row.pairing.targets), None)
    learned = curve_of(result, curves)
    # Before the maps: vectors that it had to make again are on them.
    gallery = gallery_of(best, folders[best.run], store, photos=photos) if best else None
    return Comparison(
        title=f"{result.dataset.title}: {_whom(result)}",
        sentence=group.sentence,
        caption=group.caption.removeprefix(f"{result.dataset.title}: "),  # which the title has said
        # Large figures would be believed, whatever stands above them.
        key_figures=_key_figures(best) if best and group.verdict not in ("shortcut", "chance") else [],
        best=best.title if best else "",
        table=table_of(group.rows),
        charts=[
            Chapter(name, title, layout, figures)
            for name, title, layout, figures in (
                ("rates", "ROC and DET curves", "rates", curve_figures(known)),
                ("speed", "Speed and accuracy", "single", speed_figures(known)),
                ("scores", "Scores and thresholds", "many", score_figures(known, best) if best else None),
                ("maps", "Maps of the vectors", "rates", map_figures(group.rows, folders, store)),
                ("robustness", "Robustness", "many", robustness_figures(known, robustness)),
                ("training", "Training", "many", loss_figures(known)),
                ("learning", "Learning curve", "single", learning_figures(learned, known) if learned else None),
            )
            if figures
        ],
        confusion=confusion_of(best.pairing.targets) if best else None,
        learning_command=learned.command if learned else "",
        gallery=gallery,
        lookalikes=lookalike_tables(group.rows, folders, store, photos=photos),
        slices=slices_tables(group.rows, folders),
        runs=facts_of(group.rows),
        notes=by_weight(group.notes),
    )


def _whom(result: RunResult) -> str:
    return result.targets[0] if len(result.targets) == 1 else f"{len(result.targets)} people in turn"


def _key_figures(best: Row) -> list[tuple[str, str, str]]:
    """Return the best row's title, figure and uncertainty for what most readers look for."""
    titles = {
        "balanced": ("balanced accuracy", "\u00a0%", ""),
        "auc": ("AUC", "", ""),
        "false_rejects": ("false rejects", "", "photos of the target"),
        "false_accepts": ("false accepts", "", "photos of others"),
    }
    found = []
    for column, (title, unit, of) in titles.items():
        figure, _, limits = cell_of(best, column).text.partition(" (")
        limits = f"95 %: {limits.removesuffix(')')}".replace(" %", "\u00a0%") if limits else ""
        found.append((title, figure.replace("/", " / ") + unit, "; ".join(filter(None, [of, limits]))))
    return found
