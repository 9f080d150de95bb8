"""`bench speed`: what it reports. How fast anything is depends on the machine, and no test says it."""

import io
import json
import math
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.speed import SpeedReport, _alone, _measure, _rounds, _stages, measure_speed, speed_text
from facebench.benchmarks.speed._reference_process import ReferenceProcess, library_is_installed
from facebench.benchmarks.speed._rounds import Rounds
from facebench.benchmarks.speed._stages import GFLOP
from facebench.cli import app
from facebench.data import people_folder
from facebench.embeddings.built_in import _arcface
from facebench.embeddings.faces.hog._ready import ready_search
from facebench.errors import FacebenchError
from pydantic import TypeAdapter
from rich.console import Console
from typer.testing import CliRunner

PHOTOS = 4
MEGAPIXELS = 0.2
AUTO = "face_recognition(upsample='auto')"

with_library = pytest.mark.skipif(not library_is_installed(), reason="needs the library (the extra reference)")


@pytest.fixture(scope="module")
def quick(orl: list[Path]) -> Iterator[None]:
    """The rate of the machine and of a network alone from a moment's work, which is as good as long for a test."""
    ready_search()  # else one line says that it is being compiled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_stages, "_MATRIX", 256)
        patch.setattr(_rounds, "_NETWORK_INPUTS", 8)
        patch.setattr(_alone, "_FITTED", (60, 24))
        patch.setattr(_alone, "_EPOCHS", 2)
        cold = _measure._cold("mobilenet", orl[:2])
        patch.setattr(_measure, "_cold", lambda *_: cold)  # each takes a second
        yield


@pytest.fixture(scope="module")
def report(quick: None) -> dict[str, Any]:
    """What the command says of all extractors on a few ORL faces."""
    options = ["--photos", str(PHOTOS), "--repeats", "1", "--megapixels", str(MEGAPIXELS), "--format", "json"]
    done = CliRunner().invoke(app, ["speed", *options])
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def without_library(quick: None, orl: list[Path], tmp_path_factory: pytest.TempPathFactory) -> SpeedReport:
    """A report on two people, one photo damaged, where the library face_recognition is not installed."""
    root = tmp_path_factory.mktemp("people")
    for number, path in enumerate([orl[0], orl[1], orl[10]]):
        (root / path.parent.name).mkdir(exist_ok=True)
        shutil.copy(path, root / path.parent.name / f"{number}.pgm")
    (root / "s1" / "damaged.pgm").write_bytes(orl[0].read_bytes()[:500])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "face_recognition", None)
        return measure_speed(people_folder(root), ["face_recognition"], photos=4, repeats=1, megapixels=0)


def test_machine_and_sample_are_told(report: dict[str, Any]) -> None:
    assert report["processor"]
    assert report["cores"] >= 1
    assert report["matrix_gflops"] > 0
    assert (report["photos"], report["unreadable"], report["repeats"]) == (PHOTOS, 0, 1)


def test_every_extractor_is_measured_cold_warm_and_stored(report: dict[str, Any]) -> None:
    rows = {row["name"]: row for row in report["extractors"]}
    assert {"mobilenet", "face_recognition", AUTO} <= set(rows)
    for row in rows.values():
        assert row["cold_photos"] == PHOTOS
        assert min(row[figure] for figure in ("cold_seconds", "photos_per_second", "stored_per_second")) > 0
        assert 0 <= row["without_vector"] < PHOTOS


def test_stages_are_those_an_extractor_has(report: dict[str, Any]) -> None:
    stages = {row["name"]: row["stages"] for row in report["extractors"]}
    assert list(stages["mobilenet"]) == ["decode", "align", "network"]
    assert list(stages["face_recognition"]) == list(stages[AUTO]) == ["decode", "detect", "align", "network"]
    for times in stages.values():
        assert all(milliseconds > 0 for milliseconds in times.values())


def test_the_same_is_measured_on_larger_photos(report: dict[str, Any]) -> None:
    large = report["large"]
    assert (large["megapixels"], large["photos"], large["enlarged"]) == (MEGAPIXELS, PHOTOS, PHOTOS)
    assert [row["name"] for row in large["extractors"]] == [row["name"] for row in report["extractors"]]
    for row in large["extractors"]:
        assert row["photos_per_second"] > 0
        assert row["stored_per_second"] > 0
        assert row["cold_photos"] == PHOTOS
        assert all(milliseconds > 0 for milliseconds in row["stages"].values())
    [mobilenet] = [row for row in large["extractors"] if row["name"] == "mobilenet"]
    assert [other["photos"] for other in mobilenet["references"]] == [PHOTOS] * 2
    for other in mobilenet["references"]:
        assert other["largest_difference"] < 1e-4


