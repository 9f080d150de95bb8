"""One target under one head: who is trained on, where the threshold comes from, what the test can and cannot do."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.protocol import _evaluate
from facebench.benchmarks.protocol._evaluate import evaluate_majority, predictions
from facebench.benchmarks.protocol._trials import Trial
from facebench.benchmarks.results import TargetResult
from facebench.benchmarks.results._schema import Skipped
from facebench.benchmarks.statistics import choose_threshold
from facebench.benchmarks.statistics._metrics import roc_of
from facebench.classifiers import heads, load_head
from facebench.data import Dataset, split
from facebench.embeddings import Failure
from facebench.embeddings._extractor import Card
from facebench.embeddings.extraction._embedder import Embedder
from facebench.embeddings.extraction._one_pass import embed_photos
from facebench.embeddings.extraction._photos import Photos
from facebench.embeddings.extraction._vectors import Vectors
from facebench.errors import FacebenchError
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HEADS = pytest.mark.parametrize("head", heads.names())
#: Index of the first photo of each part of `trial`, and photos of me at the beginning of each.
TRAIN, VALIDATION, TEST = 0, 100, 200
MINE = 25


def evaluate(trial: Trial, vectors: Vectors, head: str, seed: int, rule: str) -> Any:
    """Evaluate a head by its name."""
    return _evaluate.evaluate(trial, vectors, load_head(head, seed), rule)


@pytest.fixture
def trial() -> Trial:
    """Three parts of 100 photos each, 25 of them of me; enough to choose the threshold on validation."""
    parts = (np.arange(first, first + 100) for first in (TRAIN, VALIDATION, TEST))
    return Trial("ann", 7, np.arange(300) % 100 < MINE, np.arange(300), np.arange(300), *parts)


@pytest.fixture
def vectors(trial: Trial) -> Vectors:
    """Vectors of the trial's photos, me not quite separable from the others."""
    matrix = (np.random.default_rng(0).normal(size=(300, 8)) + 0.8 * trial.mine[:, None]).astype(np.float32)
    every, none = np.ones(300, dtype=bool), np.zeros(300, dtype=bool)
    return Vectors("normal", Card("normal", 8, "noise"), [""] * 300, matrix, every, none, {}, {})


def where(embedded: np.ndarray, vectors: Vectors) -> Vectors:
    """Return the vectors with no face where `embedded` is False."""
    failures = {photo: Failure("no_face") for photo in np.flatnonzero(~embedded).tolist()}
    return replace(vectors, embedded=vectors.embedded & embedded, failures=failures)


