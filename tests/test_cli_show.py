"""`bench show`: an extractor, a head, a run, and the sheet of a run's examples."""

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.cli import main
from facebench.data import orl_faces
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which two runs were made of photos beside them."""
    folder = tmp_path_factory.mktemp("work")
    for item in orl_faces().items:
        if int(item.person[1:]) <= 12 and int(item.path.stem) <= 5:
            path = folder / "faces" / item.name
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(item.path, path)
    options = ["--data", "faces", "--extractor", "face_recognition", "--head", "logreg", "--head", "svm"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for targets in (["--max-targets", "2"], ["--target", "s5"]):
            patch.setattr(sys, "argv", ["bench", "run", *options, *targets])
            with pytest.raises(SystemExit, match="0"):
                main()
    return folder


@pytest.fixture
def bench(work: Path, command: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs the command in the folder of the runs: exit code, output, messages."""
    monkeypatch.chdir(work)
    return command


@pytest.mark.parametrize("name", ["2", "0002-faces", "runs/0002-faces"])
def test_a_run_shows_its_facts(name: str, bench: Bench, work: Path) -> None:
    code, shown, _ = bench("show", name)
    assert code == 0
    text = " ".join(shown.split())
    for fact in (
        "run 0002-faces, complete",
        "command bench run --data faces --extractor face_recognition",
        "data set faces: 60 photos, 12 people",
        "targets 1: s5",
        "pairings 2: face_recognition x logreg, face_recognition x svm",
        "versions python 3.",
    ):
        assert fact in text
    assert str(work / "faces") in shown.replace("\n", "").replace(" ", "")


