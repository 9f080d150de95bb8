"""What a terminal shows of `bench run` and `bench curve`: one line for all of it, and below it what is under way."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from facebench.data import orl_faces

from .terminal import in_terminal

BENCH = [sys.executable, "-c", "from facebench.cli import main; main()"]
PAIRINGS = ["--data", "faces", "--target", "s1", "--extractor", "colour", "--head", "logreg", "--head", "centroid"]


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder beside faces of six people."""
    folder = tmp_path_factory.mktemp("work")
    for item in orl_faces().items:
        if int(item.person[1:]) <= 6:
            path = folder / "faces" / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(item.path, path)
    return folder


def lines_of(command: list[str], cwd: Path) -> list[str]:
    """Return the lines that a terminal of 100 columns shows in turn."""
    code, text = in_terminal([*BENCH, *command], 100, cwd)
    assert code == 0, text
    return [line.rstrip() for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", text))]


def test_a_run_is_one_line_with_what_is_under_way_and_no_rate_of_what_is_stored(
    faces: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    first, second = (lines_of(["run", *PAIRINGS], faces) for _ in range(2))
    for lines in (first, second):
        assert [line for line in dict.fromkeys(lines) if line.endswith(" pairings")] == [
            "0 of 2 pairings",
            "1 of 2 pairings",
            "2 of 2 pairings",
        ]
        assert any(line.startswith("colour x logreg ") for line in lines)
    assert any(re.match(r"screening, colour .* \d+/60 ", line) for line in first)
    assert not any("screening" in line for line in second)
    assert {line.split("  ")[0].split(" ━")[0] for line in second if "photos/s" in line} <= {"reading photos"}


def test_a_curve_counts_pairings_too(faces: Path) -> None:
    lines = lines_of(["curve", *PAIRINGS, "--photos", "4", "--draws", "2"], faces)
    assert {"0 of 2 pairings", "1 of 2 pairings", "2 of 2 pairings"} <= set(lines)
