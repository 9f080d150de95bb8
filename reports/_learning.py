"""The learning curve that lies beside a run: of the same photos and the same person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..benchmarks.comparison import Row
from ..benchmarks.results import CURVE, CurvePoint, CurveResult, RunResult, read_curve
from ..errors import FacebenchError
from ._series import Series, another_series


def find_curves(folders: Iterable[Path]) -> tuple[list[CurveResult], list[str]]:
    """Return the learning curves among the folders beside some runs, newest first, and which cannot be read."""
    files = {file for folder in folders for file in folder.resolve().parent.glob(f"*/{CURVE}")}
    curves, notes = [], []
    for file in sorted(files, key=lambda file: file.parent.name, reverse=True):
        try:
            curves.append(read_curve(file.parent))
        except FacebenchError as error:
            notes.append(str(error))
    return curves, notes


def curve_of(result: RunResult, curves: Sequence[CurveResult]) -> CurveResult | None:
    """Return the newest curve of the same photos and the same target as a run; None where there is none."""
    for curve in curves:
        same = curve.dataset.fingerprint == result.dataset.fingerprint and result.targets == [curve.target]
        if same and any(point.balanced_accuracy is not None for point in curve.points):
            return curve
    return None


def points_of(curve: CurveResult, known: Mapping[Series, Row]) -> dict[Series, list[CurvePoint]]:
    """Return a curve's points by pairing; those among known rows look as they do elsewhere."""
    styles = {(row.pairing.extractor, row.pairing.head): series for series, row in known.items()}
    lines: dict[Series, list[CurvePoint]] = {}
    for point in curve.points:
        pairing = (point.extractor, point.head)
        if pairing not in styles:
            styles[pairing] = another_series(" x ".join(pairing), len(styles))
        lines.setdefault(styles[pairing], []).append(point)
    return lines
