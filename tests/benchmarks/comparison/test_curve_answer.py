"""The answer of a learning curve: what is shown to be enough, what still rises, and what cannot be said."""

from collections.abc import Callable

import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import print_curve
from facebench.benchmarks.comparison._curve_answer import answer_of
from facebench.benchmarks.results import CurvePoint, CurveResult, CurveStep, Interval
from facebench.benchmarks.results._schema import DatasetSummary

Tested = tuple[int, float, float | None, float | None]


@pytest.fixture
def curve() -> Callable[..., CurveResult]:
    """Return a function that makes a curve from (photos, balanced accuracy, upper limit of the difference, p)."""

    def curve(*tested: Tested, low: float = 0.8) -> CurveResult:
        whole = tested[-1][1]
        steps = [
            CurveStep(
                photos_of_me=photos, extractor="sface", head="svm", balanced_accuracy=value,
                difference=None if p is None else value - whole, p=p,
                interval=None if high is None else Interval(low=-0.5, high=high),
            )
            for photos, value, high, p in tested
        ]  # fmt: skip
        points = [
            CurvePoint(
                extractor="sface", head="svm", photos_of_me=photos, draws=3, balanced_accuracy=value,
                balanced_interval=Interval(low=low, high=1.0), accuracy=None, accuracy_interval=None,
            )
            for photos, value, *_ in tested
        ]  # fmt: skip
        data = DatasetSummary(title="Faces", slug="faces", photos=9, people=1, skipped_files={}, fingerprint="")
        return CurveResult(
            command="", dataset=data, settings=Settings(), target="me", draws=3, points=points, steps=steps, versions={}
        )

    return curve


@pytest.mark.parametrize(
    ("tested", "answer"),
    [
        pytest.param(
            [(5, 0.9, 0.0, 0.4), (20, 0.96, 0.02, 0.03), (50, 0.97, 0.02, 0.01), (80, 0.97, None, None)],
            "20 photos of you are enough: sface x svm with them (balanced accuracy 96.0 %) is shown not to be worse "
            "than the best with all 80 (balanced accuracy 97.0 %) by more than 2 points.",
            id="the smallest that is shown",
        ),
        pytest.param(
            [(5, 0.7, -0.1, 1.0), (50, 0.9, -0.01, 0.9), (80, 0.97, None, None)],
            "The curve still rises: 80 photos of you (balanced accuracy 97.0 %) are better than 50 (balanced accuracy "
            "90.0 %), and more may be better still.",
            id="all are better than the number before",
        ),
        pytest.param(
            [(5, 0.9, 0.1, 0.9), (20, 0.96, 0.1, 0.3), (50, 0.98, 0.1, 0.2), (80, 0.97, None, None)],
            "20 photos of you may be enough: from there on the best (balanced accuracy 96.0 %) is within 2 points of "
            "that with all 80 (balanced accuracy 97.0 %), but the test is too small to show it.",
            id="flat, but not shown",
        ),
        pytest.param(
            [(5, 0.97, 0.1, 0.9), (50, 0.9, 0.1, 0.9), (80, 0.97, None, None)],
            "How many photos of you are enough cannot be said: the best with 50 (balanced accuracy 90.0 %) and with "
            "all 80 (balanced accuracy 97.0 %) differ by more than 2 points, and the test is too small to show "
            "whether the curve still rises.",
            id="neither",
        ),
        pytest.param([(80, 0.97, None, None)], "", id="one number"),
        pytest.param([], "", id="an older curve"),
    ],
)
def test_one_sentence_answers(tested: list[Tested], answer: str, curve: Callable[..., CurveResult]) -> None:
    made = curve(*tested) if tested else curve((80, 0.97, None, None)).model_copy(update={"steps": []})
    assert answer_of(made) == answer


def test_nothing_is_enough_where_all_is_chance(curve: Callable[..., CurveResult]) -> None:
    made = curve((5, 0.5, 0.01, 0.001), (80, 0.5, None, None), low=0.4)
    assert answer_of(made) == "Nothing is shown to be better than chance, with however many photos of you."


@pytest.mark.parametrize("style", ["table", "md"])
def test_the_curve_ends_in_it(
    style: str, curve: Callable[..., CurveResult], capsys: pytest.CaptureFixture[str]
) -> None:
    made = curve((5, 0.96, 0.02, 0.03), (80, 0.97, None, None))
    print_curve(made, style)
    last = " ".join(capsys.readouterr().out.strip().split("\n\n")[-1].split())
    assert last == answer_of(made)
