"""The comparison: what is ranked with what, which row is best, and what is said about it."""

from collections.abc import Callable
from typing import Any

import pytest
from facebench.benchmarks._settings import REPORT
from facebench.benchmarks.comparison import COLUMNS, Cell, Group, Row, check_columns, compare_runs
from facebench.benchmarks.comparison._columns import cell_of
from facebench.benchmarks.comparison._groups import best_value, why_apart
from facebench.benchmarks.comparison._row import Versus
from facebench.benchmarks.results import Interval, Prediction, RunResult
from facebench.benchmarks.results._schema import Estimate, Evidence, OperatingPoint, Skipped
from facebench.benchmarks.statistics._difference import Difference, difference
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
    assert [(row.title, row.run, cell_of(row, "false_rejects").text) for row in group.rows] == [
        ("mobilenet x mlp", "0002", "2/10"),
        ("face_recognition x svm", "0001", "3/10"),
    ]


def test_a_pairing_with_another_threshold_is_another_row_and_majority_is_not(run: Callable[..., RunResult]) -> None:
    runs = [(rule, run({MAJORITY: 10, BASELINE: 1}, threshold=rule)) for rule in ("auto", "accuracy")]
    [group] = compare_runs(runs)
    assert [(row.title, cell_of(row, "threshold").text) for row in group.rows[:2]] == [
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
        ({"test_hash": "x", "repeats": 2}, "these runs differ in number of splits."),
        ({"test_hash": "x", "split": "time"}, "these runs differ in rule of the split."),
        ({"test_hash": "x", "strangers": "equal"}, "these runs differ in choice of strangers."),
        ({"fingerprint": "others", "seed": 1}, "these runs differ in photos and seed of the split."),
        ({"test_hash": "x"}, "these runs differ in the photos that could be read."),
    ],
    ids=["photos", "targets", "seed", "repeats", "rule", "strangers", "photos and seed", "readable photos"],
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
        "Best: face_recognition x svm with a balanced accuracy of 95.0 %, "
        "+5.0 points against mobilenet x mlp over the 2 people tested with both."
    )


def test_without_anybody_tested_with_both_there_is_no_gain(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {BASELINE: [tested("ann", rejects=2)], OURS: [tested("bob")]}
    [group] = compare_runs([("0001", run_of(pairings, targets=["ann", "bob"]))])
    assert group.sentence == "Best: face_recognition x svm with a balanced accuracy of 100.0 %."


def test_with_rows_at_hand_the_gain_has_its_interval(
    run: Callable[..., RunResult], rows_of: Callable[..., list[Prediction]]
) -> None:
    errors = {BASELINE: 4, OURS: 1}
    [group] = compare_runs([("0001", run(errors))], predictions={"0001": rows_of(errors)})
    gain = difference(rows_of({OURS: 1}), rows_of({BASELINE: 4}))
    assert gain is not None
    assert gain.low < gain.value < gain.high
    assert group.sentence.endswith(
        f". Best: face_recognition x svm with a balanced accuracy of 95.0 %, {gain} against mobilenet x mlp."
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
    # In two splits each.
    skipped = [Skipped(target=name, reason=f"0 training photos of {name}") for name in ("bob", "cy") for _ in "12"]
    [group] = compare_runs(
        [("0001", run_of({OURS: [tested()], MAJORITY: []}, skipped={OURS: skipped, MAJORITY: skipped[:1]},
                         targets=["ann", "bob", "cy"]))]
    )  # fmt: skip
    assert group.notes == ["face_recognition: 2 of 3 people could not be tested (0 training photos of bob)"]
    assert cell_of(group.rows[0], "people").text == "1/3"


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
        "Faces: 100 photos, 10 people; target ann; test: 10 photos of the target, 10 of others; "
        "5 splits each, seeds 7-11; threshold: the head's own"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"repeats": 1, "seed": 3}, "; seed 3; "),
        ({"repeats": 2, "seed": 3}, "; 2 splits each, seeds 3-4; "),
        ({"strangers": "equal"}, "; as many photos of others as of the target; "),
        ({"split": "official"}, "; others split as the data set's authors did; "),
        ({"split": "time"}, "; trained on older photos of the target, tested on newer ones; "),
    ],
)
def test_the_caption_says_how_photos_were_split(
    asked: dict[str, Any], said: str, run: Callable[..., RunResult]
) -> None:
    [group] = compare_runs([("0001", run({BASELINE: 1}, **asked))])
    assert said in group.caption


