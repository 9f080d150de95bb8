"""A bundle and its answers in words: a summary, a table, CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.table import Column, Table
from rich.text import Text

from ..benchmarks.results import Estimate
from ..embeddings import box_text, terms_of
from ..errors import counted, printable
from ..text import spreadsheet_safe, terminal_table
from ._bundle import Bundle
from ._manifest import OutOfFold
from ._recognition import ME, NOT_ME, Recognition

_RULES = {
    "natural": "the head's own",
    "balanced": "best balanced accuracy",
    "accuracy": "best accuracy",
    "out-of-fold": "best balanced accuracy on training photos left out in turn",
}
_STYLES = {ME: "bold green", NOT_ME: ""}


def summary(file: Path, bundle: Bundle) -> str:
    """Return what was written, its expected accuracy, and its contents."""
    manifest, training = bundle.manifest, bundle.manifest.training
    rule = _RULES.get(manifest.threshold_rule, manifest.threshold_rule)
    lines = [
        f"{file}: {manifest.target} by {manifest.extractor.name} x {manifest.head.name}, trained on "
        f"{counted(training.photos_of_me, 'photo')} in {counted(training.groups_of_me, 'group')} and "
        f"{training.photos_of_others} of {training.people} others.",
        _expected(manifest.out_of_fold) if manifest.out_of_fold else "The head and threshold that the run tested.",
        f"Threshold {manifest.threshold:.4g} ({rule}); "
        + ("probabilities are calibrated." if manifest.calibration else f"no probabilities: {_uncalibrated(bundle)}."),
        *_licence(manifest.extractor.card),
        f"It holds {_held(bundle)}. It recognises a person: keep it private (mode 0600).",
    ]
    return "\n".join(map(printable, lines))


def _licence(card: Mapping[str, object]) -> list[str]:
    terms = terms_of(card)
    if terms is None or not terms.restriction:
        return []
    return [f"Commercial use of its network's weights is {terms.restriction}: {terms.why}."]


def _uncalibrated(bundle: Bundle) -> str:
    if bundle.manifest.threshold_rule in ("balanced", "out-of-fold"):
        return "too few photos to calibrate them"
    return "they agree with the answer under --threshold auto and balanced only"


def _held(bundle: Bundle) -> str:
    carries = bundle.head.carries
    return f"no photo, but face vectors of {carries}, one per photo" if carries else "no photo and no vector of a photo"


def _expected(estimate: OutOfFold) -> str:
    metrics = estimate.metrics
    missed = f"{metrics.false_rejects} of {counted(metrics.photos_of_me, 'photo')} missed"
    accepted = f"{metrics.false_accepts} of {metrics.photos_of_others} strangers' photos accepted"
    return (
        f"Photos left out in turn ({estimate.folds} folds): balanced accuracy "
        f"{_percent(estimate.estimates['balanced_accuracy'])}, {missed}, {accepted}."
    )


def _percent(estimate: Estimate) -> str:
    interval = estimate.interval
    limits = f" ({100 * interval.low:.1f}-{100 * interval.high:.1f})" if interval else ""
    return f"{100 * estimate.value:.1f} %{limits}"


def answers_table(answers: Sequence[Recognition]) -> Table:
    """Return a terminal's table: a row per photo."""
    columns = [
        Column("photo", overflow="fold"),
        Column("answer", no_wrap=True),
        Column("probability", justify="right", no_wrap=True),
        Column("face (left top right bottom)", overflow="fold"),
    ]
    return terminal_table(columns, map(_cells, answers))


def _cells(answer: Recognition) -> list[str | Text]:
    answered = Text(printable(answer.answer), _STYLES.get(answer.answer, "yellow"))
    probability = "-" if answer.probability is None else f"{answer.probability:.3f}"
    return [answer.path, answered, probability, _boxes(answer) or answer.detail]


def _boxes(answer: Recognition) -> str:
    return "; ".join(box_text(face.box) for face in answer.faces)


def answers_csv(answers: Sequence[Recognition]) -> str:
    """Return CSV: path, answer, probability, score, faces; missing values are empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["path", "answer", "probability", "score", "faces"])
    for answer in answers:
        path, numbers = spreadsheet_safe(printable(answer.path)), map(_figure, (answer.probability, answer.score))
        writer.writerow([path, printable(answer.answer), *numbers, _boxes(answer)])
    return stream.getvalue().rstrip("\n")


def answers_json(answers: Sequence[Recognition]) -> str:
    """Return JSON: an object per photo; its faces have box, score and probability."""
    return json.dumps([_record(answer) for answer in answers], indent=1)


def tally(answers: Sequence[Recognition]) -> str:
    """Return the number of photos per answer, in one line."""
    counts = Counter(answer.answer for answer in answers)
    others = (f"{count} {printable(answer)}" for answer, count in counts.items() if answer != ME)
    return f"{counted(len(answers), 'photo')}: {', '.join([f'{counts[ME]} of me', *others])}"


def _record(answer: Recognition) -> dict[str, object]:
    return {
        "path": answer.path.encode("utf-8", "backslashreplace").decode(),
        "answer": answer.answer,
        "probability": answer.probability,
        "score": answer.score,
        "faces": [{"box": f.box, "score": f.score, "probability": f.probability} for f in answer.faces],
        "detail": answer.detail,
    }


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
