"""`centroid` and `tolerance`: the rules of face recognition, on real faces and on vectors that are hard to bear."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.classifiers import load_head, natural_threshold, score

LIBRARY = """
import sys
import face_recognition
import numpy as np

with np.load(sys.argv[1]) as vectors:
    known = list(vectors["known"])
    same = [any(face_recognition.compare_faces(known, x, tolerance=0.6)) for x in vectors["unseen"]]
np.save(sys.argv[2], same)
"""


# centroid


def test_the_score_is_the_cosine_to_the_mean_unit_vector_less_the_midpoint(faces: Any) -> None:
    units = [x / np.sqrt(np.sum(np.float64(x) ** 2)) for x in np.float64(faces.X)]
    mean = np.mean([unit for unit, mine in zip(units, faces.y, strict=True) if mine], axis=0)
    cosines = np.array([unit @ mean for unit in units]) / np.linalg.norm(mean)
    midpoint = (cosines[faces.y].mean() + cosines[~faces.y].mean()) / 2
    expected = [x @ mean / np.linalg.norm(x) / np.linalg.norm(mean) - midpoint for x in np.float64(faces.unseen)]
    head = load_head("centroid").fit(faces.X, faces.y)
    np.testing.assert_allclose(score(head, faces.unseen), expected, rtol=0, atol=1e-12)
    assert head.threshold_ == pytest.approx(midpoint, abs=1e-12)


def test_faces_are_told_apart_at_the_learnt_threshold(faces: Any) -> None:
    head = load_head("centroid").fit(faces.X, faces.y)
    decisions = head.predict(faces.unseen)
    assert decisions[faces.truth].all()
    assert decisions[~faces.truth].mean() < 0.1


def test_the_length_of_a_vector_does_not_matter(faces: Any) -> None:
    lengths = np.logspace(-6, 6, len(faces.X), dtype=np.float32)[:, None]
    plain, stretched = (load_head("centroid").fit(X, faces.y) for X in (faces.X, faces.X * lengths))
    np.testing.assert_allclose(score(stretched, faces.unseen * 1000), score(plain, faces.unseen), atol=1e-6)


def test_weights_count_like_copies(faces: Any) -> None:
    copies = np.random.default_rng(0).integers(1, 4, len(faces.y))
    weighted = load_head("centroid").fit(faces.X, faces.y, sample_weight=copies.astype(float))
    repeated = load_head("centroid").fit(np.repeat(faces.X, copies, axis=0), np.repeat(faces.y, copies))
    plain = load_head("centroid").fit(faces.X, faces.y)
    np.testing.assert_allclose(score(weighted, faces.unseen), score(repeated, faces.unseen), atol=1e-12)
    assert np.abs(score(weighted, faces.unseen) - score(plain, faces.unseen)).max() > 1e-4


@pytest.mark.parametrize("scale", [1e-12, 1e30, 3e38])
def test_tiny_and_huge_vectors_have_their_cosine(scale: float) -> None:
    X = (np.array([[1, 0], [0, 1], [-1, 0]]) * scale).astype(np.float32)
    head = load_head("centroid").fit(X, np.array([True, False, False]))
    np.testing.assert_allclose(head.cosines(X), [1, 0, -1], atol=1e-12)


def test_a_vector_of_zeros_has_the_cosine_0(faces: Any) -> None:
    X = faces.X.copy()
    X[[0, -1]] = 0  # one of me, one of another
    head = load_head("centroid").fit(X, faces.y)
    assert np.isfinite(score(head, faces.unseen)).all()
    assert score(head, np.zeros((1, 128), np.float32)) == [-head.threshold_]


def test_opposite_vectors_of_me_have_no_direction_and_harm_nothing() -> None:
    X = np.array([[1, 0], [-1, 0], [0, 1], [0, 2]], np.float32)
    head = load_head("centroid").fit(X, np.array([True, True, False, False]))
    np.testing.assert_array_equal(score(head, X), np.zeros(4))


# tolerance


def test_decisions_are_those_of_the_library(faces: Any, tmp_path: Path) -> None:
    if importlib.util.find_spec("face_recognition") is None:
        pytest.skip("the reference library is not installed (the extra reference)")
    np.savez(tmp_path / "vectors.npz", known=faces.X[faces.y], unseen=faces.unseen)
    subprocess.run([sys.executable, "-c", LIBRARY, "vectors.npz", "same.npy"], cwd=tmp_path, check=True)
    head = load_head("tolerance").fit(faces.X, faces.y)
    decisions = head.predict(faces.unseen)
    np.testing.assert_array_equal(decisions, np.load(tmp_path / "same.npy"))
    assert 0 < decisions.sum() < len(decisions)


def test_decisions_are_those_of_the_rule_at_every_distance_there_is(faces: Any) -> None:
    known = np.float64(faces.X[faces.y])
    nearest = np.array([np.linalg.norm(known - x, axis=1).min() for x in np.float64(faces.unseen)])
    for tolerance in [*nearest, *np.nextafter(nearest, 0)]:  # each a tie, or just not one
        head = load_head("tolerance").set_params(tolerance=tolerance).fit(faces.X, faces.y)
        np.testing.assert_array_equal(head.predict(faces.unseen), nearest <= tolerance)
        assert natural_threshold(head) == 0


def test_a_distance_just_above_the_tolerance_in_float32_is_too_far() -> None:
    X = np.array([[0], [5]], np.float32)
    head = load_head("tolerance").fit(X, np.array([True, False]))
    unseen = np.array([[np.nextafter(np.float32(0.6), np.float32(0))], [0.6]], np.float32)  # 0.59999996, 0.6000000238
    np.testing.assert_array_equal(head.predict(unseen), [True, False])


def test_the_nearest_of_several_known_vectors_counts_and_nobody_elses(faces: Any) -> None:
    scores = score(load_head("tolerance").fit(faces.X, faces.y), faces.unseen)
    alone = [
        score(load_head("tolerance").fit(np.stack([x, faces.unseen[-1]]), np.array([True, False])), faces.unseen)
        for x in faces.X[faces.y]
    ]
    np.testing.assert_array_equal(scores, np.max(alone, axis=0))


def test_a_known_vector_scores_the_whole_tolerance(faces: Any) -> None:
    head = load_head("tolerance(tolerance=0.4)").fit(faces.X, faces.y)
    np.testing.assert_array_equal(score(head, faces.X[faces.y]), 0.4)


@pytest.mark.parametrize("tolerance", ["-0.1", "'near'", "None"])
def test_what_is_no_distance_is_refused_in_fit(faces: Any, tolerance: str) -> None:
    with pytest.raises((ValueError, TypeError), match=r"must not be negative|not supported"):
        load_head(f"tolerance(tolerance={tolerance})").fit(faces.X, faces.y)
