"""Vectors of photos that were left lying are not served for ever, and all others stay: the decoder is in the key."""

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.benchmarks.protocol import versions
from facebench.bundles import Bundle
from facebench.data import DECODER, Augmentation, Photo, orl_faces, people_folder
from facebench.embeddings import Embedding, VectorStore, extractors
from facebench.embeddings._identity import extractor_identity
from facebench.embeddings.cluster._remote import _extractor
from facebench.embeddings.extraction import Embedder, Photos, embed_photos, embed_variants, key_each
from facebench.embeddings.faces import Detections
from facebench.embeddings.store._rows import checksum

from ...exif_blocks import BYTE, SHORT, TEXT, block, jpeg, written

OLD = Path(__file__).parents[2] / "fixtures" / "6cc0e70" / "vectors.sqlite"
PIXELS = np.random.default_rng(1).integers(0, 256, (9, 6, 3), np.uint8).repeat(9, 0).repeat(9, 1)
ODD = (0x011A, TEXT, 3, b"72\0")
LYING = {
    "beside an odd tag": jpeg(PIXELS, block([written(SHORT, 6, "<"), ODD])),
    "stored as a byte": jpeg(PIXELS, block([written(BYTE, 8, "<")])),
}
SOUND = {
    "turned": jpeg(PIXELS, block([written(SHORT, 6, "<")])),
    "upright": jpeg(PIXELS, block([written(SHORT, 1, "<"), ODD])),
    "without EXIF": jpeg(PIXELS, b""),
}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Return a folder with these photos and some of ORL."""
    for name, data in {**LYING, **SOUND}.items():
        file = tmp_path / "people" / "ann" / f"{name}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (tmp_path / "people" / "bob").mkdir()
    for number, item in enumerate(orl_faces().items[:3]):
        shutil.copy(item.path, tmp_path / "people" / "bob" / f"{number}.pgm")
    return tmp_path / "people"


def with_rows_of_then(folder: Path, files: list[Path]) -> VectorStore:
    """Return the store that commit 6cc0e70 wrote, with a vector of ones for each file more, by its sha256, upgraded."""
    shutil.copy(OLD, folder / "vectors.sqlite")
    identity = extractor_identity(extractors, "colour", extractors.create("colour"))
    vector = np.ones(extractors.create("colour").card.dimension, "<f4").tobytes()
    connection = sqlite3.connect(folder / "vectors.sqlite")
    with connection:
        connection.execute("INSERT OR IGNORE INTO extractors VALUES (?, ?)", (identity.key, identity.title))
        for file in files:
            row = (identity.key, Photo(file).sha256, vector, None, None, None)
            connection.execute("INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, checksum(*row)))
    connection.close()
    return VectorStore(folder / "vectors.sqlite")


def test_a_store_of_6cc0e70_serves_all_but_what_lay(people: Path, tmp_path: Path) -> None:
    files = [item.path for item in people_folder(people).items]
    store = with_rows_of_then(tmp_path, files)
    embedder = Embedder("colour", extractors.create("colour"), store)
    vectors = embed_photos(Photos(files), embedder)
    served = {file.stem for file, stored in zip(files, vectors.stored, strict=True) if stored}
    assert served == {*SOUND, "0", "1", "2"}
    ones = {file.stem for file, vector in zip(files, vectors.matrix, strict=True) if (vector == 1).all()}
    assert ones == served
    assert vectors.hashes == [Photo(file).sha256 for file in files]
    again = embed_photos(Photos(files), embedder)
    assert again.stored.all()
    np.testing.assert_array_equal(again.matrix, vectors.matrix)
    # The same picture, upright, has the same colours.
    upright = extractors.create("colour").embed([Photo(SOUND["turned"])])[0]
    assert isinstance(upright, Embedding)
    np.testing.assert_allclose(vectors.matrix[[file.stem for file in files].index("beside an odd tag")], upright.vector)


def test_bench_embed_serves_no_vector_of_a_lying_photo(
    people: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / "cache"))
    with_rows_of_then(tmp_path / "cache", [item.path for item in people_folder(people).items]).close()
    code, _, said = command("embed", str(people), "--extractor", "colour", "-o", str(tmp_path / "out.npz"))
    assert code == 0, said
    with np.load(tmp_path / "out.npz") as file:
        found = {Path(path).stem: vector for path, vector in zip(file["path"], file["vectors"], strict=True)}
        hashes = dict(zip(file["path"], file["sha256"], strict=True))
    assert {name for name, vector in found.items() if (vector != 1).any()} == set(LYING)
    assert all(len(sha256) == 64 for sha256 in hashes.values())


def test_detections_and_variants_of_then_are_not_served_either(people: Path, tmp_path: Path) -> None:
    dataset = people_folder(people)
    files = [item.path for item in dataset.items]
    store, then = VectorStore(tmp_path / "new.sqlite"), [Photo(file).sha256 for file in files]
    detector = extractors.create("face_recognition").detector.identity
    store.put_detections(detector, [(sha256, Detections((54, 81), ())) for sha256 in then])
    assert set(store.detections(detector, key_each(files))) == set(then) - {
        Photo(data).sha256 for data in LYING.values()
    }
    embedder, augmentation = Embedder("colour", extractors.create("colour"), store), Augmentation()
    ones = Embedding(np.ones(embedder.card.dimension, np.float32))
    store.put(embedder.identity, [(f"{sha256}~{augmentation.key}/{n}", ones) for sha256 in then for n in range(2)])
    [variants] = embed_variants(dataset, np.arange(len(files)), key_each(files), [embedder], augmentation, 2)
    assert variants.stored == 2 * (len(files) - len(LYING))
    assert [(variants.matrix[:, photo] == 1).all() for photo in range(len(files))] == [
        file.stem not in LYING for file in files
    ]


def test_a_cluster_of_another_decoder_is_refused_and_a_run_names_its_own() -> None:
    embedder = Embedder("colour", extractors.create("colour"))
    assert _extractor("colour", ())[1] == f"{embedder.identity.key} {DECODER}"
    assert versions()["decoder of photos"] == str(DECODER)


def test_a_run_lists_the_decoder_and_an_older_list_is_read(
    people: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, item in enumerate(orl_faces().items[10:13]):
        shutil.copy(item.path, people / "bob" / f"{number + 3}.pgm")
    monkeypatch.chdir(tmp_path)
    options = ["--extractor", "colour", "--head", "centroid", "--target", "ann", "--min-photos", "4", "--no-audit"]
    assert command("run", "--data", str(people), *options)[0] == 0
    [folder] = (tmp_path / "runs").iterdir()
    rows = list(csv.DictReader(io.StringIO((folder / "photos.csv").read_text())))
    assert {Path(row["path"]).stem for row in rows if row["decoder"] == "2"} == set(LYING)
    assert json.loads((folder / "result.json").read_text())["versions"]["decoder of photos"] == "2"
    reported = command("report", str(folder), "-o", "report.html")
    assert reported[0] == 0, reported
    older = "\n".join(line.rpartition(",")[0] for line in (folder / "photos.csv").read_text().splitlines()) + "\n"
    (folder / "photos.csv").write_text(older)
    assert command("report", str(folder), "-o", "older.html")[0] == 0


def test_a_bundle_answers_by_the_pixels_of_now(
    people: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, item in enumerate(orl_faces().items[10:210:10]):
        person = people / ("ann" if number < 6 else f"p{number}")
        person.mkdir(exist_ok=True)
        shutil.copy(item.path, person / f"orl{number}.pgm")
    monkeypatch.chdir(tmp_path)
    answers = []
    for folder in ("empty", "of then"):
        (tmp_path / folder).mkdir()
        monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path / folder))
        if folder == "empty":
            options = ["--extractor", "colour", "--head", "logreg", "--target", "ann"]
            code, _, said = command("train", "--data", "people", *options, "-o", "me.facebench")
            assert code == 0, said
        else:  # vectors of ones, of lying photos alone: the others' are as they are
            with_rows_of_then(tmp_path / folder, [people / "ann" / f"{name}.jpg" for name in LYING]).close()
        code, shown, said = command("predict", "me.facebench", "people", "--format", "json")
        assert code == 0, said
        answers.append(shown)
    assert answers[0] == answers[1]
    assert Bundle.load(tmp_path / "me.facebench").manifest.versions["decoder of photos"] == str(DECODER)


def test_a_run_of_then_on_photos_that_lay_is_not_reproduced_and_the_decoder_is_named(
    people: Path, tmp_path: Path, command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, item in enumerate(orl_faces().items[10:70]):
        shutil.copy(item.path, people / ("ann" if number < 4 else "bob") / f"{number + 3}.pgm")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FACEBENCH_CACHE", str(tmp_path))
    options = ["--extractor", "rim", "--head", "centroid", "--target", "ann", "--no-audit"]
    as_tested = ["train", "--from", "last", "--as-tested", "--include-vectors", "-o", "me.facebench"]
    with monkeypatch.context() as then:
        then.setattr("facebench.data.decoding._decode.orientation_of", lambda data, image: 1)
        then.setattr("facebench.data.decoding._photo.decoder_of", lambda data: 1)
        assert command("run", "--data", str(people), *options)[0] == 0
        code, _, said = command(*as_tested)
        assert code == 0, said
    [result] = (tmp_path / "runs").glob("*/result.json")
    content = json.loads(result.read_text(encoding="utf-8"))
    del content["versions"]["decoder of photos"]  # no run of then names it
    result.write_text(json.dumps(content), encoding="utf-8")
    code, _, said = command(*as_tested)
    assert code == 2
    assert "does not reproduce the scores of the run (made by facebench" in said
    assert "decoder of photos changed since)" in said
