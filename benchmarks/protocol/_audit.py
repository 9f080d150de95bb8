"""The shortcut audit: which extractors test how well the classes are told apart without looking at a face, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from ...classifiers import load_head
from ...data import Dataset
from ...embeddings import Card, extractors
from ...embeddings.extraction import Vectors
from ..results import PairingResult, Predictions
from ..statistics import Audit, ranks
from ._evaluate import fit_trial, scores_of
from ._trials import Trial

#: They cost almost nothing: a file's header, and a histogram.
CHEAP = ("metadata", "colour")
#: MobileNetV2 on the face alone, for comparison with the whole photo; recognises people, and is not judged.
FACE_VIEW = "mobilenet(view='face')"
#: The heads that an audit's is chosen from: straight and curved boundaries.
HEADS = ("logreg", "svm")
#: Trials that the choice is made on at most: an audit must not cost more than what it audits.
_TRIALS = 10


def audits_of(asked: bool | None, dataset: Dataset) -> list[str]:
    """Return the extractors of an audit: every registered one whose card says so, and the view of the face.

    Args:
        asked: None for the cheap ones alone, and only if photos of me and of others come from different folders:
            the people of one folder were probably photographed and saved alike.
        dataset: the photos.
    """
    if asked is None:
        return list(CHEAP) if dataset.me is not None else []
    if not asked:
        return []
    cards = {entry.name: getattr(entry.factory, "card", None) for entry in extractors.entries()}
    return [*(name for name, card in cards.items() if isinstance(card, Card) and card.audit), FACE_VIEW]


def choose_head(trials: Iterable[Trial], vectors: Vectors, seed: int) -> tuple[str, Any]:
    """Return the head of an audit, by name: the one with the best AUC on validation, mean over the first trials."""
    usable = [trial for trial in trials if trial.trainable(vectors.trainable)][:_TRIALS]
    heads = [(name, load_head(name, seed)) for name in HEADS]
    return max(heads, key=lambda named: _validation_auc(usable, vectors, named[1]))


def _validation_auc(trials: Sequence[Trial], vectors: Vectors, head: Any) -> float:
    """Return the mean AUC over trials with both classes in validation; 0.5 without one."""
    from sklearn.metrics import roc_auc_score

    areas = []
    for trial in trials:
        truth, scores = scores_of(trial, trial.validation, vectors, fit_trial(trial, vectors, head))
        if truth.any() and not truth.all():
            areas.append(float(roc_auc_score(truth, ranks(scores))))
    return fmean(areas) if areas else 0.5


def audits_among(
    pairings: Sequence[PairingResult],
    cards: Mapping[str, Mapping[str, str | int]],
    rows: Predictions,
) -> list[Audit]:
    """Return the pairings to judge, one per extractor that is an audit.

    Args:
        pairings: all that were tested; an audit that is compared with one of `HEADS` was not tested again.
        cards: by extractor.
        rows: the predictions of all of them.
    """
    audits: dict[str, PairingResult] = {}
    for pairing in pairings:
        if cards.get(pairing.extractor, {}).get("audit") and (pairing.audit or pairing.head in HEADS):
            audits.setdefault(pairing.extractor, pairing)
    return [
        Audit(pairing, cards[name], rows.where(extractor=name, head=pairing.head)) for name, pairing in audits.items()
    ]
