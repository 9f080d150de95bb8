"""Training on all photos: which take part, what is left out in turn, and what is told of it."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.protocol import Trial, make_plan
from facebench.benchmarks.statistics import choose_threshold
from facebench.bundles import Bundle, fit_slopes, summary, train_bundle
from facebench.bundles._archive import read_members
from facebench.bundles._train import _folds
from facebench.classifiers import load_head, score
from facebench.data import Augmentation, me_and_others, people_folder
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Trained = Callable[..., Bundle]


@pytest.fixture(scope="module")
def seen(folder: Path, store: VectorStore) -> SimpleNamespace:
    """X, truth, units and names of the photos with a vector, in the order of the data set."""
    asked = Settings(extractors=["face_recognition"], heads=["logreg"], target="s1", repeats=1, seed=3)
    plan = make_plan(people_folder(folder), asked, store)
    [vectors], [trial] = plan.vectors, plan.trials
    found = vectors.embedded
    return SimpleNamespace(
        X=vectors.matrix[found],
        truth=trial.mine[found],
        units=trial.units[found],
        found=found,
        names=[item.name for item, there in zip(plan.dataset.items, found, strict=True) if there],
    )


@pytest.fixture(scope="module")
def left_out(seen: SimpleNamespace) -> SimpleNamespace:
    """Folds, and each photo's score under scikit-learn's logistic regression on the photos of the other folds."""
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=3)
    folds = [(train, test) for train, test in splitter.split(seen.X, seen.truth, seen.units)]
    scores = np.empty(len(seen.X))
    for train, test in folds:
        head = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
        scores[test] = head.fit(seen.X[train], seen.truth[train]).predict_proba(seen.X[test].astype(float))[:, 1]
    return SimpleNamespace(folds=folds, scores=scores)


def test_every_photo_with_a_vector_is_trained_on(trained: Trained, seen: SimpleNamespace) -> None:
    training = trained().manifest.training
    assert (training.photos_of_me, training.photos_of_others) == (seen.truth.sum(), (~seen.truth).sum())
    assert training.without_vector == 96 - len(seen.X) > 3
    assert training.groups_of_me == len(np.unique(seen.units[seen.truth]))
    assert (training.people, training.data, training.seed) == (11, "album", 3)


def test_the_head_is_one_that_saw_them_all(trained: Trained, seen: SimpleNamespace) -> None:
    head = load_head("logreg").fit(seen.X, seen.truth)
    np.testing.assert_allclose(trained().head.score(seen.X), score(head, seen.X), rtol=0, atol=1e-9)


@pytest.mark.parametrize("rule", ["balanced", "accuracy", "far=0.05"])
def test_the_threshold_comes_from_scores_of_photos_that_were_left_out(
    rule: str, trained: Trained, seen: SimpleNamespace, left_out: SimpleNamespace
) -> None:
    manifest = trained(threshold=rule).manifest
    # Photos without a vector are never accepted: for a false accept rate they count.
    truth, scores = np.zeros(96, bool), np.full(96, np.nan)
    truth[:8], scores[seen.found] = True, left_out.scores
    expected, used = choose_threshold(rule, 0.5, truth, scores)
    assert manifest.threshold == pytest.approx(expected, abs=1e-6)
    assert manifest.threshold_rule == used == rule


def test_few_photos_of_me_choose_the_threshold_as_well(trained: Trained) -> None:
    # On 6cc0e70 it is the head's own, with fewer than 20 photos of me.
    for head in ("logreg", "ridge"):
        automatic, balanced = trained(head).manifest, trained(head, threshold="balanced").manifest
        assert (automatic.threshold, automatic.threshold_rule) == (balanced.threshold, "balanced")


@pytest.mark.parametrize(
    ("rule", "calibrated"), [("auto", True), ("balanced", True), ("accuracy", False), ("0.5", False)]
)
def test_probabilities_agree_with_the_answer_or_are_not_there(
    rule: str, calibrated: bool, trained: Trained, seen: SimpleNamespace
) -> None:
    bundle = trained(threshold=rule)
    scores = bundle.head.score(seen.X)
    found = bundle.probabilities(scores)
    assert (found is not None) == calibrated
    if calibrated:
        np.testing.assert_array_equal(found >= 0.5, scores >= bundle.manifest.threshold)
    assert ("probabilities are calibrated" in summary(Path("me"), bundle)) == calibrated
    assert ("--threshold auto and balanced only" in summary(Path("me"), bundle)) != calibrated


def test_the_probabilities_come_from_photos_that_were_left_out(
    trained: Trained, seen: SimpleNamespace, left_out: SimpleNamespace
) -> None:
    calibration = trained().manifest.calibration
    threshold = trained().manifest.threshold
    expected = fit_slopes(seen.truth, left_out.scores, threshold)
    assert calibration is not None
    assert calibration.scores == "out-of-fold"
    np.testing.assert_allclose((calibration.slope, calibration.slope_above), expected, rtol=1e-3)
    assert calibration.intercept == -calibration.slope * threshold


def test_what_to_expect_comes_from_thresholds_of_the_other_folds(
    trained: Trained, seen: SimpleNamespace, left_out: SimpleNamespace
) -> None:
    decided = np.zeros(len(seen.X), bool)
    for train, test in left_out.folds:
        threshold, _ = choose_threshold("balanced", 0.5, seen.truth[train], left_out.scores[train])
        decided[test] = left_out.scores[test] >= threshold
    estimate = trained(threshold="balanced").manifest.out_of_fold
    assert estimate is not None
    assert estimate.folds == 5
    assert estimate.metrics.balanced_accuracy_seen == pytest.approx(balanced_accuracy_score(seen.truth, decided))
    missed = int((seen.truth & ~decided).sum()) + estimate.metrics.no_face_me
    assert (estimate.metrics.false_rejects, estimate.metrics.no_face_me) == (missed, 1)
    assert estimate.metrics.false_accepts == (~seen.truth & decided).sum()
    assert estimate.metrics.photos_of_me + estimate.metrics.photos_of_others == 96
    assert estimate.estimates["balanced_accuracy"].value == estimate.metrics.balanced_accuracy
    assert roc_auc_score(seen.truth, left_out.scores) > 0.95


@settings(max_examples=60, deadline=None)
@given(
    mine=st.lists(st.integers(1, 6), min_size=2, max_size=12),
    others=st.lists(st.integers(1, 6), min_size=2, max_size=12),
    lost=st.integers(0, 6),
    seed=st.integers(0, 2**40),
)
def test_folds_hold_both_classes_and_whole_groups_and_people(
    mine: list[int], others: list[int], lost: int, seed: int
) -> None:
    groups = np.repeat(np.arange(len(mine) + len(others)), [*mine, *others])
    truth = groups < len(mine)
    count = len(groups)
    embedded = np.random.default_rng(seed).permutation(count) >= lost
    trial = Trial("me", 0, truth, groups, groups, *3 * [np.arange(count)])
    vectors: Any = SimpleNamespace(embedded=embedded, trainable=embedded)
    left = [len(np.unique(groups[embedded & side])) for side in (truth, ~truth)]
    assume(min(left) >= 2 and (embedded & truth).sum() >= 3)
    folds = _folds(trial, vectors, "blocks", seed)
    assert len(folds) == min(5, *left)
    assert sorted(np.concatenate(folds)) == np.flatnonzero(embedded).tolist()
    for fold in folds:
        assert truth[fold].any()
        assert not truth[fold].all()
        assert not set(groups[fold]) & set(groups[np.setdiff1d(np.flatnonzero(embedded), fold)])


def test_copies_of_a_photo_are_one_group(folder: Path, tmp_path: Path, store: VectorStore) -> None:
    album = _album(folder, tmp_path, me=8)
    for photo in sorted((album / "s3").iterdir()):
        shutil.copy(photo, photo.with_name(f"copy-{photo.name}"))
    training = _train(album, store).manifest.training
    assert (training.photos_of_me, training.groups_of_me) == (16, 8)


def test_the_same_seed_gives_the_same_bytes_but_for_the_time(folder: Path, tmp_path: Path, store: VectorStore) -> None:
    album = _album(folder, tmp_path)
    files = [tmp_path / "a.facebench", tmp_path / "b.facebench"]
    for file in files:
        _train(album, store, "svm").save(file)
    first, second = map(read_members, files)
    texts = [re.sub(rb'"created": "[^"]*"', b"", members.pop("manifest.json")) for members in (first, second)]
    assert texts[0] == texts[1]
    assert list(first.items()) == list(second.items())


@pytest.mark.parametrize("head", ["logreg", "svm", "knn", "tolerance"])
def test_a_file_read_again_is_the_bundle_that_was_written(
    head: str, trained: Trained, seen: SimpleNamespace, tmp_path: Path
) -> None:
    trained(head).save(tmp_path / "me.facebench")
    again = Bundle.load(tmp_path / "me.facebench")
    assert again.manifest == trained(head).manifest
    assert again.head.score(seen.X).tobytes() == trained(head).head.score(seen.X).tobytes()
    assert (tmp_path / "me.facebench").stat().st_mode & 0o777 == 0o600


def test_a_seed_changes_the_folds(trained: Trained) -> None:
    assert trained(seed=4).manifest.calibration != trained().manifest.calibration
    assert trained(seed=4).head.arrays()["coef"].tobytes() == trained().head.arrays()["coef"].tobytes()


def test_augmented_photos_are_trained_on_by_their_variants(
    folder: Path, tmp_path: Path, store: VectorStore, seen: SimpleNamespace
) -> None:
    album = _album(folder, tmp_path)
    gentle = Augmentation(rotation=3, width_shift=0, height_shift=0, shear=0, zoom=0.05)
    augmented = _train(album, store, augment=2, augmentation=gentle)
    assert augmented.manifest.training.augment == 2
    assert augmented.manifest.training.photos_of_me == 6
    assert np.abs(augmented.head.score(seen.X) - _train(album, store).head.score(seen.X)).max() > 1e-3
    mine = np.array([name.startswith("s3/") for name in seen.names])
    assert roc_auc_score(mine, augmented.head.score(seen.X)) > 0.99


def test_nothing_tells_which_photos_or_where(trained: Trained, folder: Path) -> None:
    text = trained("knn").manifest.model_dump_json() + summary(Path("me.facebench"), trained("knn"))
    assert str(folder.parent) not in text
    assert ".pgm" not in text
    assert "s33" not in text
    assert json.loads(trained().manifest.model_dump_json())["target"] == "s1"


@pytest.mark.parametrize(
    ("head", "whose"), [("svm", "the target and others"), ("knn", "the target and others"), ("tolerance", "the target")]
)
def test_vectors_of_single_photos_are_kept_only_when_asked_for(head: str, whose: str, trained: Trained) -> None:
    with pytest.raises(FacebenchError, match=f"'{head}' carries vectors of {whose}, one per photo.*--include-vec"):
        trained(head, include_vectors=False)
    assert trained(head).manifest.head.carries == whose
    assert f"face vectors of {whose}, one per photo" in summary(Path("me.facebench"), trained(head))


@pytest.mark.parametrize("head", ["logreg", "svm(kernel='linear')", "centroid"])
def test_others_carry_none(head: str, trained: Trained) -> None:
    bundle = trained(head, include_vectors=False)
    assert all(array.ndim == 1 and len(array) == 128 for array in bundle.head.arrays().values())
    assert "no photo and no vector of a photo" in summary(Path("me.facebench"), bundle)


def test_a_head_that_is_not_facebench_s_own_is_refused(trained: Trained) -> None:
    with pytest.raises(FacebenchError, match=r"'sklearn.naive_bayes.GaussianNB' cannot be saved: only facebench's own"):
        trained("sklearn.naive_bayes.GaussianNB")


def test_a_network_that_went_astray_is_not_kept(folder: Path, tmp_path: Path, store: VectorStore) -> None:
    with pytest.raises(FacebenchError, match=r"The head MLP\(learning_rate=1e\+30\) gives scores that are not finite"):
        _train(_album(folder, tmp_path), store, "mlp(learning_rate=1e30)")


def test_too_few_photos_are_refused(folder: Path, tmp_path: Path, store: VectorStore) -> None:
    with pytest.raises(FacebenchError, match="holds 3 photos of s3; 5 are needed: add photos"):
        _train(_album(folder, tmp_path, me=3), store)


def test_one_moment_alone_is_refused(folder: Path, tmp_path: Path, store: VectorStore) -> None:
    album = _album(folder, tmp_path, me=1)
    [photo] = (album / "s3").iterdir()
    for number in range(5):
        shutil.copy(photo, photo.with_name(f"copy{number}.pgm"))
    with pytest.raises(FacebenchError, match=r"of 6 photos of s3 in 1 groups and of .*: too few to leave some out"):
        _train(album, store)


def test_two_groups_of_which_one_is_a_single_photo_are_refused(
    folder: Path, tmp_path: Path, store: VectorStore
) -> None:
    album = _album(folder, tmp_path, me=2)
    photo = min((album / "s3").iterdir())
    for number in range(4):
        shutil.copy(photo, photo.with_name(f"copy{number}.pgm"))
    with pytest.raises(FacebenchError, match="With a fold left out fewer than 2 photos of s3 or of others have a vec"):
        _train(album, store)


def test_nobody_with_a_face_is_refused(scenes: dict[str, Path], folder: Path, tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "me").mkdir()
    picture = Image.open(scenes["china"])
    for number in range(6):
        picture.crop((90 * number, 50 * number, 90 * number + 120, 50 * number + 120)).save(
            tmp_path / f"me/{number}.png"
        )
    asked = Settings(extractors=["face_recognition"], heads=["logreg"], repeats=1)
    with pytest.raises(FacebenchError, match="face_recognition has vectors of 0 photos of me in 0 groups and of"):
        train_bundle(me_and_others(tmp_path / "me", folder), asked)


def _album(folder: Path, tmp_path: Path, me: int = 6) -> Path:
    """Copy four people, so many photos of s3, into a folder that a test may change."""
    for person, photos in (("s3", me), ("s4", 5), ("s5", 5), ("s6", 5)):
        (tmp_path / "album" / person).mkdir(parents=True)
        for photo in sorted((folder / person).iterdir())[:photos]:
            shutil.copy(photo, tmp_path / "album" / person)
    return tmp_path / "album"


def _train(album: Path, store: VectorStore, head: str = "logreg", **changed: Any) -> Bundle:
    asked = Settings(extractors=["face_recognition"], heads=[head], target="s3", repeats=1, **changed)
    return train_bundle(people_folder(album), asked, include_vectors=True, store=store)
