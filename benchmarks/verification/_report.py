"""What `bench verify` found: tables, Markdown or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Literal

from rich.console import RenderableType

from ...errors import counted
from ...text import Grid, TextFormat, laid_out

Distance = Literal["euclidean", "cosine"]

_TITLES = (
    *("extractor", "accuracy %", "AUC", "mean threshold", "false accepts", "false rejects"),
    *("no face, genuine", "no face, impostor"),
)


@dataclass(frozen=True)
class Fold:
    """One fold: the share of right decisions, 0..1, and the threshold that the other folds chose."""

    accuracy: float
    threshold: float


@dataclass(frozen=True)
class Verification:
    """One extractor's decisions.

    Attributes:
        extractor: call string.
        accuracy: mean over the folds of the share of right decisions, 0..1.
        standard_error: of that mean: standard deviation over the folds (n - 1) / square root of their number.
        auc: area under the ROC curve, over all pairs, 0..1.
        false_accepts: impostor pairs decided "same".
        false_rejects: genuine pairs decided "different".
        no_face_genuine: genuine pairs with a photo that has no vector, decided "different".
        no_face_impostors: impostor pairs with such a photo, decided "different".
        failures: photos without a vector, by reason.
        folds: in order.
    """

    extractor: str
    accuracy: float
    standard_error: float
    auc: float
    false_accepts: int
    false_rejects: int
    no_face_genuine: int
    no_face_impostors: int
    failures: dict[str, int]
    folds: list[Fold]


@dataclass(frozen=True)
class VerifyReport:
    """Extractors on the same pairs.

    Attributes:
        distance: of two vectors.
        photos: distinct ones.
        genuine: pairs of one person's photos.
        impostors: pairs of two people's photos.
        extractors: in the order asked for.
    """

    distance: Distance
    photos: int
    genuine: int
    impostors: int
    extractors: list[Verification]


def verify_text(report: VerifyReport, style: TextFormat = "md", width: int = 80) -> str | RenderableType:
    """Return the report as JSON or Markdown, or for "table" something that rich prints on a terminal of a width."""
    return json.dumps(asdict(report), indent=2) if style == "json" else laid_out(_parts(report), style, width)


def _parts(report: VerifyReport) -> list[str | Grid]:
    """Return a caption, a table, and notes on photos without a vector."""
    folds = len(report.extractors[0].folds)
    caption = (
        f"{report.genuine} genuine and {report.impostors} impostor pairs of {counted(report.photos, 'photo')}, "
        f"{report.distance} distance; accuracy: mean of {folds} folds ± its standard error, each fold with the "
        "threshold that is best on the others."
    )
    table = Grid(_TITLES, [_row(result, report) for result in report.extractors])
    return [caption, table, *(_note(result) for result in report.extractors if result.failures)]


def reasons(failures: dict[str, int]) -> str:
    """Return why photos have no vector.

    >>> reasons({"no_face": 3, "truncated": 1})
    '3 no_face, 1 truncated'
    """
    return ", ".join(f"{count} {reason}" for reason, count in sorted(failures.items()))


def _row(result: Verification, report: VerifyReport) -> list[str]:
    return [
        result.extractor,
        f"{result.accuracy:.2%} ±{result.standard_error:.2%}".replace("%", ""),
        f"{result.auc:.4f}",
        f"{fmean(fold.threshold for fold in result.folds):.3f}",
        f"{result.false_accepts}/{report.impostors}",
        f"{result.false_rejects}/{report.genuine}",
        str(result.no_face_genuine),
        str(result.no_face_impostors),
    ]


def _note(result: Verification) -> str:
    return (
        f"Note: {result.extractor} has no vector for {counted(sum(result.failures.values()), 'photo')} "
        f'({reasons(result.failures)}): pairs with one of them are decided "different".'
    )