def test_examples_are_written_where_it_says(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "sheet.png"
    code, shown, _ = bench("show", "1", "--examples", str(file), "--head", "logreg")
    assert code == 0
    assert f"{file}: " in shown
    assert "photos tested with face_recognition x logreg." in shown
    assert "It shows faces and their file names: for your eyes only" in shown
    assert file.stat().st_mode & 0o777 == 0o600
    with Image.open(file) as image:
        assert image.format == "PNG"
        assert image.width > 1600


def test_look_alikes_of_each_extractor_are_ranked(bench: Bench) -> None:
    code, shown, _ = bench("show", "2", "--lookalikes", "--head", "svm")
    assert code == 0
    caption, _, pairing, _, titles, _, *rest = shown.splitlines()
    people = [line.split("|")[1].strip() for line in rest if line.startswith("| ") and "/" in line]
    assert caption.startswith("Look-alikes of s5: ")
    assert pairing.startswith("face_recognition x svm")
    assert titles == "| person | accepted | photos | mean | highest | distance | their photo | target's photo |"
    code, shown, _ = bench("show", "2", "--lookalikes", "--head", "svm", "--format", "csv")
    records = list(csv.DictReader(shown.splitlines()))
    assert code == 0
    assert {(each["extractor"], each["head"], each["target"]) for each in records} == {
        ("face_recognition", "svm", "s5")
    }
    assert [each["person"] for each in records] == people[: len(records)]
    code, shown, _ = bench("show", "1", "--lookalikes", "--format", "json")
    [found] = json.loads(shown)
    assert len(found["targets"]) == 2
    assert {each["target"] for each in found["ranked"]} == set(found["targets"])
    [name, _] = found["targets"]
    code, shown, _ = bench("show", "1", "--lookalikes", "--format", "json", "--target", name)
    assert json.loads(shown)[0]["ranked"] == [each for each in found["ranked"] if each["target"] == name]


def test_slices_of_each_extractor_are_counted(bench: Bench, work: Path) -> None:
    code, shown, _ = bench("show", "1", "--slices")
    assert code == 0
    assert shown.startswith("Nothing was decided wrongly, so no slice differs from the rest.")
    assert "face_recognition x logreg, false accepts (photos of others): none." in shown
    code, shown, _ = bench("show", "2", "--slices", "--head", "svm", "--format", "csv")
    records = list(csv.DictReader(shown.splitlines()))
    assert {(each["extractor"], each["head"]) for each in records} == {("face_recognition", "svm")}
    code, shown, _ = bench("show", "1", "--slices", "--format", "json")
    [found] = json.loads(shown)
    assert len(found["targets"]) == 2
    code, shown, _ = bench("show", "1", "--slices", "--format", "json", "--target", found["targets"][0])
    assert json.loads(shown)[0]["targets"] == found["targets"][:1]


def test_slices_of_a_run_that_measured_nothing_ask_for_another(bench: Bench, work: Path) -> None:
    file = work / "runs/0002-faces/properties.csv"
    file.rename(work / "aside.csv")
    try:
        code, shown, message = bench("show", "2", "--slices")
    finally:
        (work / "aside.csv").rename(file)
    assert (code, shown) == (2, "")
    assert "has no properties.csv" in message
    assert "Make it again: bench run --data faces" in " ".join(message.split())


def test_photos_that_cannot_be_seen_are_counted(bench: Bench, work: Path, tmp_path: Path) -> None:
    photos = sorted(work.glob("faces/s5/*"))
    for photo in photos:
        photo.rename(tmp_path / photo.name)
        shutil.copy(work / "faces" / "s1" / "1.pgm", photo)
    try:
        code, shown, messages = bench("show", "2", "--examples", str(tmp_path / "sheet.png"))
    finally:
        for photo in photos:
            shutil.move(tmp_path / photo.name, photo)
    assert (code, messages) == (0, "")
    assert ", 3 changed." in shown  # of five photos of the target those that are in the test of some split


def test_a_registered_name_wins_over_a_run_of_that_name(bench: Bench, work: Path) -> None:
    shutil.copytree(work / "runs" / "0001-faces", work / "runs" / "mlp")
    try:
        assert "721,665" in bench("show", "mlp")[1]
        assert "parameters: hidden=(9,)" in bench("show", "mlp(hidden=(9,))")[1]
        assert "run       mlp, complete" in bench("show", "runs/mlp")[1]
    finally:
        shutil.rmtree(work / "runs" / "mlp")


MISTAKES = {
    "examples of a head": (["show", "svm", "--examples", "x.png"], "needs a run, and 'svm' is not one"),
    "examples of a call": (["show", "svm(C=1)", "--examples", "x.png"], "needs a run, and 'svm(C=1)' is"),
    "no such run": (["show", "7"], "No run '7' in runs. There is: 0001-faces"),
    "no runs yet": (
        ["show", "last", "--runs", "none"],
        "No run 'last' in none. There are none yet: bench run makes one.",
    ),
    "a network": (["show", "net.onnx"], "--extractor \"onnx('net.onnx', align="),
    "nearly a run": (["show", "0002-face"], "Did you mean '0002-faces'?"),
    "nearly a head": (["show", "mpl"], "Did you mean 'mlp'?"),
    "not a call": (["show", "mlp("], "'mlp(' is not a name or a call"),
    "a long name": (["show", "a" * 300], "No extractor, detector, head or run in runs is named"),
    "other runs": (["show", "1", "--runs", "faces"], "No run '1' in faces. There are none yet"),
    "choices without examples": (["show", "1", "--head", "svm"], "give --examples FILE.png too"),
    "a format of facts": (["show", "1", "--format", "csv"], "--format is for look-alikes, slices and learning curves"),
    "look-alikes of a head": (["show", "mlp", "--lookalikes"], "--lookalikes needs a run, and 'mlp' is not one"),
    "slices of a head": (["show", "mlp", "--slices"], "--slices needs a run, and 'mlp' is not one"),
    "slices of nobody": (["show", "2", "--slices", "--target", "s6"], "was not tested on 's6'"),
    "slices of an unknown head": (["show", "2", "--slices", "--head", "mlp"], "There is: logreg, svm."),
    "look-alikes of nobody": (["show", "2", "--lookalikes", "--target", "s6"], "was not tested on 's6'"),
    "unknown extractor": (["show", "1", "--examples", "x.png", "--extractor", "mobilenet"], "no such pairing"),
    "unknown head": (["show", "1", "--examples", "x.png", "--head", "mlp"], "There is: logreg, svm."),
    "unknown target": (["show", "2", "--examples", "x.png", "--target", "s6"], "was not tested on 's6'"),
    "no PNG": (["show", "1", "--examples", "x.jpg"], "--examples x.jpg does not end in .png"),
    "no folder": (["show", "1", "--examples", "nowhere/x.png"], "there is no folder nowhere"),
    "control characters": (["show", "1", "--examples", "evil\x1b[2J.jpg"], r"evil\x1b[2J.jpg"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_message(arguments: list[str], says: str, bench: Bench, work: Path) -> None:
    code, shown, message = bench(*arguments)
    assert (code, shown) == (2, "")
    assert message.startswith("Error: ")
    assert says in message
    assert not (work / "x.png").exists()


def test_another_picture_is_not_overwritten(bench: Bench, tmp_path: Path) -> None:
    photo = tmp_path / "me.png"
    Image.new("RGB", (9, 9)).save(photo)
    before = photo.read_bytes()
    code, _, message = bench("show", "1", "--examples", str(photo))
    assert code == 2
    assert "exists and was not written by this command: choose another name" in message
    assert photo.read_bytes() == before
