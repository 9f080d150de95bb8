"""Answers for programs: CSV and JSON, an entry per photo."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ...embeddings import Box, box_text
from ...text import csv_text
from .._recognition import Recognition


class _Figure(float):
    """A number that is written with six digits."""

    def __str__(self) -> str:
        return f"{self:.6g}"


class _Boxes(tuple[Box | None, ...]):
    """Boxes of faces, which a program reads as they are: one that begins left of the photo is no formula."""

    def __str__(self) -> str:
        return "; ".join(map(box_text, self))


def answers_csv(answers: Sequence[Recognition]) -> str:
    """Return CSV: path, answer, probability, score, faces; missing values are empty."""
    columns = ["path", "answer", "probability", "score", "faces"]
    return csv_text(columns, [_cells(answer) for answer in answers])


def _cells(answer: Recognition) -> list[object]:
    figures = [None if value is None else _Figure(value) for value in (answer.probability, answer.score)]
    return [answer.path, answer.answer, *figures, _Boxes(face.box for face in answer.faces)]


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
