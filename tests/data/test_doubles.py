"""Doubles of one moment: what is grouped, what is not, and that names and clocks alone join nothing."""

import io
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Fingerprints, Photo, dates, group_photos, orl_faces
from facebench.embeddings.built_in import Fingerprint
from PIL import ExifTags, Image

from ..doubles import KINDS, double

LFW = Path(__file__).parents[2].parent / "shared" / "data" / "lfw-powell"
#: One face of each of twenty people: nobody takes two of these for one moment.
FACES = [item.path for item in orl_faces().items if item.path.stem == "1"][:20]


@pytest.fixture(scope="module")
def faces() -> Fingerprints:
    return prints(FACES)


@pytest.fixture(scope="module")
def three_hundred() -> Fingerprints:
    """Photos of thirty people, ten each, as if they were one person's."""
    items = [item for item in orl_faces().items if item.person != "s28"]  # whose photos 1 and 6 are all but the same
    return prints(item.path for item in items[:300])


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("halved", 20),
        ("blurred", 20),
        ("date stamp", 20),
        ("mirrored", 20),
        ("turned by 90 degrees", 20),
        ("cropped by 5 %", 18),
        ("cropped by 10 %", 18),
        ("framed, 5 %", 18),
        ("phone screenshot", 18),
        ("straightened by 3 degrees", 16),
        ("mirrored and cropped by 10 %", 16),
    ],
)
def test_doubles_are_grouped_and_nothing_else(kind: str, least: int, faces: Fingerprints) -> None:
    made = prints(double(kind, Image.open(path), seed) for seed, path in enumerate(FACES))
    groups = group_photos(["me"] * 40, joined(faces, made))
    found = int((groups[:20] == groups[20:]).sum())
    assert found >= least
    assert len(set(groups[:20].tolist())) == len(set(groups[20:].tolist())) == 20
    assert len(set(groups.tolist())) == 40 - found


def test_doubles_of_two_people_are_two_groups(faces: Fingerprints) -> None:
    assert group_photos(["me"] * 20 + ["you"] * 20, joined(faces, faces)).tolist() == list(range(40))


def test_what_is_a_double_of_a_double_is_one(faces: Fingerprints) -> None:
    picture = Image.open(FACES[0])
    left, right = (prints([saved(picture.crop(box))]) for box in ((0, 0, 74, 112), (18, 0, 92, 112)))
    assert len(set(group_photos(["me"] * 3, joined(faces.only(np.arange(1)), left, right)).tolist())) == 1


@pytest.mark.parametrize("kind", ["phone screenshot", "date stamp", "framed, 15 %"])
def test_the_same_stamp_screen_or_frame_joins_nothing(kind: str) -> None:
    made = prints(double(kind, Image.open(path)) for path in FACES)
    assert len(set(group_photos(["me"] * 20, made).tolist())) == 20


@pytest.mark.parametrize("pattern", ["me ({}).pgm", "me.pgm", "IMG-edited.pgm", "me~{}.pgm"])
def test_names_alone_join_nothing(pattern: str, three_hundred: Fingerprints) -> None:
    names = [f"me/{pattern.format(number)}" for number in range(1, 301)]
    names[0] = "me/me.pgm"
    assert len(set(group_photos(["me"] * 300, three_hundred, names).tolist())) == 300


@pytest.mark.parametrize(
    ("name", "grouped"),
    [
        ("a/IMG_1-edited.jpg", True),
        ("a/IMG_1-EFFECTS.jpg", True),
        ("a/IMG_1 (1).jpg", True),
        ("a/IMG_1(1).png", True),
        ("a/IMG_2-edited.jpg", False),
        ("b/IMG_1-edited.jpg", False),
    ],
)
def test_a_name_and_the_picture_together_are_enough(name: str, grouped: bool, faces: Fingerprints) -> None:
    # Keypoints alone are not sure of this one.
    cropped = double("cropped by 20 %", Image.open(FACES[8]), 8)
    found = joined(faces.only(np.array([8])), prints([cropped]), faces.only(np.array([9])))
    assert len(set(group_photos(["me"] * 3, found).tolist())) == 3
    names = ["a/IMG_1.jpg", name, "a/IMG_1-edited (1).jpg"]
    assert len(set(group_photos(["me"] * 3, found, names).tolist())) == (2 if grouped else 3)


