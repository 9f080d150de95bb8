"""`--hard-by` by the commands: the vectors of the extractor outside are made in the run's pass, or when they lack."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import facebench
import pytest
from facebench.data import orl_faces
from facebench.errors import FacebenchError

Bench = Callable[..., tuple[int, str, str]]
Rows = list[dict[str, Any]]
RUN = ("run", "--data", "faces", "--extractor", "colour", "--head", "centroid", "--repeats", "2", "--no-audit")
JSON = ("--format", "json")


@pytest.fixture
def bench(command: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench` beside photos of 14 people, with a store of its own."""
    for item in orl_faces().items:
        if int(item.person[1:]) <= 14 and int(item.path.stem) <= 5:
            path = tmp_path / "faces" / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(item.path, path)
    monkeypatch.chdir(tmp_path)
    forget(monkeypatch, "first")
    return command


def forget(monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    monkeypatch.setenv("FACEBENCH_CACHE", str(Path(store).absolute()))


def rows_of(done: tuple[int, str, str]) -> Rows:
    code, shown, message = done
    assert code == 0, message
    [table] = json.loads(shown)
    return table["rows"]


def test_a_run_embeds_them_in_its_one_pass_and_compare_finds_them(
    bench: Bench, extractor: Callable[..., Any], decoded: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    outside = extractor("outside")
    rows = rows_of(bench(*RUN, "--target", "s3", "--hard-by", "outside", *JSON))
    assert set(outside.given.values()) == {1}
    assert len(decoded) == len(outside.given) == 70
    assert {row["hard_by"] for row in rows} == {"outside"}
    assert rows[0]["hard"] is not None

    (tmp_path / "faces").rename("elsewhere")  # nothing needs the photos
    assert rows_of(bench("compare", "1", "--hard-by", "outside", *JSON)) == rows
    assert len(decoded) == 70
    code, shown, _ = bench("compare", "1", "--hard-by", "outside", "--format", "md")
    assert code == 0
    assert "false accepts hard strangers" in shown
    assert "chosen by outside, which is none of them" in shown
    assert "chosen by outside" not in bench("compare", "1", "--format", "md")[1]
    assert {row["hard_by"] for row in csv.DictReader(bench("compare", "1", "--format", "csv")[1].splitlines())} == {
        "mean rank"
    }
    in_python = facebench.open_run("1", hard_by="outside")
    assert in_python.table["hard"].dropna().tolist() == [row["hard"] for row in rows if row["hard"] is not None]

    forget(monkeypatch, "second")
    code, _, message = bench("compare", "1", "--hard-by", "outside")
    assert code == 2
    assert "--hard-by outside needs vectors that are not stored. The photos of this run are not where" in message
    assert "Make the run again: bench run --data faces " in message
    assert message.rstrip().endswith("--hard-by outside")
    (tmp_path / "elsewhere").rename("faces")
    assert rows_of(bench("compare", "1", "--hard-by", "outside", *JSON)) == rows
    given = Counter(path.absolute() for path in outside.given)
    tested = {path for path, count in given.items() if count == 2}
    assert 0 < len(tested) < 70  # those of the tests alone
    [changed, *_] = (path for path in sorted(tested) if path.parent.name != "s3")
    shutil.copy("faces/s3/1.pgm", changed)
    forget(monkeypatch, "third")
    code, _, message = bench("compare", "1", "--hard-by", "outside")
    assert code == 2
    assert f"{changed.parent.name}/{changed.name} has changed since the run" in message


def test_it_is_one_set_for_all_rows_and_targets_of_runs_that_are_compared(
    bench: Bench, extractor: Callable[..., Any]
) -> None:
    extractor("outside"), extractor("other")
    first = rows_of(bench(*RUN, "--max-targets", "3", "--hard-by", "outside", *JSON))
    bench(*RUN, "--max-targets", "3", "--head", "logreg", "--extractor", "other")
    together = rows_of(bench("compare", "--hard-by", "outside", *JSON))
    assert [row["extractor"] for row in together].count("other") == 2
    hard = {(row["extractor"], row["head"]): (row["hard"], row["hard_accepts"]) for row in together}
    assert hard["colour", "centroid"] == (first[0]["hard"], first[0]["hard_accepts"])
    assert all(made != (None, None) for (name, _), made in hard.items() if name)
    assert bench("compare", "--hard-by", "outside", "--fail-over", "hard_accepts=100", *JSON)[0] == 0
    best = min(row["hard"] for row in together if row["extractor"]) * 100
    code, _, message = bench("compare", "1", "--hard-by", "outside", "--fail-under", f"hard={best + 100}")
    assert (code, "Failed: colour x centroid: balanced % hard strangers" in message) == (1, True)
    code, _, message = bench("compare", "--hard-by", "other")
    assert (code, "--hard-by other: it is a row of the comparison" in message) == (2, True)
    Path("runs/0001-faces/predictions.csv").unlink()
    code, _, message = bench("compare", "1", "--hard-by", "outside")
    assert (code, "--hard-by outside: run 0001-faces has no predictions.csv, which" in message) == (2, True)


def test_an_extractor_of_a_row_is_refused_before_a_photo_is_opened(
    bench: Bench, extractor: Callable[..., Any], decoded: list[bytes]
) -> None:
    extractor("outside")
    fusion = "fusion('outside', 'sface')"
    for options, reason in (
        (("--extractor", fusion, "--hard-by", "outside"), "its network decides in the row fusion("),
        (("--hard-by", fusion), "a fusion is several extractors"),
        (("--hard-by", "metadata"), "it recognises nobody"),
        (("--hard-by", "outsid"), "Did you mean 'outside'?"),
    ):
        code, shown, message = bench(*RUN, *options)
        assert (code, shown) == (2, "")
        assert reason in message
    assert decoded == []
    assert not list(Path("runs").glob("*"))


def test_an_extractor_that_sees_nobody_chooses_nobody(bench: Bench, extractor: Callable[..., Any]) -> None:
    extractor("outside", [*Path("faces").absolute().glob("s3/*.pgm"), *Path("faces").glob("s3/*.pgm")])
    code, _, message = bench(*RUN, "--target", "s3", "--hard-by", "outside")
    assert code == 2
    assert (
        "--hard-by outside: it has no vector of any test photo of s3. Name another extractor. The run is saved in "
        in message
    )
    with pytest.raises(FacebenchError, match="no vector of any test photo"):
        _ = facebench.open_run("1", hard_by="outside").table
    assert bench("compare", "1")[0] == 0
