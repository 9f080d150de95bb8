"""Random variants of photos: turned about their middle, equal to Keras' own, and what may and may not change them."""

import hashlib
import math
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Augmentation, Photo, PhotoError
from facebench.data.decoding import _augmentation
from facebench.errors import FacebenchError
from facebench.import_tensorflow import import_keras
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

NOTHING = Augmentation(rotation=0, width_shift=0, height_shift=0, shear=0, zoom=0, horizontal_flip=False)
REPORT = Augmentation(side=224)
FIRST = Augmentation(version=1)

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
    """A grey face, 92x112, and two scenes in colour, 640x426: none is square."""
    return Photo(orl[0]) if request.param == "orl" else Photo(np.array(Image.open(scenes[request.param]))[:-1])


@pytest.fixture
def face(orl: list[Path]) -> Photo:
    return Photo(orl[0])


@pytest.fixture
def spot() -> Photo:
    """A white spot in the middle of 480x640 black pixels, as a phone's photo has its face."""
    pixels = np.zeros((480, 640, 3), np.uint8)
    pixels[230:250, 310:330] = 255
    return Photo(pixels)


@pytest.mark.parametrize("side", [0, 224])
def test_a_photo_that_is_not_square_turns_and_zooms_about_its_middle(spot: Photo, side: int) -> None:
    moved = moves(replace(NOTHING, rotation=40, shear=10, zoom=0.2, horizontal_flip=True, side=side), spot)
    assert np.abs(moved).max() < 1


def test_the_middle_moved_in_the_first_version_as_it_does_in_keras(spot: Photo) -> None:
    zoomed = moves(replace(NOTHING, zoom=0.2, version=1), spot)
    turned = moves(replace(NOTHING, rotation=40, version=1), spot)
    assert 15 < np.abs(zoomed).max() <= 20  # a quarter of the 80 pixels between the two middles, where the zoom is 0.8
    assert 70 < np.linalg.norm(turned, axis=1).max() < 77.5  # 33 and 70 at 40 degrees


@pytest.mark.parametrize(("name", "column"), [("height_shift", 0), ("width_shift", 1)])
def test_a_shift_is_a_share_of_the_side_that_it_is_named_for(spot: Photo, name: str, column: int) -> None:
    moved = moves(replace(NOTHING, **{name: 0.3}), spot)
    assert np.abs(moved[:, 1 - column]).max() < 0.1
    assert 0.2 < np.abs(moved[:, column]).max() / (480, 640)[column] < 0.3


# Photos, not noise: there our interpolation to 1/32 of a pixel and to whole grey levels is off by up to eight levels.
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(augmentation=augmentations, index=st.integers(0, 20))
def test_variants_equal_those_of_keras_of_the_photo_amid_a_square(
    photo: Photo, augmentation: Augmentation, index: int
) -> None:
    height, width = photo.pixels.shape[:2]
    margins = [((max(height, width) - length) // 2,) * 2 for length in (height, width)]
    square = np.pad(photo.pixels, [*margins, (0, 0)], mode="edge")
    # What Keras calls height and width are those of the shifts in this order.
    swapped = replace(augmentation, width_shift=augmentation.height_shift, height_shift=augmentation.width_shift)
    made = of_keras(swapped, square, photo.sha256, index, shape=(width, height, 3))
    (top, _), (left, _) = margins
    theirs = made[top : top + height, left : left + width]
    assert np.abs(pixels(augmentation, photo, index) - theirs).mean() < 1


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(augmentation=augmentations, side=st.integers(1, 300), index=st.integers(0, 20))
def test_variants_of_a_square_equal_those_of_keras(
    photo: Photo, augmentation: Augmentation, side: int, index: int
) -> None:
    augmentation = replace(augmentation, height_shift=augmentation.width_shift, side=side)
    square = np.array(Image.fromarray(photo.pixels).resize((side, side), Image.Resampling.NEAREST))
    ours, theirs = pixels(augmentation, photo, index), of_keras(augmentation, square, photo.sha256, index)
    assert ours.shape == (side, side, 3)
    assert np.abs(ours - theirs).mean() < 1


def test_the_reports_variants_are_those_of_keras_from_file_to_batch(scenes: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "me").mkdir()
    photo = Photo(shutil.copy(scenes["china"], tmp_path / "me"))
    for index in range(15):
        batches = generator(REPORT, rescale=1 / 255).flow_from_directory(
            tmp_path, (224, 224), class_mode=None, batch_size=1, shuffle=False, seed=seed_of(photo.sha256, index)
        )
        [theirs] = batches[0]
        difference = np.abs(pixels(REPORT, photo, index) / 255 - theirs)
        assert difference.mean() < 0.5 / 255
        assert np.abs(theirs - np.array(Image.open(scenes["china"]).resize((224, 224))) / 255).mean() > 5 / 255


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(augmentation=augmentations, index=st.integers(0, 20))
def test_variants_of_the_first_version_equal_those_of_keras_of_the_photo_itself(
    photo: Photo, augmentation: Augmentation, index: int
) -> None:
    ours = pixels(replace(augmentation, version=1), photo, index)
    theirs = of_keras(augmentation, photo.pixels, photo.sha256, index)
    assert ours.shape == photo.pixels.shape
    assert np.abs(ours - theirs).mean() < 1


def test_another_photo_or_index_has_another_variant(orl: list[Path]) -> None:
    made = [digest(variant) for path in orl[:10] for variant in Augmentation().variants(Photo(path), 10)]
    assert len(set(made)) == 100


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


def test_numpys_generator_is_left_alone(face: Photo) -> None:
    np.random.seed(7)
    pixels(Augmentation(), face, 3)
    np.testing.assert_array_equal(np.random.random(5), np.random.RandomState(7).random(5))


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
    ours = pixels(FIRST, photo, 0)
    assert ours.shape == pixels(Augmentation(), photo, 0).shape == (480, 640, 3)
    assert np.abs(ours - of_keras(FIRST, small, photo.sha256, 0)).mean() < 1


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
    + [("horizontal_flip", "no"), ("horizontal_flip", 2), ("horizontal_flip", None)]
    + [("side", -1), ("side", 641), ("side", 224.0), ("side", True), ("version", 0), ("version", 1.5)],
)
def test_a_parameter_outside_its_range_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} is "):
        Augmentation(**{name: value})