@with_library
def test_the_library_goes_through_a_few_of_the_larger_photos(report: dict[str, Any]) -> None:
    [row] = [row for row in report["large"]["extractors"] if row["name"] == "face_recognition"]
    [other] = row["references"]
    assert 0 < other["photos"] < PHOTOS
    assert other["photos_per_second"] > 0
    assert other["ratio"] == pytest.approx(row["photos_per_second"] / other["photos_per_second"])
    assert other["largest_difference"] < 1e-5  # searched whole: no longer than 1,600 pixels


def test_photos_that_are_large_enough_are_measured_as_they_are(orl: list[Path], tmp_path: Path) -> None:
    for path in (orl[0], orl[10]):
        shutil.copytree(path.parent, tmp_path / path.parent.name)
    found = measure_speed(people_folder(tmp_path), ["colour"], photos=2, repeats=1, megapixels=0.01)
    assert found.large
    assert (found.large.photos, found.large.enlarged) == (2, 0)
    assert "Photos of 0.01 megapixels, as phones take them: 2 photos, as given." in speed_text(found, "md")


def test_without_larger_photos_nothing_is_said_of_them(without_library: SpeedReport) -> None:
    assert without_library.large is None
    assert "megapixels" not in speed_text(without_library, "md")


def test_mobilenet_equals_keras(report: dict[str, Any]) -> None:
    [row] = [row for row in report["extractors"] if row["name"] == "mobilenet"]
    assert [other["reference"] for other in row["references"]] == [
        "Keras predict, one by one",
        "Keras predict, batches of 32",
    ]
    for other in row["references"]:
        assert other["largest_difference"] < 1e-4
        assert (other["compared"], other["only_ours"], other["only_theirs"]) == (PHOTOS, 0, 0)
        assert other["ratio"] == pytest.approx(row["photos_per_second"] / other["photos_per_second"])


@with_library
def test_face_recognition_equals_the_library(report: dict[str, Any]) -> None:
    rows = {row["name"]: row for row in report["extractors"]}
    [other] = rows["face_recognition"]["references"]
    assert other["reference"] == "face_recognition.face_encodings"
    assert other["largest_difference"] < 1e-5
    assert other["compared"] + rows["face_recognition"]["without_vector"] == PHOTOS
    assert other["only_ours"] == other["only_theirs"] == 0
    assert rows[AUTO]["references"][0]["compared"] > 0


