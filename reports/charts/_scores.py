"""The scores of one test, on both sides of its threshold."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ...errors import counted
from .._histogram import Histogram
from .._series import Series
from ._axes import Axis, linear_axis
from ._svg import SMALL, Chart


def histogram_chart(series: Series, counts: Histogram, target: str) -> Markup:
    """Return the scores of one test: photos of the target upwards, of others downwards."""
    mine, others = max(*counts.mine, 1), max(*counts.others, 1)
    halves = {1.0: f"{mine}", 0.0: "0", -1.0: f"{others}"}
    chart = Chart(
        f"Scores of {series.label} on {target}",
        f"{_side(counts.mine, counts)} photos of {target} and {_side(counts.others, counts)} of others "
        f"score {counts.threshold:.3g}, the threshold, or more.",
        linear_axis("score", counts.edges[0], counts.edges[-1], 6),
        Axis("", -1.12, 1.12, halves),
        SMALL,
    )
    chart.beside(0.56, "target")
    chart.beside(-0.56, "others")
    for whose, bars, most, sign in (("mine", counts.mine, mine, 1), ("others", counts.others, others, -1)):
        for start, end, count in zip(counts.edges[:-1], counts.edges[1:], bars, strict=True):
            if count:
                of = target if whose == "mine" else "others"
                tip = f"{counted(count, 'photo')} of {of} from {start:.3g} to {end:.3g}"
                chart.bar((start, 0), (end, sign * count / most), f"bar {whose}", tip)
    chart.line([(counts.edges[0], 0), (counts.edges[-1], 0)], "axis")
    chart.line([(counts.threshold, -1.12), (counts.threshold, 1.12)], "threshold")
    at = chart.x.place(counts.threshold)
    anchor = "start" if at < 0.15 else "end" if at > 0.85 else "middle"
    chart.text(counts.threshold, 1.12, f"threshold {counts.threshold:.3g}", f"note {anchor}", (0, -6))
    return chart.markup()


def _side(bars: Sequence[int], counts: Histogram) -> str:
    above = sum(n for edge, n in zip(counts.edges, bars, strict=False) if edge >= counts.threshold)
    return f"{above} of {sum(bars)}"
