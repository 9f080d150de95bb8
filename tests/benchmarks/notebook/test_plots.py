"""The plots of a run show the numbers of its table, in the colours of the report."""

from pathlib import Path

import facebench
import numpy as np
import pytest
from facebench.benchmarks.charts import COLOURS, PAPER, looks_of
from facebench.benchmarks.notebook._plots import draw_confusion
from facebench.benchmarks.results import PairingResult
from facebench.errors import FacebenchError
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from scipy.special import ndtri

from ...made_up import result_of


@pytest.fixture
def ax() -> Axes:
    """Axes of a figure that no window and no notebook knows of."""
    return Figure().subplots()


def test_the_areas_under_the_roc_curves_are_those_of_the_table(made: facebench.Run, ax: Axes) -> None:
    assert made.plot_roc(ax) is ax
    tested = made.table[made.table["head"] != "majority"]
    labels = [f"{row.extractor} x {row.head}: AUC {row.auc:.3f}" for row in tested.itertuples()]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == labels
    for line, auc in zip(ax.lines[1:], tested["auc"], strict=True):
        assert np.trapezoid(line.get_ydata(), line.get_xdata()) / 1e4 == pytest.approx(auc)


def test_a_det_curve_is_the_roc_curve_turned_over(made: facebench.Run, ax: Axes) -> None:
    roc = made.plot_roc(Figure().subplots())
    made.plot_det(ax)
    assert ax.get_xlim() == (pytest.approx(1 / 14), 0.5)  # of 14 photos of others in each test
    for det, line in zip(ax.lines, roc.lines[1:], strict=True):
        far, frr = (np.array(rates) for rates in det.get_data())
        between = (far > far.min()) & (frr > frr.min()) & (np.diff(far, prepend=0) > 0) & (np.diff(far, append=1) > 0)
        expected = 1 - np.interp(far, line.get_xdata() / 100, line.get_ydata() / 100)
        np.testing.assert_allclose(frr[between], expected[between])
    assert ax.xaxis.get_transform().transform(0.2) == pytest.approx(ndtri(0.2))


def test_pairings_look_as_in_the_report(made: facebench.Run, ax: Axes) -> None:
    made.plot_roc(ax)
    looks = looks_of(made._group.rows)
    assert [to_hex(line.get_color()) for line in ax.lines[1:]] == [COLOURS[look.hue] for look in looks]
    assert [line.is_dashed() for line in ax.lines[1:]] == [look.dash > 0 for look in looks]
    assert {(look.hue, look.dash) for look in looks} == {(0, 0), (0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("pairing", [("colour", "logreg"), ("face_recognition", "centroid")])
def test_the_confusion_matrix_counts_the_predictions(pairing: tuple[str, str], made: facebench.Run, ax: Axes) -> None:
    rows = made.predictions
    rows = rows[(rows["extractor"] == pairing[0]) & (rows["head"] == pairing[1])]
    counts = [
        int(((rows["truth"] == truth) & (rows["decision"] == decision)).sum())
        for truth in ("me", "other")
        for decision in ("me", "other")
    ]
    made.plot_confusion(*pairing, ax=ax)
    assert [int(text.get_text().split("\n")[0]) for text in ax.texts] == counts
    assert ax.get_title() == " x ".join(pairing)


def test_the_confusion_matrix_is_of_the_best_pairing_by_default(made: facebench.Run, ax: Axes) -> None:
    assert made.plot_confusion(ax=ax).get_title() == f"{made.table['extractor'][0]} x {made.table['head'][0]}"


def test_no_name_is_a_formula(ax: Axes) -> None:
    draw_confusion(PairingResult(extractor="a$b$", head="$\\nope$", targets=[result_of([1, 0], [1, 0])]), ax)
    ax.figure.canvas.draw()
    assert ax.get_title() == r"a\$b\$ x \$\nope\$"


def test_the_map_crosses_what_went_wrong(made: facebench.Run, ax: Axes) -> None:
    made.plot_embeddings("colour", "logreg", ax=ax)
    others, mine, wrong = (cloud.get_offsets() for cloud in ax.collections)
    rows = made.predictions
    tested = rows[(rows["extractor"] == "colour") & (rows["head"] == "logreg")].drop_duplicates("path")
    assert (len(others), len(mine)) == ((tested["truth"] == "other").sum(), (tested["truth"] == "me").sum())
    assert len(wrong) == len(made.errors("colour", "logreg")) > 0
    assert {tuple(point) for point in wrong} <= {tuple(point) for point in [*others, *mine]}


def test_the_map_says_what_is_not_on_it(made: facebench.Run, ax: Axes) -> None:
    made.plot_embeddings("face_recognition", ax=ax)
    assert "without a vector are not on the map." in ax.get_xlabel()


def test_vectors_that_are_not_stored_have_no_map(
    made: facebench.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    with pytest.raises(FacebenchError, match="the store does not have their vectors any more"):
        made.plot_embeddings("colour")


@pytest.mark.parametrize("plot", ["plot_confusion", "plot_embeddings"])
def test_a_pairing_that_was_not_tested_is_refused(plot: str, made: facebench.Run, ax: Axes) -> None:
    with pytest.raises(FacebenchError, match="Did you mean 'colour'"):
        getattr(made, plot)("color", ax=ax)


def test_a_figure_is_made_where_none_is_given(made: facebench.Run) -> None:
    axes = made.plot_roc()
    assert pyplot.gcf() is axes.figure
    assert to_hex(axes.figure.get_facecolor()) == PAPER
    pyplot.close(axes.figure)


def test_no_empty_figure_is_left_where_nothing_can_be_drawn(
    made: facebench.Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    with pytest.raises(FacebenchError):
        made.plot_embeddings("colour")
    assert pyplot.get_fignums() == []
