"""Answers to photos: in order, one each, whatever the photo; the face that the extractor takes, or any of them."""

import io
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.bundles import Bundle, SeenFace
from facebench.bundles._extractor import extractor_part
from facebench.classifiers import KINDS
from facebench.data import Photo
from facebench.embeddings import Extractor, StagedExtractor, _staged, extractors
from facebench.embeddings.store import VectorStore
from facebench.errors import FacebenchError
from PIL import Image

Trained = Callable[..., Bundle]
Compose = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def me(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A recogniser of s1, from a file; its network is loaded once."""
    file = tmp_path_factory.mktemp("bundle") / "me.facebench"
    trained().save(file)
    return Bundle.load(file)


@pytest.fixture(scope="module")
def unseen(orl: list[Path]) -> list[Path]:
    """The last two photos of s1 to s4: none was trained on."""
    return [orl[10 * person + photo] for person in range(4) for photo in (8, 9)]


def test_unseen_photos_are_answered_in_their_order(me: Bundle, unseen: list[Path], store: VectorStore) -> None:
    mixed = [unseen[i] for i in (5, 0, 3, 1, 7, 0)]
    answers = me.predict(mixed, store=store)
    assert [answer.path for answer in answers] == list(map(str, mixed))
    assert [answer.is_me for answer in answers] == [False, True, False, True, False, True]
    assert answers[1] == answers[5]
    assert all(answer.answer == ("me" if answer.is_me else "not me") for answer in answers)


def test_score_threshold_and_probability_belong_together(me: Bundle, unseen: list[Path], store: VectorStore) -> None:
    calibration = me.manifest.calibration
    assert calibration is not None
    for answer in me.predict(unseen, store=store):
        [face] = answer.faces
        assert (answer.score, answer.probability) == (face.score, face.probability)
        assert answer.is_me == (face.score >= me.manifest.threshold)
        assert answer.is_me == (face.probability >= 0.5)
        slope = calibration.slope_above if answer.is_me else calibration.slope
        expected = 1 / (1 + math.exp(-slope * (face.score - me.manifest.threshold)))
        assert face.probability == pytest.approx(expected, abs=1e-12)


def test_scores_that_are_no_numbers_are_refused(made: Callable[..., Bundle], unseen: list[Path]) -> None:
    forged = Bundle(made().manifest, made("nearest").head.model_copy(update={"known": np.full((1, 128), 1e300)}))
    with pytest.raises(FacebenchError, match="non-finite scores: it is damaged, or forged"):
        forged.predict(unseen[:1])


def test_without_calibration_there_is_no_probability(made: Callable[..., Bundle], unseen: list[Path]) -> None:
    [answer] = made(calibration=None).predict(unseen[:1])
    assert answer.score is not None
    assert answer.probability is None


def test_a_score_at_the_threshold_is_me(made: Callable[..., Bundle], unseen: list[Path], store: VectorStore) -> None:
    [before] = made().predict(unseen[:1], store=store)
    assert before.score is not None
    [at], [above] = (
        made(threshold=threshold).predict(unseen[:1], store=store)
        for threshold in (before.score, np.nextafter(before.score, np.inf))
    )
    assert (at.is_me, above.is_me) == (True, False)


def test_bytes_images_arrays_and_texts_are_photos_too(me: Bundle, unseen: list[Path]) -> None:
    photo = unseen[0]
    given = [photo, str(photo), photo.read_bytes(), Image.open(photo), Photo(photo).pixels, Photo(photo)]
    for store in (None, VectorStore()):
        answers = me.predict(given, store=store)
        assert [answer.path for answer in answers] == [str(photo), str(photo), "bytes", "image", "array", str(photo)]
        assert len({answer.faces for answer in answers}) == 1
    assert me.predict(iter(given[:2])) == answers[:2]


def test_no_photos_have_no_answers(me: Bundle) -> None:
    assert me.predict([]) == []
    assert me.predict([], faces="any") == []


@pytest.mark.parametrize("faces", ["largest", "any"])
def test_a_photo_that_fails_is_an_answer(
    faces: str, me: Bundle, unseen: list[Path], scenes: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("Dear diary")
    (tmp_path / "cut.png").write_bytes(_png(unseen[0])[:900])
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "huge.pgm").write_bytes(b"P5 30000 30000 255 ")
    (tmp_path / "broken.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    names = ["text.jpg", "cut.png", "empty.jpg", "huge.pgm", "broken.heic", "missing.jpg", "."]
    photos = [unseen[0], scenes["china"], *(tmp_path / name for name in names), unseen[2]]
    answers = me.predict(photos, faces=faces)  # type: ignore[arg-type]
    assert [answer.answer for answer in answers] == [
        "me",
        "no face",
        "unsupported",
        "truncated",
        "unreadable",
        "too large",
        "unreadable",
        "unreadable",
        "unreadable",
        "not me",
    ]
    for answer in answers[1:-1]:
        assert (answer.faces, answer.score, answer.probability, answer.is_me) == ((), None, None, False)
        assert answer.detail
    assert "the limit is 89 megapixels" in answers[5].detail
    assert answers[0] == me.predict([unseen[0]], faces=faces)[0]  # type: ignore[arg-type]


def test_a_heic_photo_is_a_photo(me: Bundle, unseen: list[Path], tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.open(unseen[0]).convert("RGB")).save(tmp_path / "me.heic", quality=95)
    assert me.predict([tmp_path / "me.heic"])[0].is_me


def test_any_finds_me_in_a_group_and_largest_looks_at_another(me: Bundle, unseen: list[Path], compose: Compose) -> None:
    mine, others = unseen[0], (unseen[2], unseen[4], unseen[6])
    group = compose(
        (960, 400),
        (others[0], (10, 20), 2.5),
        (mine, (280, 60), 1.5),
        (others[1], (460, 40), 1.8),
        (others[2], (680, 50), 2.0),
    )
    [largest], [anyone] = me.predict([group]), me.predict([group], faces="any")
    assert (largest.answer, len(largest.faces)) == ("not me", 1)
    assert (anyone.answer, len(anyone.faces)) == ("me", 4)
    assert [face.score for face in anyone.faces] == sorted((face.score for face in anyone.faces), reverse=True)
    left, top, right, bottom = anyone.faces[0].box or (0, 0, 0, 0)
    assert 280 < (left + right) / 2 < 280 + 1.5 * 92
    assert 60 < (top + bottom) / 2 < 60 + 1.5 * 112
    assert sum(face.score >= me.manifest.threshold for face in anyone.faces) == 1
    assert largest.faces[0] in [_rounded(face, largest.faces[0]) for face in anyone.faces]
    strangers = compose((500, 300), (others[0], (10, 20), 2), (others[1], (260, 20), 2))
    assert [answer.answer for answer in me.predict([strangers], faces="any")] == ["not me"]


def test_any_of_one_face_is_the_same_as_the_largest(me: Bundle, unseen: list[Path], store: VectorStore) -> None:
    for one, each in zip(me.predict(unseen, store=store), me.predict(unseen, faces="any"), strict=True):
        [alone], [face] = one.faces, each.faces
        assert face.box == alone.box
        assert face.score == pytest.approx(alone.score, abs=1e-5)


def test_any_works_with_every_extractor_that_looks_at_faces(
    made: Callable[..., Bundle], unseen: list[Path], compose: Compose, store: VectorStore
) -> None:
    part = extractor_part("mobilenet(view='face')", extractors.create("mobilenet(view='face')"))
    coef = np.random.default_rng(0).normal(size=1280)
    me = Bundle(made(extractor=part).manifest, KINDS["linear"](coef=coef, intercept=0.0, link="identity"))
    group = compose((640, 320), (unseen[2], (10, 20), 2.5), (unseen[0], (340, 20), 2.0))
    answer, of_one = me.predict([group, unseen[0]], faces="any")
    [alone] = me.predict(unseen[:1], store=store)
    assert len(answer.faces) == 2
    assert sorted(sum((face.box or ())[::2]) / 2 > 340 for face in answer.faces) == [False, True]
    assert of_one.faces[0].box == alone.faces[0].box
    assert of_one.faces[0].score == pytest.approx(alone.faces[0].score, abs=1e-4)


def test_any_needs_an_extractor_that_looks_at_faces(made: Callable[..., Bundle], unseen: list[Path]) -> None:
    for name in ("colour", "mobilenet"):
        whole = made(extractor=extractor_part(name, extractors.create(name)))
        with pytest.raises(
            FacebenchError, match=f"--faces any needs an extractor that looks at faces, and {name} look"
        ):
            whole.predict(unseen, faces="any")


def test_what_is_in_the_store_needs_no_network(
    me: Bundle, unseen: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    first = me.predict(unseen, store=store)

    def refuse(self: Extractor) -> None:
        raise AssertionError("a network is loaded")

    monkeypatch.setattr(StagedExtractor, "load", refuse)
    assert me.predict(unseen, store=store) == first
    with pytest.raises(AssertionError, match="a network is loaded"):
        me.predict(unseen)
    store.close()


def test_predicting_imports_nothing_that_only_training_needs(me: Bundle, unseen: list[Path], tmp_path: Path) -> None:
    me.save(tmp_path / "me.facebench")
    code = """
import sys
from facebench.bundles import Bundle
answers = Bundle.load(sys.argv[1]).predict(sys.argv[2:])
print(*[answer.answer for answer in answers], sep=",")
print(*sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras", "sklearn", "scipy"}))
"""
    photos = map(str, unseen[1:3])
    command = [sys.executable, "-W", "error", "-c", code, str(tmp_path / "me.facebench"), *photos]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "me,not me\n\n"


def _rounded(face: SeenFace, like: SeenFace) -> SeenFace:
    """Return a face with the numbers of another, where they are the same to within a network's rounding."""
    assert like.probability is not None
    near = face.box == like.box and abs(face.score - like.score) < 1e-5
    return like if near else face


def _png(photo: Path) -> bytes:
    stream = io.BytesIO()
    Image.open(photo).save(stream, "PNG")
    return stream.getvalue()


def test_a_network_is_loaded_once_however_often_photos_are_answered(
    me: Bundle, unseen: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Bundle(me.manifest, me.head)
    loaded: list[str] = []
    load = _staged.load_network
    monkeypatch.setattr(_staged, "load_network", lambda *asked: loaded.append(asked[1]) or load(*asked))
    for photo in unseen[:3]:
        fresh.predict([photo])
    assert loaded == ["openvino"]
    assert fresh.extractor() is fresh.extractor("openvino")
    assert fresh.extractor("tensorflow") is not fresh.extractor()


def test_recognising_somebody_imports_no_experiment(trained: Trained, orl: list[Path], tmp_path: Path) -> None:
    trained().save(tmp_path / "me.facebench")
    code = (
        "import sys; from facebench.bundles import Bundle; "
        "Bundle.load(sys.argv[1]).predict([sys.argv[2]]); print(*sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "me.facebench"), str(orl[0])]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    rooms = ("protocol", "statistics", "comparison", "examples", "verification", "speed")
    assert "facebench.bundles" in loaded
    assert not loaded & {f"facebench.benchmarks.{room}" for room in rooms}
    assert not loaded & {"sklearn", "tensorflow", "keras"}
