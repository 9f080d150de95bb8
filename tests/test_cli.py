"""The command as a person uses it, on real photos: runs in processes of their own, what is quick in this one."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from facebench.cli import app
from facebench.data import orl_faces
from PIL import Image
from typer.testing import CliRunner

BENCH = [sys.executable, "-c", "from facebench.cli import main; main()"]


def bench(*arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    return subprocess.run([*BENCH, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    """A folder per person, 12 of ORL with 6 photos each, as JPEG, with what else lies in such folders."""
    root = tmp_path_factory.mktemp("photos") / "people"
    for item in orl_faces().items:
        if int(item.person[1:]) <= 12 and int(item.path.stem) <= 6:
            target = root / item.person / f"{item.path.stem}.jpg"
            target.parent.mkdir(parents=True, exist_ok=True)
            Image.open(item.path).save(target, quality=95)
    (root / "s3" / "notes.txt").write_text("not a photo")
    (root / "s4" / "1.jpg").write_bytes((root / "s4" / "1.jpg").read_bytes()[:700])
    return root


@pytest.fixture(scope="module")
def finished(people, tmp_path_factory) -> tuple[Path, str]:
    """The folder in which two runs were made, and what the first printed."""
    cwd = tmp_path_factory.mktemp("work")
    options = ["run", "--data", str(people), "--extractor", "face_recognition", "--head", "logreg", "--head", "svm"]
    first = bench(*options, "--max-targets", "3", cwd=cwd)
    assert first.returncode == 0, first.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        second = CliRunner().invoke(app, [*options, "--target", "s5"])
    assert second.exit_code == 0, second.stderr
    return cwd, first.stdout


@pytest.fixture
def compare(finished, command, monkeypatch) -> Callable[..., str]:
    """Return a function that runs `bench compare` beside the runs, in this process, to what it prints."""
    monkeypatch.chdir(finished[0])

    def compare(*arguments: str) -> str:
        code, shown, _ = command("compare", *arguments)
        assert code == 0
        return shown

    return compare


def test_a_run_prints_the_table_with_caption_sentence_and_notes(finished):
    _, shown = finished
    assert "72 photos, 12 people; 3 people in turn as the target" in shown
    assert "| face\\_recognition | svm |" in shown or "| face_recognition | svm |" in shown
    assert "| - | majority | - | 50.0 | 0/" in shown
    assert "(means over them, 95 % intervals)" in shown
    assert shown.count("| rank | balanced acc. % | false accepts | false rejects | AUC |") == 1
    assert "Best: face_recognition x" in shown
    assert "1 file passed over (1 .txt)" in shown
    assert "1 photo left out, not readable; the first: s4/1.jpg" in shown


def test_a_run_leaves_a_private_folder(finished):
    cwd, _ = finished
    folder = cwd / "runs" / "0001-people"
    tables = {"predictions.csv", "photos.csv", "properties.csv"}
    assert {path.name for path in folder.iterdir()} == {"result.json", *tables}
    for path, mode in ((cwd / "runs", 0o700), (folder, 0o700), *((file, 0o600) for file in folder.iterdir())):
        assert path.stat().st_mode & 0o777 == mode
    result = json.loads((folder / "result.json").read_text())
    assert result["status"] == "complete"
    assert result["command"].startswith("bench run --data")


def test_compare_groups_runs_with_different_tests(compare):
    shown = compare("--columns", "balanced,auc,run")
    assert shown.count("| extractor | head |") == 2
    assert "these runs differ in targets" in shown


@pytest.mark.parametrize("run", ["2", "0002-people", "runs/0002-people"])
def test_compare_takes_a_number_a_name_or_a_path(compare, run):
    rows = list(csv.DictReader(io.StringIO(compare(run, "--format", "csv"))))
    assert {row["target"] for row in rows} == {"s5"}
    assert {row["head"] for row in rows} == {"logreg", "svm", "majority"}


def test_json_holds_numbers(compare):
    (group,) = json.loads(compare("1", "--format", "json", "--sort", "eer"))
    best = group["rows"][0]
    assert 0.5 < best["balanced"] <= 1
    assert "balanced_low" not in best  # three people are too few for an interval
    (group,) = json.loads(compare("2", "--format", "json"))
    assert [row["rank"] for row in group["rows"]] == [1, 1, None]
    assert "; 5 splits each, seeds 0-4; " in group["caption"]


def test_the_same_run_twice_gives_the_same_predictions(people, finished, command, monkeypatch):
    cwd, _ = finished
    monkeypatch.chdir(cwd)
    options = ["--extractor", "face_recognition", "--head", "svm", "--target", "s5", "--runs", "again"]
    code, _, message = command("run", "--data", people, *options)
    assert code == 0, message
    old = (cwd / "runs" / "0002-people" / "predictions.csv").read_text().splitlines()
    new = (cwd / "again" / "0001-people" / "predictions.csv").read_text().splitlines()
    assert new == [old[0], *(line for line in old if ',"svm",' in line)]


def test_me_against_others_lying_flat(people, command, monkeypatch, tmp_path):
    shutil.copytree(people / "s1", tmp_path / "me")
    (tmp_path / "others").mkdir()
    for path in people.glob("s[2-9]/*.jpg"):
        shutil.copy(path, tmp_path / "others" / f"{path.parent.name}-{path.name}")
    monkeypatch.chdir(tmp_path)
    options = ["--extractor", "face_recognition", "--head", "logreg"]
    code, shown, message = command("run", "--me", "me", "--others", "others", *options)
    assert code == 0, message
    assert "target me, 6 photos, 6 groups; test: 1 photos of the target" in shown
    assert "It is not known who is on the photos of strangers" in shown


MISTAKES = {
    "unknown extractor": (["run", "--extractor", "mobilnet"], "Did you mean 'mobilenet'?"),
    "unknown head": (["run", "--head", "smv"], "Did you mean 'svm'?"),
    "unknown parameter": (["run", "--head", "svm(c=1)"], "takes no parameter 'c'. Did you mean 'C'?"),
    "not a call": (["run", "--head", "svm(__import__('os'))"], "is not a name or a call"),
    "unknown person": (["run", "--target", "s77"], "Nobody in ORL faces"),
    "no dates": (
        ["run", "--target", "s3", "--split", "time", "--extractor", "colour"],
        "needs the dates of photos of s3, and 10 of 10 groups",
    ),
    "unknown column": (["run", "--sort", "acuracy"], "Did you mean 'accuracy'?"),
    "unknown threshold": (["run", "--threshold", "balanc"], ", not 'balanc'; did you mean 'balanced'?\n"),
    "no such folder": (["run", "--data", "nowhere"], "--data nowhere does not exist"),
    "a file for a folder": (["run", "--data", "file.txt"], "file.txt is a file"),
    "me without others": (["run", "--me", "."], "--me needs --others"),
    "both ways at once": (["run", "--me", ".", "--data", "."], "use one of them"),
    "no photos": (["run", "--data", "empty"], "empty holds 0 folders with photos"),
    "no runs": (["compare"], "runs holds no runs yet"),
    "unknown run": (["compare", "7"], "No run '7'"),
    "unknown component": (["show", "mpl"], "Did you mean 'mlp'?"),
    "runs cannot be made": (["run", "--runs", "file.txt/runs"], "choose another folder with --runs"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_message(arguments, says, refused, tmp_path):
    (tmp_path / "file.txt").write_text("")
    (tmp_path / "empty").mkdir()
    assert says in refused(*arguments, cwd=tmp_path)


def test_the_same_file_in_both_classes_is_refused(people, refused, tmp_path):
    shutil.copytree(people / "s1", tmp_path / "me")
    shutil.copytree(people / "s2", tmp_path / "others")
    shutil.copy(people / "s1" / "1.jpg", tmp_path / "others" / "copy.jpg")
    message = refused("run", "--me", "me", "--others", "others", cwd=tmp_path)
    assert "me/1.jpg" in message
    assert "others/copy.jpg" in message
    assert "same file" in message


def test_the_same_picture_saved_anew_in_the_other_class_is_refused(people, refused, tmp_path):
    shutil.copytree(people / "s1", tmp_path / "me")
    shutil.copytree(people / "s2", tmp_path / "others")
    with Image.open(people / "s1" / "1.jpg") as photo:
        photo.resize((photo.width * 2, photo.height * 2)).save(tmp_path / "others" / "again.png")
    message = refused("run", "--me", "me", "--others", "others", cwd=tmp_path)
    assert "me/1.jpg and " in message
    assert "others/again.png show the same picture, once as me and once as" in message


def test_only_unreadable_photos_are_refused_by_name(refused, tmp_path):
    for index in range(12):
        path = tmp_path / "faces" / f"p{index % 2}" / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not a photo %d" % index)
    message = refused("run", "--data", "faces", "--extractor", "face_recognition", cwd=tmp_path)
    assert "None of the 12 photos" in message
    assert not list((tmp_path / "runs").iterdir())


def test_control_characters_of_a_name_do_not_reach_the_terminal(tmp_path):
    done = bench("run", "--data", "evil\x1b[2J", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: ")
    assert "\x1b" not in done.stderr
    assert "evil\\x1b[2J" in done.stderr


def interrupt(process: subprocess.Popen) -> str:
    """Press Ctrl-C, again where a library that was being imported has swallowed it; return standard error."""
    for _ in range(12):
        time.sleep(1)
        os.kill(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=20)[1]
    raise TimeoutError("Ctrl-C does not end it")


def test_ctrl_c_keeps_what_was_finished(people, tmp_path):
    # logreg is done in a moment; the SVM that follows has hours to go.
    command = [*BENCH, "run", "--data", str(people), "--extractor", "face_recognition"]
    command += ["--head", "logreg", "--head", "mlp(epochs=1000000)"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("runs/*/result.json")) and time.monotonic() < deadline:
        time.sleep(0.1)
    message = interrupt(process)
    assert process.returncode == 130
    assert message.splitlines()[-1].startswith("Interrupted. What was finished is saved in runs/0001-people")
    shown = bench("compare", cwd=tmp_path).stdout
    assert "logreg" in shown
    assert "ended early" in shown


@pytest.mark.parametrize("command", [[], ["run"], ["compare"], ["list"], ["show"]])
def test_every_command_has_help(command):
    shown = CliRunner().invoke(app, [*command, "--help"])
    assert shown.exit_code == 0
    assert "--help" in shown.output


def test_list_names_every_extractor_and_head():
    shown = CliRunner().invoke(app, ["list"]).output
    for name in ("face_recognition", "mobilenet", "logreg", "mlp", "svm"):
        assert name in shown


def test_show_mlp_has_the_parameters_of_the_report():
    shown = CliRunner().invoke(app, ["show", "mlp"]).output
    for number in ("655,872", "65,664", "129", "total 2,979,649; trainable 721,665; frozen 2,257,984"):
        assert number in shown
