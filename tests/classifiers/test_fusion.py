"""Score fusion: what each part is calibrated with, parts that are missing, and what it gains."""

from typing import Any

import numpy as np
import pytest
from facebench.classifiers import fit_head, fused, load_head, natural_threshold, score
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

HEADS = pytest.mark.parametrize("head", ["centroid", "ridge(alpha=1)", "logreg", "sklearn.naive_bayes.GaussianNB"])
MINE = np.arange(60) < 15


def _normal(seed: int, shift: float = 1.0, size: int = 4, mine: np.ndarray = MINE) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(len(mine), size)) + shift * mine[:, None]
    return drawn.astype(np.float32)


def _log_odds_of_part(head: str, X: np.ndarray, y: np.ndarray, groups: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return what a part alone says, step by step."""

    def margins(fitted: Any, photos: np.ndarray) -> np.ndarray:
        found = score(fitted, photos)
        shares = found.clip(1e-9, 1 - 1e-9)
        return found if natural_threshold(fitted) == 0 else np.log(shares / (1 - shares))

    left_out = np.empty(len(y))
    for rest, held_out in StratifiedGroupKFold(3, shuffle=True, random_state=0).split(X, y, groups):
        left_out[held_out] = margins(load_head(head).fit(X[rest], y[rest]), X[held_out])
    spread = left_out.std()
    sigmoid = LogisticRegression(class_weight="balanced").fit(left_out[:, None] / spread, y)
    return sigmoid.decision_function(margins(load_head(head).fit(X, y), asked)[:, None] / spread)


@HEADS
def test_its_score_is_the_mean_of_the_log_odds_of_the_parts_that_a_photo_has(head: str) -> None:
    one, other, groups = _normal(0), _normal(1, 0.5, 3), np.arange(60) // 2
    one[50:55] = 0  # training photos without a part
    asked_one, asked_other = _normal(2), _normal(3, size=3)
    asked_one[:20], asked_other[10:30] = 0, 0
    fitted = fused(load_head(head), (4, 3)).fit(np.hstack([one, other]), MINE, groups=groups)
    seen = one.any(axis=1)
    of_one = _log_odds_of_part(head, one[seen], MINE[seen], groups[seen], asked_one)
    of_other = _log_odds_of_part(head, other, MINE, groups, asked_other)
    expected = (of_one + of_other) / 2
    expected[:10], expected[20:30] = of_other[:10], of_one[20:30]
    expected[10:20] = 0  # no part at all
    scores = score(fitted, np.hstack([asked_one, asked_other]))
    np.testing.assert_allclose(scores, expected, rtol=1e-6, atol=1e-6)
    assert (natural_threshold(fitted), fitted.predict(np.hstack([one, other])).dtype) == (0, bool)


def test_a_part_with_too_few_photos_is_left_out() -> None:
    one, other = _normal(0), _normal(1)
    few = one.copy()
    few[1:15] = 0  # one photo of me
    alone = fused(load_head("ridge"), (4,)).fit(other, MINE)
    fitted = fused(load_head("ridge"), (4, 4)).fit(np.hstack([few, other]), MINE)
    np.testing.assert_array_equal(score(fitted, np.hstack([one, other])), score(alone, other))
    with pytest.raises(ValueError, match="no part has two groups of photos of each class"):
        fused(load_head("ridge"), (4, 4)).fit(np.hstack([few, few]), MINE)
    with pytest.raises(ValueError, match="no part has two groups"):
        fused(load_head("ridge"), (4,)).fit(other, MINE, groups=MINE.astype(int))


class Contrary(BaseEstimator):
    """A head whose scores are the lower the more a photo is of me."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> "Contrary":
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        return -X.sum(axis=1)


def test_a_part_that_ranks_left_out_photos_the_wrong_way_round_says_nothing() -> None:
    fitted = fused(Contrary(), (4,)).fit(_normal(0), MINE)
    assert not score(fitted, _normal(1)).any()


def test_variants_of_a_photo_share_its_weight_and_its_fold() -> None:
    fits: list[tuple[np.ndarray, np.ndarray]] = []

    class Recorder(LogisticRegression):
        def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> "Recorder":
            assert sample_weight is not None
            fits.append((X, sample_weight))
            return super().fit(X, y, sample_weight)

    photos = _normal(0)
    variants = np.stack([photos + number / 1000 for number in range(3)])
    fit_head(fused(Recorder(), (4,)), variants, MINE, None, groups=np.arange(60))
    assert len(fits) == 4
    for X, weights in fits:
        np.testing.assert_array_equal(weights, np.full(len(X), 1 / 3))
        whole = [np.isclose(X[:, None], variant).all(axis=2).any(axis=0) for variant in variants]
        np.testing.assert_array_equal(whole[0], whole[1])
        np.testing.assert_array_equal(whole[0], whole[2])
