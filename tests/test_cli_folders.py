"""Folders as people have them, by the commands: what a run makes of them, and that it is made again from a result."""

import json
import os
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.embeddings import Card, Embedding
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]
RUN = ("run", "--extractor", "blocks", "--head", "centroid", "--repeats", "1", "--no-audit", "--format", "md")


@pytest.fixture
def bench(command: Bench, extractor: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a function that runs `bench` in a folder of its own, with a cheap extractor beside the others."""
    extractor()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    return command


@pytest.fixture
def fill(orl: list[Path], tmp_path: Path) -> Callable[[dict[str, range]], None]:
    """Return a function that copies photos of ORL, by their numbers, into folders, by their names."""

    def fill(folders: dict[str, range]) -> None:
        for name, numbers in folders.items():
            folder = os.fsencode(tmp_path / name)
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 (bytes)
            for number in numbers:
                shutil.copy(orl[number], folder + f"/{number}.pgm".encode())

    return fill


def person(number: int, start: int = 0, end: int = 10) -> range:
    return range(10 * number + start, 10 * number + end)


def result(run: int = 1) -> dict:
    [file] = Path("runs").glob(f"{run:04}-*/result.json")
    return json.loads(file.read_text(encoding="utf-8"))


def warned(code: str) -> list[str]:
    return [warning for warning in result()["warnings"] if warning.endswith(f"[{code}]")]


def trains_from_last(bench: Bench, *options: str) -> None:
    code, shown, message = bench("train", "--from", "last", "-o", "me.facebench", *options)
    assert (code, message) == (0, "")
    assert "me.facebench" in shown


def test_train_and_test_are_nobody_and_a_file_is_trained_on_the_same_people(bench: Bench, fill: Callable) -> None:
    for part, (start, end) in {"train": (0, 5), "val": (5, 7), "test": (7, 10)}.items():
        fill({f"faces/{part}/p{number}": person(number, start, end) for number in range(12)})
    code, shown, _ = bench(*RUN, "--data", "faces", "--target", "p3")
    assert code == 0
    assert "test, train, val are taken for parts of the data set: 12 people in them" in shown
    assert result()["evidence"]["p3"]["photos"] == 10
    assert (result()["dataset"]["layout"], result()["dataset"]["listing"]) == ("auto", 2)
    trains_from_last(bench)
    code, _, message = bench(*RUN, "--data", "faces", "--target", "p3", "--layout", "people")
    assert (code, "Nobody in faces is named 'p3'" in message) == (2, True)
    code, _, _ = bench(*RUN, "--data", "faces", "--target", "train", "--layout", "people")
    assert (code, result(2)["dataset"]["people"]) == (0, 3)
    trains_from_last(bench)


def test_a_run_of_before_is_listed_as_before(bench: Bench, fill: Callable) -> None:
    fill({f"faces/{part}/p{number}": person(number) for number, part in enumerate(("train", "train", "val", "test"))})
    code, _, _ = bench(*RUN, "--data", "faces", "--target", "train", "--layout", "people")
    assert code == 0
    [file] = Path("runs").glob("*/result.json")
    stored = result()
    del stored["dataset"]["layout"], stored["dataset"]["listing"], stored["settings"]["drop_shared"]
    file.write_text(json.dumps(stored), encoding="utf-8")
    trains_from_last(bench)


def test_flat_others_are_unknown_and_stay_so(bench: Bench, fill: Callable) -> None:
    fill({"me": person(0), "others/2019": range(10, 60), "others/2020": range(60, 110)})
    code, shown, _ = bench(*RUN, "--me", "me", "--others", "others")
    assert (code, result()["dataset"]["people"]) == (0, 3)
    assert "2019, 2020 look like albums of one person. --layout flat takes everybody there for unknown" in shown
    code, _, _ = bench(*RUN, "--me", "me", "--others", "others", "--layout", "flat", "--limit-others", "40")
    assert (code, result(2)["dataset"]["people"], result(2)["dataset"]["photos"]) == (0, 1, 50)
    trains_from_last(bench)


def test_a_name_typed_in_another_form_of_unicode_is_the_same(bench: Bench, fill: Callable) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD"))
    fill({f"faces/{decomposed}": person(0)} | {f"faces/p{number}": person(number) for number in range(1, 12)})
    code, _, message = bench(*RUN, "--data", "faces", "--target", composed)
    assert code == 0, message
    code, _, message = bench(*RUN, "--data", "faces", "--target", decomposed)
    assert code == 0, message
    assert result(1)["targets"] == result(2)["targets"] == [composed]
    assert result(1)["split_hash"] == result(2)["split_hash"]
    trains_from_last(bench)


def test_names_that_are_not_utf_8_survive(bench: Bench, fill: Callable, tmp_path: Path) -> None:
    try:
        fill({f"phot\udce9s/zo\udceb{number}": person(number) for number in range(11)})
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    data, target = "phot\udce9s", "zo\udceb3"
    code, _, message = bench(*RUN, "--data", data, "--target", target)
    assert code == 0, message
    assert result()["targets"] == [r"zo\udceb3"]
    assert result()["dataset"]["sources"] == {"data": f"{tmp_path}/phot\\udce9s"}
    trains_from_last(bench)
    trains_from_last(bench, "--as-tested")
    code, _, message = bench("report", "--photos", "-o", "report.html")
    assert (code, message) == (0, "")
    assert "data:image/jpeg;base64" in Path("report.html").read_text(encoding="utf-8")
    code, _, message = bench("show", "1", "--examples", "sheet.png")
    assert code == 0, message
    assert Path("sheet.png").stat().st_size > 1_000


# Strangers who are the target


@pytest.fixture
def shared(fill: Callable, tmp_path: Path) -> Path:
    """Photos of me, two of which are among those of strangers: one as it is, one saved again."""
    fill({"me": person(0)} | {f"others/p{number}": person(number) for number in range(1, 12)})
    shutil.copy("me/4.pgm", "others/p5/same.pgm")
    Image.open("me/7.pgm").resize((184, 224)).resize((92, 112)).save("others/p6/again.png")
    return tmp_path


def test_strangers_that_hold_the_target_are_counted_and_may_be_left_out(bench: Bench, shared: Path) -> None:
    sides = ("--me", "me", "--others", "others")
    code, _, message = bench(*RUN, *sides)
    assert code == 2
    assert f"{shared}/me/4.pgm and {shared}/others/p5/same.pgm are the same file".replace(f"{shared}/", "") in message
    assert "--drop-shared" in message
    shutil.copy("me/5.pgm", "others/p5/too.pgm")
    assert "2 pairs were found, of which this is the first" in bench(*RUN, *sides)[2]
    code, shown, _ = bench(*RUN, *sides, "--drop-shared")
    assert code == 0
    assert "3 photos of others left out, with a picture of me; the first: others/p5/same.pgm, as me/4.pgm" in shown
    assert result()["settings"]["drop_shared"] is True
    tested = Path("runs/0001-me/photos.csv").read_text(encoding="utf-8")
    assert "me/4.pgm" in tested
    assert not any(name in tested for name in ("same.pgm", "again.png", "too.pgm"))
    trains_from_last(bench)
    trains_from_last(bench, "--as-tested")
    code, _, message = bench("report", "--photos", "-o", "report.html")
    assert (code, message) == (0, "")


def test_a_curve_and_a_file_leave_them_out_too(bench: Bench, shared: Path) -> None:
    options = ("--me", "me", "--others", "others", "--extractor", "blocks", "--head", "centroid")
    assert "the same file" in bench("train", *options, "-o", "me.facebench")[2]
    assert bench("train", *options, "-o", "me.facebench", "--drop-shared")[0] == 0
    assert bench("curve", *options, "--photos", "4", "--draws", "1", "--drop-shared")[0] == 0


def test_with_everybody_a_target_nothing_is_left_out(bench: Bench, fill: Callable) -> None:
    fill({f"faces/p{number}": person(number) for number in range(1, 4)})
    code, _, message = bench(*RUN, "--data", "faces", "--drop-shared")
    assert (code, "--drop-shared needs one --target NAME" in message) == (2, True)


# Folders of crops


def test_a_run_warns_of_a_folder_with_the_faces_of_others(
    bench: Bench, fill: Callable, blocks: type, register: Callable[..., None]
) -> None:
    class Faces(blocks):
        card = Card(name="faces_of_a_test", dimension=42, view="face")

        def _outcome(self, photo: object) -> Embedding:
            """Return a vector of the person, whatever the picture."""
            number = int(photo.path.stem) // 10
            vector = np.random.default_rng(int(photo.path.stem)).normal(0, 0.01, 42).astype(np.float32)
            vector[number] += 1
            return Embedding(vector)

    register("extractors", "faces_of_a_test", lambda: Faces)
    fill({f"faces/p{number}": person(number, 0, 8) for number in range(12)})
    fill({"faces/cropped": range(0, 50, 10)})
    run = ("run", "--data", "faces", "--target", "p11", "--head", "logreg", "--extractor")
    code, shown, message = bench(*run, "faces_of_a_test", "--format", "md")
    assert code == 0, message
    assert warned("mixed-folder") == [
        "'cropped' shows the faces of 5 others (p0, p1, p2 and 2 more): the target may be among those who count as "
        "others. It is nobody's folder: move it out [mixed-folder]"
    ]
    assert "'cropped' shows the faces of 5 others" in shown
