"""An extractor as a scikit-learn transformer: what goes in, what comes out, what happens to bad photos."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Failure, load_extractor
from facebench.embeddings.extraction._transformer import ExtractionError
from facebench.embeddings.store import STORE
from facebench.errors import FacebenchError
from PIL import Image


@pytest.fixture
def mixed(orl: list[Path], tmp_path: Path) -> list[Path]:
    """Seventy photos, more than two batches, of which the first, the 33rd and the last are bad."""
    photos = orl[:70]
    for position in (0, 32, 69):
        photos[position] = tmp_path / f"missing\x1b[2J {position}.jpg"
    return photos


@pytest.mark.parametrize(
    "source",
    [str, Path, Image.open, Photo, lambda path: np.asarray(Image.open(path)), lambda path: Photo(path).pixels],
    ids=["string", "path", "Pillow image", "Photo", "grey array", "RGB array"],
)
def test_every_kind_of_source_gives_the_same_vector(source: Any, orl: list[Path]) -> None:
    colour = load_extractor("colour")
    np.testing.assert_array_equal(colour.transform([source(orl[0])]), colour.transform([orl[0]]))


def test_sources_may_come_from_a_generator(orl: list[Path]) -> None:
    colour = load_extractor("colour")
    np.testing.assert_array_equal(colour.transform(path for path in orl[:3]), colour.transform(orl[:3]))


def test_no_photos_give_no_rows() -> None:
    vectors = load_extractor("colour").transform([])
    assert vectors.shape == (0, 64)
    assert vectors.dtype == np.float32


@pytest.mark.parametrize("one", ["photo.jpg", np.zeros((40, 30, 3), np.uint8)], ids=["path", "array"])
def test_one_photo_instead_of_a_list_is_refused(one: Any) -> None:
    with pytest.raises(TypeError, match="a list of photos"):
        load_extractor("colour", on_failure="nan").transform(one)


def test_what_is_no_photo_is_refused() -> None:
    with pytest.raises(TypeError, match="not int"):
        load_extractor("colour").transform([3])  # type: ignore[list-item]


def test_one_error_lists_all_photos_that_failed(mixed: list[Path]) -> None:
    with pytest.raises(ExtractionError, match="3 photos gave no vector") as raised:
        load_extractor("colour").transform(mixed)
    assert [name for name, _ in raised.value.failures] == [str(mixed[position]) for position in (0, 32, 69)]
    assert {failure.reason for _, failure in raised.value.failures} == {"unreadable"}
    assert str(raised.value).count("unreadable (No such file or directory)") == 3
    assert "\x1b" not in str(raised.value)  # a file name may not command the terminal


def test_bad_photos_give_rows_of_nan_on_request(mixed: list[Path], orl: list[Path]) -> None:
    vectors = load_extractor("colour", on_failure="nan").transform(mixed)
    assert np.flatnonzero(np.isnan(vectors).all(axis=1)).tolist() == [0, 32, 69]
    good = [position for position in range(70) if position not in (0, 32, 69)]
    np.testing.assert_array_equal(vectors[good], load_extractor("colour").transform([orl[p] for p in good]))
    assert vectors.dtype == np.float32


def test_another_treatment_of_failures_is_refused(orl: list[Path]) -> None:
    with pytest.raises(ValueError, match="on_failure is 'raise' or 'nan', not 'skip'"):
        load_extractor("colour", on_failure="skip").transform(orl[:1])  # type: ignore[arg-type]


def test_a_photo_without_a_face_is_listed_with_its_reason(scenes: dict[str, Path], orl: list[Path]) -> None:
    with pytest.raises(ExtractionError, match=r"1 photo gave no vector:\n .*flower\.jpg: no_face"):
        load_extractor("face_recognition").transform([orl[0], scenes["flower"]])


def test_an_unknown_name_fails_at_once_and_suggests_the_nearest() -> None:
    with pytest.raises(FacebenchError, match="Did you mean 'face_recognition'"):
        load_extractor("face_recogniton")


def test_an_unknown_parameter_fails_at_once() -> None:
    with pytest.raises(FacebenchError, match=r"takes no parameter 'face'\. Did you mean 'faces'"):
        load_extractor("face_recognition(face='center')")


def test_another_extractor_can_be_set(orl: list[Path]) -> None:
    transformer = load_extractor("colour")
    assert transformer.transform(orl[:1]).shape == (1, 64)
    assert transformer.set_params(extractor="face_recognition").transform(orl[:1]).shape == (1, 128)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a store that is not there yet."""
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    return tmp_path / STORE


def test_what_is_stored_is_not_decoded_again(mixed: list[Path], decoded: list[bytes], kept: Path) -> None:
    stored = load_extractor("colour", on_failure="nan", store=True)
    first = stored.transform(mixed)
    np.testing.assert_array_equal(first, load_extractor("colour", on_failure="nan").transform(mixed))
    decoded.clear()
    np.testing.assert_array_equal(stored.transform(mixed), first)
    outcomes = list(load_extractor("colour", store=True).iter(reversed(mixed)))
    assert [isinstance(outcome, Failure) for outcome in outcomes] == np.isnan(first[::-1, 0]).tolist()
    assert decoded == []


def test_nothing_is_stored_by_default(orl: list[Path], kept: Path) -> None:
    load_extractor("colour").transform(orl[:1])
    assert not kept.exists()
    load_extractor("colour", store=True).transform([np.asarray(Image.open(orl[0]).convert("RGB"))])
    assert kept.exists()


def test_a_pickled_copy_gives_the_same_vectors_and_leaves_the_network_behind(orl: list[Path]) -> None:
    transformer = load_extractor("face_recognition")
    expected = transformer.transform(orl[:1])
    pickled = pickle.dumps(transformer)
    assert len(pickled) < 1000
    np.testing.assert_array_equal(pickle.loads(pickled).transform(orl[:1]), expected)
