"""`bench run` and what makes its figures believable: time, repeats, thresholds for a rate, the audit, C chosen."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from facebench.benchmarks.results import RunResult, read_predictions, read_run
from facebench.cli import app, main
from facebench.data import orl_faces
from PIL import ExifTags, Image
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per person, the first 14 of ORL; photo n of s3 was taken on day n, the others have no date."""
    root = tmp_path_factory.mktemp("photos")
    for item in orl_faces().items:
        number, photo = int(item.person[1:]), int(item.path.stem)
        if number <= 14:
            exif = Image.Exif()
            if number == 3:
                taken = datetime(2024, 1, 1) + timedelta(days=photo)
                exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
            (root / item.person).mkdir(exist_ok=True)
            Image.open(item.path).save(root / item.person / f"{photo}.jpg", quality=90, exif=exif)
    return root


def run(*options: str, folder: Path, runs: Path, target: str = "s3") -> tuple[str, RunResult, Path]:
    """Return what a run printed, its result and its folder."""
    arguments = ["run", "--data", str(folder), "--target", target, "--runs", str(runs)]
    done = CliRunner().invoke(app, [*arguments, "--extractor", "colour", *options], catch_exceptions=False)
    assert done.exit_code == 0
    [path] = runs.iterdir()
    return done.stdout, read_run(path), path


def test_split_time_tests_on_the_newest_photos(folder: Path, tmp_path: Path) -> None:
    shown, result, path = run("--split", "time", "--head", "centroid", folder=folder, runs=tmp_path)
    assert result.settings.split == "time"
    mine = {row.path for row in read_predictions(path) if row.truth == "me"}
    assert mine == {"s3/9.jpg", "s3/10.jpg"}
    assert "10 photos, 10 groups" in shown


def test_split_time_without_dates_is_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--extractor", "colour", "--split", "time"]
    message = refused(*options, target="s4", folder=folder, at=tmp_path, patch=monkeypatch, capfd=capfd)
    assert "--split time needs the dates of photos of s4, and " in message
    assert "give photos as the camera wrote them, or leave out --split time" in message


def test_a_threshold_for_a_rate_is_taken_and_told_where_strangers_are_few(folder: Path, tmp_path: Path) -> None:
    shown, result, _ = run("--threshold", "far=0.01", "--head", "centroid", folder=folder, runs=tmp_path)
    assert {target.threshold_rule for target in result.pairings[1].targets} == {"far=0.01"}
    assert "A threshold for a false accept rate of 0.01 needs 1,000 validation photos of others, and there are" in shown
    assert "few-strangers" in shown


def test_an_operating_point_says_how_many_strangers_it_needs(folder: Path, tmp_path: Path) -> None:
    options = ["--head", "centroid", "--columns", "tar10,tar1,tar0.1", "--format", "md"]
    shown, *_ = run(*options, folder=folder, runs=tmp_path)
    for strangers in ("100", "1,000", "10,000"):
        assert f"needs {strangers} strangers" in shown


@pytest.mark.parametrize("rule", ["far=2", "far=0", "far=little", "0.7"])
def test_a_threshold_that_is_none_is_refused(
    rule: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    message = refused("--threshold", rule, folder=folder, at=tmp_path, patch=monkeypatch, capfd=capfd)
    assert f"--threshold '{rule}': " in message
    assert "or far=0.01 (above 0, below 1)" in message


def test_repeats_are_so_many_splits_of_following_seeds(folder: Path, tmp_path: Path) -> None:
    options = ["--repeats", "2", "--seed", "7", "--head", "centroid"]
    _, result, path = run(*options, folder=folder, runs=tmp_path)
    assert [target.split_seed for target in result.pairings[1].targets] == [7, 8]
    tests = [{row.path for row in read_predictions(path) if row.split_seed == seed} for seed in (7, 8)]
    assert tests[0] != tests[1]


def test_no_repeats_at_all_are_refused() -> None:
    assert CliRunner().invoke(app, ["run", "--repeats", "0"]).exit_code == 2


def test_a_strength_can_be_chosen_by_the_head(folder: Path, tmp_path: Path) -> None:
    shown, result, _ = run("--head", "svm(C='auto')", "--repeats", "1", folder=folder, runs=tmp_path)
    assert result.pairings[1].head == "svm(C='auto')"
    assert "svm(C='auto')" in shown


@pytest.mark.parametrize("head", ["svm(C=-1)", "svm(C='best')", "logreg(C='best')"])
def test_a_strength_that_is_none_is_refused(
    head: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--extractor", "colour", "--head", head]
    message = refused(*options, folder=folder, at=tmp_path, patch=monkeypatch, capfd=capfd)
    assert "cannot be fitted: The 'C' parameter of" in message
    assert head.split("C=")[1].strip("')") in message


def refused(
    *options: str,
    folder: Path,
    at: Path,
    patch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    target: str = "s3",
) -> str:
    """Return the message of a run that must end with code 2."""
    patch.setattr("sys.argv", ["bench", "run", "--data", str(folder), "--target", target, *options])
    patch.chdir(at)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    printed, warned = capfd.readouterr()
    assert printed == ""
    assert "Error: " in warned
    assert "Traceback" not in warned
    return warned
