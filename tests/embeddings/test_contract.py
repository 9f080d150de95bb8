"""What every extractor keeps, built in or from a plug-in; install a plug-in and these tests hold for it too.

That another process gives the same vectors is among what `bench check-extractor` checks of each.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, asdict
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor, Failure, extractors, load_extractor
from facebench.embeddings.networks.onnx import sface_file
from PIL import Image
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "tests" / "example_plugin"
OWN = f"onnx('{sface_file()}', align='arcface112', order='bgr', mean=127.5, scale=(127.5, 127, 128))"
TOGETHER = "fusion('sface', 'mobilenet')"
NAMES = sorted({*extractors.names(), "thumbnail", OWN, TOGETHER} - {"onnx", "fusion"})
TOLERANCE = 1e-4

CARDS = """
import sys

from facebench.embeddings import extractors

assert all(entry.factory.card.name == entry.name for entry in extractors.entries())
print(*sorted({"tensorflow", "keras", "dlib", "sklearn"} & set(sys.modules)))
"""


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest, plugin: Path) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def extractor(name: str, extractor_named: Callable[[str], Extractor]) -> Extractor:
    return extractor_named(name)


@pytest.fixture(scope="module")
def faces(orl: list[Path], scenes: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Photos with a face each, before a piece of a scene: they differ in all that any extractor looks at."""
    folder = tmp_path_factory.mktemp("faces")
    paths = [folder / f"{number}.jpg" for number in range(5)]
    for number, path in enumerate(paths):
        left, side = 60 * number, 240 + 20 * number
        photo = Image.open(scenes["china"]).crop((left, 150, left + side, 150 + side))
        photo.paste(Image.open(orl[10 * number]), (70, 60))
        photo.save(path, quality=90 - number)
    return paths


