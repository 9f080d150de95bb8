"""The faces of photos of several people: embedded once, found in the store afterwards."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor, Failure, VectorStore
from facebench.embeddings.extraction import Embedder, Photos, faces_of
from PIL import Image


class Counted(Photos):
    """Photos that count how many of them are read for their pixels."""

    asked = 0

    def read(self, positions: Sequence[int]) -> Iterator[tuple[str, Photo]]:
        self.asked += len(positions)
        return super().read(positions)


@pytest.fixture(scope="module")
def album(orl: list[Path], scenes: dict[str, Path], compose: Callable[..., Any], tmp_path_factory: Any) -> list[str]:
    """A portrait, three people on one photo, a flower, and no photo."""
    folder = tmp_path_factory.mktemp("album")
    three = compose((600, 260), *((orl[10 * n], (30 + 190 * n, 60), 1.5) for n in range(3)))
    Image.fromarray(three).save(folder / "three.png")
    (folder / "text.jpg").write_text("no photo")
    return [str(path) for path in (orl[0], folder / "three.png", scenes["flower"], folder / "text.jpg")]


@pytest.fixture(scope="module")
def embedder(extractor_named: Callable[[str], Extractor], tmp_path_factory: Any) -> Embedder:
    store = VectorStore(tmp_path_factory.mktemp("store") / "vectors.sqlite")
    return Embedder("sface", extractor_named("sface"), store)


def test_a_second_time_nothing_is_decoded(album: list[str], embedder: Embedder) -> None:
    first, again = (Counted(album) for _ in range(2))
    found, stored = faces_of(first, embedder), faces_of(again, embedder)
    assert [len(faces) if isinstance(faces, list) else faces.reason for faces in found] == [
        1,
        3,
        "no_face",
        "unsupported",
    ]
    assert (first.asked, again.asked) == (4, 1)  # of what is no photo nothing is stored
    for one, other in zip(found, stored, strict=True):
        if isinstance(one, Failure):
            assert one == other
            continue
        assert isinstance(other, list)
        assert [face.box for face in one] == [face.box for face in other]
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.vector, b.vector)


def test_the_vector_of_one_face_is_that_of_the_photo(album: list[str], embedder: Embedder) -> None:
    [faces] = faces_of(Photos(album[:1]), embedder)
    [alone] = embedder.extractor.embed([Photo(album[0])])
    assert isinstance(faces, list)
    assert isinstance(alone, Embedding)
    np.testing.assert_allclose(faces[0].vector, alone.vector, atol=1e-5)


def test_forgotten_photos_have_no_face_in_the_store(
    album: list[str], extractor_named: Callable[[str], Extractor], tmp_path: Path
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    embedder = Embedder("sface", extractor_named("sface"), store)
    faces_of(Photos(album[:2]), embedder)
    assert any(title.endswith(", each face") for title in store.counts())
    assert store.forget([Photo(album[1]).sha256]).photos == 1
    again = Counted(album[:2])
    faces_of(again, embedder)
    assert again.asked == 1


def test_vectors_that_do_not_fit_the_faces_are_made_again(
    album: list[str], extractor_named: Callable[[str], Extractor], tmp_path: Path
) -> None:
    store = VectorStore(tmp_path / "vectors.sqlite")
    embedder = Embedder("sface", extractor_named("sface"), store)
    [before] = faces_of(Photos(album[1:2]), embedder)
    [title] = [title for title in store.counts() if title.endswith(", each face")]
    identity = type(embedder.identity)(title, embedder.identity.facts)
    store.put(identity, [(Photo(album[1]).key, Embedding(np.zeros(100, np.float32)))])
    [after] = faces_of(Photos(album[1:2]), embedder)
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert [face.box for face in before] == [face.box for face in after]
