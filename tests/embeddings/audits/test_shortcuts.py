"""The audits on planted shortcuts: two classes that a recogniser of faces could not, or need not, tell by the face."""

import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.data import Photo
from facebench.embeddings import Embedding, Extractor
from PIL import Image, ImageOps
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CAUGHT, SILENT = 0.95, 0.65


@pytest.fixture(scope="module")
def auc(extractor_named: Callable[[str], Extractor]) -> Callable[..., float]:
    """Return a function from an extractor, photos and labels to the cross-validated AUC of logistic regression."""

    def auc(call: str, photos: Iterable[Any], mine: Sequence[bool]) -> float:
        outcomes = extractor_named(call).embed([Photo(photo) for photo in photos])
        vectors = np.stack([outcome.vector for outcome in outcomes if isinstance(outcome, Embedding)])
        head = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=1000))
        folds = StratifiedKFold(4, shuffle=True, random_state=0)
        scores = cross_val_predict(head, vectors, mine, cv=folds, method="decision_function")
        return float(roc_auc_score(mine, scores))

    return auc


@pytest.fixture(scope="module")
def halves(orl: list[Path]) -> tuple[list[Path], list[bool]]:
    """Four photos each of 12 people, two in either class: no face tells the classes apart."""
    paths = [path for first in range(0, 120, 10) for path in orl[first : first + 4]]
    return paths, [position % 2 == 0 for position in range(len(paths))]


@pytest.mark.parametrize("shortcut", ["quality", "frame", "camera", "format"])
def test_metadata_catches_how_one_persons_photos_were_saved(
    shortcut: str, auc: Callable[..., float], orl: list[Path]
) -> None:
    mine = [position < 10 for position in range(100)]
    photos = [saved(path, shortcut if is_me else "") for path, is_me in zip(orl[:100], mine, strict=True)]
    assert auc("metadata", photos, mine) > CAUGHT


def test_metadata_is_silent_where_all_photos_were_saved_alike(auc: Callable[..., float], orl: list[Path]) -> None:
    for person in range(3):
        mine = [position // 10 == person for position in range(100)]
        assert auc("metadata", map(saved, orl[:100]), mine) == 0.5


def test_colour_catches_a_tint_and_is_silent_without(
    auc: Callable[..., float], halves: tuple[list[Path], list[bool]]
) -> None:
    paths, mine = halves
    assert auc("colour", tinted(paths, mine), mine) > CAUGHT
    assert auc("colour", tinted(paths, by_chance(mine)), mine) < SILENT


@pytest.mark.parametrize("extractor", ["background", "mobilenet", "colour"])
def test_a_background_of_ones_own_is_caught_by_what_looks_at_it(
    extractor: str, auc: Callable[..., float], halves: tuple[list[Path], list[bool]], scenes: dict[str, Path]
) -> None:
    paths, mine = halves
    assert auc(extractor, in_front_of(scenes, paths, mine), mine) > CAUGHT


@pytest.mark.parametrize("extractor", ["metadata", "mobilenet(view='face')"])
def test_a_background_of_ones_own_is_nothing_to_what_does_not_look_at_it(
    extractor: str, auc: Callable[..., float], halves: tuple[list[Path], list[bool]], scenes: dict[str, Path]
) -> None:
    paths, mine = halves
    assert auc(extractor, in_front_of(scenes, paths, mine), mine) < SILENT


def test_background_is_silent_where_backgrounds_are_by_chance(
    auc: Callable[..., float], halves: tuple[list[Path], list[bool]], scenes: dict[str, Path]
) -> None:
    paths, mine = halves
    assert auc("background", in_front_of(scenes, paths, by_chance(mine)), mine) < SILENT


def by_chance(mine: list[bool]) -> list[bool]:
    """Return labels of which half are True in either class."""
    return [position // 2 % 2 == 0 for position in range(len(mine))]


def saved(path: Path, shortcut: str = "") -> bytes:
    """Return a photo as a JPEG file like all others, but for the shortcut."""
    photo = Image.open(path)
    if shortcut == "frame":
        photo = ImageOps.expand(photo, border=8)
    exif = Image.Exif()
    if shortcut == "camera":
        exif[0x0110] = "Phone 7"
    file = io.BytesIO()
    photo.save(file, "PNG" if shortcut == "format" else "JPEG", quality=75 if shortcut == "quality" else 90, exif=exif)
    return file.getvalue()


def tinted(paths: list[Path], warm: list[bool]) -> list[np.ndarray]:
    """Return photos, some of them in a warmer light than the others."""
    lights = {True: (1.0, 0.9, 0.7), False: (0.9, 0.9, 0.9)}
    return [(Photo(p).pixels * lights[w]).astype(np.uint8) for p, w in zip(paths, warm, strict=True)]


def in_front_of(scenes: dict[str, Path], paths: list[Path], palace: list[bool]) -> list[bytes]:
    """Return portraits, each in a grey frame somewhere before a palace or a flower, as JPEG files."""
    places = np.random.default_rng(0).integers((0, 0), (160, 60), (len(paths), 2)).tolist()
    files = []
    for path, is_palace, (left, top) in zip(paths, palace, places, strict=True):
        photo = Image.open(scenes["china" if is_palace else "flower"]).resize((320, 240))
        photo.paste(ImageOps.expand(Image.open(path), border=30, fill=110), (left, top))
        file = io.BytesIO()
        photo.save(file, "JPEG")
        files.append(file.getvalue())
    return files