def test_an_extractor_that_lacks_a_file_or_a_package_is_left_out(
    report: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "onnx" not in {row["name"] for row in report["extractors"]}
    assert "arcface" in _measure._every_name()
    monkeypatch.setattr(_arcface, "_PACKAGE", "no-such-package")
    assert "arcface" not in _measure._every_name()


def test_networks_are_measured_alone_and_once_each(report: dict[str, Any]) -> None:
    rows = {row["extractor"]: row for row in report["networks"]}
    assert set(rows) == {"mobilenet", "face_recognition", "sface", "arcface"}
    assert rows["sface"]["gflop"] is None
    for name in ("mobilenet", "face_recognition"):
        row = rows[name]
        assert row["gflop"] == GFLOP[name]
        assert row["gflops"] == pytest.approx(row["gflop"] * row["photos_per_second"])
        assert row["fraction"] == pytest.approx(row["gflops"] / report["matrix_gflops"])
    [dlib] = rows["face_recognition"]["references"]
    assert dlib["reference"] == "dlib compute_face_descriptor"
    assert dlib["largest_difference"] < 1e-5


def test_the_detector_alone_finds_what_dlib_finds(report: dict[str, Any]) -> None:
    assert [row["upsample"] for row in report["detectors"]] == [1, 0]
    for row in report["detectors"]:
        assert (row["photos"], row["photos_with_other_boxes"]) == (PHOTOS, 0)
        assert row["boxes"] > PHOTOS // 2
        assert row["ratio"] == pytest.approx(row["dlib_milliseconds"] / row["milliseconds"])


def test_a_fit_of_the_network_is_compared_with_other_libraries(
    report: dict[str, Any], without_library: SpeedReport
) -> None:
    fit = report["fit"]
    assert (fit["head"], fit["photos"], fit["components"], fit["epochs"]) == ("mlp", 60, 24, 2)
    assert [row["reference"] for row in fit["references"]] == ["Keras fit", "scikit-learn MLPClassifier"]
    for row in fit["references"]:
        assert row["ratio"] == pytest.approx(row["seconds"] / fit["seconds"])
    assert without_library.fit is None  # its extractors were named


def test_without_a_detector_none_is_measured(orl: list[Path], tmp_path: Path) -> None:
    for path in (orl[0], orl[10]):
        shutil.copytree(path.parent, tmp_path / path.parent.name)
    assert measure_speed(people_folder(tmp_path), ["colour"], photos=2, repeats=1, megapixels=0).detectors == []


def test_without_the_library_it_is_said_how_to_get_it(without_library: SpeedReport) -> None:
    [row] = without_library.extractors
    assert row.references == []
    [note] = [note for note in without_library.notes if "not installed" in note]
    assert "uv sync --extra reference" in note
    assert "pip install face_recognition==1.3.0 face-recognition-models==0.3.0 'setuptools<81'" in note
    assert without_library.networks[0].references  # dlib itself is always there


def test_photos_that_cannot_be_read_are_left_out_and_counted(without_library: SpeedReport) -> None:
    assert (without_library.photos, without_library.unreadable) == (3, 1)
    assert "3 photos (1 left out, not readable)" in speed_text(without_library, "md")


def test_markdown_has_whole_tables(without_library: SpeedReport) -> None:
    tables = [part.splitlines() for part in speed_text(without_library, "md").split("\n\n") if part.startswith("|")]
    assert len(tables) == 4  # nothing to compare with
    for titles, line, *rows in tables:
        assert set(line) <= set("| -:")
        assert {row.count(" | ") for row in rows} == {titles.count(" | ")} == {line.count(" | ")}
        assert rows[0].startswith(("| face_recognition |", "| 1 |"))


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_on_a_terminal_no_word_or_number_is_broken(width: int, report: dict[str, Any]) -> None:
    found = TypeAdapter(SpeedReport).validate_python(report)
    shown = {columns: Console(width=columns, record=True, file=io.StringIO()) for columns in (width, 1000)}
    for columns, console in shown.items():
        console.print(speed_text(found, "table", columns))
    narrow, wide = (console.export_text() for console in shown.values())
    assert max(map(len, narrow.splitlines())) <= width
    # A call may break at its bracket.
    assert set(narrow.replace("(", "( ").split()) == set(wide.replace("(", "( ").split())


def test_of_several_faces_of_the_library_the_nearest_is_compared() -> None:
    theirs = [np.array([[1.0, 1], [0, 0]]), np.empty((0, 2)), np.array([[1.0, 2]]), np.empty((0, 2))]
    rounds = Rounds(None, seconds={"face_encodings": [2.0, 4, 9]}, vectors={"face_encodings": theirs})
    ours = [np.array([0, 0.25]), np.array([1.0, 1]), None, None]
    found = rounds.comparison("face_encodings", [1.0, 1, 3], ours)
    assert found.photos == 4
    assert found.ratio == 3
    assert found.photos_per_second == 1
    assert (found.largest_difference, found.compared, found.only_ours, found.only_theirs) == (0.25, 1, 1, 1)


def test_a_reference_of_fewer_photos_is_compared_by_its_rate() -> None:
    rounds = Rounds(None, seconds={"face_encodings": [2.0]}, vectors={"face_encodings": [np.array([[1.0, 1]])]})
    found = rounds.comparison("face_encodings", [1.0], [np.array([1.0, 1]), None, None, np.array([0.0, 0])])
    assert (found.photos, found.compared, found.only_ours) == (1, 1, 0)
    assert found.ratio == 8
    assert found.photos_per_second == 0.5


@with_library
def test_a_reference_that_ends_early_is_named(tmp_path: Path) -> None:
    with ReferenceProcess(tmp_path) as process:
        process.give({"face_encodings": [tmp_path / "missing.jpg"]}, None)
        with pytest.raises(FacebenchError, match=r"face_encodings could not be measured.*No such file"):
            process.seconds("face_encodings")


MISTAKES = {
    "no photos": (["--photos", "0"], "--photos"),
    "no rounds": (["--repeats", "0"], "--repeats"),
    "less than no pixel": (["--megapixels", "-1"], "--megapixels"),
    "unknown format": (["--format", "csv"], "csv"),
    "unknown extractor": (["--extractor", "mobilnet"], "Did you mean 'mobilenet'?"),
    "no such folder": (["--data", "nowhere"], "--data nowhere does not exist"),
    "nothing readable": (["--data", "."], "None of the 2 photos"),
}


@pytest.mark.parametrize(("arguments", "says"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_refused(arguments: list[str], says: str, refused: Callable[..., str], tmp_path: Path) -> None:
    for person in "ab":
        (tmp_path / person).mkdir()
        (tmp_path / person / "1.jpg").write_text("not a photo")
    assert says in refused("speed", *arguments, cwd=tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", GFLOP)
def test_operations_are_those_of_the_keras_model(name: str) -> None:
    from facebench.embeddings import extractors

    model = extractors.create(name).network.build()  # type: ignore[attr-defined]
    products = 0
    for layer in _layers(model):
        if hasattr(layer, "kernel"):
            places = math.prod(layer.output.shape[1:-1])
            products += places * math.prod(layer.kernel.shape)
    assert GFLOP[name] == 2 * products / 1e9


def _layers(model: Any) -> list[Any]:
    return [leaf for layer in model.layers for leaf in (_layers(layer) if hasattr(layer, "layers") else [layer])]
