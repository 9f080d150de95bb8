"""Random variants of photos against Keras' own, and what may and may not change them."""

import hashlib
import math
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Augmentation, Photo, PhotoError, _augmentation
from facebench.import_tensorflow import import_keras
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

AUGMENTATION = Augmentation()
SHAPE = (112, 92, 3)  # of the ORL faces
NOTHING = Augmentation(rotation=0, width_shift=0, height_shift=0, shear=0, zoom=0, horizontal_flip=False)

augmentations = st.builds(
    Augmentation,
    rotation=st.floats(0, 180),
    width_shift=st.floats(0, 0.9),
    height_shift=st.floats(0, 0.9),
    shear=st.floats(0, 45),
    zoom=st.floats(0, 0.9),
    horizontal_flip=st.booleans(),
)


@pytest.fixture(params=["orl", "china", "flower"])
def photo(request: pytest.FixtureRequest, orl: list[Path], scenes: dict[str, Path]) -> Photo:
    """A grey face, 92x112, and two scenes in colour, 640x427: none is square."""
    return Photo(orl[0] if request.param == "orl" else scenes[request.param])


@pytest.fixture
def face(orl: list[Path]) -> Photo:
    return Photo(orl[0])


# Photos, not noise: there our interpolation to 1/32 of a pixel and to whole grey levels is off by up to eight levels.
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(augmentation=augmentations, index=st.integers(0, 20))
def test_variants_equal_those_of_keras(photo: Photo, augmentation: Augmentation, index: int) -> None:
    ours, theirs = pixels(augmentation, photo, index), of_keras(augmentation, photo.pixels, photo.sha256, index)
    assert ours.shape == photo.pixels.shape
    assert np.abs(ours - theirs).mean() < 1


def test_the_reports_variants_equal_those_of_keras(photo: Photo) -> None:
    for index in range(15):
        theirs = of_keras(Augmentation(), photo.pixels, photo.sha256, index)
        assert np.abs(pixels(Augmentation(), photo, index) - theirs).mean() < 1
        assert np.abs(photo.pixels - theirs).mean() > 5  # far from no augmentation at all


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(augmentation=augmentations, index=st.integers(0, 999))
def test_parameters_are_those_of_keras(face: Photo, augmentation: Augmentation, index: int) -> None:
    shape = face.pixels.shape
    assert augmentation.transform(face, shape, index) == parameters(augmentation, shape, face.sha256, index)


def test_another_photo_or_index_has_another_variant(orl: list[Path]) -> None:
    transforms = {tuple(sorted(transform(Photo(path), index).items())) for path in orl[:10] for index in range(10)}
    assert len(transforms) == 100


def test_the_order_in_which_variants_are_asked_for_does_not_matter(face: Photo) -> None:
    forward = [variant.pixels for variant in Augmentation().variants(face, 6)]
    others = Augmentation().variants(face, 8)
    backward = [variant.pixels for variant in reversed(others)][::-1]
    np.testing.assert_array_equal(forward, backward[:6])


