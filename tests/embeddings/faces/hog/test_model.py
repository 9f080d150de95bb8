"""dlib's detector, read from what dlib saves: its numbers, and what becomes of a damaged or another one."""

from pathlib import Path
from typing import Any

import dlib
import numpy as np
import pytest
from facebench.embeddings.faces.hog import _model
from facebench.embeddings.faces.hog._model import filters_of, load_model, read_model
from facebench.errors import FacebenchError
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What dlib writes."""
    file = tmp_path_factory.mktemp("dlib") / "detector.svm"
    dlib.get_frontal_face_detector().save(str(file))
    return file.read_bytes()


def test_it_has_five_views_of_a_face(saved: bytes) -> None:
    model = read_model(saved)
    assert model.weights.shape == (5, 31, 10, 10)
    np.testing.assert_allclose(model.thresholds, [3.2745, 3.9868, 3.8959, 3.5149, 3.5580], atol=1e-4)
    assert (model.overlap, model.covered) == pytest.approx((0.33008, 0.78857), abs=1e-5)


def test_filters_add_up_to_the_weights_and_are_as_few_as_dlib_s(saved: bytes) -> None:
    model = read_model(saved)
    filters = filters_of(model)
    assert np.bincount(filters.views).tolist() == [61, 58, 54, 66, 66]
    assert (np.diff(filters.channels) >= 0).all()
    total = np.zeros_like(model.weights)
    for view, channel, row, column in zip(filters.views, filters.channels, filters.rows, filters.columns, strict=True):
        total[view, channel] += np.outer(column, row)
    largest = np.linalg.svd(model.weights, compute_uv=False).max(axis=-1)
    assert (np.abs(total - model.weights) <= np.maximum(1e-4, 1e-3 * largest)[..., None, None] * 3).all()


def test_what_dlib_saves_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_model(tmp_path)
    [file] = tmp_path.iterdir()
    monkeypatch.setattr(dlib, "get_frontal_face_detector", None)
    np.testing.assert_array_equal(load_model(tmp_path).weights, first.weights)
    monkeypatch.undo()
    file.write_bytes(file.read_bytes()[:1000])
    np.testing.assert_array_equal(load_model(tmp_path).weights, first.weights)
    assert list(tmp_path.iterdir()) == [file]


def test_another_detector_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_model, "SHA256", "0" * 64)
    with pytest.raises(FacebenchError, match=rf"dlib {dlib.__version__} has another detector"):
        load_model(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FacebenchError, match="cannot be written"):
        load_model(tmp_path / "missing")


@given(data=st.data())
def test_damage_is_an_error_or_other_numbers(data: Any, saved: bytes) -> None:
    place = data.draw(st.integers(0, len(saved) - 1))
    if data.draw(st.booleans()):
        damaged = saved[:place]
    else:
        damaged = saved[:place] + bytes([saved[place] ^ data.draw(st.integers(1, 255))]) + saved[place + 1 :]
    try:
        model = read_model(damaged)
    except (ValueError, OverflowError):
        return
    assert model.weights.shape[1:] == (31, 10, 10)
