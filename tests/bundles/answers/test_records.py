"""Answers as CSV and JSON: every photo, safe to open in a spreadsheet and to read by a program."""

import csv
import io
import json

from facebench.bundles import Recognition, SeenFace, answers_csv, answers_json

ANSWERS = [
    Recognition("=1+1.jpg", "me", (SeenFace((1, 2, 30, 40), 0.75, 0.875), SeenFace((50, 2, 80, 40), 0.25, None))),
    Recognition("evil\x1b[2J[red].jpg", "not me", (SeenFace(None, -1234567.0, 1e-9),)),
    Recognition("caf\udce9.jpg", "no face", detail="no [bold]face found"),
]


def test_answers_are_written_for_spreadsheets() -> None:
    header, *rows = csv.reader(io.StringIO(answers_csv(ANSWERS)))
    assert header == ["path", "answer", "probability", "score", "faces"]
    assert rows == [
        ["'=1+1.jpg", "me", "0.875", "0.75", "1 2 30 40; 50 2 80 40"],
        ["evil\\x1b[2J[red].jpg", "not me", "1e-09", "-1.23457e+06", ""],
        ["caf\\udce9.jpg", "no face", "", "", ""],
    ]


def test_answers_are_written_for_programs() -> None:
    text = answers_json(ANSWERS)
    first, second, third = json.loads(text)
    assert text.isascii()
    assert first["faces"][0] == {"box": [1, 2, 30, 40], "score": 0.75, "probability": 0.875}
    assert (second["path"], second["faces"][0]["box"]) == ("evil\x1b[2J[red].jpg", None)
    assert third == {
        "path": "caf\\udce9.jpg",
        "answer": "no face",
        "probability": None,
        "score": None,
        "faces": [],
        "detail": "no [bold]face found",
    }
