"""The golden check: the working tree gives the results of a reference, and a difference is told."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: The last commit by which results changed on purpose: advance it with the next one.
REFERENCE = "761df55"


def golden(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/golden/golden.py", *map(str, arguments)]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def has_reference() -> bool:
    command = ["git", "cat-file", "-e", f"{REFERENCE}^{{commit}}"]
    return shutil.which("git") is not None and not subprocess.run(command, check=False, cwd=ROOT).returncode


@pytest.mark.slow
def test_the_working_tree_gives_the_results_of_the_reference(tmp_path: Path) -> None:
    if not has_reference():
        pytest.skip(f"no git checkout that has commit {REFERENCE}")
    for revision in (REFERENCE, "."):
        made = golden("make", revision, tmp_path / revision.replace(".", "now"))
        assert made.returncode == 0, made.stderr
    compared = golden("compare", tmp_path / REFERENCE, tmp_path / "now")
    assert compared.returncode == 0, compared.stdout


def test_a_difference_is_told(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    for name in ("table.txt", "other.txt", "gone.txt"):
        (before / name).write_text("one\ntwo\nthree\n")
    shutil.copytree(before, after)
    same = golden("compare", before, after)
    assert (same.returncode, same.stdout) == (0, "same  gone.txt\nsame  other.txt\nsame  table.txt\n")
    (after / "table.txt").write_text("one\n2\nthree\n")
    (after / "gone.txt").unlink()
    other = golden("compare", before, after)
    assert other.returncode == 1
    assert "differs  gone.txt" in other.stdout
    assert "same  other.txt" in other.stdout
    assert "differs  table.txt\n    @@ -2 +2 @@\n    -two\n    +2\n" in other.stdout


def test_nothing_compared_is_no_success(tmp_path: Path) -> None:
    assert golden("compare", tmp_path, tmp_path).returncode == 1
