"""What a bundle said of photos as an album: every face with its probability, and what was decided before."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.album import is_album_page
from facebench.bundles import Bundle, Review, _review, review_photos
from facebench.bundles._recognition import SeenFace
from facebench.data import ME, PhotoError
from facebench.data.labels import Label, read_labels, write_labels
from facebench.embeddings.store import VectorStore
from PIL import Image

Trained = Callable[..., Bundle]
#: Exposure that a camera stores on its side.
_TURNED = 6


@pytest.fixture(scope="module")
def photos(
    orl: list[Path],
    scenes: dict[str, Path],
    compose: Callable[..., np.ndarray],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Path]:
    """Photos of s1 and s2, one of s1 (left) and s3, one without a face, and one that is none."""
    folder = tmp_path_factory.mktemp("Pictures")
    (folder / "deep").mkdir()
    two = compose((420, 260), (orl[0], (10, 20), 1.8), (orl[20], (230, 20), 1.8))
    Image.fromarray(two).save(folder / "deep" / "two.png")
    shutil.copy(scenes["china"], folder / "china.jpg")
    (folder / "broken.jpg").write_bytes(b"no photo")
    for name, number in {"1-9.pgm": 8, "1-10.pgm": 9, "2-8.pgm": 17, "2-9.pgm": 18, "2-10.pgm": 19}.items():
        shutil.copy(orl[number], folder / name)
    return sorted(folder.rglob("*.*"))


@pytest.fixture(scope="module")
def reviewed(trained: Trained, photos: list[Path], store: VectorStore) -> Callable[..., Review]:
    """Return a function that reviews the photos with a bundle of an extractor."""

    def reviewed(extractor: str, faces: str = "any", **changed: str) -> Review:
        bundle = trained(extractors=(extractor,), **changed)
        return review_photos(bundle, photos, faces=faces, store=store)  # type: ignore[arg-type]

    return reviewed


def on(review: Review, name: str) -> list[int]:
    """Return the positions of the faces on a photo."""
    return [number for number, face in enumerate(review.album.faces) if review.album.photos[face.photo].name == name]


@pytest.mark.parametrize(
    ("extractor", "faces"),
    [("sface", "any"), ("face_recognition", "any"), ("face_recognition", "largest"), ("mobilenet", "largest")],
)
def test_answers_are_those_of_predict_and_every_face_is_in_the_album(
    extractor: str,
    faces: str,
    reviewed: Callable[..., Review],
    trained: Trained,
    photos: list[Path],
    store: VectorStore,
) -> None:
    review = reviewed(extractor, faces)
    assert review.answers == trained(extractors=(extractor,)).predict(photos, faces=faces, store=store)  # type: ignore[arg-type]
    said = sorted(face.probability or 0.0 for answer in review.answers for face in answer.faces)
    assert sorted(face.likeness for face in review.album.faces) == said
    assert review.album.extractor == extractor
    assert [photo.name for photo in review.album.photos[-1:]] == ["deep/two.png"]


@pytest.mark.parametrize("extractor", ["sface", "face_recognition"])
def test_any_shows_each_face_and_largest_one(extractor: str, reviewed: Callable[..., Review]) -> None:
    review = reviewed(extractor)
    left, right = (review.album.faces[number] for number in on(review, "deep/two.png"))
    assert left.box[2] <= right.box[0]
    assert left.likeness > right.likeness
    assert left.band != "surely not" == right.band
    assert len(on(reviewed(extractor, "largest"), "deep/two.png")) == 1


def test_a_photo_without_a_face_is_shown_and_one_that_cannot_be_read_counts(reviewed: Callable[..., Review]) -> None:
    album = reviewed("sface").album
    assert [album.photos[position].name for position in album.faceless] == ["china.jpg"]
    assert album.reasons == {"no_face": 1, "unsupported": 1}


def test_a_whole_photo_is_a_face_in_a_box_around_all_of_it(
    trained: Trained, orl: list[Path], store: VectorStore, tmp_path: Path
) -> None:
    lying = Image.open(orl[8])
    exif = lying.getexif()
    exif[0x0112] = _TURNED
    lying.save(tmp_path / "lying.jpg", exif=exif)
    review = review_photos(trained(extractors=("mobilenet",)), [tmp_path / "lying.jpg"], store=store)
    assert [face.box for face in review.album.faces] == [(0, 0, 112, 92)]
    assert review.album.reasons == {}


def test_a_photo_that_goes_meanwhile_is_one_that_cannot_be_read(
    reviewed: Callable[..., Review], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reviewed("mobilenet", "largest")

    def gone(file: Path) -> tuple[int, int]:
        if file.name == "1-9.pgm":
            raise PhotoError("unreadable", "No such file or directory")
        return 92, 112

    monkeypatch.setattr(_review, "upright_size", gone)
    after = reviewed("mobilenet", "largest")
    assert after.album.reasons == {"unsupported": 1, "unreadable": 1}
    assert on(after, "1-9.pgm") == []
    left = [face.likeness for number, face in enumerate(before.album.faces) if number not in on(before, "1-9.pgm")]
    assert [face.likeness for face in after.album.faces] == left


@pytest.mark.parametrize(
    ("probability", "band"),
    [(0.09, "surely not"), (0.1, "perhaps"), (0.4, "perhaps"), (0.6, "perhaps"), (0.9, "perhaps"), (0.91, "surely")],
)
def test_what_is_doubtful_is_so_on_either_side(probability: float, band: str) -> None:
    assert _review._judged(SeenFace(None, 0.0, probability), 0.5) == (probability, band)


@pytest.mark.parametrize(("score", "band"), [(0.69, "surely not"), (0.7, "surely")])
def test_without_probabilities_the_threshold_decides(score: float, band: str) -> None:
    assert _review._judged(SeenFace(None, score, None), 0.7) == (score, band)


def test_a_page_says_what_its_numbers_are(reviewed: Callable[..., Review]) -> None:
    said = b"".join(reviewed("mobilenet", "largest").page()).decode()
    assert 'data-measure="Probability"' in said
    assert "<title>Is the recogniser right? - facebench</title>" in said
    assert "your examples" not in said
    scores = reviewed("mobilenet", "largest", threshold="accuracy")
    assert scores.album.of_band("perhaps") == []
    assert {face.band == "surely" for face in scores.album.faces} == {True, False}
    assert 'data-measure="Score"' in b"".join(scores.page()).decode()


def test_others_are_grouped_where_the_groups_were_made_for_their_vectors(reviewed: Callable[..., Review]) -> None:
    names = ("2-8.pgm", "2-9.pgm", "2-10.pgm")
    of_sface, alone = reviewed("sface"), reviewed("face_recognition")
    assert len({of_sface.album.faces[number].person for name in names for number in on(of_sface, name)}) == 1
    others = [face.person for face in alone.album.faces if face.band == "surely not"]
    assert len(others) == len(set(others)) > 3
    assert {label.person for label in alone.labels()} == {ME, ""}


@pytest.mark.parametrize(("extractor", "faces"), [("sface", "any"), ("mobilenet", "largest")])
def test_labels_of_a_page_that_nobody_touched_decide_nothing(
    extractor: str, faces: str, reviewed: Callable[..., Review]
) -> None:
    review = reviewed(extractor, faces)
    labels = review.labels()
    assert {label.state for label in labels} == {"unreviewed"}
    of_faces = list(zip(review.album.faces, labels, strict=False))
    assert all((label.person == ME) == (face.band != "surely not") for face, label in of_faces)
    assert {label.person == ME for label in labels} == {True, False}
    assert {label.draw.extractor for label in labels if label.draw} == {extractor}
    assert all((label.draw is None) == (face.band != "surely not") for face, label in of_faces)


def test_what_was_decided_is_taken_over_and_rows_of_other_photos_stay(
    reviewed: Callable[..., Review], photos: list[Path], tmp_path: Path
) -> None:
    review = reviewed("sface")
    [number] = on(review, "1-9.pgm")
    left, top, right, bottom = review.album.faces[number].box
    moved = shutil.copy(photos[0].parent / "1-9.pgm", tmp_path / "moved.pgm")
    table = tmp_path / "labels.csv"
    before = [
        Label("moved.pgm", "Anna", (left + 1, top, right, bottom + 2), "confirmed"),
        Label(str(photos[0].parent / "deep" / "two.png"), "", (0, 0, 9, 9), "rejected"),
        Label("/elsewhere/b.jpg", ME, (1, 2, 3, 4), "confirmed"),
    ]
    write_labels(table, before)
    labels = review.labels(read_labels(table))
    assert (labels[number].person, labels[number].state) == ("Anna", "confirmed")
    assert Path(labels[number].path).name == "1-9.pgm" != Path(moved).name
    assert labels[-2:] == before[1:]
    assert [label.state for label in labels].count("unreviewed") == len(labels) - 3
    page = tmp_path / "new.html"
    page.write_bytes(b"".join(review.page(read_labels(table))))
    assert is_album_page(page)
    assert '["/elsewhere/b.jpg","me","1 2 3 4","confirmed",""]' in page.read_text()


def test_copies_of_a_photo_under_two_paths_are_two_photos(
    trained: Trained, orl: list[Path], store: VectorStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        shutil.copy(orl[8], tmp_path / name / "1.pgm")
    monkeypatch.chdir(tmp_path / "b")
    given = [Path("1.pgm"), tmp_path / "a" / "1.pgm"]
    review = review_photos(trained(extractors=("mobilenet",)), given, store=store)
    assert review.album.root == tmp_path
    assert [photo.name for photo in review.album.photos] == ["b/1.pgm", "a/1.pgm"]
    assert [label.path for label in review.labels()] == [str(tmp_path / "b/1.pgm"), str(tmp_path / "a/1.pgm")]


def test_nothing_of_it_needs_a_store(trained: Trained, orl: list[Path]) -> None:
    bundle = trained(extractors=("mobilenet",))
    review = review_photos(bundle, orl[8:10])
    assert review.answers == bundle.predict(orl[8:10])
    assert all(photo.key for photo in review.album.photos)
