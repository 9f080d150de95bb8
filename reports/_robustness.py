"""How runs do on degraded copies of their test photos, where `bench robust` has measured it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..benchmarks.comparison import Row
from ..benchmarks.results import RobustnessKind, RobustnessResult, RobustnessRow, read_robustness
from ..errors import FacebenchError
from ._figures import Figures
from ._series import Series
from .charts import robustness_chart


def find_robustness(folders: Mapping[str, Path]) -> tuple[dict[str, RobustnessResult], list[str]]:
    """Return what was measured of runs, by their names, and which files cannot be read."""
    found, notes = {}, []
    for name, folder in folders.items():
        try:
            if result := read_robustness(folder):
                found[name] = result
        except FacebenchError as error:
            notes.append(str(error))
    return found, notes


def robustness_figures(known: Mapping[Series, Row], measured: Mapping[str, RobustnessResult]) -> Figures | None:
    """Return a chart for each kind of degradation; None where nothing was measured of the known pairings.

    Args:
        known: the pairings.
        measured: by name of the run.
    """
    rows: dict[Series, RobustnessRow] = {}
    kinds: dict[str, RobustnessKind] = {}
    for series, row in known.items():
        result = measured.get(row.run)
        pairing = (row.pairing.extractor, row.pairing.head)
        for found in result.rows if result else ():
            if (found.extractor, found.head) == pairing:
                rows[series] = found
                kinds |= {kind.kind: kind for kind in result.kinds} if result else {}
    if not rows:
        return None
    areas = ", ".join(f"{series.label} {100 * row.area.value:.1f} %" for series, row in rows.items())
    caption = (
        "Balanced accuracy on degraded copies of the test photos, with heads and thresholds as they were tested; at "
        f"the left the photos themselves; bands: 95 % intervals. Mean area under these curves: {areas}."
    )
    return Figures([(name, robustness_chart(kind, rows)) for name, kind in kinds.items()], caption, list(rows))
