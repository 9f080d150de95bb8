"""Vectors of a file find their photos: by the hash of their bytes, else by path, in whatever order they are."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Dataset, people_folder
from facebench.embeddings.extraction import ForeignVectors, Photos, Vectors
from facebench.errors import FacebenchError


@pytest.fixture
def folder(orl: list[Path], tmp_path: Path) -> Dataset:
    """Two photos each of ann and bob; bob's second is a copy of his first."""
    for name, source in {"ann/1.pgm": 0, "ann/2.pgm": 1, "bob/1.pgm": 10, "bob/2.pgm": 10}.items():
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(orl[source], tmp_path / "photos" / name)
    return people_folder(tmp_path / "photos")


@pytest.fixture
def given(folder: Dataset, tmp_path: Path) -> Callable[..., Vectors]:
    """Return a function from a file's columns, with a vector for each row, to the vectors of the photos."""

    def given(vectors: list[list[float]], **texts: list[str]) -> Vectors:
        columns = {name: np.array(values, dtype=np.str_) for name, values in texts.items()}
        np.savez(tmp_path / "mine.npz", vectors=np.array(vectors, dtype=np.float64), **columns)
        return ForeignVectors(tmp_path / "mine.npz").of(folder, Photos([item.file for item in folder.items]).keys)

    return given


def hashes(dataset: Dataset) -> list[str]:
    return [hashlib.sha256(item.path.read_bytes()).hexdigest() for item in dataset.items]


PATHS = ["ann/1.pgm", "ann/2.pgm", "bob/1.pgm", "bob/2.pgm"]
FOUR = [[1, 2], [3, 4], [5, 6], [7, 8]]


def test_by_path_as_the_data_set_names_photos(given: Callable[..., Vectors]) -> None:
    found = given(FOUR[::-1], path=[f"./{path}" for path in PATHS[::-1]])
    assert found.matrix.tolist() == FOUR
    assert found.embedded.all()
    assert (found.extractor, found.card.dimension) == ("vectors(mine.npz)", 2)
    assert (found.stored.any(), found.load_seconds, found.extract_seconds) == (False, 0, 0)


def test_by_absolute_path_wherever_links_lead(given: Callable[..., Vectors], folder: Dataset, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    paths = [str(folder.items[0].path), *(f"{tmp_path}/link/{path}" for path in PATHS[1:])]
    assert given(FOUR, path=paths).matrix.tolist() == FOUR


def test_by_hash_whatever_the_path(given: Callable[..., Vectors], folder: Dataset) -> None:
    ann, other, bob, _ = hashes(folder)
    found = given(FOUR[:3], path=["x", PATHS[0], PATHS[1]], sha256=[ann.upper(), other, bob])
    assert found.matrix.tolist() == [[1, 2], [3, 4], [5, 6], [5, 6]]


def test_a_photo_that_has_changed_has_no_vector_though_its_path_is_there(
    given: Callable[..., Vectors], folder: Dataset
) -> None:
    found = given(FOUR[:3], path=PATHS[:3], sha256=["0" * 64, "", hashes(folder)[2]])
    assert found.embedded.tolist() == [False, True, True, True]
    assert found.reasons == {"no_vector": 1}
    assert found.failures[0].detail == "no vector in mine.npz"


def test_a_vector_that_is_missing_has_the_reason_of_the_file(given: Callable[..., Vectors]) -> None:
    nothing = [np.nan, np.nan]
    outcome, box = ["no_face", "", "embedded", "Evil\x1b[2J"], ["", "", "1 2 30 -4", ""]
    found = given([nothing, nothing, [5, 6], nothing], path=PATHS, outcome=outcome, box=box)
    assert [found.failures[photo].reason for photo in (0, 1, 3)] == ["no_face", "no_vector", "no_vector"]
    assert found.boxes == {2: (1, 2, 30, -4)}


def test_copies_of_a_photo_may_differ_by_rounding_and_keep_their_own(
    given: Callable[..., Vectors], folder: Dataset
) -> None:
    near = [[1, 2], [3, 4], [5, 6], [5, 6.0001]]
    found = given(near, path=PATHS, sha256=hashes(folder))
    assert found.matrix.tolist() == np.float32(near).tolist()
    assert given(near[::-1], path=PATHS[::-1], sha256=hashes(folder)[::-1]).matrix.tolist() == found.matrix.tolist()


@pytest.mark.parametrize("other", [[7, 8], [np.nan, np.nan], [3.3e38, -3.3e38]])
def test_two_different_vectors_of_a_photo_are_refused(
    other: list[float], given: Callable[..., Vectors], folder: Dataset
) -> None:
    with pytest.raises(FacebenchError, match=r"mine.npz has two different vectors of bob/1.pgm, in rows 3 and 4:"):
        given([*FOUR[:3], other], path=PATHS, sha256=hashes(folder))
    with pytest.raises(FacebenchError, match=r"two different vectors of ann/1.pgm, in rows 1 and 3"):
        given([*FOUR[:2], other], path=[PATHS[0], PATHS[1], str(folder.items[0].path)])


def test_a_file_of_other_photos_is_refused(given: Callable[..., Vectors]) -> None:
    with pytest.raises(FacebenchError) as refused:
        given(FOUR[:2], path=["x.jpg", "/nowhere/\0/y.jpg"])
    assert str(refused.value) == (
        "mine.npz has 2 rows, and none is of a photo of photos. Photos are found by the sha256 of their bytes where a "
        "row has one, else by their path; the first row is x.jpg, the first photo ann/1.pgm."
    )
