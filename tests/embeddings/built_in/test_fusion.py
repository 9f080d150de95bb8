"""`fusion`: the vectors of its parts side by side, a part without a face, what it refuses, one pass for all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Dataset, Photo
from facebench.embeddings import Card, Embedding, Extractor, Failure, VectorStore, extractors
from facebench.embeddings.extraction import Embedder, Photos, embed_photos, embed_together
from facebench.errors import FacebenchError

TOGETHER = "fusion('one', 'other')"
BY_VECTORS = "fusion('one', 'other', by='vectors')"


@pytest.fixture
def parts(extractor: Callable[..., Any], people: Callable[..., Dataset]) -> tuple[Any, Any, list[Path]]:
    """Two extractors, `one` blind for the first two photos of five, `other` for the second and third; the photos."""
    paths = [item.path for item in people(1, 5).items]
    return extractor("one", paths[:2]), extractor("other", paths[1:3]), paths


def _embedder(call: str, store: VectorStore | None = None) -> Embedder:
    return Embedder(call, extractors.create(call), store)


@pytest.mark.parametrize("call", [TOGETHER, BY_VECTORS])
def test_its_vectors_are_those_of_its_parts_and_zeros_where_one_has_none(
    call: str, parts: tuple[Any, Any, list[Path]]
) -> None:
    one, other, paths = parts
    photos = [Photo(path) for path in paths]
    outcomes = extractors.create(call).embed(photos)
    for photo, outcome in enumerate(outcomes):
        alone = [part.embed([photos[photo]])[0] for part in (one, other)]
        if photo == 1:
            assert outcome == Failure("no_face")
            continue
        halves = np.split(outcome.vector, 2)
        for half, of_part in zip(halves, alone, strict=True):
            expected = of_part.vector if isinstance(of_part, Embedding) else np.zeros(42, np.float32)
            length = np.linalg.norm(expected) if call == BY_VECTORS and expected.any() else 1
            np.testing.assert_allclose(half, expected / length, rtol=1e-6)
        assert outcome.vector.dtype == np.float32
        assert outcome.box == (1, 2, 90, 110)


@pytest.mark.parametrize("call", [TOGETHER, BY_VECTORS])
def test_in_one_pass_each_part_embeds_a_photo_once_whoever_asks(
    call: str, parts: tuple[Any, Any, list[Path]], store: VectorStore
) -> None:
    one, other, paths = parts
    alone, together = embed_together(Photos(paths), [_embedder("one", store), _embedder(call, store)])
    assert set(one.given.values()) == set(other.given.values()) == {1}
    expected = extractors.create(call).embed([Photo(path) for path in paths])
    one.given.clear()
    again = embed_photos(Photos(paths), _embedder(call, store))
    assert not one.given  # its parts are stored
    assert again.stored.all()
    assert not together.stored.any()
    for vectors in (together, again):
        assert vectors.failures == {1: Failure("no_face")}
        assert vectors.embedded.tolist() == [True, False, True, True, True]
        for photo in (0, 2, 3, 4):
            np.testing.assert_array_equal(vectors.matrix[photo], expected[photo].vector)
    assert together.judged_apart == ((42, 42) if call == TOGETHER else ())
    assert alone.judged_apart == ()
    assert together.seconds_per_photo > alone.seconds_per_photo
    looked_up = _embedder(call, store).look_up([*together.keys, "unknown"])
    assert list(looked_up) == together.keys
    np.testing.assert_array_equal(looked_up[together.keys[0]].vector, together.matrix[0])


def test_another_part_or_another_way_is_another_identity() -> None:
    calls = [
        "fusion('sface', 'mobilenet')",
        "fusion('mobilenet', 'sface')",
        "fusion('sface', 'mobilenet', by='vectors')",
        "fusion('sface', \"mobilenet(view='face')\")",
        "fusion('sface', 'mobilenet', runtime='tensorflow')",
    ]
    assert len({_embedder(call).identity.key for call in calls}) == len(calls)
    assert _embedder(calls[0]).identity == _embedder("fusion(parts=('sface', 'mobilenet'), by='scores')").identity


def test_the_card_is_that_of_all_parts() -> None:
    sface, mobilenet = (extractors.create(name).card for name in ("sface", "mobilenet"))
    card = extractors.create("fusion('sface', 'mobilenet')").card
    assert (card.dimension, card.view, card.commercial) == (1408, "whole photo", "unknown")
    assert card.weights_bytes == sface.weights_bytes + mobilenet.weights_bytes
    assert card.weights_sha256 == f"{sface.weights_sha256} + {mobilenet.weights_sha256}"
    assert extractors.create("fusion('sface', 'arcface')").card.commercial == "no"
    assert extractors.create("fusion('sface', 'face_recognition')").card.view == "face"
    assert extractors.create("fusion('mobilenet', 'face_recognition')").card.commercial == "yes"


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("fusion", "two different extractors or more"),
        ("fusion(parts='sface')", "two different extractors or more"),
        ("fusion('sface', 'sface')", "two different extractors or more"),
        ("fusion('sface', 'mobilenet', by='votes')", "by is one of scores, vectors, not 'votes'"),
        ("fusion('sface', 'colour')", "colour cannot be a part: it recognises nobody"),
        ("fusion('sface', \"fusion('mobilenet', 'arcface')\")", "fusion cannot be a part: it has parts itself"),
        ("fusion('sface', 'mobilnet')", "Did you mean 'mobilenet'"),
    ],
)
def test_what_cannot_be_joined_is_refused(call: str, why: str) -> None:
    with pytest.raises(FacebenchError, match=why):
        extractors.create(call)


def test_a_part_that_does_not_say_its_size_leaves_it_open(register: Callable[..., Any], blocks: type) -> None:
    class Silent(blocks):  # type: ignore[misc]
        card = Card(name="silent", dimension=42, view="whole photo")

    register("extractors", "silent", lambda: Silent)
    made: Extractor = extractors.create("fusion('sface', 'silent')")
    assert made.card.weights_bytes == 0