def test_another_process_makes_the_same_variants_under_the_same_key(orl: list[Path]) -> None:
    done = subprocess.run([sys.executable, "-c", ELSEWHERE, orl[0]], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [Augmentation().key, *(digest(v) for v in Augmentation().variants(Photo(orl[0]), 3))]


ELSEWHERE = """
import hashlib, sys
from facebench.data import Augmentation, Photo

print(Augmentation().key)
for variant in Augmentation().variants(Photo(sys.argv[1]), 3):
    print(hashlib.sha256(variant.pixels.tobytes()).hexdigest())
"""


def test_a_copy_under_another_name_has_the_same_variants(face: Photo, tmp_path: Path) -> None:
    assert face.path is not None
    copy = Photo(shutil.copy(face.path, tmp_path / "copy.pgm"))
    np.testing.assert_array_equal(pixels(Augmentation(), copy, 3), pixels(Augmentation(), face, 3))


def test_a_variant_is_named_for_its_photo(face: Photo) -> None:
    assert [variant.name for variant in Augmentation().variants(face, 2)] == [
        f"{face.path}, variant 0",
        f"{face.path}, variant 1",
    ]


def test_no_augmentation_leaves_the_photo_as_it_is(photo: Photo) -> None:
    for variant in NOTHING.variants(photo, 3):
        np.testing.assert_array_equal(variant.pixels, photo.pixels)


def test_a_mirror_is_exact_and_about_half_of_the_variants_have_it(photo: Photo) -> None:
    mirrored = 0
    for variant in replace(NOTHING, horizontal_flip=True).variants(photo, 40):
        is_mirrored = (variant.pixels != photo.pixels).any()
        np.testing.assert_array_equal(variant.pixels, photo.pixels[:, ::-1] if is_mirrored else photo.pixels)
        mirrored += is_mirrored
    assert 10 <= mirrored <= 30


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_threads_share_numpys_generator_without_a_trace(face: Photo) -> None:
    alone = [transform(face, index) for index in range(400)]
    np.random.seed(7)
    expected = np.random.RandomState(7).random(5)
    together = threading.Barrier(8)

    def work(first: int) -> list[dict[str, Any]]:
        together.wait()
        return [AUGMENTATION.transform(face, SHAPE, index) for index in range(first, 400, 8)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, range(8)))
    assert [found[index % 8][index // 8] for index in range(400)] == alone
    np.testing.assert_array_equal(np.random.random(5), expected)


def test_several_threads_may_ask_for_pixels_and_the_photo_is_reduced_once(
    scenes: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    reduced, reduce = [], _augmentation._reduced

    def counting(pixels: np.ndarray) -> np.ndarray:
        reduced.append(pixels)
        return reduce(pixels)

    monkeypatch.setattr(_augmentation, "_reduced", counting)
    variants = Augmentation().variants(Photo(scenes["china"]), 8)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda variant: variant.pixels, variants))
    assert len(reduced) == 1
    for index in (0, 7):
        np.testing.assert_array_equal(found[index], pixels(Augmentation(), Photo(scenes["china"]), index))


def test_nothing_is_decoded_before_pixels_are_asked_for(tmp_path: Path) -> None:
    assert len(Augmentation().variants(Photo(tmp_path / "there is none.jpg"), 5)) == 5


def test_a_large_photo_is_reduced_first(scenes: dict[str, Path]) -> None:
    large = Image.open(scenes["china"]).resize((4000, 3000), Image.Resampling.BICUBIC)
    small = np.asarray(large.resize((640, 480), Image.Resampling.BILINEAR))
    photo = Photo(large)
    ours, theirs = pixels(Augmentation(), photo, 0), of_keras(Augmentation(), small, photo.sha256, 0)
    assert ours.shape == (480, 640, 3)
    assert np.abs(ours - theirs).mean() < 1


@pytest.mark.parametrize(
    ("size", "shape"),
    [((1, 1), (1, 1, 3)), ((1, 2000), (640, 1, 3)), ((2000, 1), (1, 640, 3)), ((640, 3), (3, 640, 3))],
)
def test_the_narrowest_photos_have_variants(size: tuple[int, int], shape: tuple[int, ...]) -> None:
    colours = [(255, 0, 0), (0, 0, 255)]
    photo = Photo(Image.new("RGB", size, colours[0]))
    for variant in Augmentation().variants(photo, 5):
        assert variant.pixels.shape == shape
        assert (variant.pixels == colours[0]).all()  # edges are filled with what is at the edge


@pytest.mark.parametrize("damage", ["cut off", "no photo", "gone"])
def test_a_photo_that_cannot_be_decoded_has_variants_that_cannot(damage: str, face: Photo, tmp_path: Path) -> None:
    content = Path(face.name).read_bytes()
    path = tmp_path / "damaged.pgm"
    if damage != "gone":
        path.write_bytes(content[:500] if damage == "cut off" else b"text")
    for variant in Augmentation().variants(Photo(path), 2):
        with pytest.raises(PhotoError):
            variant.pixels  # noqa: B018


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name, limit in [("rotation", 180), ("width_shift", 1), ("height_shift", 1), ("shear", 45), ("zoom", 1)]
        for value in (-0.1, limit if limit == 1 else limit + 0.1, math.inf, -math.inf, math.nan)
    ]
    + [("horizontal_flip", "no"), ("horizontal_flip", 2), ("horizontal_flip", None)],
)
def test_a_parameter_outside_its_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is "):
        Augmentation(**{name: value})


@pytest.mark.parametrize("name", [field.name for field in fields(Augmentation)])
def test_the_key_changes_with_every_parameter(name: str) -> None:
    assert replace(NOTHING, **{name: 0.125 if name != "horizontal_flip" else True}).key != NOTHING.key


def test_the_key_of_the_reports_augmentation_stays_what_it_is() -> None:
    assert Augmentation().key == "997d802c45e3"  # stored vectors would be lost


@given(st.integers(0, 45))
def test_a_whole_number_is_the_number_however_it_is_written(degrees: int) -> None:
    written = [Augmentation(shear=shear) for shear in (degrees, float(degrees), np.float32(degrees))]
    assert len({augmentation.key for augmentation in written}) == 1
    assert len({repr(augmentation) for augmentation in written}) == 1


def transform(photo: Photo, index: int) -> dict[str, Any]:
    return AUGMENTATION.transform(photo, SHAPE, index)


def pixels(augmentation: Augmentation, photo: Photo, index: int) -> np.ndarray:
    """Return a variant's pixels as floats."""
    return augmentation.variants(photo, index + 1)[index].pixels.astype(float)


def digest(photo: Photo) -> str:
    return hashlib.sha256(photo.pixels.tobytes()).hexdigest()


def generator(augmentation: Augmentation) -> Any:
    """Return Keras' generator as the report makes it."""
    import_keras()
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    return ImageDataGenerator(
        rotation_range=augmentation.rotation,
        width_shift_range=augmentation.width_shift,
        height_shift_range=augmentation.height_shift,
        shear_range=augmentation.shear,
        zoom_range=augmentation.zoom,
        horizontal_flip=augmentation.horizontal_flip,
    )


def parameters(augmentation: Augmentation, shape: tuple[int, ...], sha256: str, index: int) -> dict[str, Any]:
    """Return what Keras draws from the seed that photo and index make."""
    seed = int(hashlib.sha256(f"{sha256} {index}".encode()).hexdigest()[:8], 16)
    drawn: dict[str, Any] = generator(augmentation).get_random_transform(shape, seed)
    return drawn


def of_keras(augmentation: Augmentation, photo: np.ndarray, sha256: str, index: int) -> np.ndarray:
    """Return what Keras makes of a photo."""
    drawn = parameters(augmentation, photo.shape, sha256, index)
    made: np.ndarray = generator(augmentation).apply_transform(photo.astype(float), drawn)
    return made
