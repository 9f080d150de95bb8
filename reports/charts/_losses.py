"""Losses by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from .._series import Series
from .._training import Losses
from ._axes import Axis, linear_axis
from ._svg import SMALL, Chart

_LOSSES = {"loss": ("training", "solid"), "val_loss": ("validation", "dashed")}


def losses_chart(series: Series, losses: Sequence[Losses], scale: tuple[float, float]) -> Markup:
    """Return the losses of a pairing by epoch, between the ends of a scale."""
    last = max(loss.epochs[-1] for loss in losses)
    ends = "; ".join(f"{_LOSSES[loss.name][0]} ends at {loss.mean[-1]:.3g}" for loss in losses)
    step = max(1, round(last / 5))
    epochs = Axis("epoch", 1, max(last, 2), {n: f"{n}" for n in [1, *range(step, last + 1, step)] if n <= last})
    chart = Chart(f"Losses of {series.label}", f"{ends}.", epochs, linear_axis("loss", *scale), SMALL)
    for loss in losses:
        _, css = _LOSSES[loss.name]
        if loss.tests > 1:
            chart.band(list(zip(loss.epochs, loss.low, loss.high, strict=True)), f"band {css} {series.css}")
    for loss in losses:
        _, css = _LOSSES[loss.name]
        chart.line(list(zip(loss.epochs, loss.mean, strict=True)), f"line {css} {series.css}")
    return chart.markup()
