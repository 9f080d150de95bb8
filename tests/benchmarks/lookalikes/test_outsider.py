"""An extractor outside of the comparison: whom it chooses, computed pair by pair, and which one is refused."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks.lookalikes import refuse_insider, strangers_by
from facebench.benchmarks.results import Prediction, Predictions
from facebench.embeddings import Card, Extractor, extractors
from facebench.errors import FacebenchError

from ...made_up import scored

TARGETS = ("ann", "ben")
STRANGERS = [f"stranger {number}" for number in range(23)]
Photos = dict[str, np.ndarray]


def photos_of(person: str) -> list[str]:
    return [f"{person}/{number}.jpg" for number in range(3)]


@pytest.fixture(scope="module")
def rows() -> list[Prediction]:
    """Each photo is tested for both targets, and the first one of everybody in two splits."""
    made = []
    for target in TARGETS:
        for person in (target, *STRANGERS):
            truth = "me" if person == target else "other"
            made += [scored(path, person, 0.4, truth=truth, target=target) for path in photos_of(person)]
            made += [scored(photos_of(person)[0], person, 0.4, truth=truth, target=target, split_seed=1)]
    return made


@pytest.fixture(scope="module")
def vectors() -> Photos:
    """Of all photos but a few, one of them without length; of one stranger there is none."""
    chance = np.random.default_rng(0)
    found = {
        path: chance.normal(size=8).astype(np.float32) for name in (*TARGETS, *STRANGERS) for path in photos_of(name)
    }
    found["stranger 3/0.jpg"][:] = 0
    for path in ("ann/2.jpg", "stranger 4/0.jpg", *photos_of("stranger 5")):
        del found[path]
    return found


def naive(vectors: Photos, target: str) -> set[str]:
    """Return the three of 23 strangers whose photos are most similar to the target's, mean over pairs."""
    means = {}
    for person in STRANGERS:
        pairs = [
            float(vectors[a] @ vectors[b]) / (np.linalg.norm(vectors[a]) * np.linalg.norm(vectors[b]) or 1)
            for a in photos_of(person)
            for b in photos_of(target)
            if a in vectors and b in vectors
        ]
        means[person] = np.mean(pairs) if pairs else -np.inf
    return set(sorted(means, key=lambda person: -means[person])[:3])


def test_they_are_the_tenth_with_the_most_similar_photos(rows: list[Prediction], vectors: Photos) -> None:
    hard = strangers_by("x", Predictions.of(rows), vectors)
    for target in TARGETS:
        assert {each.person for each in hard.people if each.target == target} == naive(vectors, target)
    assert (hard.by, hard.without) == ("x", ())
    assert "and chosen by x, which is none of them" in hard.note
    scaled = {path: 7 * vector for path, vector in vectors.items()}
    assert strangers_by("x", Predictions.of(reversed(rows)), scaled) == hard


def test_who_has_no_vector_is_last_and_a_target_without_one_has_no_hard_strangers(
    rows: list[Prediction], vectors: Photos
) -> None:
    some = {path: vector for path, vector in vectors.items() if not path.startswith("ben")}
    hard = strangers_by("x", Predictions.of(rows), some)
    assert {each.target for each in hard.people} == {"ann"}
    assert hard.without == ("ben",)
    assert hard.note.endswith("It has no vector of ben, who count for nothing there")
    few = {path: vectors[path] for path in ("ann/0.jpg", "stranger 7/0.jpg")}
    assert "stranger 7" in {each.person for each in strangers_by("x", Predictions.of(rows), few).people}
    assert strangers_by("x", Predictions.of(rows), {}).people == set()


def card_of(name: str, **facts: Any) -> dict[str, str | int]:
    return Card(name, 8, "face", **facts).facts()


SHA = {name: name * 64 for name in "abc"}
COMPARED = {
    "sface": card_of("sface", weights_sha256=SHA["a"]),
    "fusion('face_recognition', 'thumbnail', by='vectors')": card_of("fusion", weights_sha256=f"{SHA['b']} + -"),
    "vectors(mine.npz)": card_of("vectors(mine.npz)"),
    "blocks": card_of("blocks"),
}


@pytest.mark.parametrize(
    ("call", "card", "reason"),
    [
        ("sface", {"weights_sha256": SHA["a"]}, "--hard-by sface: it is a row of the comparison, and would"),
        ("sface(faces='center')", {"weights_sha256": SHA["a"]}, "its network decides in the row sface, and"),
        ("onnx('copy.onnx')", {"weights_sha256": SHA["a"]}, "its network decides in the row sface, and"),
        (
            "face_recognition",
            {"weights_sha256": SHA["b"]},
            "decides in the row fusion('face_recognition', 'thumbnail', by",
        ),
        ("thumbnail", {}, "its network decides in the row fusion('face_recognition', "),
        ("blocks(size=3)", {}, "its network decides in the row blocks, and"),
        ("colour", {"audit": True}, "--hard-by colour: it recognises nobody"),
    ],
)
def test_an_extractor_that_is_compared_or_recognises_nobody_is_refused(
    call: str, card: dict[str, Any], reason: str
) -> None:
    extractor: Any = SimpleNamespace(card=Card(call.split("(", maxsplit=1)[0], 8, "face", **card))
    with pytest.raises(FacebenchError) as refusal:
        refuse_insider(call, extractor, COMPARED)
    assert reason in str(refusal.value)


def test_a_fusion_is_refused_and_any_other_extractor_is_not() -> None:
    fusion = "fusion('sface', 'face_recognition')"
    with pytest.raises(FacebenchError, match="a fusion is several extractors"):
        refuse_insider(fusion, extractors.create(fusion), {})
    for name, card in (
        ("mobilenet", {"weights_sha256": SHA["c"]}),
        ("onnx('x')", {"weights_sha256": SHA["c"]}),
        ("y", {}),
    ):
        other: Extractor = SimpleNamespace(card=Card(name, 8, "face", **card))  # type: ignore[assignment]
        refuse_insider(name, other, COMPARED)
