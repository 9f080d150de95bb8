"""The comparison: what is ranked with what, which row is best, and what is said about it."""

from collections.abc import Callable
from statistics import stdev
from typing import Any

import pytest
from facebench.benchmarks import Group, Prediction, RunResult, check_columns, compare_runs
from facebench.benchmarks._difference import difference
from facebench.benchmarks._presets import REPORT
from facebench.benchmarks._schema import Skipped
from facebench.benchmarks._table import best_value, why_apart
from facebench.errors import FacebenchError

BASELINE = ("mobilenet", "mlp")
OURS = ("face_recognition", "svm")
MAJORITY = ("", "majority")


@pytest.fixture
def run(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> Callable[..., RunResult]:
    """Return a function that makes a run of one target from {pairing: errors}; a pairing without errors has none."""

    def run(errors: dict[tuple[str, str], int], **fields: Any) -> RunResult:
        return run_of({pair: [tested(rejects=count)] for pair, count in errors.items()}, **fields)

    return run


def test_rows_are_ranked_best_first(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({MAJORITY: 10, BASELINE: 3, OURS: 1, ("mobilenet", "svm"): 2}))])
    assert _titles(group) == ["face_recognition x svm", "mobilenet x svm", "mobilenet x mlp", "majority"]


def test_equal_rows_are_ranked_by_name(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({("b", "svm"): 1, ("a", "svm"): 1, ("a", "mlp"): 1}))])
    assert _titles(group) == ["a x mlp", "a x svm", "b x svm"]


@pytest.mark.parametrize(
    ("column", "first"),
    [("balanced", "b x svm"), ("accuracy", "b x svm"), ("auc", "b x svm"), ("eer", "b x svm"),
     ("false_rejects", "b x svm"), ("false_accepts", "a x svm"), ("fit", "a x svm"), ("run", "a x svm")],
)  # fmt: skip
def test_any_column_ranks_best_first(
    column: str, first: str, run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {("a", "svm"): [tested(rejects=6)], ("b", "svm"): [tested(accepts=2)]}
    [group] = compare_runs([("0001", run_of(pairings))], sort=column)
    assert _titles(group)[0] == first


@pytest.mark.parametrize("column", ["balanced", "eer"], ids=["highest is best", "lowest is best"])
def test_rows_without_figures_come_last(
    column: str, run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {("blind", "svm"): [], ("seeing", "svm"): [tested(rejects=9, accepts=9)]}
    [group] = compare_runs([("0001", run_of(pairings))], sort=column)
    assert _titles(group) == ["seeing x svm", "blind x svm"]


def test_runs_on_the_same_photos_are_one_ranking(run: Callable[..., RunResult]) -> None:
    runs = [("0001", run({MAJORITY: 10, BASELINE: 3})), ("0002", run({MAJORITY: 10, OURS: 1}))]
    groups = compare_runs(runs)
    assert [_titles(group) for group in groups] == [["face_recognition x svm", "mobilenet x mlp", "majority"]]
    assert why_apart(groups) == ""


def test_the_newest_run_of_a_pairing_is_taken(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({BASELINE: 1, OURS: 3})), ("0002", run({BASELINE: 2}))])
    assert [(row.title, row.run, row.cell("false_rejects").text) for row in group.rows] == [
        ("mobilenet x mlp", "0002", "2/10"),
        ("face_recognition x svm", "0001", "3/10"),
    ]