def test_a_name_and_the_time_together_are_enough() -> None:
    found = prints([dated(FACES[0], "12:00:00"), dated(FACES[1], "12:00:00"), dated(FACES[2], "12:01:00")])
    names = ["a.jpg", "a-edited.jpg", "a-EFFECTS.jpg"]
    assert group_photos(["me"] * 3, found).tolist() == [0, 1, 2]
    assert group_photos(["me"] * 3, found, names).tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("first", "second", "grouped"),
    [
        (("12:00:00", "X100"), ("12:00:02", "X100"), True),
        (("12:00:02", "X100"), ("12:00:00", "X100"), True),
        (("12:00:00", "X100"), ("12:00:03", "X100"), False),
        (("12:00:00", "X100"), ("12:00:00", "X200"), False),
        (("12:00:00", ""), ("12:00:00", ""), False),
        (("12:00:00", "X100", "75"), ("12:00:02", "X100", "74"), True),
        (("12:00:00", "X100", "74"), ("12:00:02", "X100", "80"), False),
        (("12:00:00", "X100", "0"), ("12:00:02", "X100", "500"), False),
    ],
)
def test_one_camera_within_two_seconds_is_one_moment(first: tuple, second: tuple, grouped: bool) -> None:
    found = prints([dated(FACES[0], *first), dated(FACES[1], *second)])
    assert len(set(group_photos(["me"] * 2, found).tolist())) == (1 if grouped else 2)


@pytest.mark.parametrize(("photos", "is_date"), [(5, True), (6, False), (20, False)])
def test_a_time_that_more_than_five_different_photos_share_is_no_date(photos: int, is_date: bool) -> None:
    found = prints(dated(path, "00:00:00", "X100") for path in FACES[:photos])
    assert (~np.isnan(dates(["me"] * photos, found))).tolist() == [is_date] * photos
    assert len(set(group_photos(["me"] * photos, found).tolist())) == (1 if is_date else photos)


def test_a_time_that_many_photos_of_one_scene_share_is_a_date() -> None:
    found = prints([dated(FACES[0], "12:00:00", "X100")] * 8)
    assert not np.isnan(dates(["me"] * 8, found)).any()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ORL", "LFW"])
def test_table_of_doubles(name: str) -> None:
    """Print the table of docs/protocol.md: run it with `-m slow -s`."""
    if name == "LFW" and not LFW.is_dir():
        pytest.skip("the LFW photos are not beside this checkout")
    if name == "ORL":
        photos = [(item.person, item.path) for item in orl_faces().items]
    else:
        photos = [(path.parent.name, path) for path in sorted(LFW.glob("*/*.jpg"))]
    people, found = [person for person, _ in photos], prints(path for _, path in photos)
    counts = [people.count(person) for person in set(people)]
    pairs, false = sum(n * (n - 1) // 2 for n in counts), pairs_in(group_photos(people, found))
    print(f"\n{name}: {false} of {pairs} pairs of different photos of a person joined: {100 * false / pairs:.3f} %")
    assert false <= 0.001 * pairs
    chosen = np.arange(0, len(photos), max(1, len(photos) // 100))
    for kind in KINDS:
        made = prints(double(kind, Image.open(photos[index][1]), index) for index in chosen.tolist())
        groups = group_photos(people + [people[index] for index in chosen], joined(found, made))
        right = int((groups[chosen] == groups[len(photos) :]).sum())
        # A double may join a photo of another moment.
        wrong = sum(
            len(set(np.flatnonzero(groups[: len(photos)] == group).tolist()) - {index})
            for index, group in zip(chosen.tolist(), groups[len(photos) :].tolist(), strict=True)
        )
        print(f"{kind:30} {100 * right / len(chosen):6.1f} % of {len(chosen)}, {wrong} other photos joined", flush=True)


def prints(photos: object) -> Fingerprints:
    extractor = Fingerprint()
    return Fingerprints.of(np.stack([extractor.stage(Photo(photo)).vector for photo in photos]))


def joined(*parts: Fingerprints) -> Fingerprints:
    return Fingerprints.of(np.concatenate([part.vectors for part in parts]))


def pairs_in(groups: np.ndarray) -> int:
    return sum(size * (size - 1) // 2 for size in np.bincount(groups).tolist())


def saved(picture: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=90, **options)
    return file.getvalue()


def dated(path: Path, time: str, camera: str = "", fraction: str = "") -> bytes:
    """Return a photo's file, taken on one day at some time by some camera."""
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = camera
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = f"2024:05:06 {time}"
    own[ExifTags.Base.SubsecTimeOriginal] = fraction
    return saved(Image.open(path), exif=exif)
