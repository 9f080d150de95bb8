"""Degraded copies: worse with every step, the same in every process and thread, of whatever size and form."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from facebench.data import DEGRADATIONS, STEPS, Degradation, Photo, PhotoError, degraded_copies
from facebench.data.degradation import _degradations
from facebench.data.degradation._subject import subject_of
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
EVERY = list(DEGRADATIONS.values())
FACE = (8, 15, 85, 105)  # of the first photo of ORL, 92x112
EACH_KIND = pytest.mark.parametrize("kind", EVERY, ids=list(DEGRADATIONS))


def copies(photo: Photo, kind: Degradation, face: tuple[int, int, int, int] | None = FACE) -> list[Pixels]:
    return [copy.pixels for copy in degraded_copies(photo, face, [kind])]


def digest(photo: Photo) -> str:
    """Return one hash of all copies of a photo, made one after the other."""
    found = hashlib.sha256()
    for copy in degraded_copies(photo, FACE, EVERY):
        found.update(copy.pixels.tobytes())
    return found.hexdigest()


def error(pixels: Pixels, other: Pixels) -> float:
    return float(np.square(pixels.astype(float) - other).mean())


@pytest.mark.parametrize("name", [name for name in DEGRADATIONS if name != "turn"])
def test_every_step_is_further_from_the_photo(name: str, orl: list[Path]) -> None:
    photo, kind = Photo(orl[0]), DEGRADATIONS[name]
    made = copies(photo, kind)
    assert len(made) == STEPS == len(kind.strengths)
    assert all((copy.dtype, copy.shape) == (np.uint8, photo.pixels.shape) for copy in made)
    errors = [0.0, *(error(copy, photo.pixels) for copy in made)]
    assert all(worse > better for better, worse in pairwise(errors))


def test_the_same_photo_gives_the_same_copies_in_threads_and_in_another_process(orl: list[Path]) -> None:
    here = digest(Photo(orl[0]))
    with ThreadPoolExecutor(4) as pool:
        made = degraded_copies(Photo(orl[0]), FACE, EVERY)
        found = list(pool.map(lambda copy: copy.pixels.tobytes(), reversed(made)))[::-1]
    assert hashlib.sha256(b"".join(found)).hexdigest() == here
    script = (
        "from facebench.data import DEGRADATIONS, Photo, degraded_copies; import hashlib, sys\n"
        f"made = degraded_copies(Photo(sys.argv[1]), {FACE}, list(DEGRADATIONS.values()))\n"
        "print(hashlib.sha256(b''.join(copy.pixels.tobytes() for copy in made)).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", script, str(orl[0])], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
    assert digest(Photo(orl[1])) != here


@EACH_KIND
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3, 2)])
@pytest.mark.parametrize("face", [None, (0, 0, 1, 1), (-40, -40, 900, 900), (5, 5, 5, 5)])
def test_photos_of_any_size_and_boxes_of_any_place_have_copies(
    kind: Degradation, size: tuple[int, int], face: tuple[int, int, int, int] | None
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    for copy in copies(Photo(pixels), kind, face):
        assert copy.dtype == np.uint8
        assert copy.ndim == 3
        assert 0 not in copy.shape


@EACH_KIND
def test_a_photo_of_16_bits_and_one_channel_has_copies_too(kind: Degradation, tmp_path: Path) -> None:
    levels = np.linspace(0, 65535, 60 * 80).reshape(60, 80).astype(np.uint16)
    Image.fromarray(levels).save(tmp_path / "grey.png")
    assert [copy.shape for copy in copies(Photo(tmp_path / "grey.png"), kind)] == [(60, 80, 3)] * STEPS


def test_a_photo_without_pixels_has_no_copies(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    [first, *_] = degraded_copies(Photo(tmp_path / "broken.jpg"), None, EVERY)
    with pytest.raises(PhotoError):
        _ = first.pixels


def test_a_photo_is_decoded_once_for_all_of_its_copies(orl: list[Path], decoded: list[bytes]) -> None:
    for copy in degraded_copies(Photo(orl[0]), FACE, EVERY):
        _ = copy.pixels
    assert len(decoded) == 1


def test_strengths_mean_the_same_on_a_large_photo_and_on_a_small_one(
    compose: Callable[..., Pixels], orl: list[Path]
) -> None:
    """The same face, 77x90 pixels on one photo and ten times as large on the other, is reduced to 128 pixels there."""
    large = Photo(compose((4000, 3000), (orl[0], (1000, 900), 10.0)))
    subject = subject_of(large, (1080, 1050, 1850, 1950))
    assert subject.side == pytest.approx(128, abs=0.5)
    assert subject.pixels.shape == (461, 615, 3)
    left, top, right, bottom = map(round, subject.face)
    part = subject.pixels[top:bottom, left:right]
    exact = Image.open(orl[0]).convert("RGB").crop(FACE).resize(part.shape[1::-1], Image.Resampling.BICUBIC)
    assert np.abs(part.astype(int) - np.asarray(exact)).mean() < 5
    assert subject_of(large, (1080, 1050, 1090, 1060)).pixels.shape == (1200, 1600, 3)
    assert subject_of(large, None).pixels.shape == (480, 640, 3)
    small = Photo(orl[0])
    assert subject_of(small, FACE).pixels is small.pixels


def test_exposure_is_that_of_linear_light(scenes: dict[str, Path]) -> None:
    photo = Photo(scenes["flower"])

    def light(pixels: Pixels) -> NDArray[np.float64]:
        levels = pixels / 255
        return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)

    brighter = copies(photo, DEGRADATIONS["brighten"], None)[1]
    seen = (brighter > 0) & (brighter < 255)
    assert np.allclose(light(brighter)[seen] / light(photo.pixels)[seen], 2, rtol=0.1)
    darker = copies(photo, DEGRADATIONS["darken"], None)[0]
    bright = darker > 60
    assert np.allclose(light(darker)[bright] / light(photo.pixels)[bright], 0.25, rtol=0.1)


def test_noise_has_the_deviation_that_it_says_and_no_colour(orl: list[Path]) -> None:
    photo = Photo(np.full((200, 200, 3), 128, np.uint8))
    for sigma, copy in zip(DEGRADATIONS["noise"].strengths[:4], copies(photo, DEGRADATIONS["noise"]), strict=False):
        noise = copy.astype(float) - 128
        assert noise.std() == pytest.approx(sigma, rel=0.02)
        assert abs(noise.mean()) < sigma / 50
        assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.02
    of_two = [copies(Photo(path), DEGRADATIONS["noise"])[0].astype(int) - Photo(path).pixels for path in orl[:2]]
    assert not np.array_equal(*of_two)


def test_a_cover_is_grey_from_the_chin_up_and_changes_nothing_else(orl: list[Path]) -> None:
    photo = Photo(orl[0])
    for percent, copy in zip(DEGRADATIONS["cover"].strengths, copies(photo, DEGRADATIONS["cover"]), strict=True):
        top = round(FACE[3] - percent / 100 * (FACE[3] - FACE[1]))
        changed = np.zeros(photo.pixels.shape[:2], bool)
        changed[top : FACE[3], 0:92] = True  # a tenth of the face's width beside it is beyond the edges
        assert (copy[changed] == 128).all()
        assert np.array_equal(copy[~changed], photo.pixels[~changed])


def test_turning_is_about_the_face_by_these_angles_and_to_either_side() -> None:
    pixels = np.zeros((160, 160, 3), np.uint8)
    pixels[40:80, 55:65] = 255  # above the middle of the face, on its axis
    kind, sides = DEGRADATIONS["turn"], set()
    for number in range(8):
        pixels[0, 0] = number  # another photo
        for degrees, turned in zip(kind.strengths, copies(Photo(pixels.copy()), kind, (20, 50, 100, 130)), strict=True):
            rows, columns = np.nonzero(turned[..., 0] > 128)
            x, y = columns.mean() - 60, 90 - rows.mean()
            assert abs(np.degrees(np.arctan2(abs(x), y)) - degrees) < 2
            sides.add(x > 0)
    assert sides == {True, False}


def test_reducing_loses_detail_and_a_smaller_face_nothing(orl: list[Path]) -> None:
    photo, kind = Photo(orl[0]), DEGRADATIONS["reduce"]
    made = copies(photo, kind, (20, 20, 60, 60))  # 40 pixels
    assert [np.array_equal(copy, photo.pixels) for copy in made] == [True, True, False, False, False]


def test_keys_change_with_all_that_copies_depend_on(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = DEGRADATIONS["blur"]
    keys = [kind.key(FACE), kind.key(None), kind.key((8, 15, 85, 106)), DEGRADATIONS["jpeg"].key(FACE)]
    keys.append(replace(kind, strengths=(1, 2, 3, 4, 7)).key(FACE))
    monkeypatch.setattr(_degradations, "VERSION", 2)
    keys.append(kind.key(FACE))
    assert len({*keys}) == len(keys)
    assert all(len(key) == 12 for key in keys)


def test_this_version_gives_these_copies() -> None:
    """Whoever changes a copy raises `VERSION`, or vectors in the store are of other pixels; JPEG is its library's."""
    ramp = np.arange(40 * 30 * 3, dtype=np.uint32).reshape(40, 30, 3) % 251
    found = {}
    for name in ("darken", "brighten", "noise", "cover"):
        made = copies(Photo(ramp.astype(np.uint8)), DEGRADATIONS[name], (5, 5, 25, 30))
        found[name] = hashlib.sha256(b"".join(copy.tobytes() for copy in made)).hexdigest()[:8]
    assert (_degradations.VERSION, found) == (
        1,
        {"darken": "60f40e90", "brighten": "1577c361", "noise": "74f643b6", "cover": "cd7ecd18"},
    )
