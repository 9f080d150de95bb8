"""`bench check` on folders: what their names suggest, and folders that show the people of others."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from facebench.checks.photos import PhotoReport, check_photos
from facebench.data import Photo, Rules, me_and_others, photos_folder
from facebench.embeddings import Embedding, VectorStore, extractors
from facebench.embeddings.extraction import Embedder
from PIL import Image


def told(report: PhotoReport, kind: str) -> list[tuple[str, str]]:
    return [(finding.severity, finding.what) for finding in report.findings if finding.kind == kind]


def copy(orl: list[Path], numbers: range, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        shutil.copy(orl[number], folder / f"{number}.pgm")


def test_albums_spellings_and_parts_are_told(orl: list[Path], tmp_path: Path) -> None:
    for number, name in enumerate(("2019", "2020")):
        copy(orl, range(number, number + 1), tmp_path / "years" / name)
    report = check_photos(photos_folder(tmp_path / "years"))
    assert told(report, "albums") == [("should look", "2019, 2020 look like albums of one person")]
    assert [found.advice for found in report.findings if found.kind == "albums"] == ["Use --me DIR --others DIR"]
    for number, name in enumerate(("train/Anna", "test/anna", "test/bob")):
        copy(orl, range(number, number + 1), tmp_path / "people" / name)
    report = check_photos(photos_folder(tmp_path / "people"))
    [(severity, what)] = told(report, "layout")
    assert (severity, "test, train are taken for parts of the data set" in what) == ("good to know", True)
    [(severity, what)] = told(report, "spellings")
    assert (severity, what) == ("should look", "'Anna' and 'anna' may be one person in two spellings")
    assert told(check_photos(photos_folder(tmp_path / "people", Rules("people"))), "layout") == []


def test_what_systems_made_is_counted(orl: list[Path], tmp_path: Path) -> None:
    copy(orl, range(3), tmp_path)
    copy(orl, range(3), tmp_path / "@eaDir")
    report = check_photos(photos_folder(tmp_path))
    assert report.photos == 3
    assert told(report, "passed_over") == [("good to know", "3 files passed over (3 in @eaDir)")]


@pytest.fixture
def album(orl: list[Path], tmp_path: Path) -> Path:
    """Four photos of each of seven people, and a folder that is nobody's."""
    for person in range(7):
        copy(orl, range(10 * person, 10 * person + 4), tmp_path / "album" / f"p{person}")
    (tmp_path / "album" / "cropped").mkdir()
    return tmp_path / "album"


def test_a_folder_of_crops_is_found_by_its_pictures(orl: list[Path], album: Path) -> None:
    for person in range(5):
        for photo in range(2):
            with Image.open(orl[10 * person + photo]) as whole:
                whole.crop((6, 8, 86, 104)).resize((160, 192)).save(album / "cropped" / f"{person}-{photo}.jpg")
    report = check_photos(photos_folder(album))
    [(severity, what)] = told(report, "mixed_folder")
    assert (severity, what) == ("should look", "'cropped' shows the pictures of 5 others (p0, p1, p2 and 2 more)")


def test_a_folder_of_crops_is_found_by_faces_that_a_run_has_stored(
    orl: list[Path], album: Path, tmp_path: Path, store: VectorStore
) -> None:
    for person in range(5):
        shutil.copy(orl[10 * person + 5], album / "cropped" / f"{10 * person + 5}.pgm")
    me = tmp_path / "me"
    copy(orl, range(300, 306), me)
    dataset = me_and_others(me, album)
    assert told(check_photos(dataset, store), "mixed_folder") == []
    identity = Embedder("face_recognition", extractors.create("face_recognition")).identity
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(40, 128))
    outcomes = [
        (
            Photo(item.path).key,
            Embedding((centres[int(item.path.stem) // 10] + draw.normal(0, 0.1, 128)).astype(np.float32)),
        )
        for item in dataset.items
    ]
    store.put(identity, outcomes[: len(outcomes) // 2])
    assert told(check_photos(dataset, store), "mixed_folder") == []  # too few to tell
    store.put(identity, outcomes[len(outcomes) // 2 :])
    [(_, what)] = told(check_photos(dataset, store), "mixed_folder")
    assert what.startswith("'others/cropped' shows the faces of ")