@pytest.fixture
def recorded(register: Callable[..., Any]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Register the head `recorder`; what its `fit` was given is in this list."""
    calls = []

    class Recorder(LogisticRegression):
        def fit(self, X: np.ndarray, y: np.ndarray) -> "Recorder":
            calls.append((X, y))
            return super().fit(X, y)

    register("heads", "recorder", lambda: Recorder)
    return calls


@HEADS
@pytest.mark.parametrize(("rule", "used"), [("auto", "balanced"), ("balanced", "balanced"), ("accuracy", "accuracy")])
def test_the_test_has_no_say_in_the_threshold(head: str, rule: str, used: str, trial: Trial, vectors: Vectors) -> None:
    before, scores, _ = evaluate(trial, vectors, head, 0, rule)
    matrix = vectors.matrix.copy()
    matrix[TEST:] = np.random.default_rng(1).normal(size=(100, 8))
    mine = trial.mine.copy()
    mine[TEST:] = ~mine[TEST:]
    after, others, _ = evaluate(replace(trial, mine=mine), replace(vectors, matrix=matrix), head, 0, rule)
    assert (after.threshold, after.threshold_rule, after.history) == (before.threshold, used, before.history)
    assert not np.allclose(scores, others)
    assert after.metrics != before.metrics


@pytest.mark.parametrize("rule", ["auto", "balanced"])
def test_the_validation_has(rule: str, trial: Trial, vectors: Vectors) -> None:
    matrix = vectors.matrix.copy()
    matrix[VALIDATION:TEST] += 1
    thresholds = [
        evaluate(trial, v, "logreg", 0, rule)[0].threshold for v in (vectors, replace(vectors, matrix=matrix))
    ]
    assert thresholds[1] > thresholds[0]


@pytest.mark.parametrize(
    ("head", "natural"), [("mlp", 0.5), ("svm(C='auto')", 0.0), ("sklearn.naive_bayes.GaussianNB", 0.5)]
)
def test_with_few_validation_photos_of_me_a_head_that_may_be_costly_keeps_its_threshold(
    head: str, natural: float, trial: Trial, vectors: Vectors
) -> None:
    small = replace(trial, validation=trial.validation[MINE - 19 :])
    result, scores, decisions = evaluate(small, vectors, head, 0, "auto")
    assert (result.threshold, result.threshold_rule, result.threshold_folds) == (natural, "natural", 0)
    np.testing.assert_array_equal(decisions, scores >= natural)


def test_with_few_validation_photos_of_me_training_photos_left_out_in_turn_choose(
    trial: Trial, vectors: Vectors
) -> None:
    # On 6cc0e70 the threshold is 0.5, "natural".
    small = replace(trial, validation=trial.validation[MINE - 19 :])
    result, _, decisions = evaluate(small, vectors, "logreg", 0, "auto")
    X, y = vectors.matrix[:VALIDATION].astype(float), trial.mine[:VALIDATION]
    splitter = StratifiedGroupKFold(3, shuffle=True, random_state=small.seed)
    head = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
    left_out = cross_val_predict(head, X, y, groups=np.arange(VALIDATION), cv=splitter, method="predict_proba")[:, 1]
    expected, _ = choose_threshold("balanced", 0.5, y, left_out)
    assert result.threshold == pytest.approx(expected, abs=1e-6)
    assert (result.threshold_rule, result.threshold_folds) == ("out-of-fold", 3)
    assert decisions.any()
    enough, *_ = evaluate(trial, vectors, "logreg", 0, "auto")
    assert (enough.threshold_rule, enough.threshold_folds) == ("balanced", 0)


def test_few_photos_among_many_others_are_found(trial: Trial, vectors: Vectors) -> None:
    # With its own threshold, 6cc0e70's, logistic regression finds hardly any of these.
    few = np.ones(300, bool)
    few[5:MINE] = few[VALIDATION + 2 : VALIDATION + MINE] = False
    parts = {part: getattr(trial, part)[few[getattr(trial, part)]] for part in ("train", "validation")}
    rng = np.random.default_rng(3)
    wide = replace(vectors, matrix=(rng.normal(size=(300, 256)) + 0.3 * trial.mine[:, None]).astype(np.float32))
    found, own = (evaluate(replace(trial, **parts), wide, "logreg", 0, rule)[0] for rule in ("auto", "0.5"))
    assert found.threshold_folds == 3
    assert own.metrics.balanced_accuracy < 0.6
    assert found.metrics.balanced_accuracy > own.metrics.balanced_accuracy + 0.15


@pytest.mark.parametrize("of_me", [2, 3])
def test_too_few_training_photos_to_leave_some_out_leave_the_head_its_own_threshold(
    of_me: int, trial: Trial, vectors: Vectors
) -> None:
    small = replace(trial, train=trial.train[MINE - of_me :], validation=trial.validation[MINE - 1 :])
    result, *_ = evaluate(small, vectors, "logreg", 0, "auto")
    assert (result.threshold_rule, result.threshold_folds) == (("out-of-fold", 3) if of_me == 3 else ("natural", 0))


def test_a_head_is_fitted_on_training_photos_with_a_vector_and_on_nothing_else(
    trial: Trial, vectors: Vectors, recorded: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    embedded = np.arange(300) % 10 > 0
    result, *_ = evaluate(trial, where(embedded, vectors), "recorder", 0, "auto")
    [(X, y)] = recorded
    used = np.flatnonzero(embedded[:VALIDATION])
    np.testing.assert_array_equal(X, vectors.matrix[used])
    np.testing.assert_array_equal(y, trial.mine[used])
    assert (result.train_me, result.train_others) == (y.sum(), (~y).sum())


def test_a_head_that_takes_groups_is_told_which_training_photos_are_one_witness(
    trial: Trial, vectors: Vectors, register: Callable[..., Any]
) -> None:
    given = []

    class Grouped(LogisticRegression):
        def fit(self, X: np.ndarray, y: np.ndarray, groups: np.ndarray | None = None) -> "Grouped":
            given.append(groups)
            return super().fit(X, y)

    register("heads", "grouped", lambda: Grouped)
    embedded = np.arange(300) % 10 > 0
    bursts = replace(trial, groups=np.arange(300) // 3, people=np.arange(300) // 7)
    evaluate(bursts, where(embedded, vectors), "grouped", 0, "auto")
    [groups] = given
    used = np.flatnonzero(embedded[:VALIDATION])
    expected = [(mine, photo // 3 if mine else photo // 7) for photo, mine in zip(used, trial.mine[used], strict=True)]
    same = groups[:, None] == groups
    assert same.tolist() == [[first == second for second in expected] for first in expected]


def test_photos_without_a_vector_are_not_me_in_the_test(trial: Trial, vectors: Vectors) -> None:
    embedded = np.ones(300, bool)
    lost = [TEST, TEST + 1, TEST + MINE]
    embedded[lost] = False
    whole = evaluate(trial, vectors, "logreg", 0, "auto")
    result, scores, decisions = evaluate(trial, where(embedded, vectors), "logreg", 0, "auto")
    assert np.flatnonzero(np.isnan(scores)).tolist() == [0, 1, MINE]
    assert not decisions[[0, 1, MINE]].any()
    assert (result.metrics.no_face_me, result.metrics.no_face_others) == (2, 1)
    assert result.metrics.photos_of_me == MINE
    assert result.metrics.false_rejects == (~whole[2][:MINE]).sum() + whole[2][:2].sum()
    assert result.threshold == whole[0].threshold


def test_a_vector_of_zeros_stands_for_no_photo(trial: Trial, vectors: Vectors) -> None:
    # The rows of photos without a vector are zero in the matrix: whatever stood there must not matter.
    embedded = np.arange(300) % 7 > 0
    matrix = np.where(embedded[:, None], vectors.matrix, np.float32(99))
    for_zero, for_other = (
        evaluate(trial, replace(where(embedded, vectors), matrix=m), "svm", 0, "balanced")
        for m in (np.where(embedded[:, None], vectors.matrix, np.float32(0)), matrix)
    )
    np.testing.assert_array_equal(for_zero[1], for_other[1])
    assert for_zero[0].threshold == for_other[0].threshold


@pytest.mark.parametrize(
    "photos",
    [
        pytest.param(slice(TRAIN, MINE - 1), id="one of me"),
        pytest.param(slice(TRAIN, MINE), id="none of me"),
        pytest.param(slice(MINE, VALIDATION - 1), id="one of others"),
    ],
)
def test_with_too_few_training_photos_with_a_vector_nobody_is_recognised(
    photos: slice, trial: Trial, vectors: Vectors, recorded: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    embedded = np.ones(300, bool)
    embedded[photos] = embedded[TEST] = embedded[-1] = False
    result, scores, decisions = evaluate(trial, where(embedded, vectors), "recorder", 0, "auto")
    assert recorded == []
    assert (result.train_me, result.train_others, result.threshold_rule) == (0, 0, "untrained")
    assert np.isnan(scores).all()
    assert not decisions.any()
    metrics = result.metrics
    assert (metrics.false_rejects, metrics.false_accepts) == (MINE, 0)
    assert (metrics.balanced_accuracy, metrics.auc, metrics.eer) == (0.5, 0.5, 0.5)
    assert (metrics.no_face_me, metrics.no_face_others) == (1, 1)
    assert (metrics.balanced_accuracy_seen, metrics.balanced_accuracy_strict) == (0.5, 0.5 - 0.5 / 75)


@HEADS
def test_as_few_training_photos_of_me_as_a_head_needs_are_enough(head: str, trial: Trial, vectors: Vectors) -> None:
    needed = 1 if head in ("centroid", "tolerance") else 2
    embedded = np.ones(300, bool)
    embedded[: MINE - needed] = False
    result, scores, _ = evaluate(trial, where(embedded, vectors), head, 0, "auto")
    assert result.train_me == needed
    assert np.isfinite(scores).all()


@HEADS
def test_no_vector_in_validation_leaves_the_natural_threshold(head: str, trial: Trial, vectors: Vectors) -> None:
    embedded = np.ones(300, bool)
    embedded[VALIDATION:TEST] = False
    result, *_ = evaluate(trial, where(embedded, vectors), head, 0, "balanced")
    assert result.threshold_rule == "natural"


def test_no_vector_in_the_test_means_nobody_is_me(trial: Trial, vectors: Vectors) -> None:
    embedded = np.arange(300) < TEST
    result, scores, decisions = evaluate(trial, where(embedded, vectors), "logreg", 0, "auto")
    assert np.isnan(scores).all()
    assert not decisions.any()
    assert (result.metrics.balanced_accuracy, result.metrics.auc, result.metrics.eer) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("test", [slice(0, MINE), slice(MINE, None)], ids=["only photos of me", "none of me"])
def test_a_test_without_both_classes_skips_the_target(test: slice, trial: Trial, vectors: Vectors) -> None:
    small = replace(trial, test=trial.test[test])
    reason = "the test lacks readable photos of one class"
    assert evaluate(small, vectors, "logreg", 0, "auto") == Skipped(target="ann", reason=reason)
    assert evaluate_majority(small) == Skipped(target="ann", reason=reason)


def test_majority_is_half_right_in_balanced_accuracy_and_right_on_all_others(trial: Trial) -> None:
    result = evaluate_majority(trial)
    assert isinstance(result, TargetResult)
    assert result.metrics.balanced_accuracy == 0.5
    assert result.metrics.accuracy == 0.75
    assert (result.metrics.false_rejects, result.metrics.false_accepts) == (MINE, 0)


def test_the_seed_of_the_split_and_the_curve_of_the_test_are_in_the_result(trial: Trial, vectors: Vectors) -> None:
    result, scores, _ = evaluate(trial, vectors, "logreg", 0, "auto")
    assert result.split_seed == evaluate_majority(trial).split_seed == 7
    assert result.roc == roc_of(trial.mine[TEST:], scores)


def test_a_threshold_for_a_false_accept_rate_is_chosen_on_validation(trial: Trial, vectors: Vectors) -> None:
    result, scores, decisions = evaluate(trial, vectors, "logreg", 0, "far=0.04")
    assert result.threshold_rule == "far=0.04"
    swapped = replace(trial, test=trial.validation)
    _, on_validation, _ = evaluate(swapped, vectors, "logreg", 0, "far=0.04")
    others = on_validation[MINE:]
    assert (others >= result.threshold).sum() == 3  # of 75
    np.testing.assert_array_equal(decisions, scores >= result.threshold)


def test_a_head_that_refuses_its_parameters_is_named(trial: Trial, vectors: Vectors) -> None:
    with pytest.raises(FacebenchError, match=r"SVM\(C=-1\) cannot be fitted: .*C"):
        evaluate(trial, vectors, "svm(C=-1)", 0, "auto")


def test_a_head_with_decisions_only_by_probability_is_scored_by_it(
    trial: Trial, vectors: Vectors, register: Callable[..., Any]
) -> None:
    register("heads", "prior", lambda: DummyClassifier)
    result, scores, _ = evaluate(trial, vectors, "prior(strategy='prior')", 0, "0.5")
    assert set(scores) == {MINE / 100}
    assert result.threshold == 0.5


def test_a_trial_has_the_parts_of_its_split_and_knows_which_photos_are_one_witness(
    people: Callable[..., Dataset],
) -> None:
    known = people(12, photos=5)
    items = [replace(item, person=None) if item.person == "s5" else item for item in known.items]
    dataset = replace(known, items=tuple(items))
    groups = np.arange(len(items)) // 2 * 2  # two by two, of which some are of two people
    parts = split(dataset, "s3", 4, groups=groups)
    trial = Trial.of(parts, dataset, groups)
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(trial, part), getattr(parts, part))
    assert (trial.target, trial.seed) == ("s3", 4)
    assert (trial.strangers_by_person, trial.by_group) == (False, True)
    assert [items[i].name for i in np.flatnonzero(trial.mine)] == [f"s3/{photo}.pgm" for photo in range(1, 6)]
    for first, second in combinations(range(len(items)), 2):
        both, together = (items[first], items[second]), groups[first] == groups[second]
        one = together if {item.person for item in both} <= {None, "s3"} else both[0].person == both[1].person
        same_class = trial.mine[first] == trial.mine[second]
        assert (trial.units[first] == trial.units[second]) == (one and same_class)


def test_there_is_a_row_per_test_photo_with_all_that_is_known(
    people: Callable[..., Dataset], extractor: Callable[..., Any]
) -> None:
    dataset = people(12, photos=5)
    groups = np.arange(len(dataset.items)) + 100
    trial = Trial.of(split(dataset, "s3", 7), dataset, groups)
    faceless = dataset.items[trial.test[0]]
    vectors = embed_photos(
        Photos([item.path for item in dataset.items]), Embedder("blocks", extractor(without_face=[faceless.path]))
    )
    _, scores, decisions = evaluate(trial, vectors, "logreg", 0, "auto")
    rows = predictions(dataset, trial, vectors, ("blocks", "logreg"), scores, decisions)
    assert [row.path for row in rows] == [dataset.items[i].name for i in trial.test]
    assert [row.person for row in rows] == [dataset.items[i].person for i in trial.test]
    assert [row.truth == "me" for row in rows] == [row.person == "s3" for row in rows]
    assert [row.decision == "me" for row in rows] == decisions.tolist()
    assert [row.group for row in rows] == [str(100 + i) for i in trial.test]
    assert [row.sha256 for row in rows] == [vectors.hashes[i] for i in trial.test]
    assert [row.score for row in rows[1:]] == scores[1:].tolist()
    assert {(row.extractor, row.head, row.target, row.split_seed) for row in rows} == {("blocks", "logreg", "s3", 7)}
    assert (rows[0].score, rows[0].outcome, rows[0].decision, rows[0].box) == (None, "no_face", "other", "")
    assert {(row.outcome, row.box) for row in rows[1:]} == {("embedded", "1 2 90 110")}
