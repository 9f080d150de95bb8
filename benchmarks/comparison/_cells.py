"""Cells of a row: means over targets and repeats, counts of errors, operating points."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from ..results import Metrics
from ..statistics import one_sided_bound, strangers_needed
from ._row import NOTHING, Cell, Row

Show = Callable[[float], str]

#: A bound is shown with one decimal of a per cent, and never as nothing.
_LEAST_BOUND = 0.001


def percent(share: float) -> str:
    """Return a share in per cent.

    >>> percent(0.987)
    '98.7'
    """
    return f"{100 * share:.1f}"


def thousandths(share: float) -> str:
    """Return a share with three decimals."""
    return f"{share:.3f}"


def estimated(metric: str, show: Show) -> Callable[[Row], Cell]:
    """Return the cell of a metric with an estimate: its mean, and its interval if it has one."""
    plain = mean(lambda metrics: getattr(metrics, metric), show)

    def cell(row: Row) -> Cell:
        estimate = row.pairing.estimates.get(metric)
        if estimate is None:
            return plain(row)
        if estimate.interval is None:
            return Cell(estimate.value, show(estimate.value))
        low, high = estimate.interval.low, estimate.interval.high
        return Cell(estimate.value, show(estimate.value), f"{show(low)}-{show(high)}", low, high)

    return cell


def mean(get: Callable[[Metrics], float | None], show: Show) -> Callable[[Row], Cell]:
    """Return the cell of a metric: its mean over repeats, then over targets; empty if a test has none."""

    def cell(row: Row) -> Cell:
        by_target: dict[str, list[float | None]] = {}
        for result in row.pairing.targets:
            by_target.setdefault(result.target, []).append(get(result.metrics))
        means = [fmean(found) for values in by_target.values() if (found := [v for v in values if v is not None])]
        return Cell(fmean(means), show(fmean(means))) if means else NOTHING

    return cell


def errors(rate: str, count: Callable[[Metrics], int], photos: Callable[[Metrics], int]) -> Callable[[Row], Cell]:
    """Return the cell of a kind of error: its count in all tests, and an upper bound if there is no error."""

    def cell(row: Row) -> Cell:
        tests = [result.metrics for result in row.pairing.targets]
        total, found = sum(map(photos, tests)), sum(map(count, tests))
        if not total:
            return NOTHING
        bound = None if found else bound_without_error(row, rate)
        return Cell(found / total, f"{found}/{total}", "" if bound is None else f"< {percent(bound)} %")

    return cell


def bound_without_error(row: Row, rate: str) -> float | None:
    """Return the 95 % upper limit of a rate of errors of which there is none; None where nothing is estimated.

    It counts the independent units of this kind of error; of the smaller class where an older run does not tell.
    """
    estimate = row.pairing.estimates.get(rate) or row.pairing.estimates.get("balanced_accuracy")
    return max(one_sided_bound(estimate.units), _LEAST_BOUND) if estimate else None


def operating_point(far: float) -> Callable[[Row], Cell]:
    """Return the cell of the true accept rate at a false accept rate, or how many impostors (other people) it needs."""

    def cell(row: Row) -> Cell:
        found = [point for result in row.pairing.targets for point in result.operating if point.far == far]
        if not found:
            return NOTHING
        rates = [point.tar for point in found if point.tar is not None]
        if len(rates) < len(found):
            return Cell(None, f"needs {strangers_needed(far)[0]:,} strangers")
        return Cell(fmean(rates), percent(fmean(rates)))

    return cell
