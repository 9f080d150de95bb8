"""`bench run --slices FILE` and `bench show --slices`: columns of one's own, and what is refused before any photo."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.benchmarks.results import read_predictions
from facebench.data import orl_faces

RUN = ["run", "--data", "faces", "--extractor", "colour", "--head", "logreg"]
Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 12 people, five photos each."""
    for item in orl_faces().items:
        if int(item.person[1:]) <= 12 and int(item.path.stem) <= 5:
            path = tmp_path / "faces" / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(item.path, path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_columns_of_ones_own_are_slices(work: Path, command: Bench) -> None:
    rows = [
        f"faces/s{person}/{photo}.pgm,{'yes' if person % 2 else 'no'}" for person in range(1, 10) for photo in (1, 5)
    ]
    (work / "mine.csv").write_text("\n".join(["photo,glasses", *rows]))
    assert command(*RUN, "--slices", "mine.csv")[0] == 0
    [run] = (work / "runs").iterdir()
    assert (run / "properties.csv").stat().st_mode & 0o777 == 0o600
    with (run / "properties.csv").open(newline="") as stream:
        listed = {row["path"]: row["glasses"] for row in csv.DictReader(stream)}
    assert len(listed) == 60
    assert (listed["s1/1.pgm"], listed["s2/5.pgm"], listed["s1/2.pgm"]) == ("yes", "no", "")
    code, shown, _ = command("show", "last", "--slices", "--format", "csv")
    records = [row for row in csv.DictReader(shown.splitlines()) if row["property"] == "glasses"]
    found = {(row["slice"], row["kind"]): row for row in records}
    assert code == 0
    assert {name for name, _ in found} == {"yes", "no", "unknown"}
    tested = {row.path for row in read_predictions(run) if row.truth == "me"}
    assert int(found["unknown", "false rejects"]["photos"]) == sum(not listed[path] for path in tested)


def test_an_audit_has_no_slices(work: Path, command: Bench, refused: Callable[..., str]) -> None:
    run = ("run", "--data", "faces", "--target", "s1", "--extractor", "sface", "--head", "logreg", "--repeats", "1")
    assert command(*run, "--audit")[0] == 0
    assert "is an audit, and audits have no slices." in refused(
        "show", "last", "--slices", "--extractor", "colour", cwd=work
    )


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("photo,glasses\nnone.pgm,yes\n", "line 2: there is no photo none.pgm: write it as the run lists it"),
        (
            "photo,sharpness\ns1/1.pgm,yes\n",
            "A column is called sharpness, which facebench measures itself: rename it.",
        ),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_before_any_photo_is_decoded(
    table: str, says: str, work: Path, refused: Callable[..., str], decoded: list[bytes]
) -> None:
    (work / "mine.csv").write_text(table)
    assert says in refused(*RUN, "--slices", "mine.csv", cwd=work)
    assert decoded == []
    assert not (work / "runs").exists()
