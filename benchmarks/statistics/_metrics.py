"""From truths, scores and decisions to the metrics of a table row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..results import Metrics, Roc

if TYPE_CHECKING:
    from numpy.typing import NDArray


def measure(truth: NDArray[np.bool_], scores: NDArray[np.float64], decisions: NDArray[np.bool_]) -> Metrics:
    """Return the metrics of one test.

    Args:
        truth: (n,) True for photos of me; both classes must occur.
        scores: (n,) higher for me; NaN where a photo has no vector, which ranks below every score.
        decisions: (n,) True for "me".

    >>> metrics = measure(np.array([True, False]), np.array([0.9, 0.2]), np.array([True, False]))
    >>> metrics.balanced_accuracy, metrics.auc, metrics.eer
    (1.0, 1.0, 0.0)
    """
    from sklearn.metrics import roc_auc_score

    mine, others = int(truth.sum()), int((~truth).sum())
    false_rejects = int((truth & ~decisions).sum())
    false_accepts = int((~truth & decisions).sum())
    ranked, seen = ranks(scores), ~np.isnan(scores)
    return Metrics(
        photos_of_me=mine,
        photos_of_others=others,
        false_rejects=false_rejects,
        false_accepts=false_accepts,
        accuracy=1 - (false_rejects + false_accepts) / (mine + others),
        balanced_accuracy=1 - (false_rejects / mine + false_accepts / others) / 2,
        auc=float(roc_auc_score(truth, ranked)),
        eer=equal_error_rate(truth, ranked),
        balanced_accuracy_seen=_balanced(truth[seen], decisions[seen]),
        # Without a vector the decision is "not me": correct for impostors, but counted as an error here.
        balanced_accuracy_strict=_balanced(truth, decisions ^ (~seen & ~truth)),
        no_face_me=int(np.isnan(scores[truth]).sum()),
        no_face_others=int(np.isnan(scores[~truth]).sum()),
    )


def _balanced(truth: NDArray[np.bool_], decisions: NDArray[np.bool_]) -> float | None:
    if not truth.any() or truth.all():
        return None
    return float((decisions[truth].mean() + (~decisions[~truth]).mean()) / 2)


def roc_of(truth: NDArray[np.bool_], scores: NDArray[np.float64]) -> Roc:
    """Return the ROC curve of a test; photos without a vector (NaN) are accepted last of all."""
    from sklearn.metrics import roc_curve

    far, tar, _ = roc_curve(truth, ranks(scores))
    return Roc(far=[round(float(x), 6) for x in far], tar=[round(float(y), 6) for y in tar])


def equal_error_rate(truth: NDArray[np.bool_], scores: NDArray[np.float64] | NDArray[np.intp]) -> float:
    """Return the error rate at which false accepts (FAR) and false rejects (FRR) are equally frequent.

    The two curves are joined linearly between the scores that occur.
    """
    from sklearn.metrics import roc_curve

    far, tar, _ = roc_curve(truth, scores, drop_intermediate=False)
    excess = (1 - tar) - far  # falls from 1 to -1 as the threshold falls
    after = int(np.argmax(excess <= 0))
    before = after - 1
    share = excess[before] / (excess[before] - excess[after])
    return float(far[before] + share * (far[after] - far[before]))


def ranks(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the rank of each score, the same for equal scores; NaN (no vector: "not me") ranks below all."""
    _, ranked = np.unique(scores, return_inverse=True)
    return np.where(np.isnan(scores), -1, ranked)
