"""Answers for programs: CSV and JSON, an entry per photo."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from ...embeddings import box_text
from ...errors import printable
from ...text import spreadsheet_safe
from .._recognition import Recognition


def answers_csv(answers: Sequence[Recognition]) -> str:
    """Return CSV: path, answer, probability, score, faces; missing values are empty."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["path", "answer", "probability", "score", "faces"])
    for answer in answers:
        path, numbers = spreadsheet_safe(printable(answer.path)), map(_figure, (answer.probability, answer.score))
        boxes = "; ".join(box_text(face.box) for face in answer.faces)
        writer.writerow([path, printable(answer.answer), *numbers, boxes])
    return stream.getvalue().rstrip("\n")


def answers_json(answers: Sequence[Recognition]) -> str:
    """Return JSON: an object per photo; its faces have box, score and probability."""
    return json.dumps([_record(answer) for answer in answers], indent=1)


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
