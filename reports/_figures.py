"""The charts of a comparison, each with its caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ..benchmarks.charts import mean_roc, resolution_of
from ..benchmarks.comparison import Row, left_out
from ..benchmarks.examples import first_split, hardest_target
from ..benchmarks.results import CurveResult
from ..errors import counted
from ._histogram import Histogram, count_scores
from ._learning import points_of
from ._series import Series
from ._training import losses_of
from .charts import HIGHEST_RATE, det_chart, histogram_chart, learning_chart, losses_chart, low_far_chart, roc_chart

#: What the two lines of a training curve are, whatever their hue.
_LOSSES = [Series("", "loss on training photos", "hue6 solid"), Series("", "on validation photos", "hue6 dashed")]


@dataclass(frozen=True)
class Figures:
    """Charts that belong together.

    Attributes:
        charts: a heading ("" for none) and the markup of each.
        caption: what is to be seen, and what must be known to read it.
        legend: the pairings, where charts show several.
    """

    charts: list[tuple[str, Markup]]
    caption: str
    legend: list[Series]


def curve_figures(known: Mapping[Series, Row]) -> Figures | None:
    """Return the ROC curves, also at low false accept rates, and the DET curves; None where a run kept none."""
    means = {series: curve for series, row in known.items() if (curve := mean_roc(row.pairing.targets))}
    if not means:
        return None
    lowest_far, lowest_frr = resolution_of(known[series].pairing.targets for series in means)
    count = max(len(known[series].pairing.targets) for series in means)
    caption = "ROC: the share of the target's photos that is accepted, over the share of others' that is. "
    if count > 1:
        caption += f"Mean of {count} tests at equal false accept rates; scores of different tests are never mixed. "
    charts = [("ROC", roc_chart(means))]
    if lowest_far > HIGHEST_RATE / 2 or lowest_frr > HIGHEST_RATE / 2:
        return Figures(charts, f"{caption}The tests hold too few photos for lower rates and a DET curve.", list(means))
    caption += (
        "At low false accept rates: the same, stretched where thresholds are used. "
        "DET: the same as errors, lower is better; scores that are normally distributed give a straight line. "
        f"Both begin at what the tests can resolve: {100 * lowest_far:.2g} % of others in one test, "
        f"{100 * lowest_frr:.2g} % of the target's photos in all. What lies below, zero included, is drawn there."
    )
    charts.append(("ROC at low false accept rates", low_far_chart(means, lowest_far)))
    charts.append(("DET", det_chart(means, (lowest_far, lowest_frr))))
    return Figures(charts, caption, list(means))


def score_figures(known: Mapping[Series, Row], best: Row) -> Figures | None:
    """Return the scores of each pairing on one target in one split; None where no run kept rows of test photos.

    Args:
        known: the pairings.
        best: of several targets the one is taken that this row recognises worst.
    """
    split = first_split(best.pairing)
    target = hardest_target(best.pairing, split)
    counted_scores = {series: counts for series, row in known.items() if (counts := _counts(row, target, split))}
    if not counted_scores:
        return None
    caption = f"Photos of {target} upwards, of others downwards, each on a scale of its own; "
    caption += "from the dashed threshold on a photo is taken for the target. No bar straddles it. "
    if len({test.target for test in best.pairing.targets}) > 1:
        caption += "Scores and thresholds are each target's own: "
        caption += f"this is {target}, whom {best.title} recognises worst. "
    if len({test.split_seed for test in best.pairing.targets}) > 1:
        caption += f"One split of several, seed {split}. "
    if unscored := max(sum(counts.unscored) for counts in counted_scores.values()):
        caption += f"Up to {counted(unscored, 'photo')} without a vector {'has' if unscored == 1 else 'have'} no score."
    charts = [(series.label, histogram_chart(series, counts, target)) for series, counts in counted_scores.items()]
    return Figures(charts, caption.strip(), [])


def _counts(row: Row, target: str, split: int) -> Histogram | None:
    tested = list(row.predictions.where(target=target, split_seed=split))
    thresholds = [test.threshold for test in row.pairing.targets if (test.target, test.split_seed) == (target, split)]
    return count_scores(tested, thresholds[0]) if thresholds else None


def loss_figures(known: Mapping[Series, Row]) -> Figures | None:
    """Return the losses of heads that have epochs, all on one scale; None where there are none."""
    found = {series: losses for series, row in known.items() if (losses := losses_of(row.pairing.targets))}
    if not found:
        return None
    every = [loss for losses in found.values() for loss in losses]
    lowest = min(0.0, *(1.05 * min(loss.low) for loss in every))
    highest = max(lowest + 1e-6, *(1.05 * max(loss.high) for loss in every))
    caption = "Photos of validation are not trained on."
    if (tests := max(loss.tests for loss in every)) > 1:
        caption += f" Lines: means of {tests} tests; bands: what 95 % of them lie between."
    if astray := sum(loss.astray for loss in every):
        caption += f" Losses that are no finite numbers are left out: {astray}."
    charts = [(series.label, losses_chart(series, losses, (lowest, highest))) for series, losses in found.items()]
    return Figures(charts, caption, _LOSSES)


def learning_figures(curve: CurveResult, known: Mapping[Series, Row]) -> Figures:
    """Return a learning curve; pairings among the known ones look as they do elsewhere."""
    points = points_of(curve, known)
    bands = "what 95 % of draws lie between" if curve.intervals == "draws" else "95 %, of another draw on other photos"
    banded = any(point.balanced_interval for of in points.values() for point in of)
    caption = (
        f"How many photos are enough: balanced accuracy with ever more photos of {curve.target}, training and "
        f"validation together. Mean of {counted(curve.draws, 'random draw')}"
        f"{f'; bands: {bands}' if banded else ''}. The last point holds all photos."
    )
    caption += "".join(f" {note}." for note in left_out(curve))
    return Figures([("", learning_chart(points, curve.target))], caption, list(points))