def test_a_pairing_with_another_threshold_is_another_row_and_majority_is_not(run: Callable[..., RunResult]) -> None:
    runs = [(rule, run({MAJORITY: 10, BASELINE: 1}, threshold=rule)) for rule in ("auto", "accuracy")]
    [group] = compare_runs(runs)
    assert [(row.title, row.cell("threshold").text) for row in group.rows[:2]] == [
        ("mobilenet x mlp", "auto"),
        ("mobilenet x mlp", "accuracy"),
    ]
    assert _titles(group)[2:] == ["majority"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"fingerprint": "others"}, "these runs differ in photos."),
        ({"test_hash": "x", "targets": ["bob"]}, "these runs differ in targets."),
        ({"test_hash": "x", "seed": 1}, "these runs differ in seed of the split."),
        ({"fingerprint": "others", "seed": 1}, "these runs differ in photos and seed of the split."),
        ({"test_hash": "x"}, "these runs differ in the photos that could be read."),
    ],
    ids=["photos", "targets", "seed", "photos and seed", "readable photos"],
)
def test_runs_on_other_photos_are_tables_of_their_own_with_the_reason(
    fields: dict[str, Any], reason: str, run: Callable[..., RunResult]
) -> None:
    groups = compare_runs([("0001", run({BASELINE: 1})), ("0002", run({OURS: 2}, **fields))])
    assert [_titles(group) for group in groups] == [["mobilenet x mlp"], ["face_recognition x svm"]]
    assert why_apart(groups).startswith("2 tables: rows are ranked only against rows tested on the same photos")
    assert why_apart(groups).endswith(reason)


@pytest.mark.parametrize(("column", "best"), [("balanced", 0.95), ("eer", 1 / 11), ("false_accepts", 0.0)])
def test_the_best_value_is_the_highest_or_the_lowest(
    column: str, best: float, run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {BASELINE: [tested(rejects=1)], OURS: [tested(accepts=2)]}
    [group] = compare_runs([("0001", run_of(pairings))])
    assert best_value(group.rows, column) == pytest.approx(best)


@pytest.mark.parametrize("column", ["people", "threshold", "run"])
def test_a_column_without_better_and_worse_has_no_best(column: str, run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({BASELINE: 1, OURS: 2}))])
    assert best_value(group.rows, column) is None


def test_majority_is_never_best(run: Callable[..., RunResult]) -> None:
    # It accepts nobody: no false accepts, while both others have some.
    [group] = compare_runs([("0001", run({MAJORITY: 0, BASELINE: 4, OURS: 5}))])
    assert _titles(group)[0] == "majority"
    assert best_value(group.rows, "balanced") == pytest.approx(0.8)
    assert group.sentence.startswith("Best: mobilenet x mlp")


def test_one_row_alone_is_not_best(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({MAJORITY: 10, BASELINE: 1}))])
    assert best_value(group.rows, "balanced") is None


@pytest.mark.parametrize(
    ("errors", "sentence"),
    [
        pytest.param(
            {BASELINE: 3, OURS: 1},
            "Best: face_recognition x svm with a balanced accuracy of 95.0 %, +10.0 points against mobilenet x mlp.",
            id="better than the baseline",
        ),
        pytest.param(
            {BASELINE: 1, OURS: 3},
            "Best: mobilenet x mlp with a balanced accuracy of 95.0 %, the original report's own pairing; "
            "face_recognition x svm, the best with faces, -10.0 points against mobilenet x mlp.",
            id="the baseline is best",
        ),
        pytest.param(
            {OURS: 1, MAJORITY: 10},
            "Best: face_recognition x svm with a balanced accuracy of 95.0 %.",
            id="no baseline",
        ),
        pytest.param({MAJORITY: 10}, "", id="nothing but majority"),
    ],
)
def test_one_sentence_says_which_is_best_and_by_how_much(
    errors: dict[tuple[str, str], int], sentence: str, run: Callable[..., RunResult]
) -> None:
    [group] = compare_runs([("0001", run(errors))])
    assert group.sentence == sentence


def test_the_sentence_is_the_same_whatever_the_rows_are_sorted_by(run: Callable[..., RunResult]) -> None:
    runs = [("0001", run({BASELINE: 3, OURS: 1}))]
    assert {compare_runs(runs, sort)[0].sentence for sort in ("balanced", "eer", "run")} == {
        compare_runs(runs)[0].sentence
    }


