"""The audit from end to end, on JPEG photos of real faces: a planted shortcut is caught, and none is not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from facebench.benchmarks import Settings
from facebench.benchmarks.comparison import compare_runs
from facebench.benchmarks.protocol import Trial, run_benchmark
from facebench.benchmarks.protocol._audit import audits_of, choose_head
from facebench.benchmarks.results import Prediction, RunResult
from facebench.data import Dataset, Item, Split, me_and_others, orl_faces
from facebench.embeddings import Card
from facebench.embeddings.audits._colour import Colour
from facebench.embeddings.extraction import Vectors
from facebench.embeddings.store import VectorStore
from PIL import Image, ImageOps

Outcome = tuple[RunResult, list[Prediction]]


@pytest.fixture
def audited(tmp_path: Path) -> Callable[..., Outcome]:
    """Return a function that saves photos of me (four people's) and of 36 others, and runs an audit on them."""

    def audited(
        *,
        audit: bool | None = None,
        save: Callable[..., None] | None = None,
        photos: tuple[int, int] = (10, 2),
        **asked: Any,
    ) -> Outcome:
        for item in orl_faces().items:
            number, photo = int(item.person[1:]), int(item.path.stem)
            if photo <= photos[number > 4]:
                folder = tmp_path / ("me" if number <= 4 else f"others/{item.person}")
                folder.mkdir(parents=True, exist_ok=True)
                (save or plain)(Image.open(item.path), folder / f"{item.person}-{photo}.jpg", number <= 4)
        rows: list[Prediction] = []
        settings = Settings(**{"extractors": ["colour"], "heads": ["centroid"], "audit": audit, **asked})
        store = VectorStore(tmp_path / "vectors.sqlite")
        dataset = me_and_others(tmp_path / "me", tmp_path / "others")
        result = run_benchmark(dataset, settings, lambda _, found: rows.__setitem__(slice(None), found), store=store)
        store.close()
        return result, rows

    return audited


@pytest.mark.parametrize("shortcut", ["quality", "frame"])
def test_how_one_class_was_saved_is_caught_by_metadata(shortcut: str, audited: Callable[..., Outcome]) -> None:
    result, _ = audited(save={"quality": coarser, "frame": framed}[shortcut])
    [text] = [text for text in result.warnings if "metadata x logreg reaches" in text]
    assert text.endswith("[shortcut]")
    assert "reaches an AUC of 1.000 (at least 0.8" in text
    assert "Save both sides alike, or add strangers from the same camera" in text


def test_where_all_photos_were_saved_alike_metadata_is_silent(audited: Callable[..., Outcome]) -> None:
    result, _ = audited()
    [metadata] = [pairing for pairing in result.pairings if pairing.extractor == "metadata"]
    assert metadata.estimates["auc"].value == 0.5
    assert not [text for text in result.warnings if "metadata x logreg reaches" in text]


def test_where_no_audit_is_wanted_there_is_none(audited: Callable[..., Outcome]) -> None:
    result, rows = audited(audit=False, save=coarser)
    assert [pairing.extractor for pairing in result.pairings] == ["", "colour"]
    assert {(row.extractor, row.head) for row in rows} == {("colour", "centroid")}
    assert not any(text.endswith("[shortcut]") for text in result.warnings)


def test_the_whole_audit_stands_beside_what_is_compared(audited: Callable[..., Outcome]) -> None:
    result, rows = audited(audit=True, extractors=["mobilenet"], photos=(5, 1))
    names = audits_of(True, orl_faces())
    assert names == ["background", "colour", "metadata", "rim", "mobilenet(view='face')"]
    pairs = [(pairing.extractor, pairing.head, pairing.audit) for pairing in result.pairings]
    assert pairs[:2] == [("", "majority", False), ("mobilenet", "centroid", False)]
    assert [(extractor, audit) for extractor, _, audit in pairs[2:]] == [(extractor, True) for extractor in names]
    assert [extractor.extractor for extractor in result.extractors] == ["mobilenet", *names]
    assert [shortcut.extractor for shortcut in result.shortcuts] == names[:-1]  # the face is no shortcut
    tests = {extractor: {row.path for row in rows if row.extractor == extractor} for extractor in names}
    assert all(paths == {row.path for row in rows} for paths in tests.values())
    # Faces are there to be recognised; with the face covered, or before one looks, little is.
    auc = {pairing.extractor: pairing.estimates["auc"].value for pairing in result.pairings[1:]}
    assert auc["mobilenet(view='face')"] > max(auc["metadata"], auc["background"]) + 0.2
    assert not [text for text in result.warnings if "metadata x" in text or "background x" in text]


def test_rows_of_an_audit_are_flagged_and_never_best(audited: Callable[..., Outcome]) -> None:
    result, rows = audited(save=coarser, extractors=["colour"], heads=["centroid"])
    [group] = compare_runs([("0001", result)], predictions={"0001": rows})
    audits = [row for row in group.rows if row.pairing.audit]
    assert [row.pairing.extractor for row in audits] == ["metadata", "colour"]
    assert all(row.rank is None and not row.competes for row in audits)
    assert [row.pairing.extractor for row in group.rows if row.rank == 1] == ["colour"]
    auc = {row.title: row.pairing.estimates["auc"].value for row in group.rows if not row.is_majority}
    assert auc["metadata x logreg"] > auc["colour x centroid"]


def test_an_audit_that_is_compared_with_the_same_head_comes_once_and_warns_all_the_same(
    audited: Callable[..., Outcome],
) -> None:
    result, rows = audited(save=coarser, extractors=["metadata"], heads=["logreg"])
    pairs = [(pairing.extractor, pairing.head) for pairing in result.pairings]
    assert pairs == [("", "majority"), ("metadata", "logreg"), ("colour", "svm")]
    assert len({(row.extractor, row.head, row.split_seed, row.path) for row in rows}) == len(rows)
    assert len([text for text in result.warnings if "metadata x logreg reaches" in text]) == 1


def test_an_audit_sees_photos_as_they_are_where_the_others_see_variants(audited: Callable[..., Outcome]) -> None:
    result, _ = audited(save=coarser, extractors=["mobilenet"], augment=1, photos=(5, 1))
    mobilenet, metadata, colour = result.extractors
    assert (metadata.augmentation, colour.augmentation) == (None, None)
    assert mobilenet.augmentation is not None
    [metadata] = [pairing for pairing in result.pairings if pairing.extractor == "metadata"]
    assert metadata.estimates["auc"].value == 1


def test_an_audit_of_a_plug_in_takes_part_and_one_that_does_not_load_harms_nobody(
    register: Callable[..., None], extractor: Callable[..., Any]
) -> None:
    card = Card(name="corner", dimension=1, view="audit: a corner", audit=True)
    register("extractors", "corner", lambda: type("Corner", (Colour,), {"card": card}))
    register("extractors", "damaged", lambda: 1 / 0)
    extractor("blocks")  # no audit
    assert audits_of(True, orl_faces()) == [
        *("background", "colour", "corner", "metadata", "rim"),
        "mobilenet(view='face')",
    ]


@pytest.mark.parametrize("asked", [None, False])
def test_the_people_of_one_folder_are_not_audited_unless_asked(asked: bool | None) -> None:
    assert audits_of(asked, orl_faces()) == []


def test_the_head_of_an_audit_is_the_best_on_validation() -> None:
    """Two classes, one around the other, that no straight line separates; the test part shows the reverse."""
    angle, rng = np.linspace(0, 60, 240), np.random.default_rng(0)
    mine = np.arange(240) % 2 == 0
    radius = np.where(mine, 1.0, 3.0) + rng.normal(0, 0.1, 240)
    ring = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    line = np.stack([mine + rng.normal(0, 0.1, 240), rng.normal(0, 1, 240)], axis=1)
    train, validation, test = np.split(rng.permutation(240), [120, 180])
    items = tuple(Item(Path(f"{i}"), f"{i}", "me" if m else f"p{i}") for i, m in enumerate(mine))
    trial = Trial.of(Split("me", 0, train, validation, test, True, True), Dataset("made up", "made-up", items))
    for shape, other, head in ((ring, line, "svm"), (line, ring, "logreg")):
        matrix = shape.copy()
        matrix[test] = other[test]
        vectors = Vectors(
            *("x", Card("x", 2, "audit: x"), [""] * 240, matrix.astype(np.float32)),
            *(np.ones(240, bool), np.ones(240, bool), {}, {}),
        )
        assert choose_head([trial], vectors, 0)[0] == head


def plain(photo: Image.Image, path: Path, mine: bool) -> None:
    photo.save(path, quality=90)


def coarser(photo: Image.Image, path: Path, mine: bool) -> None:
    photo.save(path, quality=75 if mine else 90)


def framed(photo: Image.Image, path: Path, mine: bool) -> None:
    (ImageOps.expand(photo, border=8) if mine else photo).save(path, quality=90)
