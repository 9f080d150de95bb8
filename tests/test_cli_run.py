"""`bench run` with presets and augmentation, as a person types it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.benchmarks.results import read_run
from facebench.cli import app
from facebench.commands.parts.options import augmentation_from
from facebench.data import Augmentation, orl_faces
from facebench.errors import FacebenchError
from typer.testing import CliRunner


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per person, the first 12 of ORL."""
    root = tmp_path_factory.mktemp("photos")
    for item in orl_faces().items:
        if int(item.name.split("/")[0][1:]) <= 12:
            (root / item.name).parent.mkdir(exist_ok=True)
            shutil.copy(item.path, root / item.name)
    return root


def run(*options: str, folder: Path, runs: Path) -> str:
    arguments = ["run", "--data", str(folder), "--target", "s3", "--runs", str(runs), *options]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_the_preset_runs_the_report_and_tells_what_it_assumes(folder: Path, tmp_path: Path) -> None:
    shown = run("--preset", "report", "--augment", "1", folder=folder, runs=tmp_path)
    assert "Note: Assumed, not stated in the report: as many photos of others as of the target; 60 %" in shown
    assert "as many photos of others as of the target" in shown
    assert "trained on 1 random variant of each photo" in shown
    assert "the original report's own pairing" in shown
    [path] = tmp_path.iterdir()
    settings = read_run(path).settings
    assert (settings.preset, settings.augment, settings.threshold) == ("report", 1, "0.5")


def test_a_range_given_with_a_preset_leaves_the_rest_of_its_augmentation(folder: Path, tmp_path: Path) -> None:
    options = ["--preset", "report", "--extractor", "colour", "--head", "centroid", "--augment", "1"]
    run(*options, "--augmentation", "rotation=20", folder=folder, runs=tmp_path)
    [path] = tmp_path.iterdir()
    assert read_run(path).settings.augmentation == Augmentation(rotation=20, side=224)


def test_what_a_run_prints_compare_prints_again_with_its_interval(folder: Path, tmp_path: Path) -> None:
    options = ["--extractor", "mobilenet", "--head", "mlp(epochs=0)", "--head", "svm", "--format", "json"]
    shown = run(*options, folder=folder, runs=tmp_path)
    assert "mobilenet x svm" in shown
    assert " points (95 %: " in shown
    done = CliRunner().invoke(app, ["compare", "--runs", str(tmp_path), "--format", "json"])
    assert done.stdout == shown


def test_options_that_are_not_given_are_left_to_the_defaults(folder: Path, tmp_path: Path) -> None:
    run("--extractor", "mobilenet", "--head", "svm", "--augmentation", "shear=0", folder=folder, runs=tmp_path)
    [path] = tmp_path.iterdir()
    settings = read_run(path).settings
    given = {"extractors", "heads", "target", "augmentation"}
    defaults = type(settings)()
    for name in type(settings).model_fields:
        assert (getattr(settings, name) != getattr(defaults, name)) == (name in given)
    assert settings.augmentation == Augmentation(shear=0)