def test_the_first_version_has_no_square() -> None:
    with pytest.raises(ValueError, match=r"^side is a whole number from 0 to 0, not 224"):
        Augmentation(side=224, version=1)


def test_a_version_of_a_newer_facebench_can_be_named_and_not_made(face: Photo) -> None:
    newer = Augmentation(version=99)
    with pytest.raises(FacebenchError, match="version 99 is of a newer facebench"):
        newer.variants(face, 1)


@pytest.mark.parametrize("field", fields(Augmentation), ids=lambda field: field.name)
def test_the_key_changes_with_every_parameter(field: Any) -> None:
    other = {bool: True, int: 3, float: 0.125}[type(field.default)]
    assert replace(NOTHING, **{field.name: other}).key != NOTHING.key


@pytest.mark.parametrize(
    ("augmentation", "key"), [(FIRST, "997d802c45e3"), (Augmentation(), "4e82b0d22e4f"), (REPORT, "dc3dab0e3dbd")]
)
def test_keys_stay_what_they_are(augmentation: Augmentation, key: str) -> None:
    assert augmentation.key == key  # stored vectors would be lost


@given(st.integers(0, 45))
def test_a_whole_number_is_the_number_however_it_is_written(degrees: int) -> None:
    written = [Augmentation(shear=shear) for shear in (degrees, float(degrees), np.float32(degrees))]
    assert len({augmentation.key for augmentation in written}) == 1
    assert len({repr(augmentation) for augmentation in written}) == 1


def moves(augmentation: Augmentation, spot: Photo) -> np.ndarray:
    """Return how far the spot is off the middle in twenty variants, (20, 2): rows and columns."""
    found = []
    for variant in augmentation.variants(spot, 20):
        light = variant.pixels[:, :, 0].astype(float)
        profiles = [light.sum(axis=1), light.sum(axis=0)]
        found.append([np.arange(len(of)) @ of / of.sum() - (len(of) - 1) / 2 for of in profiles])
    return np.array(found)


def pixels(augmentation: Augmentation, photo: Photo, index: int) -> np.ndarray:
    """Return a variant's pixels as floats."""
    return augmentation.variants(photo, index + 1)[index].pixels.astype(float)


def digest(photo: Photo) -> str:
    return hashlib.sha256(photo.pixels.tobytes()).hexdigest()


def generator(augmentation: Augmentation, **options: Any) -> Any:
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
        **options,
    )


def seed_of(sha256: str, index: int) -> int:
    """Return the seed that photo and index make."""
    return int(hashlib.sha256(f"{sha256} {index}".encode()).hexdigest()[:8], 16)


def of_keras(
    augmentation: Augmentation, photo: np.ndarray, sha256: str, index: int, shape: tuple[int, ...] | None = None
) -> np.ndarray:
    """Return what Keras makes of a photo with the parameters that it draws for a shape, by default the photo's own."""
    keras = generator(augmentation)
    drawn = keras.get_random_transform(shape or photo.shape, seed_of(sha256, index))
    made: np.ndarray = keras.apply_transform(photo.astype(float), drawn)
    return made
