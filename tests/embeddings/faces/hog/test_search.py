"""The compiled search finds what dlib finds: the same boxes and views in the same order, scores within 1e-5."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings.faces.hog._ready import ready_search
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

LFW = Path(__file__).parents[4].parent / "shared" / "data" / "lfw-powell"
#: So low that most photos have several boxes, one over the other.
LOW = -1.5


@pytest.fixture(scope="module")
def search(session_cache: Path) -> Any:
    return ready_search()


@pytest.fixture(scope="module")
def detector() -> Any:
    return dlib.get_frontal_face_detector()


@pytest.fixture(scope="module")
def compare(search: Any, detector: Any) -> Callable[..., int]:
    """Return a function that compares what both find on pixels, and returns how many boxes that were."""

    def compare(pixels: np.ndarray, upsamplings: int, threshold: float = LOW) -> int:
        boxes, scores, views = detector.run(pixels, upsamplings, threshold)
        found = search.run(pixels, upsamplings, threshold)
        edges = [(box.left(), box.top(), box.right(), box.bottom()) for box in boxes]
        assert [(face.box, face.view) for face in found] == list(zip(edges, views, strict=True))
        np.testing.assert_allclose([face.score for face in found], scores, rtol=0, atol=1e-5)
        return len(found)

    return compare


@pytest.mark.parametrize("upsamplings", [0, 1, 2])
def test_faces_are_those_of_dlib(
    upsamplings: int, compare: Callable[..., int], orl: list[Path], scenes: dict[str, Path]
) -> None:
    found = [compare(Photo(path).pixels, upsamplings) for path in orl[:: 20 if upsamplings < 2 else 80]]
    assert min(found, default=0) + sum(found) > len(found)
    reduced = [np.array(Image.open(path).reduce(2)) for path in scenes.values()]
    assert sum(compare(pixels, upsamplings) for pixels in reduced) > 0


@pytest.mark.parametrize(
    "size",
    [
        (1, 1),
        (2, 3),
        (8, 8),
        (16, 16),
        (24, 24),
        (25, 100),
        (40, 31),
        (63, 64),
        (64, 64),
        (64, 81),
        (79, 200),
        (1, 300),
    ],
    ids=str,
)
def test_small_and_odd_photos_too(size: tuple[int, int], compare: Callable[..., int], orl: list[Path]) -> None:
    pixels = np.array(Image.open(orl[0]).convert("RGB").resize(size))
    for upsamplings in (0, 1, 2):
        compare(pixels, upsamplings)


@pytest.mark.parametrize("width", [64, 67, 68, 75, 76, 84])
def test_a_narrow_photo_has_no_more_windows_than_dlib_sees(
    width: int, compare: Callable[..., int], orl: list[Path]
) -> None:
    for path in orl[:60:10]:
        compare(np.array(Image.open(path).convert("RGB").resize((width, 190))), 0, -4.0)


@given(seed=st.integers(0, 2**32 - 1), height=st.integers(60, 170), width=st.integers(60, 170), blur=st.integers(1, 9))
@settings(max_examples=40)
def test_clouds_of_any_size_and_colour(
    seed: int, height: int, width: int, blur: int, compare: Callable[..., int]
) -> None:
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (height // blur + 1, width // blur + 1, 3)).astype(np.uint8))
    compare(np.array(small.resize((width, height))), seed % 2, -2.0)


@pytest.mark.parametrize("weaker", [0, 1, 2], ids=["red", "green", "blue"])
def test_each_colour_counts_as_for_dlib(weaker: int, compare: Callable[..., int], orl: list[Path]) -> None:
    for path in orl[:100:10]:
        pixels = np.array(Image.open(path).convert("RGB"))
        pixels[..., weaker] //= 2
        compare(pixels, 1)


def test_pixels_may_be_read_only_or_a_view(search: Any, orl: list[Path]) -> None:
    pixels = np.array(Image.open(orl[0]).convert("RGB"))
    framed = np.pad(pixels, ((3, 5), (7, 2), (0, 0)))
    expected = search.run(pixels, 1)
    assert search.run(framed[3:-5, 7:-2], 1) == expected
    pixels.flags.writeable = False
    assert search.run(pixels, 1) == expected != []


def test_threads_share_it(search: Any, orl: list[Path]) -> None:
    photos = [Photo(path).pixels for path in orl[::13]]
    alone = [search.run(pixels, 1, LOW) for pixels in photos]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda pixels: search.run(pixels, 1, LOW), photos * 3)) == alone * 3


@pytest.mark.slow
@pytest.mark.parametrize("photos", ["orl", "lfw"])
def test_every_photo(photos: str, compare: Callable[..., int], orl: list[Path]) -> None:
    if photos == "lfw" and not LFW.is_dir():
        pytest.skip("the LFW photos are not beside this checkout")
    paths = orl if photos == "orl" else sorted(LFW.rglob("*.jpg"))
    for upsamplings, step in ((0, 1), (1, 1), (2, 40)):
        for threshold in (0.0, LOW):
            found = sum(compare(Photo(path).pixels, upsamplings, threshold) for path in paths[::step])
            print(
                f"{photos}: {len(paths[::step])} photos, upsample {upsamplings}, threshold {threshold}: {found} boxes"
            )


@pytest.mark.slow
def test_mosaics_of_many_faces(compare: Callable[..., int], orl: list[Path]) -> None:
    for number in range(20):
        rng = np.random.default_rng(number)
        canvas = Image.new("RGB", (1600, 1200) if number % 2 else (1200, 1600), "grey")
        for path in islice(cycle(orl[number::7]), 70):
            side = rng.integers(60, 260)
            corner = tuple(int(rng.integers(0, edge - 60)) for edge in canvas.size)
            canvas.paste(Image.open(path).resize((side, side)), corner)
        for upsamplings in (0, 1):
            found = compare(np.array(canvas), upsamplings)
            print(f"mosaic {number}, {canvas.size}, upsample {upsamplings}: {found} boxes")
            assert found > 20


@pytest.mark.slow
@pytest.mark.parametrize("side", range(64, 701, 53))
def test_odd_sizes(side: int, compare: Callable[..., int], orl: list[Path]) -> None:
    for upsamplings in (0, 1):
        compare(np.array(Image.open(orl[side % 400]).convert("RGB").resize((side, side + side % 7))), upsamplings)
