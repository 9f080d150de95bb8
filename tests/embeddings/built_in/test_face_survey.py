"""The survey of faces: all that HOG finds are counted, and the one that `face_recognition` takes is measured."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Failure
from facebench.embeddings.built_in import FacesSeen, FaceSurvey
from facebench.embeddings.faces._finder import FaceFinder

Compose = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def survey() -> FaceSurvey:
    return FaceSurvey()


def test_the_largest_of_several_faces_is_measured(survey: FaceSurvey, orl: list[Path], compose: Compose) -> None:
    # HOG lists the surest face first: the small one in the first picture, the large one in the second.
    pictures = [
        compose((280, 190), (orl[small], (10, 40), 0.6), (orl[large], (120, 10), 1.4))
        for small, large in ((0, 10), (10, 0))
    ]
    outcomes = survey.embed([Photo(picture) for picture in pictures])
    seen = FacesSeen.of(np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)]))
    assert seen.sizes.tolist() == [[280, 190], [280, 190]]
    assert seen.counts.tolist() == [2, 2]
    for picture, outcome, width in zip(pictures, outcomes, seen.widths.tolist(), strict=True):
        taken = FaceFinder().chosen(Photo(picture))
        assert taken is not None
        assert isinstance(outcome, Embedding)
        assert outcome.box == taken.box
        assert width == taken.box[2] - taken.box[0] > 80


def test_no_face_is_an_outcome_and_no_photo_a_failure(survey: FaceSurvey, tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("text")
    nothing, failed = survey.embed([Photo(np.zeros((50, 40, 3), np.uint8)), Photo(tmp_path / "text.jpg")])
    assert isinstance(nothing, Embedding)
    assert nothing.vector.tolist() == [40, 50, 0, 0]
    assert nothing.box is None
    assert isinstance(failed, Failure)
    assert failed.reason == "unsupported"


def test_no_photos_give_nothing_seen(survey: FaceSurvey) -> None:
    assert survey.embed([]) == []
    assert FacesSeen.of(np.zeros((0, 4), np.float32)).sizes.shape == (0, 2)