def test_the_gain_is_over_the_people_tested_with_both(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    people = ["ann", "bob", "cy"]
    pairings = {
        BASELINE: [tested("ann", rejects=2), tested("bob", rejects=2), tested("cy", rejects=10)],
        OURS: [tested("ann", rejects=1), tested("bob", rejects=1)],
    }
    skipped = {OURS: [Skipped(target="cy", reason="1 training photos of cy have a vector; 2 are needed")]}
    [group] = compare_runs([("0001", run_of(pairings, skipped=skipped, targets=people))])
    # 10 points less than 90 % on ann and bob alone; over all three it would be 18.3.
    assert group.sentence == (
        "Best: face_recognition x svm with a balanced accuracy of 95.0 ±0.0 %, "
        "+5.0 points against mobilenet x mlp over the 2 people tested with both."
    )


def test_without_anybody_tested_with_both_there_is_no_gain(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {BASELINE: [tested("ann", rejects=2)], OURS: [tested("bob")]}
    [group] = compare_runs([("0001", run_of(pairings, targets=["ann", "bob"]))])
    assert group.sentence == "Best: face_recognition x svm with a balanced accuracy of 100.0 %."


@pytest.fixture(scope="module")
def rows_of() -> Callable[..., list[Prediction]]:
    """Return a function that makes the rows of `tested`, of pairings by their rejects; each stranger is somebody."""

    def rows_of(errors: dict[tuple[str, str], int]) -> list[Prediction]:
        return [
            Prediction(
                extractor=extractor,
                head=head,
                target="ann",
                path=f"{photo}.jpg",
                sha256="",
                person="ann" if photo < 10 else f"stranger {photo}",
                split_seed=0,
                truth="me" if photo < 10 else "other",
                score=0.5,
                decision="me" if rejects <= photo < 10 else "other",
                outcome="embedded",
                box="",
            )
            for (extractor, head), rejects in errors.items()
            for photo in range(20)
        ]

    return rows_of


def test_with_rows_at_hand_the_gain_has_its_interval(
    run: Callable[..., RunResult], rows_of: Callable[..., list[Prediction]]
) -> None:
    errors = {BASELINE: 4, OURS: 1}
    [group] = compare_runs([("0001", run(errors))], predictions={"0001": rows_of(errors)})
    gain = difference(rows_of({OURS: 1}), rows_of({BASELINE: 4}))
    assert gain is not None
    assert gain.low < gain.value < gain.high
    assert group.sentence == (
        f"Best: face_recognition x svm with a balanced accuracy of 95.0 %, {gain} against mobilenet x mlp."
    )


def test_the_gain_between_runs_has_its_interval_where_both_have_rows(
    run: Callable[..., RunResult], rows_of: Callable[..., list[Prediction]]
) -> None:
    runs = [("0001", run({BASELINE: 4})), ("0002", run({OURS: 1}))]
    rows = {"0001": rows_of({BASELINE: 4}), "0002": rows_of({OURS: 1})}
    sentences = [compare_runs(runs, predictions=some)[0].sentence for some in (rows, {"0001": rows["0001"]}, {}, None)]
    assert "+15.0 points (95 %: " in sentences[0]
    assert {sentence.partition("%, ")[2] for sentence in sentences[1:]} == {"+15.0 points against mobilenet x mlp."}


def test_the_reports_own_pairing_is_the_baseline_before_others_of_its_kind(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({BASELINE: 2, ("mobilenet", "mlp(seed=1)"): 3, REPORT: 5, OURS: 1}))])
    assert group.sentence.endswith(f"+20.0 points against {' x '.join(REPORT)}.")


def test_the_best_with_faces_is_told_where_it_is_not_the_best(run: Callable[..., RunResult]) -> None:
    errors = {("mobilenet", "svm"): 0, BASELINE: 4, ("face_recognition(upsample=2)", "logreg"): 2, OURS: 3}
    [group] = compare_runs([("0001", run(errors))])
    assert group.sentence == (
        "Best: mobilenet x svm with a balanced accuracy of 100.0 %, +20.0 points against mobilenet x mlp; "
        "face_recognition(upsample=2) x logreg, the best with faces, +10.0 points against mobilenet x mlp."
    )


