"""The experiment: screening, splits, fits and tests, audits, warnings; replay of a stored run."""

from ._curve import run_curve
from ._evaluate import fit_trial, predictions, refuse_non_finite, score_each, scores_of, target_result, trained_on
from ._needs import Needs, needs_of
from ._plan import Plan, make_plan
from ._provenance import versions
from ._replay import dataset_of, made_by, replay, splits_listed
from ._runner import run_benchmark
from ._screening import Screening
from ._trials import Trial

__all__ = [
    "Needs",
    "Plan",
    "Screening",
    "Trial",
    "dataset_of",
    "fit_trial",
    "made_by",
    "make_plan",
    "needs_of",
    "predictions",
    "refuse_non_finite",
    "replay",
    "run_benchmark",
    "run_curve",
    "score_each",
    "scores_of",
    "splits_listed",
    "target_result",
    "trained_on",
    "versions",
]
