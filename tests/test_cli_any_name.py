"""Files that are photos by their content, whatever their name, are offered, and taken with --any-name."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from facebench.benchmarks import read_run
from facebench.data import Rules, find_photos, orl_faces, people_folder, photos_folder
from facebench.errors import FacebenchError
from PIL import Image

Bench = Callable[..., tuple[int, str, str]]
OFFER = "GIF pictures by their content: --any-name takes them"


@pytest.fixture
def yale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder per person as a well-known data set comes: GIF files called subject01.happy, and no ending."""
    for number, item in enumerate(orl_faces().items[:90]):
        folder = tmp_path / "yale" / f"p{number // 9}"
        folder.mkdir(parents=True, exist_ok=True)
        if number % 9 < 3:
            shutil.copy(item.path, folder / f"{number}.pgm")
        else:
            Image.open(item.path).save(folder / (f"{number}" if number % 2 else f"{number}.happy"), "GIF")
    (tmp_path / "yale" / "p0" / "notes.txt").write_text("BMW, P5 and GIF are no pictures")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "yale"


def test_pictures_under_foreign_names_are_offered(yale: Path) -> None:
    dataset = people_folder(yale)
    assert len(dataset.items) == 30
    assert dataset.skipped == {OFFER: 60, ".txt": 1}
    for folder in yale.iterdir():
        for file in folder.glob("*.pgm"):
            file.unlink()
    with pytest.raises(FacebenchError, match=f"holds no photos .skipped: 60 {OFFER}, 1 .txt"):
        photos_folder(yale)
    rules = Rules(any_name=True)
    assert len(photos_folder(yale, rules).items) == 60
    assert len(find_photos([str(yale)], rules)[0]) == 60


@pytest.mark.parametrize(
    "content", [b"P5 is a gearbox", b"BMW 2002 is a car", b"", b"GIF", b"\xff\xd8", b"RIFF\0\0\0\0WAVE"]
)
def test_texts_and_other_files_are_not_taken_for_pictures(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    shutil.copy(orl_faces().items[0].path, tmp_path)
    assert len(photos_folder(tmp_path, Rules(any_name=True)).items) == 1


def test_raw_files_of_cameras_are_not_offered(tmp_path: Path) -> None:
    Image.open(orl_faces().items[0].path).save(tmp_path / "photo.tif")
    for ending in ("dng", "NEF", "cr2", "tiff_"):
        shutil.copy(tmp_path / "photo.tif", tmp_path / f"photo.{ending}")
    assert photos_folder(tmp_path).skipped == {
        ".dng": 1,
        ".nef": 1,
        ".cr2": 1,
        "TIFF pictures by their content: --any-name takes them": 1,
    }


def test_every_command_takes_them_and_a_run_is_found_again(yale: Path, command: Bench) -> None:
    options = ["--extractor", "colour", "--head", "centroid", "--no-audit"]
    code, _, said = command("run", "--data", "yale", *options, "--target", "p1", "--min-photos", "4")
    assert (code, "Nobody" in said or "needed" in said) == (2, True)
    assert command("run", "--data", "yale", *options, "--any-name", "--target", "p1", "--repeats", "1")[0] == 0
    result = read_run(Path("runs") / "0001-yale")
    assert (result.dataset.photos, result.dataset.any_name, result.dataset.skipped_files) == (90, True, {".txt": 1})
    code, shown, said = command("train", "--from", "1", "-o", "me.facebench")
    assert code == 0, said
    for argument, answered in (([], 3), (["--any-name"], 9)):
        code, shown, said = command("predict", "me.facebench", "yale/p1", "--format", "json", *argument)
        assert len(json.loads(shown)) == answered
        assert (f"6 {OFFER}" in said) == (not argument)
    assert f"60 {OFFER}" in " ".join(command("check", "yale")[1].split())
    assert OFFER not in " ".join(command("check", "yale", "--any-name")[1].split())
    assert command("embed", "yale", "--any-name", "--extractor", "colour", "-o", "out.npz")[1].startswith(
        "out.npz: 90 "
    )
    assert command("embed", "yale", "--extractor", "colour", "-o", "few.npz")[1].startswith("few.npz: 30 ")


def test_a_file_that_some_pillow_reads_is_listed_by_its_ending(tmp_path: Path) -> None:
    for ending in ("hif", "mpo", "jfif", "avif", "HIF"):
        (tmp_path / f"photo.{ending}").touch()
    assert {item.path.suffix for item in photos_folder(tmp_path).items} == {".hif", ".mpo", ".jfif", ".avif", ".HIF"}