def test_skipped_people_are_told_with_the_first_reason(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    skipped = [Skipped(target=name, reason=f"0 training photos of {name}") for name in ("bob", "cy")]
    [group] = compare_runs(
        [("0001", run_of({OURS: [tested()], MAJORITY: []}, skipped={OURS: skipped, MAJORITY: skipped[:1]},
                         targets=["ann", "bob", "cy"]))]
    )  # fmt: skip
    assert group.notes == ["face_recognition: 2 of 3 people could not be tested (0 training photos of bob)"]
    assert group.rows[0].cell("people").text == "1/3"


def test_warnings_and_early_ends_are_told_once(run: Callable[..., RunResult]) -> None:
    runs = [
        ("0001-few", run({BASELINE: 1, ("a", "svm"): 2}, warnings=["3 files skipped"], status="partial")),
        ("0002-few", run({OURS: 1}, warnings=["3 files skipped"])),
    ]
    [group] = compare_runs(runs)
    assert group.notes == ["3 files skipped", "Run 0001-few ended early"]


def test_the_caption_says_what_was_tested_on_what(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001", run({BASELINE: 1, OURS: 2}, seed=7))])
    assert group.caption == (
        "Faces: 100 photos, 10 people; target ann; test: 10 photos of the target, 10 of others; seed 7; "
        "threshold: the head's own"
    )


def test_the_caption_of_several_people_names_the_mean_and_every_rule(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {OURS: [tested("ann", rule="natural"), tested("bob", rule="balanced")]}
    [group] = compare_runs([("0001", run_of(pairings, targets=["ann", "bob"]))])
    assert "2 people in turn as the target (mean ± standard error)" in group.caption
    assert group.caption.endswith("threshold: best balanced accuracy on validation or the head's own")


def test_figures_of_several_people_are_the_mean_and_its_standard_error(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    errors = [0, 1, 4]
    people = ["ann", "bob", "cy"]
    results = [tested(name, rejects=count) for name, count in zip(people, errors, strict=True)]
    [group] = compare_runs([("0001", run_of({OURS: results}, targets=people))])
    values = [1 - count / 20 for count in errors]
    cell = group.rows[0].cell("balanced")
    assert cell.value == pytest.approx(sum(values) / 3)
    assert cell.stderr == pytest.approx(stdev(values) / 3**0.5)
    assert cell.text == f"{100 * cell.value:.1f} ±{100 * cell.stderr:.1f}"
    # Errors are counted, not averaged.
    assert group.rows[0].cell("false_rejects").text == "5/30"
    accuracy = group.rows[0].cell("accuracy")
    assert (accuracy.low, accuracy.high) == (None, None)


def test_the_figures_of_one_person_by_hand(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001-few", run({OURS: 2}))])
    assert {name: group.rows[0].cell(name).text for name in _COLUMNS} == _COLUMNS
    accuracy = group.rows[0].cell("accuracy")
    assert (accuracy.value, accuracy.stderr) == (0.9, None)
    assert accuracy.low < accuracy.value < accuracy.high


def test_majority_has_no_faces_times_or_threshold(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001-few", run({MAJORITY: 10}))])
    assert {group.rows[0].cell(name).text for name in ("no_face", "ms", "fit")} == {"-"}


@pytest.mark.parametrize("refuse", [lambda name: check_columns([name]), lambda name: compare_runs([], name)])
def test_an_unknown_column_suggests_the_nearest(refuse: Callable[[str], object]) -> None:
    with pytest.raises(FacebenchError, match=r"No column is named 'balance'\. Did you mean 'balanced'\?"):
        refuse("balance")


def test_no_runs_give_no_tables() -> None:
    assert compare_runs([]) == []
    assert why_apart([]) == ""


_COLUMNS = {
    "balanced": "90.0",
    "accuracy": "90.0 (69.9-97.2)",
    "auc": "0.900",
    "eer": "16.7",
    "false_accepts": "0/10",
    "false_rejects": "2/10",
    "no_face": "3",
    "ms": "20",
    "fit": "0.25",
    "people": "1/1",
    "threshold": "auto",
    "run": "0001",
}


def _titles(group: Group) -> list[str]:
    return [row.title for row in group.rows]