@pytest.fixture(scope="module")
def bad_photos(tmp_path_factory: pytest.TempPathFactory, scenes: dict[str, Path]) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("bad")
    data = scenes["china"].read_bytes()
    (folder / "corrupt.jpg").write_bytes(bytes(reversed(data)))
    (folder / "truncated.jpg").write_bytes(data[: len(data) // 2])
    return {
        "unsupported": folder / "corrupt.jpg",
        "truncated": folder / "truncated.jpg",
        "unreadable": folder / "missing.jpg",
    }


def test_the_card_is_complete(name: str, extractor: Extractor) -> None:
    card = asdict(extractor.card)
    assert card["name"] == name.partition("(")[0]
    assert card["dimension"] > 0
    assert card["view"] in ("whole photo", "face") or card["audit"]
    of_some = ("network", "weights_sha256", "training_data", "citation", "licence", "audit", "advice", "weights_bytes")
    assert all(value for key, value in card.items() if key not in of_some)
    if card["network"] and name not in (OWN, TOGETHER):  # of a file of one's own nobody else knows
        assert card["training_data"]
        assert re.fullmatch("[0-9a-f]{64}", card["weights_sha256"])
        assert card["weights_bytes"] > 0


def test_the_card_is_frozen(extractor: Extractor) -> None:
    with pytest.raises(FrozenInstanceError):
        extractor.card.dimension = 3  # type: ignore[misc]


def test_vectors_are_float32_of_the_dimension_on_the_card(extractor: Extractor, faces: list[Path]) -> None:
    for outcome in extractor.embed(_photos(faces)):
        assert isinstance(outcome, Embedding)
        assert outcome.vector.dtype == np.float32
        assert outcome.vector.shape == (extractor.card.dimension,)
        assert np.isfinite(outcome.vector).all()


def test_no_photos_give_no_outcomes(extractor: Extractor) -> None:
    assert extractor.embed([]) == []


def test_a_photo_has_the_same_vector_alone_in_a_batch_and_in_another_order(
    extractor: Extractor, faces: list[Path]
) -> None:
    batch = _vectors(extractor, faces)
    alone = np.concatenate([_vectors(extractor, [path]) for path in faces])
    backwards = _vectors(extractor, faces[::-1])[::-1]
    np.testing.assert_allclose(alone, batch, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(backwards, batch, rtol=0, atol=TOLERANCE)
    assert np.abs(batch - batch[::-1])[0].max() > 100 * TOLERANCE  # else order could not show


def test_bad_photos_fail_with_a_reason_and_harm_no_neighbour(
    extractor: Extractor, faces: list[Path], bad_photos: dict[str, Path]
) -> None:
    first, *others = faces
    outcomes = extractor.embed(_photos([first, *bad_photos.values(), *others]))
    between = outcomes[1 : 1 + len(bad_photos)]
    assert [outcome.reason for outcome in between if isinstance(outcome, Failure)] == list(bad_photos)
    assert all(outcome.detail for outcome in between if isinstance(outcome, Failure))
    neighbours = np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
    np.testing.assert_allclose(neighbours, _vectors(extractor, faces), rtol=0, atol=TOLERANCE)


def test_a_stream_gives_the_outcomes_of_a_batch_in_order(
    extractor: Extractor, orl: list[Path], bad_photos: dict[str, Path]
) -> None:
    sources = [*orl[:40], *bad_photos.values(), *orl[40:50]]
    streamed, together = list(extractor.stream(iter(_photos(sources)))), extractor.embed(_photos(sources))
    assert [type(outcome) for outcome in streamed] == [type(outcome) for outcome in together]
    for one, other in zip(streamed, together, strict=True):
        if isinstance(one, Embedding) and isinstance(other, Embedding):
            np.testing.assert_allclose(one.vector, other.vector, rtol=0, atol=TOLERANCE)
        else:
            assert one == other


def test_only_bad_photos_give_only_failures(extractor: Extractor, bad_photos: dict[str, Path]) -> None:
    outcomes = extractor.embed(_photos(list(bad_photos.values())))
    assert [type(outcome) for outcome in outcomes] == [Failure] * len(bad_photos)


def test_a_photo_without_a_face_is_a_failure_where_a_face_is_looked_at(
    extractor: Extractor, faces: list[Path], scenes: dict[str, Path]
) -> None:
    before, faceless, after = extractor.embed(_photos([faces[0], scenes["flower"], faces[1]]))
    if extractor.card.view in ("face", "audit: background"):
        assert isinstance(faceless, Failure)
        assert faceless.reason == "no_face"
    else:
        assert isinstance(faceless, Embedding)
    assert isinstance(before, Embedding)
    assert isinstance(after, Embedding)
    np.testing.assert_allclose([before.vector, after.vector], _vectors(extractor, faces[:2]), rtol=0, atol=TOLERANCE)


def test_a_photo_turned_by_exif_has_the_vector_of_the_upright_photo(
    name: str, extractor: Extractor, faces: list[Path], tmp_path: Path
) -> None:
    if name == "metadata":
        pytest.skip("is about the file, and takes it as it is stored")
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: to be shown turned clockwise
    with Image.open(faces[0]) as photo:
        photo.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    with Image.open(tmp_path / "turned.jpg") as stored:
        upright = np.rot90(np.asarray(stored.convert("RGB")), -1)
    vectors = _vectors(extractor, [tmp_path / "turned.jpg", upright])
    np.testing.assert_array_equal(vectors[0], vectors[1])


def test_parameters_survive_get_params_and_clone(name: str) -> None:
    transformer = load_extractor(name, on_failure="nan")
    assert transformer.get_params() == {"extractor": name, "on_failure": "nan", "store": False}
    assert clone(transformer).get_params() == transformer.get_params()
    assert clone(transformer).card == transformer.card


def test_a_pipeline_tells_two_people_apart(name: str, extractor: Extractor, orl: list[Path]) -> None:
    if extractor.card.audit:
        pytest.skip("recognises nobody")
    someone, another = orl[:10], orl[110:120]
    people = make_pipeline(load_extractor(name), LogisticRegression(C=100, max_iter=1000))
    people.fit([*someone[2:6], *another[2:6]], ["someone"] * 4 + ["another"] * 4)
    assert people.predict([*someone[6:], *another[6:]]).tolist() == ["someone"] * 4 + ["another"] * 4


def test_cards_are_read_without_heavy_libraries(plugin: Path, tmp_path: Path) -> None:
    assert _python(CARDS, folder=tmp_path, plugin=plugin) == "\n"


def test_the_guide_shows_the_example_plugin_as_it_is() -> None:
    guide = (ROOT / "docs" / "extend.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL))
    files = {file: (PLUGIN / file).read_text(encoding="utf-8") for file in ("facebench_thumbnail.py", "pyproject.toml")}
    assert shown == files
    assert len(files["facebench_thumbnail.py"].splitlines()) <= 40


def _photos(sources: Sequence[Path | np.ndarray]) -> list[Photo]:
    return [Photo(source) for source in sources]


def _vectors(extractor: Extractor, sources: Sequence[Path | np.ndarray]) -> np.ndarray:
    outcomes = extractor.embed(_photos(sources))
    return np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])


def _python(script: str, *arguments: str, folder: Path, plugin: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(plugin)}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
