"""What `bench robust` prints and draws: whole words on a terminal of 80 columns, every figure as CSV and JSON."""

import csv
import io
import json
from pathlib import Path

import pytest
from facebench.benchmarks.charts import is_robustness, plot_robustness
from facebench.benchmarks.results import (
    AreaDifference,
    Estimate,
    Interval,
    RobustnessCurve,
    RobustnessKind,
    RobustnessResult,
    RobustnessRow,
    RobustnessStep,
)
from facebench.benchmarks.robustness import robustness_text
from facebench.data import DEGRADATIONS
from PIL import Image
from rich.cells import cell_len
from rich.console import Console

from .conftest import Bench


def estimate(value: float, *, wide: bool = True) -> Estimate:
    interval = Interval(low=value - 0.05, high=min(1.0, value + 0.05)) if wide else None
    return Estimate(value=value, interval=interval, units=40)


def row(extractor: str, loss: float, *, wide: bool = True) -> RobustnessRow:
    """Return a pairing that loses, at each step of the kinds in their order, ever more."""
    curves = []
    for number, name in enumerate(DEGRADATIONS):
        values = [1 - step * number * loss for step in range(6)]
        steps = [
            RobustnessStep(
                step=step,
                balanced_accuracy=estimate(value, wide=wide),
                false_rejects=step,
                false_accepts=number,
                no_vector_me=2 * step,
                no_vector_others=3 * step,
            )
            for step, value in enumerate(values)
        ]
        curves.append(RobustnessCurve(kind=name, area=estimate(sum(values) / 6, wide=wide), steps=steps))
    area = estimate(sum(curve.area.value for curve in curves) / 8, wide=wide)
    return RobustnessRow(
        extractor=extractor, head="logreg", tests_of_me=100, tests_of_others=200, area=area, curves=curves
    )


def result_of(*rows: RobustnessRow) -> RobustnessResult:
    kinds = [RobustnessKind(kind=k.name, unit=k.unit, strengths=list(k.strengths)) for k in DEGRADATIONS.values()]
    return RobustnessResult(
        created="", command="", kinds=kinds, photos=90, without_box=1, left_out=[], rows=list(rows), versions={}
    )


@pytest.fixture
def result() -> RobustnessResult:
    versus = AreaDifference(value=-0.03, interval=Interval(low=-0.04, high=-0.02), p=0.0002)
    second = row("face_recognition(detector='yunet')", 0.012).model_copy(update={"versus_best": versus, "changed": 2})
    return result_of(row("sface", 0.01), second)


def shown(result: RobustnessResult, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    console.print(robustness_text(result, "table", width))
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_has_one_table_per_pairing_with_nothing_broken(result: RobustnessResult, width: int) -> None:
    lines = shown(result, width)
    assert max(map(cell_len, lines)) <= width
    for name in DEGRADATIONS:
        assert sum(line.split()[:1] == [name] for line in lines) >= 2
    turn, *_ = [line.split() for line in lines if line.split()[:1] == ["turn"]]
    assert turn == ["turn", "100.0", "94.0", "88.0", "82.0", "76.0", "70.0", "85.0", "0", "8.3"]
    assert any("10, 20, 30, 45, 60" in line for line in lines)
    assert sum(line.split() == ["80.0-90.0"] for line in lines) == 2  # below each area of 85 %


def test_the_first_sentence_says_who_loses_least_and_what_costs_most(result: RobustnessResult) -> None:
    first = str(robustness_text(result, "md")).split("\n")[0]
    assert first == (
        "sface x logreg keeps an area of 91.2 %, the largest of 2. What costs most is cover: balanced accuracy goes "
        "from 100.0 to 65.0 % at step 5 (% of the face's height, from below: 50); what costs least is blur, 100.0 % at "
        "step 5."
    )
    alone = result.rows[0].model_copy(update={"curves": result.rows[0].curves[2:3]})
    one = result.model_copy(update={"rows": [alone]})
    assert str(robustness_text(one, "md")).split("\n")[0] == (
        "sface x logreg keeps an area of 91.2 % under brighten: balanced accuracy goes from 100.0 to 90.0 % at step 5 "
        "(stops of exposure: 3)."
    )


def test_markdown_has_intervals_the_difference_and_what_to_know(result: RobustnessResult) -> None:
    text = str(robustness_text(result, "md"))
    assert "| jpeg | 100.0 (95.0-100.0) | 96.0 (91.0-100.0) |" in text
    assert "; -3.0 points against the best, p \\< .001 (95 %: -4.0 to -2.0):" in text
    assert "x logreg decides 2 of 300 tests otherwise than in the run" in text
    assert "No face is known on 1 photo:" in text
    assert "| blur | 1, 2, 3, 4, 6 | sigma, % of the face's side |" in text
    assert "No intervals" not in text
    assert "Note: No intervals" in str(robustness_text(result_of(row("sface", 0.01, wide=False)), "md"))


def test_csv_and_json_have_every_figure(result: RobustnessResult) -> None:
    lines = list(csv.DictReader(io.StringIO(str(robustness_text(result, "csv")))))
    assert len(lines) == 2 * 8 * 6
    line = next(line for line in lines if (line["kind"], line["step"]) == ("turn", "2"))
    assert float(line["strength"]) == 20
    assert float(line["balanced"]) == pytest.approx(0.88)
    assert (line["false_rejects"], line["false_accepts"]) == ("2", "6")
    assert (line["no_vector_me"], line["no_vector_others"]) == ("4", "6")
    assert lines[0]["strength"] == ""
    assert RobustnessResult.model_validate(json.loads(str(robustness_text(result, "json")))) == result


@pytest.mark.parametrize("kinds", [1, 3, 8])
def test_the_picture_is_known_as_one_and_has_a_chart_per_kind(
    result: RobustnessResult, kinds: int, tmp_path: Path
) -> None:
    fewer = result.model_copy(update={"kinds": result.kinds[:kinds]})
    file = tmp_path / "curves.png"
    file.write_bytes(plot_robustness(fewer))
    assert is_robustness(file)
    with Image.open(file) as image:
        assert image.width == pytest.approx(150 * (0.6 + 2.9 * min(4, kinds)))
    (tmp_path / "other.png").write_bytes(b"\x89PNG")
    assert not is_robustness(tmp_path / "other.png")


def test_the_command_prints_saves_and_draws(bench: Bench, run: Path) -> None:
    code, shown, message = bench("robust", "last", "--kinds", " turn , jpeg", "--image", "curves.png")
    assert code == 0
    assert shown.startswith("tint x logreg keeps an area of ")
    assert f"Saved in runs/{run.name}" in message
    assert Path("curves.png").stat().st_mode & 0o777 == 0o600
    written = Path("curves.png").read_bytes()
    code, shown, _ = bench("robust", "last", "--kinds", "jpeg", "--image", "curves.png", "--format", "csv")
    assert code == 0
    assert len(shown.splitlines()) == 1 + 6
    assert Path("curves.png").read_bytes() != written
    assert json.loads((run / "robust.json").read_text())["command"] == (
        "bench robust last --kinds jpeg --image curves.png --format csv"
    )
