"""Results and predictions without a run."""

from typing import Any

import numpy as np
from facebench.benchmarks.results import Prediction, TargetResult
from facebench.benchmarks.statistics._metrics import measure
from numpy.typing import ArrayLike


def result_of(truth: ArrayLike, scores: ArrayLike, decisions: ArrayLike | None = None, **fields: Any) -> TargetResult:
    """Return the result of one test: bool (n,), float (n,) and bool (n,), by default what the threshold says."""
    mine, values = np.asarray(truth, bool), np.asarray(scores, float)
    metrics = measure(mine, values, values >= fields.get("threshold", 0.5) if decisions is None else decisions)
    trained = {"target": "ann", "train_me": 6, "train_others": 30, "fit_seconds": 0.1}
    return TargetResult(**{"threshold": 0.5, "threshold_rule": "natural", **trained, "metrics": metrics, **fields})


def prediction(target: str, number: int, person: str, *, right: bool) -> Prediction:
    """Return the row of a photo of a person; "me" is the target."""
    truth, other = ("me", "other") if person == "me" else ("other", "me")
    return Prediction(
        extractor="e",
        head="h",
        target=target,
        path=f"{number}.jpg",
        sha256="",
        person=target if person == "me" else person,
        split_seed=0,
        truth=truth,
        score=0.5,
        decision=truth if right else other,
        outcome="embedded",
        box="",
    )


def scored(path: str, person: str, score: float | None, **fields: Any) -> Prediction:
    """Return the row of a photo of a person, tested for ann; from 0.5 on it is accepted."""
    made = {
        "extractor": "e",
        "head": "h",
        "target": "ann",
        "path": path,
        "sha256": "",
        "person": person,
        "split_seed": 0,
        "truth": "other",
        "score": score,
        "decision": "me" if score is not None and score >= 0.5 else "other",
        "outcome": "no_face" if score is None else "embedded",
        "box": "",
    }
    return Prediction(**{**made, **fields})