def test_an_audit_adds_rows_that_are_told_from_those_compared(folder: Path, tmp_path: Path) -> None:
    options = ["--extractor", "colour", "--head", "logreg", "--audit", "--repeats", "2", "--augment", "1"]
    shown = run(*options, "--seed", "4", "--format", "json", folder=folder, runs=tmp_path)
    [group] = json.loads(shown)
    compared, *audits = [(row["extractor"], row["head"]) for row in group["rows"] if row["extractor"]]
    assert compared == ("colour", "logreg")  # and no second time among the audits
    assert sorted(name for name, _ in audits) == ["background", "metadata", "mobilenet(view='face')", "rim"]
    assert {head for _, head in audits} <= {"logreg", "svm"}
    assert [row["audit"] for row in group["rows"]] == [False, False, True, True, True, True]
    assert "; 2 splits each, seeds 4-5; " in group["caption"]
    [path] = tmp_path.iterdir()
    result = read_run(path)
    assert (result.settings.audit, result.settings.repeats) == (True, 2)
    assert [extractor.augmentation for extractor in result.extractors] == [None] * 5  # what they look at is lost there


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--threshold", "far=2"], "--threshold 'far=2': a threshold is one of auto, balanced, accuracy"),
        (["--threshold", "natural"], "or far=0.01 (above 0, below 1), not 'natural'"),
        (["--preset", "reprot"], "No preset is named 'reprot'. Did you mean 'report'?"),
        (["--augmentation", "rotation=400"], "rotation is from 0 to 180 degrees, not 400"),
        (["--augmentation", "rotate=3"], "--augmentation has no parameter 'rotate'. Did you mean 'rotation'?"),
        (["--augmentation", "rotation"], "is not of the form 'rotation=20, shear=0'"),
        (["--augmentation", "zoom='much'"], "--augmentation \"zoom='much'\": "),
        (["--augmentation", "horizontal_flip='no'"], "horizontal_flip is True or False, not 'no'"),
    ],
)
def test_a_slip_is_refused_by_name(
    options: list[str],
    complaint: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from facebench.cli import main

    monkeypatch.setattr("sys.argv", ["bench", "run", *options])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    printed, warned = capfd.readouterr()
    assert printed == ""
    assert warned.startswith("Error: ")
    assert complaint in warned
    assert list(tmp_path.iterdir()) == []


def test_a_negative_number_of_variants_is_refused() -> None:
    assert CliRunner().invoke(app, ["run", "--augment", "-1"]).exit_code == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("rotation=20, shear=0", Augmentation(rotation=20, shear=0)),
        (" horizontal_flip = False ", Augmentation(horizontal_flip=False)),
    ],
)
def test_an_augmentation_is_written_like_parameters(text: str, expected: Augmentation | None) -> None:
    assert augmentation_from(text) == expected


@pytest.mark.parametrize("text", ["rotation=__import__('os')", "20", "rotation=1)(", "**{}", "rotation=20; shear=0"])
def test_nothing_else_is_understood(text: str) -> None:
    with pytest.raises(FacebenchError, match="--augmentation"):
        augmentation_from(text)


def test_the_tolerance_of_another_network_is_refused_by_name_and_the_other_heads_go_on(
    folder: Path, tmp_path: Path
) -> None:
    heads = ["--head", "tolerance", "--head", "centroid", "--head", "tolerance(tolerance=0.3)"]
    run("--extractor", "colour", *heads, folder=folder, runs=tmp_path)
    [path] = tmp_path.iterdir()
    result = read_run(path)
    assert [pairing.head for pairing in result.pairings[1:]] == ["centroid", "tolerance(tolerance=0.3)"]
    [refused] = result.refused
    assert (refused.extractor, refused.head) == ("colour", "tolerance")
    assert "was found for face_recognition's vectors" in refused.reason


@pytest.mark.parametrize("command", [["run"], ["curve"], ["train", "--include-vectors", "-o", "x.facebench"]])
def test_where_nothing_but_an_unfit_tolerance_is_asked_for_it_is_refused(
    command: list[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = ["--data", str(folder), "--target", "s3", "--extractor", "colour", "--head", "tolerance"]
    with pytest.raises(FacebenchError, match=r"tolerance'? has a tolerance of 0\.6"):
        CliRunner().invoke(app, [*command, *options], catch_exceptions=False)


def test_a_run_against_one_person_is_told_and_makes_no_bundle(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    runs = ["--runs", tmp_path / "runs"]
    chosen = ["--extractor", "colour", "--head", "logreg", "--target", "s1", "--repeats", "1", *runs]
    code, shown, messages = command("run", *chosen, "--against", "s2")
    assert code == 0
    assert shown.startswith("ORL faces (AT&T Laboratories Cambridge), s1 against s2: 20 photos, 2 people; target s1")
    assert "nothing about anybody else" in shown
    assert "bench report" in messages
    assert "bench train" not in messages
    code, _, message = command("train", "--from", "last", *runs, "-o", tmp_path / "s1.facebench")
    assert (code, "knows s2 alone" in message) == (2, True)
    code, _, message = command("run", *chosen, "--against", "s41")
    assert (code, "--against s41: nobody but s1 is named so" in message) == (2, True)
