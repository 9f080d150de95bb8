"""Where an extractor's vectors of the target and of others lie: a map for each extractor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..benchmarks.comparison import Row, best_of_each
from ..benchmarks.examples import first_split, hardest_target, vector_map
from ..embeddings.store import VectorStore
from ..errors import FacebenchError
from ._figures import Figures
from ._series import Series
from .charts import MARKERS, map_chart

_DOT, _CROSS = "M18 5h0", "M14 1l8 8m0-8l-8 8"


def map_figures(rows: Sequence[Row], folders: Mapping[str, Path], store: VectorStore | None) -> Figures | None:
    """Return a map of each extractor, with the errors of its best head; None where no rows of test photos are known.

    Args:
        rows: best first; of several targets the one is shown that the best row recognises worst.
        folders: of their runs, by name.
        store: where vectors are looked up; none is made.
    """
    known = [row for row in rows if row.competes and row.predictions]
    if not known:
        return None
    best = known[0]
    target = hardest_target(best.pairing, first_split(best.pairing))
    charts, notes = [], []
    for row in best_of_each(known):
        extractor = row.pairing.extractor
        try:
            found = vector_map(row, folders[row.run], store, target)
        except FacebenchError as error:
            notes.append(f"{extractor} has no map: {error}")
            continue
        notes += [f"{extractor}: {note}." for note in found.notes]
        if found.paths:
            charts.append((row.title, map_chart(found, row.title)))
    if not charts:
        return Figures([], " ".join(notes), [])
    caption = (
        "Each test photo where the first two principal components of the extractor's vectors put it: near each other "
        "are photos that the extractor finds alike, as far as a plane can show it. The axes have one scale."
    )
    if len({test.target for test in best.pairing.targets}) > 1:
        caption += f" This is {target}, whom {best.title} recognises worst."
    return Figures(charts, " ".join([caption, *notes]), _legend(target))


def _legend(target: str) -> list[Series]:
    looks = ((f"photo of {target}", MARKERS[True], _DOT), ("of others", MARKERS[False], _DOT))
    return [*(Series("", *look) for look in looks), Series("", "decided wrong in some split", "cross", _CROSS)]
