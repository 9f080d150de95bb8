"""Plots of a run, in the colours of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from textwrap import fill
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ...errors import FacebenchError, printable
from ..charts import (
    COLOURS,
    INK,
    PAPER,
    QUIET,
    Look,
    MeanRoc,
    chart_style,
    confusion_of,
    line_style,
    looks_of,
    mean_roc,
    resolution_of,
)
from ..comparison import Row
from ..examples import VectorMap
from ..results import PairingResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Shown = TypeVar("_Shown")
_MINE, _OTHERS = COLOURS[1], COLOURS[0]
#: Beyond this rate of false accepts nobody uses a threshold.
_HIGHEST = 0.5
_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99)


def _or_in_a_figure(draw: Callable[[_Shown, Axes], None]) -> Callable[[_Shown, Axes | None], Axes]:
    """Let a function draw on the axes that it is given, or else in a new figure, in the style of the report."""

    @wraps(draw)
    def drawn(shown: _Shown, ax: Axes | None) -> Axes:
        if ax is not None:
            draw(shown, ax)
            return ax
        from matplotlib import pyplot

        # A backend that is loaded within a style loses its settings as that ends: a notebook would show no figure then.
        pyplot.draw_if_interactive()  # type: ignore[no-untyped-call]
        with chart_style():
            figure, ax = pyplot.subplots(layout="constrained")
            try:
                draw(shown, ax)
            except FacebenchError:
                pyplot.close(figure)
                raise
            figure.set_figheight(4.8 + 0.2 * len(ax.lines))  # room for the legend
        return ax

    return drawn


@_or_in_a_figure
def draw_roc(rows: Sequence[Row], ax: Axes) -> None:
    """Draw the mean ROC curve of each pairing; the legend names the area under it."""
    curves = _curves(rows)
    ax.plot([0, 100], [0, 100], color=QUIET, linewidth=1, linestyle="dotted")
    for look, curve in curves:
        ax.plot(100 * curve.far, 100 * curve.tar, label=f"{_literal(look.label)}: AUC {curve.auc:.3f}", **_style(look))
    ax.set(xlabel="false accept rate %", ylabel="true accept rate %", aspect="equal", xlim=(-2, 102), ylim=(-2, 102))
    _name_below(ax)


@_or_in_a_figure
def draw_det(rows: Sequence[Row], ax: Axes) -> None:
    """Draw the mean DET curve of each pairing on axes of normal deviates, as far as the tests can resolve it."""
    from scipy.special import ndtr, ndtri

    curves = _curves(rows)
    lowest_far, lowest_frr = resolution_of(look.row.pairing.targets for look, _ in curves)
    if max(lowest_far, lowest_frr) > _HIGHEST / 2:
        raise FacebenchError("The tests hold too few photos for a DET curve.")
    points = [(look, *curve.above(lowest_far, _HIGHEST)) for look, curve in curves]
    highest = min(0.99, max(0.1, 4 * lowest_frr, *(1.15 * (1 - tar[0]) for *_, tar in points)))
    for look, far, tar in points:
        rates = np.clip(far, lowest_far, _HIGHEST), np.clip(1 - tar, lowest_frr, highest)
        ax.plot(*rates, label=_literal(look.label), **_style(look))
    ax.set_xscale("function", functions=(ndtri, ndtr))
    ax.set_yscale("function", functions=(ndtri, ndtr))
    ax.set(xlabel="false accept rate %", ylabel="false reject rate %")
    ax.set(xlim=(lowest_far, _HIGHEST), ylim=(lowest_frr, highest))
    ax.set_xticks(*_ticks(lowest_far, _HIGHEST))
    ax.set_yticks(*_ticks(lowest_frr, highest))
    _name_below(ax)


@_or_in_a_figure
def draw_confusion(pairing: PairingResult, ax: Axes) -> None:
    """Draw how often photos of the target and of others were decided how, in all tests of a pairing together."""
    from matplotlib.colors import LinearSegmentedColormap

    counts = np.array([[cell.count for cell in cells] for _, cells in confusion_of(pairing.targets).rows])
    me, others = counts.sum(axis=1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    ax.grid(False)
    ax.imshow(shares, LinearSegmentedColormap.from_list("", [PAPER, COLOURS[0]]), vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        ink = PAPER if shares[row, column] > 0.5 else INK
        text = f"{count:,}\n{100 * shares[row, column]:.1f} %"
        ax.text(column, row, text, color=ink, ha="center", va="center", fontsize="x-large")
    ax.set_xticks([0, 1], ['"me"', '"not me"'])
    ax.set_yticks([0, 1], [f"me\n({me:,})", f"others\n({others:,})"])
    ax.set(xlabel="decision", ylabel="photo", title=fill(_literal(f"{pairing.extractor} x {pairing.head}"), 50))


@_or_in_a_figure
def draw_map(vectors: VectorMap, ax: Axes) -> None:
    """Draw the test photos of a target in the plane in which their vectors differ most; errors are crossed."""
    if not len(vectors.points):
        raise FacebenchError(". ".join([*vectors.notes, ""]).strip())
    for label, chosen, color, marker, size in (
        ("others", ~vectors.mine, _OTHERS, "o", 15),
        (_literal(vectors.target), vectors.mine, _MINE, "D", 20),
        ("decided wrongly", vectors.wrong, INK, "x", 60),
    ):
        x, y = vectors.points[chosen].T
        ax.scatter(x, y, s=size, color=color, marker=marker, label=label, linewidths=1)
    first, second = (f"{100 * share:.0f} % of the variance" for share in vectors.explained)
    notes = [fill(f"{note}.", 80) for note in vectors.notes]
    ax.set_xlabel("\n".join([f"first component ({first})", *notes]))
    ax.set_ylabel(f"second component ({second})")
    ax.set_title(fill(_literal(vectors.pairing), 50))
    ax.legend()


def _curves(rows: Sequence[Row]) -> list[tuple[Look, MeanRoc]]:
    curves = [(look, curve) for look in looks_of(rows) if (curve := mean_roc(look.row.pairing.targets))]
    if not curves:
        raise FacebenchError("The run was made by an older facebench, which saved no curves: make it again.")
    return curves


def _style(look: Look) -> dict[str, Any]:
    # What competes lies above the audits, wherever it stands among the rows.
    return {**line_style(look.hue, look.dash), "zorder": 3 if look.row.competes else 2}


def _name_below(ax: Axes) -> None:
    """Put the legend below the axes: names of pairings may be as long as an axis."""
    ax.legend(loc="upper left", bbox_to_anchor=(0, -0.14), borderaxespad=0, frameon=False)


def _ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Return ticks of rates; the first stands for all that the tests cannot resolve, zero included."""
    rates = [rate for rate in _RATES if 1.2 * low < rate <= high]
    return [low, *rates], [f"≤{100 * low:.2g}", *(f"{100 * rate:g}" for rate in rates)]


def _literal(text: str) -> str:
    """Return text in which matplotlib sees no formula."""
    return printable(text).replace("$", r"\$")
