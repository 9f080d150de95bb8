"""Vectors of real faces to train heads on and to test them with."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from facebench.embeddings import load_extractor


class Faces(NamedTuple):
    """Vectors and labels of people: X and y to train on, unseen and truth to test with."""

    X: np.ndarray
    y: np.ndarray
    unseen: np.ndarray
    truth: np.ndarray


@pytest.fixture(scope="session")
def faces(orl: list[Path]) -> Faces:
    """face_recognition's vectors of nine people of ORL. The first is me; the last four are strangers to training."""
    vectors = load_extractor("face_recognition", on_failure="nan").transform(orl[:90])
    person, photo = np.divmod(np.arange(90), 10)
    found = ~np.isnan(vectors[:, 0])
    trained = np.where(person == 0, photo < 6, person < 5)
    mine = person == 0
    return Faces(vectors[found & trained], mine[found & trained], vectors[found & ~trained], mine[found & ~trained])
