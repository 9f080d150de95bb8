"""Finding one face and cutting its chip."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import extractors, load_extractor
from facebench.embeddings.faces._alignment import align
from facebench.embeddings.faces._finder import Face, FaceFinder
from facebench.embeddings.faces._hog import Hog, Upsample
from facebench.embeddings.faces._yunet import YuNet
from facebench.errors import FacebenchError
from PIL import Image

Compose = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    return FaceFinder()


@pytest.mark.parametrize(("faces", "expected"), [("largest", (0, 0, 230, 280)), ("center", (270, 100, 408, 268))])
def test_of_several_faces_one_is_chosen(
    faces: str, expected: tuple[int, ...], orl: list[Path], compose: Compose
) -> None:
    both = compose((680, 360), (orl[0], (0, 0), 2.5), (orl[10], (270, 100), 1.5))
    box = _found(FaceFinder(faces), both).box  # type: ignore[arg-type]
    assert expected[0] <= box[0] < box[2] <= expected[2]
    assert expected[1] <= box[1] < box[3] <= expected[3]


def test_a_detector_that_finds_bystanders_has_another_rule() -> None:
    assert [FaceFinder(detector=detector).faces for detector in (None, Hog(0), YuNet())] == ["largest"] * 2 + [
        "prominent"
    ]


def test_another_choice_is_refused() -> None:
    with pytest.raises(FacebenchError, match="largest, center, prominent, not 'left'"):
        load_extractor("face_recognition(faces='left')")


@pytest.mark.parametrize(("upsample", "found"), [(0, False), (1, True), (2, True), ("auto", True)])
def test_a_small_face_is_found_in_a_doubled_photo(
    upsample: Upsample, found: bool, orl: list[Path], compose: Compose
) -> None:
    small = compose((300, 200), (orl[0], (100, 50), 0.6))
    assert (FaceFinder(detector=Hog(upsample)).find(Photo(small)) is not None) is found


def test_auto_finds_in_large_faces_what_0_finds(orl: list[Path], compose: Compose) -> None:
    # Beside a small face, which the first search misses and a doubled photo would show.
    for path in orl[:30:10]:
        photo = compose((400, 360), (path, (0, 0), 2.5), (orl[0], (300, 200), 0.6))
        plain, auto = (_found(FaceFinder(detector=Hog(upsample)), photo) for upsample in (0, "auto"))  # type: ignore[arg-type]
        assert auto.box == plain.box
        np.testing.assert_array_equal(auto.chip, plain.chip)


@pytest.mark.parametrize("upsample", [-1, 3, 0.5, True, False, None, "'often'", "'1'", []])
def test_another_upsampling_is_refused(upsample: object) -> None:
    with pytest.raises(FacebenchError, match="upsample is one of 0, 1, 2, auto, not"):
        extractors.create(f"face_recognition(upsample={upsample})")


def test_the_box_of_a_larger_photo_is_in_its_own_pixels(finder: FaceFinder, orl: list[Path], compose: Compose) -> None:
    face = (orl[10], (300, 50), 3)
    small, large = _found(finder, compose((800, 450), face)), _found(finder, compose((3200, 450), face))
    assert np.abs(np.subtract(small.box, large.box)).max() < 25


def test_the_chip_of_a_larger_photo_is_cut_from_the_original(
    finder: FaceFinder, orl: list[Path], compose: Compose
) -> None:
    face = (orl[10], (300, 50), 2)
    small, large = _found(finder, compose((800, 450), face)), _found(finder, compose((3200, 450), face))
    # A chip cut from the reduced photo would have half the detail.
    assert _detail(large.chip) > 0.9 * _detail(small.chip)


def test_a_box_may_reach_over_the_edge_of_the_photo(finder: FaceFinder, orl: list[Path]) -> None:
    face = _found(finder, Photo(orl[120]).pixels)
    assert face.box[0] < 0
    assert face.chip.shape == (150, 150, 3)


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (1, 3000), (3000, 1), (10, 20_000)])
def test_photos_of_odd_shapes_have_no_face(shape: tuple[int, int], finder: FaceFinder) -> None:
    assert finder.find(Photo(np.zeros((*shape, 3), np.uint8))) is None


def test_every_face_is_found_from_left_to_right(finder: FaceFinder, orl: list[Path], compose: Compose) -> None:
    corners = [(10, 150), (250, 10), (470, 120)]
    placed = [(orl[10 * person], corner, 2.0) for person, corner in zip((3, 0, 1), corners, strict=True)]
    group = compose((680, 420), *reversed(placed))
    faces = finder.find_all(Photo(group))
    assert len(faces) == 3
    for face, (x, y) in zip(faces, corners, strict=True):
        assert x < (face.box[0] + face.box[2]) / 2 < x + 2 * 92
        assert y < (face.box[1] + face.box[3]) / 2 < y + 2 * 112
        np.testing.assert_array_equal(face.chip, align(group, face.box))
    # The faces are those of the three people: each chip is nearest to the one of the same photo alone.
    alone = [_found(finder, compose((220, 260), (path, (18, 18), 2.0))).chip for path, _, _ in placed]
    for position, face in enumerate(faces):
        distances = [np.abs(face.chip.astype(int) - chip).mean() for chip in alone]
        assert int(np.argmin(distances)) == position


@pytest.mark.parametrize("faces", ["largest", "center"])
def test_the_chosen_face_is_one_of_all(faces: str, orl: list[Path], compose: Compose) -> None:
    both = compose((680, 360), (orl[0], (0, 0), 2.5), (orl[10], (270, 100), 1.5))
    finder = FaceFinder(faces)  # type: ignore[arg-type]
    chosen, every = _found(finder, both), finder.find_all(Photo(both))
    assert len(every) == 2
    [same] = [face for face in every if face.box == chosen.box]
    np.testing.assert_array_equal(same.chip, chosen.chip)


def test_of_one_face_all_is_the_one(finder: FaceFinder, orl: list[Path]) -> None:
    for path in orl[:40:10]:
        [face], one = finder.find_all(Photo(path)), _found(finder, Photo(path).pixels)
        assert face.box == one.box
        np.testing.assert_array_equal(face.chip, one.chip)


def test_without_a_face_there_is_none_at_all(finder: FaceFinder, scenes: dict[str, Path]) -> None:
    assert finder.find_all(Photo(scenes["flower"])) == []
    assert finder.find_all(Photo(np.zeros((1, 1, 3), np.uint8))) == []


def test_threads_may_share_a_finder(finder: FaceFinder, orl: list[Path]) -> None:
    photos = [Photo(path).pixels for path in orl[:40:10]] * 2
    expected = [_found(finder, pixels) for pixels in photos]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda pixels: _found(finder, pixels), photos))
    assert [face.box for face in found] == [face.box for face in expected]
    np.testing.assert_array_equal([face.chip for face in found], [face.chip for face in expected])


def _found(finder: FaceFinder, pixels: np.ndarray) -> Face:
    face = finder.find(Photo(pixels))
    assert face is not None
    return face


def _detail(chip: np.ndarray) -> float:
    return float(np.abs(np.diff(chip.astype(float), n=2, axis=1)).mean())


def test_a_border_finds_faces_that_fill_the_photo(orl: list[Path]) -> None:
    plain, padded = Hog(), Hog(pad=0.2)
    crops = []
    for path in orl[::20]:
        photo = Image.open(path).convert("RGB")
        for face in plain.detect(np.array(photo))[:1]:
            left, top, right, bottom = face.box
            box = max(left, 0), max(top, 0), min(right, photo.width), min(bottom, photo.height)
            crops.append(np.array(photo.crop(box).resize((112, 112))))
    missed = [crop for crop in crops if not plain.detect(crop)]
    found = [faces[0] for crop in missed if (faces := padded.detect(crop))]
    assert len(found) >= 0.6 * len(missed) > 0
    for face in found:  # in pixels of the photo, not of the padded one
        left, top, right, bottom = face.box
        assert abs((left + right) / 2 - 56) < 15
        assert abs((top + bottom) / 2 - 56) < 25
    assert padded.identity != plain.identity


@pytest.mark.parametrize("pad", [-0.1, 1.5, "wide", True])
def test_what_is_no_border_is_refused(pad: Any) -> None:
    with pytest.raises(ValueError, match="pad is a share"):
        Hog(pad=pad)