def test_the_caption_counts_photos_of_the_target_and_their_groups(run: Callable[..., RunResult]) -> None:
    evidence = {"ann": Evidence(photos=236, groups=1)}
    [group] = compare_runs([("0001", run({BASELINE: 1}).model_copy(update={"evidence": evidence}))])
    assert "; target ann, 236 photos, 1 group; test: " in group.caption


def test_who_is_never_recognised_is_told_and_has_no_rule(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    lost = [tested(name, rejects=10, rule="untrained", seed=seed) for name in ("bob", "cy") for seed in (0, 1)]
    pairings = {OURS: [*lost, tested("ann", rule="balanced")], BASELINE: [tested("bob", rejects=10, rule="untrained")]}
    [group] = compare_runs([("0001", run_of(pairings, targets=["ann", "bob", "cy"]))])
    few = "has fewer than 2 training photos with a vector of bob"
    assert group.notes == [
        f"face_recognition {few} and 1 more: never recognised, and counted so",
        f"mobilenet {few}: never recognised, and counted so",
    ]
    assert group.caption.endswith("threshold: best balanced accuracy on validation")


def test_the_caption_of_several_people_names_the_mean_and_every_rule(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    pairings = {OURS: [tested("ann", rule="natural"), tested("bob", rule="balanced")]}
    [group] = compare_runs([("0001", run_of(pairings, targets=["ann", "bob"]))])
    assert "2 people in turn as the target (means over them, 95 % intervals)" in group.caption
    assert group.caption.endswith("threshold: best balanced accuracy on validation or the head's own")


def test_figures_of_several_people_are_means(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    errors = [0, 1, 4]
    people = ["ann", "bob", "cy"]
    results = [tested(name, rejects=count) for name, count in zip(people, errors, strict=True)]
    [group] = compare_runs([("0001", run_of({OURS: results}, targets=people))])
    cell = cell_of(group.rows[0], "balanced")
    assert cell.value == pytest.approx(sum(1 - count / 20 for count in errors) / 3)
    assert cell.text == f"{100 * cell.value:.1f}"
    # Errors are counted, not averaged.
    assert cell_of(group.rows[0], "false_rejects").text == "5/30"
    accuracy = cell_of(group.rows[0], "accuracy")
    assert (accuracy.low, accuracy.high) == (None, None)


def test_a_person_counts_once_however_many_splits(run_of: Callable[..., RunResult], tested: Callable[..., Any]) -> None:
    # Strict and seen have no estimate: they are means of the splits, then of the people.
    results = [tested("ann", rejects=4), tested("ann", rejects=2, seed=1), tested("bob"), tested("bob", seed=1)]
    [group] = compare_runs([("0001", run_of({OURS: results}, targets=["ann", "bob"]))])
    for column in ("balanced", "seen", "strict"):
        assert cell_of(group.rows[0], column).value == pytest.approx((0.85 + 1) / 2)
    assert cell_of(group.rows[0], "people").text == "2/2"
    [group] = compare_runs([("0001", run_of({OURS: results[:3]}, targets=["ann", "bob"]))])
    assert cell_of(group.rows[0], "balanced").value == pytest.approx((0.85 + 1) / 2)


def test_an_estimate_is_shown_with_its_interval(run: Callable[..., RunResult]) -> None:
    result = _with_estimates(
        run({OURS: 2}),
        balanced_accuracy=Estimate(value=0.9, interval=Interval(low=0.7512, high=0.98), units=12),
        auc=Estimate(value=0.95, interval=Interval(low=0.9, high=0.9876), units=12),
        eer=Estimate(value=0.125, interval=None, units=12),
    )
    [group] = compare_runs([("0001", result)])
    balanced, auc, eer = (cell_of(group.rows[0], column) for column in ("balanced", "auc", "eer"))
    assert balanced == Cell(0.9, "90.0", "75.1-98.0", 0.7512, 0.98)
    assert auc == Cell(0.95, "0.950", "0.900-0.988", 0.9, 0.9876)
    assert eer == Cell(0.125, "12.5")


def test_no_error_is_shown_with_the_bound_that_remains(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    result = run_of({OURS: [tested(rejects=2), tested(seed=1)]})
    known = _with_estimates(result, balanced_accuracy=Estimate(value=0.95, interval=None, units=100))
    for run, accepts in ((known, "< 3.0 %"), (result, "")):
        [group] = compare_runs([("0001", run)])
        assert cell_of(group.rows[0], "false_accepts") == Cell(0.0, "0/20", accepts)
        assert cell_of(group.rows[0], "false_rejects") == Cell(0.1, "2/20")


def test_false_accepts_are_bounded_by_strangers_and_false_rejects_by_photos_of_me(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    rates = {
        "balanced_accuracy": Estimate(value=1.0, interval=None, units=100),
        "false_accept_rate": Estimate(value=0.0, interval=None, units=1000),
        "false_reject_rate": Estimate(value=0.0, interval=None, units=100),
    }
    result = _with_estimates(run_of({OURS: [tested(), tested(seed=1)]}), **rates)
    [group] = compare_runs([("0001", result)])
    assert cell_of(group.rows[0], "false_accepts").text == "0/20 (< 0.3 %)"
    assert cell_of(group.rows[0], "false_rejects").text == "0/20 (< 3.0 %)"


def test_an_operating_point_needs_strangers_enough_in_every_split(
    run_of: Callable[..., RunResult], tested: Callable[..., Any]
) -> None:
    def point(far: float, tar: float | None) -> OperatingPoint:
        return OperatingPoint(far=far, threshold=None if tar is None else 0.3, tar=tar, measured_far=tar and far)

    results = [
        tested().model_copy(update={"operating": [point(0.1, 0.8), point(0.01, 0.6), point(0.001, None)]}),
        tested(seed=1).model_copy(update={"operating": [point(0.1, 0.9), point(0.01, None), point(0.001, None)]}),
    ]
    [group] = compare_runs([("0001", run_of({OURS: results, MAJORITY: [tested(rejects=10)]}))])
    ours, majority = group.rows
    assert cell_of(ours, "tar10") == Cell(pytest.approx(0.85), "85.0")
    assert cell_of(ours, "tar1") == Cell(None, "needs 1,000 strangers")
    assert cell_of(ours, "tar0.1") == Cell(None, "needs 10,000 strangers")
    assert cell_of(majority, "tar10") == Cell(None, "-")


def test_the_figures_of_one_person_by_hand(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001-few", run({OURS: 2}))])
    assert {name: cell_of(group.rows[0], name).text for name in COLUMNS} == _COLUMNS


def test_rows_that_are_not_told_apart_share_the_rank_of_the_best(
    run: Callable[..., RunResult], rows_of: Callable[..., list[Prediction]]
) -> None:
    errors = {OURS: 0, ("b", "svm"): 2, BASELINE: 9, MAJORITY: 10}
    [group] = compare_runs([("0001", run(errors))], predictions={"0001": rows_of(errors)})
    assert [cell_of(row, "rank") for row in group.rows] == [
        Cell(1, "1"),
        Cell(1, "1="),
        Cell(3, "3"),
        Cell(None, "-"),
    ]
    best, shares, apart, majority = (cell_of(row, "versus").text for row in group.rows)
    assert (best, majority) == ("best", "-")
    gains = [difference(rows_of({pair: count}), rows_of({OURS: 0})) for pair, count in list(errors.items())[1:3]]
    # Of all signs of the nine photos that rows differ on, 2/4 and 2/512 give differences as large as these.
    for text, gain, p in ((shares, gains[0], ".500"), (apart, gains[1], ".004")):
        assert text == f"{100 * gain.value:+.1f}, p {p} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})"
    assert [cell_of(row, "p").text for row in group.rows] == ["-", "0.5000", "0.0039", "-"]


@pytest.mark.parametrize(
    ("versus", "text"),
    [
        (Versus(best=True), "best"),
        (Versus(difference=Difference(-0.1, -0.2, 0.05), p=0.0004), "-10.0, p < .001 (-20.0 to +5.0)"),
        (Versus(difference=Difference(-0.1, -0.2, 0.05), p=0.001), "-10.0, p .001 (-20.0 to +5.0)"),
        (Versus(difference=Difference(-0.1), p=1.0), "-10.0, p 1.000"),
        (None, "-"),
    ],
)
def test_how_a_row_stands_against_the_best_is_said_in_points(
    versus: Versus | None, text: str, run: Callable[..., RunResult]
) -> None:
    result = run({OURS: 2})
    assert cell_of(Row("0001", result, result.pairings[0], versus=versus), "versus").text == text


def test_an_audit_is_never_best_and_comes_last(
    run: Callable[..., RunResult], rows_of: Callable[..., list[Prediction]]
) -> None:
    errors = {("metadata", "logreg"): 0, MAJORITY: 10, BASELINE: 1, OURS: 9}
    result = run(errors)
    result.pairings[0] = result.pairings[0].model_copy(update={"audit": True})
    [group] = compare_runs([("0001", result)], predictions={"0001": rows_of(errors)})
    assert _titles(group)[-1] == "metadata x logreg"
    assert group.sentence.startswith("Recognises ann on 9 of 10 different photos")
    assert ". Best: mobilenet x mlp" in group.sentence
    assert best_value(group.rows, "balanced") == pytest.approx(0.95)
    assert [cell_of(row, "rank").text for row in group.rows] == ["1", "2", "-", "-"]
    assert [cell_of(row, "versus").text for row in group.rows[2:]] == ["-", "-"]


def test_a_pairing_is_compared_whatever_a_later_audit_looked_at(run: Callable[..., RunResult]) -> None:
    face = ("mobilenet(view='face')", "logreg")
    first, second = run({face: 1, OURS: 2}), run({OURS: 2, face: 1})
    second.pairings[1] = second.pairings[1].model_copy(update={"audit": True})
    [group] = compare_runs([("0001", first), ("0002", second)])
    assert [(row.title, row.run, row.pairing.audit) for row in group.rows] == [
        ("mobilenet(view='face') x logreg", "0001", False),
        ("face_recognition x svm", "0002", False),
        ("mobilenet(view='face') x logreg", "0002", True),
    ]


def test_majority_has_no_faces_times_or_threshold(run: Callable[..., RunResult]) -> None:
    [group] = compare_runs([("0001-few", run({MAJORITY: 10}))])
    assert {cell_of(group.rows[0], name).text for name in ("no_face", "ms", "fit")} == {"-"}


@pytest.mark.parametrize("refuse", [lambda name: check_columns([name]), lambda name: compare_runs([], name)])
def test_an_unknown_column_suggests_the_nearest(refuse: Callable[[str], object]) -> None:
    with pytest.raises(FacebenchError, match=r"No column is named 'balance'\. Did you mean 'balanced'\?"):
        refuse("balance")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *[("acc", "accuracy"), ("bal", "balanced"), ("AUC", "auc"), ("ms/photo", "ms"), ("EER %", "eer")],
        *[("fpr", "false_accepts"), ("frr", "false_rejects"), ("TPR", "tar1"), ("balanced_accuracy", "balanced")],
        *[("size", "mb"), ("pareto", "front")],
    ],
)
def test_what_a_column_is_called_elsewhere_suggests_it(name: str, column: str) -> None:
    with pytest.raises(FacebenchError, match=rf"No column is named '{name}'\. Did you mean '{column}'\?"):
        check_columns([name])


def test_no_runs_give_no_tables() -> None:
    assert compare_runs([]) == []
    assert why_apart([]) == ""


def _with_estimates(result: RunResult, **estimates: Estimate) -> RunResult:
    """Return a run whose pairings have these estimates."""
    pairings = [pairing.model_copy(update={"estimates": estimates}) for pairing in result.pairings]
    return result.model_copy(update={"pairings": pairings})


_COLUMNS = {
    "rank": "1",
    "balanced": "90.0",
    "versus": "-",
    "accuracy": "90.0",
    "auc": "0.900",
    "eer": "16.7",
    "false_accepts": "0/10",
    "false_rejects": "2/10",
    "no_face": "0 + 0",
    "seen": "90.0",
    "strict": "90.0",
    "hard": "-",
    "hard_accepts": "-",
    "tar10": "-",
    "tar1": "-",
    "tar0.1": "-",
    "ms": "20",
    "fit": "0.25",
    "mb": "-",
    "front": "yes",
    "p": "-",
    "people": "1/1",
    "threshold": "auto",
    "augment": "-",
    "run": "0001",
}


def _titles(group: Group) -> list[str]:
    return [row.title for row in group.rows]
